from pathlib import Path

import pytest

from app.capture.camera_info import (
    CameraInfo,
    CameraMode,
    camera_number,
    find_again,
    find_camera,
)
from engines.errors import SourceNotFound

BUILT_IN = CameraInfo(0, "Integrated Camera", "/port/1", "v4l2")
LEFT = CameraInfo(2, "HD Pro Webcam C920", "/port/2", "v4l2")
RIGHT = CameraInfo(4, "HD Pro Webcam C920", "/port/3", "v4l2")
CAMERAS = (BUILT_IN, LEFT, RIGHT)


@pytest.mark.parametrize(
    ("selector", "camera"),
    [("0", BUILT_IN), ("4", RIGHT), ("integrated", BUILT_IN), ("/port/3", RIGHT), ("7", None)],
)
def test_finds_by_number_name_and_path(selector: str, camera: CameraInfo | None) -> None:
    assert find_camera(selector, CAMERAS) is camera


def test_twins_are_told_apart_by_the_user() -> None:
    with pytest.raises(
        SourceNotFound, match=r"camera:c920: fits several cameras; there are camera:2 .*camera:4"
    ) as caught:
        find_camera("c920", CAMERAS)
    assert "camera:0" not in str(caught.value)


def test_a_device_file_is_a_number(tmp_path: Path) -> None:
    assert camera_number("/dev/video12") == 12
    assert camera_number("3") == 3
    assert camera_number("c920") is None
    assert camera_number("²") is None


def test_found_again_in_its_port_or_by_its_name() -> None:
    moved = CameraInfo(5, BUILT_IN.name, "/port/9", "v4l2")
    assert find_again(LEFT, CAMERAS) is LEFT
    assert find_again(BUILT_IN, (LEFT, moved)) is moved


def test_its_twin_is_not_taken_for_it() -> None:
    assert find_again(LEFT, (BUILT_IN, RIGHT, CameraInfo(6, LEFT.name, "/port/8", "v4l2"))) is None
    assert find_again(BUILT_IN, (LEFT, RIGHT)) is None


def test_modes_are_shown_as_people_write_them() -> None:
    assert str(CameraMode(1280, 720, 30.0, "MJPG")) == "1280x720 MJPG 30 fps"
    assert str(CameraMode(640, 480, 0.0, "")) == "640x480"
