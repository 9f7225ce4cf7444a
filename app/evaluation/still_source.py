"""Somebody who stands perfectly still before a camera that is not perfect."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pipeline.protocols import Source
from engines.errors import CaptureError
from engines.types import Frame

_NOISE: Final = 3.0
"""Standard deviation of the sensor's noise, of 255: a webcam in a lit room."""
_JPEG_QUALITY: Final = 90
_SEED: Final = 0


class StillSource:
    """Repeats the first picture of another source with noise and compression that change from frame to frame.

    The truth of each frame is that of the first. The same source always gives the same pictures.
    """

    is_live = False

    def __init__(self, source: Source, *, frame_count: int, frame_rate: float = 30.0) -> None:
        self._source = source
        self._frame_count = frame_count
        self._step_ns = round(1e9 / frame_rate)
        self._first: Frame | None = None
        self._next = 0

    @property
    def name(self) -> str:
        """What the user calls it."""
        return f"still {self._source.name}"

    @property
    def frame_count(self) -> int | None:
        """Length in frames."""
        return self._frame_count

    def open(self) -> None:
        """Take the first picture. Raises `CaptureError` where there is none."""
        self._source.open()
        self._first = self._source.read()
        self._source.close()
        if self._first is None:
            raise CaptureError(f"{self._source.name}: has no picture; give another clip")
        self._random = np.random.default_rng(_SEED)
        self._next = 0

    def read(self) -> Frame | None:
        """Return the picture with new noise; None at the end and once closed."""
        if self._first is None or self._next >= self._frame_count:
            return None
        index, self._next = self._next, self._next + 1
        timestamp_ns = index * self._step_ns
        return replace(
            self._first,
            index=index,
            timestamp_ns=timestamp_ns,
            image=self._noisy(self._first.image),
        )

    def close(self) -> None:
        """Free the picture; may be called twice."""
        self._first = None

    def _noisy(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        noise = self._random.normal(0, _NOISE, image.shape)
        noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
