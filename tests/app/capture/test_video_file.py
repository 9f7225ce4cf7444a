import itertools
import logging
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from app.capture.options import CaptureOptions
from app.capture.video_file import VideoFile
from engines.errors import SourceNotFound
from engines.types import Frame
from tests.app.capture.closing import close_while_reading
from tests.app.capture.videos import corners, grey_steps, noise, write_sound, write_video


def read_all(path: Path, options: CaptureOptions | None = None) -> list[Frame]:
    source = VideoFile(path, options or CaptureOptions())
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def levels(frames: list[Frame]) -> list[int]:
    return [round((float(frame.image.mean()) - 16) / 8) for frame in frames]


def test_gives_every_frame_in_order(tmp_path: Path) -> None:
    frames = read_all(write_video(tmp_path / "a.mp4", grey_steps(20)))
    assert levels(frames) == list(range(20))
    assert [frame.index for frame in frames] == list(range(20))


def test_gives_exact_presentation_times_of_a_variable_rate(tmp_path: Path) -> None:
    pts_ms = [70, 103, 104, 250, 1250, 1266]
    path = write_video(tmp_path / "a.mkv", grey_steps(6), pts_ms=pts_ms)
    frames = read_all(path)
    assert [frame.timestamp_ns for frame in frames] == [(p - 70) * 1_000_000 for p in pts_ms]
    assert levels(frames) == list(range(6))


def test_time_stamps_are_exact_where_the_unit_is_no_whole_number_of_nanoseconds(
    tmp_path: Path,
) -> None:
    base = Fraction(1001, 30000)
    path = write_video(tmp_path / "a.mp4", grey_steps(5), pts_ms=[0, 1, 2, 3, 400], time_base=base)
    stamps = [frame.timestamp_ns for frame in read_all(path)]
    assert stamps == [int(i * base * 10**9) for i in (0, 1, 2, 3, 400)]


def test_knows_the_number_of_frames_where_the_header_tells(tmp_path: Path) -> None:
    mp4 = VideoFile(write_video(tmp_path / "a.mp4", grey_steps(7)), CaptureOptions())
    mkv = VideoFile(write_video(tmp_path / "a.mkv", grey_steps(7)), CaptureOptions())
    for source in (mp4, mkv):
        source.open()
        source.close()
    assert mp4.frame_count == 7
    assert mkv.frame_count is None


