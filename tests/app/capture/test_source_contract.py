"""What every source promises to the pipeline, checked for every kind of source."""

import dataclasses
import importlib.util
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.capture.catalog import SOURCE_KINDS, create_source
from app.capture.options import CaptureOptions
from app.capture.webcam import WebcamSource
from app.pipeline.protocols import Source
from engines.types import Frame
from tests.app.capture.closing import close_while_reading
from tests.app.capture.fake_camera import FakeCamera
from tests.app.capture.mjpeg_server import MjpegServer
from tests.app.capture.videos import grey_steps, write_video

OPTIONS = CaptureOptions(width_px=64, height_px=48, freeze_timeout_s=0, read_timeout_s=0.5)
HAS_SYNTHETIC = importlib.util.find_spec("app.capture.synthetic") is not None


def _folder(folder: Path, count: int) -> Path:
    folder.mkdir()
    for i, image in enumerate(grey_steps(count)):
        (folder / f"{i}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return folder


def _video(folder: Path) -> str:
    return str(write_video(folder / "a.mp4", grey_steps(12)))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Source]]:
    camera = FakeCamera()
    with MjpegServer() as server:

        def make_source(kind: str) -> Source:
            realtime = dataclasses.replace(OPTIONS, realtime=True)
            loop = dataclasses.replace(OPTIONS, loop=True)
            makers: dict[str, Callable[[], Source]] = {
                "camera": lambda: WebcamSource(
                    "0", OPTIONS, open_capture=camera.open, cameras=camera.list
                ),
                "stream": lambda: create_source(server.url, OPTIONS),
                "video": lambda: create_source(_video(tmp_path), OPTIONS),
                "video, paced": lambda: create_source(_video(tmp_path), realtime),
                "video, looped": lambda: create_source(_video(tmp_path), loop),
                "pictures": lambda: create_source(str(_folder(tmp_path / "f", 12)), OPTIONS),
                "picture": lambda: create_source(
                    str(_folder(tmp_path / "g", 1) / "0.png"), OPTIONS
                ),
                "synthetic": lambda: create_source("synthetic:walk", OPTIONS),
            }
            return makers[kind]()

        yield make_source


KINDS = [
    "camera",
    "stream",
    "video",
    "video, paced",
    "video, looped",
    "pictures",
    "picture",
    pytest.param(
        "synthetic", marks=pytest.mark.skipif(not HAS_SYNTHETIC, reason="no synthetic source yet")
    ),
]
every_kind = pytest.mark.parametrize("kind", KINDS)


def read_some(source: Source, count: int = 5) -> list[Frame]:
    frames = []
    while len(frames) < count and (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_every_kind_of_the_catalog_is_here() -> None:
    covered = {getattr(kind, "values", (kind,))[0] for kind in KINDS}
    assert {kind.name for kind in SOURCE_KINDS} <= covered


@every_kind
def test_frames_are_what_the_vocabulary_says(make: Callable[[str], Source], kind: str) -> None:
    source = make(kind)
    source.open()
    frames = read_some(source)
    source.close()
    assert frames
    for frame in frames:
        height, width, channels = frame.image.shape
        assert frame.image.dtype == np.uint8
        assert channels == 3
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable
        assert (frame.camera.width, frame.camera.height) == (width, height)


@every_kind
def test_numbers_and_times_rise(make: Callable[[str], Source], kind: str) -> None:
    source = make(kind)
    source.open()
    frames = read_some(source)
    source.close()
    assert all(np.diff([frame.index for frame in frames]) >= 1)
    assert all(np.diff([frame.timestamp_ns for frame in frames]) > 0)
    assert all(np.diff([frame.captured_ns for frame in frames]) >= 0)
    assert frames[0].index >= 0


@every_kind
def test_a_recording_begins_at_zero_and_says_its_length(
    make: Callable[[str], Source], kind: str
) -> None:
    source = make(kind)
    source.open()
    first = source.read()
    if not source.is_live:
        assert (first.index, first.timestamp_ns) == (0, 0)
    if source.frame_count is not None and kind != "synthetic":  # drawing all of it takes long
        rest = read_some(source, source.frame_count + 1)
        assert len(rest) + 1 <= source.frame_count
        assert source.is_live or len(rest) + 1 == source.frame_count
        assert source.read() is None
    source.close()


@every_kind
def test_pictures_are_not_overwritten_by_later_ones(
    make: Callable[[str], Source], kind: str
) -> None:
    source = make(kind)
    source.open()
    first = source.read()
    before = first.image.copy()
    read_some(source)
    source.close()
    assert np.array_equal(first.image, before)


@every_kind
def test_may_be_closed_twice_or_unopened_and_gives_nothing_then(
    make: Callable[[str], Source], kind: str
) -> None:
    source = make(kind)
    source.close()
    source.open()
    source.read()
    source.close()
    source.close()
    assert source.read() is None


@every_kind
def test_closing_from_another_thread_ends_reading_and_leaves_no_thread(
    make: Callable[[str], Source], kind: str
) -> None:
    threads_before = set(threading.enumerate())
    source = make(kind)
    source.open()
    close_while_reading(source)
    left = {
        thread for thread in set(threading.enumerate()) - threads_before if "grab" in thread.name
    }
    assert not left


@every_kind
def test_has_a_name(make: Callable[[str], Source], kind: str) -> None:
    assert make(kind).name
