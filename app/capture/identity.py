"""Tells whether two texts name one and the same camera: by the device, not by what it is called."""

from collections.abc import Callable, Sequence
from typing import Final

from app.capture.camera_info import CameraInfo, find_again, find_camera
from app.capture.devices import list_cameras
from engines.errors import SourceNotFound

_PREFIX: Final = "camera:"

ListCameras = Callable[[], Sequence[CameraInfo]]
"""Returns the cameras that are plugged in."""


def is_camera(source: str) -> bool:
    """Whether a source is a live camera of this computer."""
    return source.startswith(_PREFIX)


def device_of(source: str, cameras: ListCameras = list_cameras) -> CameraInfo | None:
    """Return the camera that a source names; None for other sources, and where the system lists no such camera."""
    return _find(source, cameras()) if is_camera(source) else None


def is_same_device(
    measured: str, name: str, path: str, source: str, cameras: ListCameras = list_cameras
) -> bool:
    """Whether a source is the camera that was measured, however either is called.

    Args:
        measured: What the camera was called then, `camera:…`.
        name: Its maker's name then; empty where nobody noted it, and the texts have to do.
        path: Where it was plugged in then.
        source: What is to be used now, `camera:…`.
        cameras: The cameras that are there now.
    """
    listed = cameras()
    now = _find(source, listed)
    if not name or now is None:
        return measured == source
    return find_again(CameraInfo(now.index, name, path, now.backend), listed) == now


def _find(source: str, listed: Sequence[CameraInfo]) -> CameraInfo | None:
    try:
        return find_camera(source.removeprefix(_PREFIX), listed)
    except SourceNotFound:
        return None
