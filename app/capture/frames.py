"""Makes `Frame` records of pictures: turned as asked, with the camera that fits their size, read-only."""

import logging
from typing import Final

import numpy as np
from jaxtyping import UInt8

from app.capture.opencv import cv2
from app.capture.options import CaptureOptions
from calibration.camera_guess import guess_camera
from engines.types import Camera, Frame

logger = logging.getLogger(__name__)

_UNMEASURED: Final = "laptop"
"""Kind of camera that an unmeasured one is taken for: between webcams, which see wider, and phones. Too long a guess
draws bodies that lean and bend in depth (docs/benchmarks.md)."""

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def turn_clockwise(
    image: UInt8[np.ndarray, "height width 3"], degrees: int
) -> UInt8[np.ndarray, "..."]:
    """Return the picture turned by 0, 90, 180 or 270 degrees; the same array for 0."""
    turn = _TURNS.get(degrees % 360)
    return image if turn is None else np.asarray(cv2.rotate(image, turn))


def camera_for(width: int, height: int, measured: Camera | None) -> Camera:
    """Return the camera of pictures of this size.

    A measured camera is rescaled, provided that its aspect ratio is the picture's to one pixel: another aspect means
    that the sensor is cropped in a way nobody told us. It is then left out with a warning, and the camera is guessed.
    """
    if measured is None:
        return guess_camera(width, height, _UNMEASURED)
    scale = width / measured.width
    if abs(measured.height * scale - height) > 1:
        logger.warning(
            "the measured camera is for %d x %d, the picture is %d x %d: not used; measure it again at this size",
            measured.width,
            measured.height,
            width,
            height,
        )
        return guess_camera(width, height, _UNMEASURED)
    return Camera(
        width,
        height,
        measured.fx * scale,
        measured.fy * scale,
        measured.cx * scale,
        measured.cy * scale,
        measured.distortion,
    )


class FrameMaker:
    """Turns pictures into frames; owns the turning and the camera, so that every source does both alike."""

    def __init__(self, options: CaptureOptions) -> None:
        self._rotate_deg = options.rotate_deg
        self._measured = options.camera
        self._camera: Camera | None = None

    def make(
        self,
        index: int,
        captured_ns: int,
        timestamp_ns: int,
        image: UInt8[np.ndarray, "height width 3"],
    ) -> Frame:
        """Return the frame of a picture that nobody else writes to; it becomes read-only."""
        upright = turn_clockwise(image, self._rotate_deg)
        height, width = upright.shape[:2]
        if not upright.flags.c_contiguous:
            # Rows with padding between them: numpy copies whole rows five times faster than triples of bytes.
            rows = np.ascontiguousarray(upright.reshape(height, width * 3))
            upright = rows.reshape(height, width, 3)
        upright.flags.writeable = False
        if self._camera is None or (self._camera.width, self._camera.height) != (width, height):
            self._camera = camera_for(width, height, self._measured)
        return Frame(index, captured_ns, timestamp_ns, upright, self._camera)
