"""The cameras of this computer."""

import sys
from pathlib import Path

from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.opencv import cv2
from app.capture.options import Backend

_SYSTEM_BACKENDS: dict[str, Backend] = {
    "linux": "v4l2",
    "win32": "msmf",
    "darwin": "avfoundation",
}
_SYSFS = Path("/sys/class/video4linux")
_OPENCV_BACKENDS: dict[Backend, int] = {
    "auto": cv2.CAP_ANY,
    "v4l2": cv2.CAP_V4L2,
    "msmf": cv2.CAP_MSMF,
    "dshow": cv2.CAP_DSHOW,
    "avfoundation": cv2.CAP_AVFOUNDATION,
}


def resolve_backend(backend: Backend) -> Backend:
    """Return the backend that `auto` stands for on this system; `auto` itself where there is no usual one."""
    return _SYSTEM_BACKENDS.get(sys.platform, "auto") if backend == "auto" else backend


def opencv_backend(backend: Backend) -> int:
    """Return OpenCV's number of a backend."""
    return _OPENCV_BACKENDS[resolve_backend(backend)]


def list_cameras(backend: Backend = "auto") -> tuple[CameraInfo, ...]:
    """Return the cameras that are plugged in, by number; an empty tuple for none.

    Starts no camera and waits for none: on Linux the drivers are asked for name, port and modes, on Windows and macOS
    the system for name and path. It works while other programs use the cameras.
    """
    from cv2_enumerate_cameras import enumerate_cameras, supported_backends

    number = opencv_backend(backend)
    if number not in supported_backends:
        return ()
    name = resolve_backend(backend)
    found = [
        CameraInfo(item.index, item.name, _place(item.index, item.path), name, _modes(item.index))
        for item in enumerate_cameras(number)
    ]
    return tuple(sorted(found, key=lambda camera: camera.index))


def _place(index: int, path: str | None) -> str:
    """Return the port on Linux, where the device file says only in which order cameras came; else the given path."""
    port = _SYSFS / f"video{index}" / "device"
    if sys.platform == "linux" and port.exists():
        return str(port.resolve())
    return path or ""


def _modes(index: int) -> tuple[CameraMode, ...]:
    if sys.platform != "linux":
        return ()
    from app.capture.v4l2_modes import read_modes

    return read_modes(f"/dev/video{index}")