@pytest.mark.parametrize("turn", [90, -90, 180])
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_turns_the_picture_as_the_file_says(tmp_path: Path, turn: int, ending: str) -> None:
    path = write_video(tmp_path / f"a.{ending}", [corners()] * 2, rotation_deg=turn)
    (frame, _) = read_all(path)
    expected = np.rot90(corners(), turn // 90)
    assert frame.image.shape == expected.shape
    assert (frame.camera.width, frame.camera.height) == expected.shape[1::-1]
    assert np.abs(frame.image.astype(int) - expected).mean() < 6


def test_turns_as_another_reader_does(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [corners()], rotation_deg=90)
    (frame,) = read_all(path)
    _, other = cv2.VideoCapture(str(path)).read()
    assert frame.image.shape == other.shape
    assert np.abs(frame.image.astype(int) - other).mean() < 6


def test_colours_are_the_colours_that_were_written(tmp_path: Path) -> None:
    for colour in ((0, 0, 255), (0, 255, 0), (255, 0, 0), (20, 120, 220)):
        image = np.full((32, 32, 3), colour, np.uint8)
        path = write_video(tmp_path / "a.mkv", [image], codec="libx264", codec_options={"qp": "1"})
        (frame,) = read_all(path)
        assert np.abs(frame.image[16, 16].astype(int) - colour).max() <= 6


@pytest.mark.parametrize("width", [2, 33, 1080, 1088])
def test_pictures_of_any_width_are_contiguous_and_read_only(tmp_path: Path, width: int) -> None:
    image = np.full((4, width, 3), 90, np.uint8)
    path = write_video(tmp_path / "a.mkv", [image] * 2, codec="ffv1", pix_fmt="bgr0")
    for frame in read_all(path):
        assert frame.image.shape == image.shape
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable
        assert (frame.image == 90).all()


@pytest.mark.parametrize(
    ("colorspace", "color_range", "red_yuv"),
    [(1, 1, (63, 102, 240)), (1, 2, (54, 99, 255)), (5, 1, (81, 90, 240)), (5, 2, (76, 85, 255))],
    ids=["BT.709 limited", "BT.709 full", "BT.601 limited", "BT.601 full"],
)
def test_colours_follow_the_matrix_that_the_file_names(
    tmp_path: Path, colorspace: int, color_range: int, red_yuv: tuple[int, int, int]
) -> None:
    """The values of pure red are those of ITU-R BT.709 and BT.601."""
    path = tmp_path / "red.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        stream.codec_context.colorspace = colorspace
        stream.codec_context.color_range = color_range
        frame = av.VideoFrame(32, 32, "yuv420p")
        for plane, value in zip(frame.planes, red_yuv, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.colorspace, frame.color_range = colorspace, color_range
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    (decoded,) = read_all(path)
    assert np.abs(decoded.image[16, 16].astype(int) - (0, 0, 255)).max() <= 4


def test_a_picture_of_one_pixel(tmp_path: Path) -> None:
    image = np.full((1, 1, 3), 90, np.uint8)
    (frame,) = read_all(write_video(tmp_path / "a.mkv", [image], codec="ffv1", pix_fmt="bgr0"))
    assert frame.image.tolist() == [[[90, 90, 90]]]


def test_a_picture_10000_pixels_wide(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mkv",
        [np.full((16, 10000, 3), 90, np.uint8)],
        codec="mjpeg",
        pix_fmt="yuvj420p",
    )
    (frame,) = read_all(path)
    assert frame.image.shape == (16, 10000, 3)


def test_frames_stay_valid_after_the_file_is_closed(tmp_path: Path) -> None:
    frames = read_all(write_video(tmp_path / "a.mp4", grey_steps(10)))
    assert levels(frames) == list(range(10))
    assert not any(np.shares_memory(a.image, b.image) for a, b in itertools.pairwise(frames))


def test_avi_with_reordered_frames_has_rising_times(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.avi",
        grey_steps(12),
        pts_ms=list(range(12)),
        time_base=Fraction(1, 25),
        codec_options={"bf": "2", "b-adapt": "0"},
    )
    frames = read_all(path)
    assert levels(frames) == list(range(12))
    stamps = np.array([frame.timestamp_ns for frame in frames])
    assert (np.diff(stamps) == 40_000_000).all()


def test_a_bare_stream_without_times_gets_its_usual_rate(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.h264", grey_steps(6), container_format="h264")
    stamps = [frame.timestamp_ns for frame in read_all(path)]
    assert stamps == [i * 40_000_000 for i in range(6)]


def test_a_file_cut_in_the_middle_gives_its_first_frames_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = write_video(
        tmp_path / "whole.mp4", noise(40), container_options={"movflags": "faststart"}
    )
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) // 2])
    frames = read_all(cut)
    assert 5 < len(frames) < 30
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "cut.mp4" in record.getMessage()
    assert f"{len(frames)} frames" in record.getMessage()


def test_a_cut_file_whose_reader_sees_no_error_is_noticed_by_its_length(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = write_video(tmp_path / "whole.mkv", noise(60)).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(data[: len(data) // 2])
    assert 10 < len(read_all(cut)) < 50
    assert "it ends at" in caplog.text


def test_a_hole_in_the_middle_costs_only_what_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_video(tmp_path / "a.mp4", noise(40), container_options={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 5000] = b"\x55" * 5000
    path.write_bytes(data)
    frames = read_all(path)
    assert 30 < len(frames) < 40
    assert "damaged" in caplog.text


def test_a_whole_file_gives_no_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for ending in ("mp4", "mkv", "avi"):
        read_all(write_video(tmp_path / f"a.{ending}", noise(40)))
    assert caplog.text == ""


def _text(path: Path) -> Path:
    path.write_text("Dear video,\nyou are a letter.\n" * 50)
    return path


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _header_only(path: Path) -> Path:
    write_video(path, noise(10), container_options={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 4])
    return path


def _without_header(path: Path) -> Path:
    write_video(path, noise(40))
    path.write_bytes(path.read_bytes()[:5000])
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("text.mp4", _text),
        ("text.txt", _text),
        ("text.nfo", _text),
        ("empty.mp4", _empty),
        ("sound.mp4", write_sound),
        ("header.mp4", _header_only),
        ("beheaded.mp4", _without_header),
    ],
)
def test_what_is_no_video_is_refused_in_one_line(
    tmp_path: Path, name: str, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / name)
    source = VideoFile(path, CaptureOptions())
    with pytest.raises(SourceNotFound) as caught:
        source.open()
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert caught.value.exit_code == 2
    source.close()


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="no such file"):
        VideoFile(tmp_path / "none.mp4", CaptureOptions()).open()


def test_a_name_with_a_colon_is_no_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("no colon in a file name")
    shutil.copy(write_video(tmp_path / "a.mp4", grey_steps(2)), tmp_path / "http:clip.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(read_all(Path("http:clip.mp4"))) == 2


def test_a_name_outside_ascii(tmp_path: Path) -> None:
    assert len(read_all(write_video(tmp_path / "tänzer 踊り.mp4", grey_steps(2)))) == 2


def test_closing_while_another_thread_reads_ends_it(tmp_path: Path) -> None:
    source = VideoFile(write_video(tmp_path / "a.mp4", noise(60, 160, 120)), CaptureOptions())
    source.open()
    close_while_reading(source)


def test_can_be_opened_again(tmp_path: Path) -> None:
    source = VideoFile(write_video(tmp_path / "a.mp4", grey_steps(3)), CaptureOptions())
    for _ in range(2):
        source.open()
        frames = [source.read() for _ in range(4)]
        source.close()
        assert [frame.index for frame in frames if frame] == [0, 1, 2]
        assert [frame.timestamp_ns for frame in frames if frame] == [0, 40_000_000, 80_000_000]
