"""What is known of a camera before it is opened, and how one is found by what the user calls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engines.errors import SourceNotFound


@dataclass(frozen=True, slots=True, order=True)
class CameraMode:
    """A picture size and rate."""

    width_px: int
    """Picture width."""
    height_px: int
    """Picture height."""
    fps_hz: float
    """Frames a second; 0 where the driver does not say."""
    fourcc: str
    """Pixel format, four letters; empty where the driver does not say."""

    def __str__(self) -> str:
        rate = f" {self.fps_hz:g} fps" if self.fps_hz else ""
        return f"{self.width_px}x{self.height_px} {self.fourcc}".rstrip() + rate


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this computer."""

    index: int
    """Number that the backend opens it by; it can change when a camera is plugged in again."""
    name: str
    """What the maker calls it; two of one model have the same."""
    path: str
    """Where it is plugged in (Linux: the port, Windows: the device path) or its own id (macOS); tells twins apart."""
    backend: str
    """How it is reached."""
    modes: tuple[CameraMode, ...] = ()
    """What it offers, largest first; empty where the system does not tell without opening it."""


def find_camera(selector: str, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """Return the one camera that is meant by a number, a device file, or a part of its name or path.

    Args:
        selector: '0', '/dev/video0', 'logitech'; case does not matter.
        cameras: The cameras that are there.

    Returns:
        None for a number that is not listed: some drivers open more than they list.

    Raises:
        SourceNotFound: no name matches, or several do.
    """
    number = camera_number(selector)
    if number is not None:
        return next((camera for camera in cameras if camera.index == number), None)
    part = selector.casefold()
    found = [c for c in cameras if part in c.name.casefold() or part in c.path.casefold()]
    if len(found) == 1:
        return found[0]
    problem = "fits several cameras" if found else "no such camera"
    raise SourceNotFound(f"camera:{selector}: {problem}; {describe_choice(found or cameras)}")


def find_again(known: CameraInfo, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """Return the camera that was open before, wherever it is now; never its twin in another port.

    The same name in the same port comes first. The same name alone will do when there is only one of it: the camera
    was plugged in elsewhere.
    """
    of_that_name = [camera for camera in cameras if camera.name == known.name]
    in_its_place = [camera for camera in of_that_name if camera.path == known.path]
    if in_its_place:
        return in_its_place[0]
    return of_that_name[0] if len(of_that_name) == 1 else None


def describe_choice(cameras: Sequence[CameraInfo]) -> str:
    """Return what can be given instead, for the end of an error message."""
    if not cameras:
        return "no camera is connected: plug one in, or give a video file, a URL or synthetic:walk"
    return "there are " + ", ".join(f"camera:{camera.index} ({camera.name})" for camera in cameras)


def camera_number(selector: str) -> int | None:
    """Return the number that '0' or '/dev/video0' means, a link to a device file included; None for a name."""
    if selector.startswith("/dev/"):
        selector = Path(selector).resolve().name.removeprefix("video")
    return int(selector) if selector.isascii() and selector.isdigit() else None
