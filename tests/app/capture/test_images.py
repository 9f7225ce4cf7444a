from pathlib import Path

import cv2
import numpy as np
import pytest

from app.capture.frames import camera_for
from app.capture.images import PictureSource, natural_order
from app.capture.options import CaptureOptions
from engines.errors import SourceNotFound
from engines.types import Frame


def write(path: Path, image: np.ndarray) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def grey(level: int, height: int = 4, width: int = 6) -> np.ndarray:
    return np.full((height, width, 3), level, np.uint8)


def read_all(path: Path, options: CaptureOptions | None = None) -> list[Frame]:
    source = PictureSource(path, options or CaptureOptions())
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames


def test_pictures_come_in_the_order_a_person_counts(tmp_path: Path) -> None:
    for number in (10, 9, 1, 100):
        write(tmp_path / f"shot{number}.png", grey(number))
    assert [int(f.image[0, 0, 0]) for f in read_all(tmp_path)] == [1, 9, 10, 100]


def test_natural_order_mixes_numbers_and_words() -> None:
    names = ["b1", "a10", "A2", "10", "2", "a"]
    ordered = sorted(names, key=lambda name: natural_order(Path(name)))
    assert ordered == ["2", "10", "a", "A2", "a10", "b1"]


def test_times_follow_the_rate(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.png", grey(number))
    stamps = [f.timestamp_ns for f in read_all(tmp_path)]
    assert stamps == [0, 33_333_333, 66_666_667, 100_000_000]
    stamps = [f.timestamp_ns for f in read_all(tmp_path, CaptureOptions(picture_rate_hz=10))]
    assert stamps == [0, 100_000_000, 200_000_000, 300_000_000]


def test_sizes_may_differ_and_each_has_its_camera(tmp_path: Path) -> None:
    write(tmp_path / "1.png", grey(1, 4, 6))
    write(tmp_path / "2.png", grey(2, 8, 3))
    first, second = read_all(tmp_path)
    assert (first.camera.width, first.camera.height) == (6, 4)
    assert (second.camera.width, second.camera.height) == (3, 8)
    assert (first.camera.fx, second.camera.fx) == (
        camera_for(6, 4, None).fx,
        camera_for(3, 8, None).fx,
    )


def test_an_unreadable_picture_is_named_and_leaves_a_gap(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "0.png", grey(10))
    (tmp_path / "1.png").write_bytes(b"not a picture")
    (tmp_path / "2.png").touch()
    write(tmp_path / "3.png", grey(13))
    (tmp_path / "notes.txt").write_text("beside the pictures")
    frames = read_all(tmp_path)
    assert [f.index for f in frames] == [0, 3]
    assert [f.timestamp_ns for f in frames] == [0, 100_000_000]
    warned = [r.getMessage() for r in caplog.records]
    assert len(warned) == 2
    assert "1.png" in warned[0]
    assert "2.png" in warned[1]


def test_a_single_picture_is_one_frame(tmp_path: Path) -> None:
    path = write(tmp_path / "one.bmp", grey(7))
    (frame,) = read_all(path)
    assert (frame.index, frame.timestamp_ns) == (0, 0)
    assert (frame.image == 7).all()


def test_a_picture_of_one_pixel_and_a_very_wide_one(tmp_path: Path) -> None:
    write(tmp_path / "1.png", grey(1, 1, 1))
    write(tmp_path / "2.png", grey(2, 2, 10_000))
    assert [f.image.shape for f in read_all(tmp_path)] == [(1, 1, 3), (2, 10_000, 3)]


@pytest.mark.parametrize(
    "image",
    [
        np.full((4, 6), 0x8000, np.uint16),
        np.full((4, 6), 128, np.uint8),
        np.full((4, 6, 3), 0x8000, np.uint16),
        np.dstack([np.full((4, 6, 3), 128, np.uint8), np.zeros((4, 6), np.uint8)]),
    ],
    ids=["16-bit grey", "grey", "16-bit colour", "transparent"],
)
def test_every_depth_becomes_8_bit_bgr(tmp_path: Path, image: np.ndarray) -> None:
    (frame,) = read_all(write(tmp_path / "a.png", image))
    assert frame.image.dtype == np.uint8
    assert frame.image.shape == (4, 6, 3)
    assert (frame.image == 128).all()


def test_a_photograph_is_turned_as_its_camera_noted(tmp_path: Path) -> None:
    image = np.zeros((16, 32, 3), np.uint8)
    image[:, :16] = 255
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    orientation_6 = (  # EXIF: one entry, 0x0112 = 6, "turn clockwise by 90 degrees to show it"
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    )
    segment = b"\xff\xe1" + (len(orientation_6) + 2).to_bytes(2, "big") + orientation_6
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg[:2] + segment + jpeg[2:])
    (frame,) = read_all(path)
    assert frame.image.shape == (32, 16, 3)
    assert frame.image[:12].min() > 200
    assert frame.image[20:].max() < 50


def test_a_name_outside_ascii(tmp_path: Path) -> None:
    assert len(read_all(write(tmp_path / "bild ä 絵.png", grey(1)))) == 1


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hidden.png").touch()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceNotFound, match=r"holds no pictures; their names end in .*\.png"):
        PictureSource(tmp_path, CaptureOptions()).open()


def test_a_folder_of_unreadable_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    with pytest.raises(SourceNotFound, match="no picture in it can be read"):
        PictureSource(tmp_path, CaptureOptions()).open()


def test_a_missing_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="no such file or folder"):
        PictureSource(tmp_path / "none", CaptureOptions()).open()


def test_knows_how_many_there_are(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", grey(number))
    source = PictureSource(tmp_path, CaptureOptions())
    source.open()
    assert source.frame_count == 3
    source.close()
