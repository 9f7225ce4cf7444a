import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from app.capture.catalog import SOURCE_KINDS, create_source
from app.capture.images import PictureSource
from app.capture.options import CaptureOptions
from app.capture.playback import LoopedSource, PacedSource
from app.capture.stream import StreamSource
from app.capture.video_file import VideoFile
from app.capture.webcam import WebcamSource
from engines.errors import SourceNotFound

OPTIONS = CaptureOptions()


@pytest.mark.parametrize(
    ("spec", "kind", "name"),
    [
        ("camera:0", WebcamSource, "camera:0"),
        ("0", WebcamSource, "camera:0"),
        ("camera:logitech hd", WebcamSource, "camera:logitech hd"),
        ("/dev/video2", WebcamSource, "camera:/dev/video2"),
        ("http://cam/stream", StreamSource, "http://cam/stream"),
        ("RTSP://me:secret@cam/1", StreamSource, "RTSP://me:***@cam/1"),
        ("udp://127.0.0.1:5000", StreamSource, "udp://127.0.0.1:5000"),
        ("tcp://127.0.0.1:5000", StreamSource, "tcp://127.0.0.1:5000"),
    ],
)
def test_devices_and_addresses_are_told_by_their_form(spec: str, kind: type, name: str) -> None:
    source = create_source(spec, OPTIONS)
    assert type(source) is kind
    assert source.name.casefold() == name.casefold()
    assert source.is_live


def test_files_are_told_by_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "a.PNG").touch()
    (tmp_path / "noending").touch()
    for name, kind in (
        ("", PictureSource),
        ("a.PNG", PictureSource),
        ("a.mp4", VideoFile),
        ("noending", VideoFile),
    ):
        source = create_source(str(tmp_path / name), OPTIONS)
        assert type(source) is kind
        assert not source.is_live


def test_a_file_whose_name_is_a_number_is_reached_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0").mkdir()
    monkeypatch.chdir(tmp_path)
    assert type(create_source("0", OPTIONS)) is WebcamSource
    assert type(create_source("./0", OPTIONS)) is PictureSource


@pytest.mark.parametrize(
    "spec", ["", "walk.mp5", "camera:", "webcam", "http://", "ftp://host/a.mp4", "-1", "/no/such"]
)
def test_what_is_nothing_is_refused_with_all_that_is_accepted(spec: str) -> None:
    with pytest.raises(SourceNotFound) as caught:
        create_source(spec, OPTIONS)
    message = str(caught.value)
    assert message.startswith(spec)
    assert "\n" not in message
    assert all(kind.form in message for kind in SOURCE_KINDS)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("camra:1", "camera:1"),
        ("sythetic:walk", "synthetic:walk"),
        ("htp://cam/s", "http://cam/s"),
    ],
)
def test_a_misspelt_kind_is_put_right(spec: str, meant: str) -> None:
    with pytest.raises(SourceNotFound, match=f"did you mean {meant}\\?"):
        create_source(spec, OPTIONS)


def test_recordings_are_looped_and_paced_as_asked(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    spec = str(tmp_path / "a.mp4")
    looped = create_source(spec, dataclasses.replace(OPTIONS, loop=True))
    paced = create_source(spec, dataclasses.replace(OPTIONS, realtime=True))
    both = create_source(spec, dataclasses.replace(OPTIONS, realtime=True, loop=True))
    assert type(looped) is LoopedSource
    assert not looped.is_live
    assert type(paced) is type(both) is PacedSource
    assert paced.is_live
    assert both.frame_count is None


def test_devices_are_neither_looped_nor_paced() -> None:
    options = dataclasses.replace(OPTIONS, realtime=True, loop=True)
    assert type(create_source("camera:0", options)) is WebcamSource


def test_the_catalog_itself_is_light() -> None:
    """Help texts and settings need it, long before a picture is wanted."""
    code = "import sys, app.capture.catalog; print([m for m in ('cv2', 'av') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
