import pytest

from app import session
from app.capture.camera_info import CameraInfo
from app.capture.identity import device_of, is_same_device
from calibration.profile import Profile
from tests.calibration.test_profile import camera

LEFT = CameraInfo(0, "C920", "/sys/usb1/1-2", "v4l2")
RIGHT = CameraInfo(2, "C920", "/sys/usb1/1-3", "v4l2")
BUILT_IN = CameraInfo(4, "Integrated Camera", "/sys/usb1/1-8", "v4l2")


@pytest.mark.parametrize(
    ("source", "is_same"),
    [
        ("camera:0", True),
        ("camera:1-2", True),
        ("camera:2", False),
        ("camera:integrated", False),
    ],
)
def test_a_camera_is_known_by_its_device_whatever_it_is_called(source, is_same):
    for measured in ("camera:0", "camera:1-2"):
        found = is_same_device(
            measured, LEFT.name, LEFT.path, source, lambda: (LEFT, RIGHT, BUILT_IN)
        )
        assert found == is_same


def test_a_number_that_another_camera_has_now_is_another_camera():
    moved = CameraInfo(0, BUILT_IN.name, BUILT_IN.path, "v4l2")
    assert not is_same_device("camera:0", LEFT.name, LEFT.path, "camera:0", lambda: (moved,))


def test_a_camera_in_another_port_is_the_same_where_it_has_no_twin():
    moved = CameraInfo(0, LEFT.name, RIGHT.path, "v4l2")
    assert is_same_device("camera:0", LEFT.name, LEFT.path, "camera:C920", lambda: (moved,))


def test_texts_have_to_do_where_the_system_lists_nothing():
    assert is_same_device("camera:0", LEFT.name, LEFT.path, "camera:0", tuple)
    assert not is_same_device("camera:0", LEFT.name, LEFT.path, "camera:1", tuple)
    assert is_same_device("camera:0", "", "", "camera:0", lambda: (LEFT,))


def test_only_cameras_that_are_listed_have_a_device():
    assert device_of("camera:c920", lambda: (LEFT, BUILT_IN)) == LEFT
    assert device_of("camera:c920", lambda: (LEFT, RIGHT)) is None
    assert device_of("clip.mp4", lambda: (LEFT,)) is None


def test_recordings_may_be_of_any_camera():
    measured = Profile("desk", camera("camera:0"))
    assert not session.is_of_another_camera(measured, "clip.mp4")
    assert not session.is_of_another_camera(Profile("desk", camera("clip.mp4")), "camera:0")
    assert not session.is_of_another_camera(Profile("desk"), "camera:0")
    assert session.is_of_another_camera(measured, "camera:9")
