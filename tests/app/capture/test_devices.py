import sys

import cv2
import cv2_enumerate_cameras
import pytest

from app.capture import devices, v4l2_modes
from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.devices import list_cameras, opencv_backend, resolve_backend


def test_lists_what_the_system_finds_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def enumerate_cameras(backend: int) -> list[cv2_enumerate_cameras.CameraInfo]:
        assert backend == cv2.CAP_V4L2
        return [
            cv2_enumerate_cameras.CameraInfo(2, "Outer", "/dev/video2", 1, 2, backend),
            cv2_enumerate_cameras.CameraInfo(0, "Inner", None, None, None, backend),
        ]

    modes = (CameraMode(640, 480, 30.0, "MJPG"),)
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)
    monkeypatch.setattr(cv2_enumerate_cameras, "supported_backends", (cv2.CAP_V4L2,))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(v4l2_modes, "read_modes", lambda device: modes if "2" in device else ())
    monkeypatch.setattr(devices, "_SYSFS", devices.Path("/folder/that/is/not/there"))
    assert list_cameras() == (
        CameraInfo(0, "Inner", "", "v4l2", ()),
        CameraInfo(2, "Outer", "/dev/video2", "v4l2", modes),
    )


def test_a_backend_of_another_system_has_no_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2_enumerate_cameras, "supported_backends", (cv2.CAP_V4L2,))
    assert list_cameras("dshow") == ()


@pytest.mark.parametrize(
    ("platform", "name", "number"),
    [
        ("linux", "v4l2", cv2.CAP_V4L2),
        ("win32", "msmf", cv2.CAP_MSMF),
        ("darwin", "avfoundation", cv2.CAP_AVFOUNDATION),
        ("freebsd13", "auto", cv2.CAP_ANY),
    ],
)
def test_each_system_has_its_backend(
    monkeypatch: pytest.MonkeyPatch, platform: str, name: str, number: int
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert resolve_backend("auto") == name
    assert opencv_backend("auto") == number
    assert opencv_backend("dshow") == cv2.CAP_DSHOW


def test_the_port_is_the_path_on_linux(
    monkeypatch: pytest.MonkeyPatch, tmp_path: devices.Path
) -> None:
    port = tmp_path / "usb1" / "1-2" / "1-2:1.0"
    port.mkdir(parents=True)
    node = tmp_path / "video4linux" / "video3"
    node.mkdir(parents=True)
    (node / "device").symlink_to(port)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(devices, "_SYSFS", tmp_path / "video4linux")
    assert devices._place(3, "/dev/video3") == str(port)


def test_asking_this_computer_does_not_fail() -> None:
    assert isinstance(list_cameras(), tuple)
