import numpy as np
import pytest

from app.capture.frames import FrameMaker, camera_for, turn_clockwise
from app.capture.options import CaptureOptions
from engines.types import Camera

MEASURED = Camera(1280, 720, 900.0, 910.0, 630.0, 350.0, (0.1, -0.2))


def picture(height: int = 4, width: int = 6) -> np.ndarray:
    return np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, -90, 360])
def test_turns_clockwise(degrees: int) -> None:
    expected = np.rot90(picture(), -degrees // 90)
    assert np.array_equal(turn_clockwise(picture(), degrees), expected)


def test_a_picture_that_stays_upright_is_not_copied() -> None:
    image = picture()
    assert FrameMaker(CaptureOptions()).make(0, 0, 0, image).image is image


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_frames_are_contiguous_read_only_and_have_the_camera_of_their_size(degrees: int) -> None:
    frame = FrameMaker(CaptureOptions(rotate_deg=degrees)).make(5, 6, 7, picture())
    assert (frame.index, frame.captured_ns, frame.timestamp_ns) == (5, 6, 7)
    assert frame.image.flags.c_contiguous
    assert not frame.image.flags.writeable
    assert frame.image.shape == (frame.camera.height, frame.camera.width, 3)


def test_the_camera_is_guessed_where_none_is_measured() -> None:
    camera = camera_for(1280, 720, None)
    assert (camera.cx, camera.cy) == (640.0, 360.0)
    assert (
        camera.fx == camera.fy == pytest.approx(0.79 * 1280, rel=0.01)
    )  # 72 degrees across the diagonal


def test_a_measured_camera_is_rescaled() -> None:
    camera = camera_for(640, 360, MEASURED)
    assert (camera.width, camera.height) == (640, 360)
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == (450.0, 455.0, 315.0, 175.0)
    assert camera.distortion == MEASURED.distortion


def test_rounding_of_the_size_is_no_other_aspect() -> None:
    assert camera_for(854, 480, MEASURED).fx == pytest.approx(900.0 * 854 / 1280)


@pytest.mark.parametrize("size", [(640, 480), (720, 1280)])
def test_a_measured_camera_of_another_aspect_is_left_out_with_a_warning(
    size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    maker = FrameMaker(CaptureOptions(camera=MEASURED))
    for index in range(3):
        frame = maker.make(index, 0, 0, np.zeros((size[1], size[0], 3), np.uint8))
    assert frame.camera.fx == camera_for(*size, None).fx
    assert len(caplog.records) == 1
    assert "1280 x 720" in caplog.text
