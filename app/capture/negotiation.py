"""Asks a camera for a mode, and finds out what it gives.

Cameras take what they like: the answer of `set` means nothing, only reading back does. On DirectShow some accept the
pixel format only before the size and some only after it (opencv#5847, #9084), so both orders are tried there.
"""

from typing import Any, Protocol

from app.capture.camera_info import CameraMode
from app.capture.opencv import cv2
from app.capture.options import Backend, CaptureOptions

_FORMAT_FIRST = ("fourcc", "size", "rate")
_FORMAT_LAST = ("size", "rate", "fourcc")
_ORDERS: dict[Backend, tuple[tuple[str, ...], ...]] = {"dshow": (_FORMAT_FIRST, _FORMAT_LAST)}


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used; a test may put another in its place."""

    def isOpened(self) -> bool:  # noqa: N802
        """Return whether the device opened."""

    def set(self, propId: int, value: float) -> bool:
        """Ask for a property; the answer is not reliable."""

    def get(self, propId: int) -> float:
        """Read a property back."""

    def grab(self) -> bool:
        """Wait for the next picture."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the picture grabbed last."""

    def release(self) -> None:
        """Free the device."""


def negotiate(capture: Capture, options: CaptureOptions, backend: Backend) -> CameraMode:
    """Ask an open camera for the mode of the options and return the one it gives."""
    wanted = CameraMode(options.width_px, options.height_px, options.fps_hz, options.fourcc)
    requests: dict[str, list[tuple[int, float]]] = {
        "fourcc": [(cv2.CAP_PROP_FOURCC, fourcc_number(wanted.fourcc))] if wanted.fourcc else [],
        "size": [
            (cv2.CAP_PROP_FRAME_WIDTH, wanted.width_px),
            (cv2.CAP_PROP_FRAME_HEIGHT, wanted.height_px),
        ],
        "rate": [(cv2.CAP_PROP_FPS, wanted.fps_hz)],
    }
    given = wanted
    for order in _ORDERS.get(backend, (_FORMAT_FIRST,)):
        for step in order:
            for prop, value in requests[step]:
                capture.set(prop, value)
        given = read_mode(capture)
        if fits(wanted, given):
            break
    return given


def read_mode(capture: Capture) -> CameraMode:
    """Return the mode that an open camera says it is in."""
    return CameraMode(
        int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        max(capture.get(cv2.CAP_PROP_FPS), 0.0),
        _fourcc_letters(int(capture.get(cv2.CAP_PROP_FOURCC))),
    )


def fits(wanted: CameraMode, given: CameraMode) -> bool:
    """Return whether a camera gives what was asked; what it does not tell counts as given."""
    return (
        (given.width_px, given.height_px) == (wanted.width_px, wanted.height_px)
        and (not given.fps_hz or abs(given.fps_hz - wanted.fps_hz) < 1)
        and (not wanted.fourcc or given.fourcc in ("", wanted.fourcc))
    )


def fourcc_number(letters: str) -> int:
    """Return OpenCV's number of a pixel format."""
    return int.from_bytes(letters.encode("ascii"), "little")


def _fourcc_letters(number: int) -> str:
    letters = (number & 0xFFFFFFFF).to_bytes(4, "little")
    return letters.decode("ascii") if letters.isalnum() else ""
