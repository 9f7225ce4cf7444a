"""Tells whether a camera stands still, from the background of its pictures."""

from collections.abc import Sequence
from typing import Final, cast

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from engines.errors import CalibrationError

_WIDTH_PX: Final = 320
_LEAST_POINTS: Final = 12
_MOST_POINTS: Final = 200
_MOVED: Final = 0.012  # of the picture's width
_MOVED_SHARE: Final = 0.25
_CALM: Final = 0.25  # share of the points that are calmer than the one that is believed
_ASTRAY_PX: Final = 1.0


class StillnessCheck:
    """Follows points of the background from the first picture on."""

    def __init__(self) -> None:
        self._first: NDArray[np.uint8] | None = None
        self._points: NDArray[np.float32] = np.zeros((0, 1, 2), np.float32)
        self._moves: list[float] = []

    def add(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        boxes: Sequence[NDArray[np.floating]],
    ) -> None:
        """Take in a picture; a few a second are enough.

        Args:
            image: BGR.
            boxes: x0 y0 x1 y1 in pixels around what may move: persons.
        """
        scale = _WIDTH_PX / image.shape[1]
        size = _WIDTH_PX, max(1, round(image.shape[0] * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        free = np.full(gray.shape, 255, np.uint8)
        for box in boxes:
            x0, y0, x1, y1 = (max(0, int(each * scale)) for each in box)
            free[y0:y1, x0:x1] = 0
        if self._first is None or len(self._points) < _LEAST_POINTS:
            found = cv2.goodFeaturesToTrack(gray, _MOST_POINTS, 0.02, 6, mask=free)
            if found is not None:
                self._first, self._points = gray, np.asarray(found, np.float32)
            return
        # what was in front of a person once may have been the person
        x, y = self._points[:, 0].astype(int).T
        self._points = self._points[free[y, x] > 0]
        if len(self._points) >= _LEAST_POINTS:
            self._follow(gray)

    def _follow(self, gray: NDArray[np.uint8]) -> None:
        """Note how far the calmer points have gone: what moves before the camera does not move all of them."""
        first = cast("NDArray[np.uint8]", self._first)
        moved, there, _ = cv2.calcOpticalFlowPyrLK(first, gray, self._points, self._points.copy())
        back, again, _ = cv2.calcOpticalFlowPyrLK(gray, first, moved, moved.copy())
        astray = np.linalg.norm((back - self._points)[:, 0], axis=1)
        good = (there[:, 0] == 1) & (again[:, 0] == 1) & (astray < _ASTRAY_PX)
        if good.sum() >= _LEAST_POINTS:
            way = np.linalg.norm((moved - self._points)[good, 0], axis=1)
            self._moves.append(float(np.quantile(way, _CALM)) / _WIDTH_PX)

    def check(self, what: str) -> None:
        """Refuse a camera that moved; one without enough background passes.

        Raises:
            CalibrationError: it moved; `what` is being measured.
        """
        moves = np.array(self._moves)
        if len(moves) and (moves > _MOVED).mean() > _MOVED_SHARE:
            raise CalibrationError(
                f"{what}: the camera moved, by {100 * moves.max():.0f} % of the picture's width; fix it to something "
                "and measure again"
            )
