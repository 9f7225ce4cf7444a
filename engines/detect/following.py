"""Keeps to one person when another walks past: MediaPipe itself goes on with whoever it sees."""

import math
from collections import deque
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.detect.trunk import Trunk, trunk_of

_SIZES: Final = 8
"""The size of a trunk is the median of this many frames."""
_JUMP: Final = 0.2
"""A person's trunk is never further than this from where it was expected, in its own lengths: of 1,700 frames of
webcams, walks, a kick, a turn and sitting down, 6 to 60 a second, the furthest was 0.09 off."""
_OTHER_SIZE: Final = 0.1
"""Nor does its length change by more than this share in the same frame."""
_ELSEWHERE: Final = 1.5
"""Who is further away than this does not walk past the person, but is seen in their place."""
_NEWEST_STEP: Final = 0.3
"""Share of the newest step in how fast the person is."""
_PATIENCE_FRAMES: Final = 30
"""The person is looked for in place of the other for this many frames; then the other will do."""
_FORGET_FRAMES: Final = 5
"""After so many frames in which nobody was found, anybody will do."""
_LONGEST_STEP_NS: Final = 250_000_000
"""After a longer pause in the pictures, too: in that time the person may have gone and bent anyhow."""
_STRIP: Final = 1.2
"""Half the width of the part of the picture in which the person is looked for, in trunk lengths..."""
_WIDENS: Final = 0.03
"""...and how much wider it gets in each frame."""


class Follower:
    """Tells when the landmarks of the one person who is followed become another's.

    In one frame they jump and change their size. The person is then looked for where they would be had they walked on,
    in a strip of the picture, until they come out from behind the other.
    """

    def __init__(self) -> None:
        self._sizes: deque[float] = deque(maxlen=_SIZES)
        self._timestamp_ns = 0
        self._begin()

    def _begin(self) -> None:
        self._sizes.clear()
        self._middle = np.zeros(2)
        self._step = np.zeros(2)
        self._missed = 0
        self._is_hidden = False

    def view(
        self, image: UInt8[np.ndarray, "height width 3"], timestamp_ns: int
    ) -> UInt8[np.ndarray, "height width 3"]:
        """Return the picture of a time, black but for a strip while the person is behind another."""
        before_ns, self._timestamp_ns = self._timestamp_ns, timestamp_ns
        if not 0 <= timestamp_ns - before_ns <= _LONGEST_STEP_NS:
            self._begin()
        if not self._is_hidden:
            return image
        middle = self._expected()[0]
        half = (_STRIP + _WIDENS * self._missed) * self._size()
        first, last = np.clip((middle - half, middle + half), 0, image.shape[1]).astype(int)
        strip = np.zeros_like(image)
        strip[:, first:last] = image[:, first:last]
        return strip

    def accepts(self, points_px: Float32[np.ndarray, "33 3"]) -> bool:
        """Return whether these landmarks are the person's, and remember them if so."""
        trunk = trunk_of(points_px)
        if self._is_another(trunk):
            self._is_hidden = True
            self.miss()
            return False
        if self._sizes:
            way = (trunk.middle - self._middle) / (self._missed + 1)
            self._step += _NEWEST_STEP * (way - self._step)
        self._middle = trunk.middle
        self._sizes.append(trunk.length)
        self._missed, self._is_hidden = 0, False
        return True

    def miss(self) -> None:
        """Take note that the person was not found in a frame."""
        self._missed += 1
        if self._missed > (_PATIENCE_FRAMES if self._is_hidden else _FORGET_FRAMES):
            self._begin()

    def _is_another(self, trunk: Trunk) -> bool:
        if len(self._sizes) < _SIZES or not self._is_known():
            return False
        has_other_size = self._differs(trunk.length)
        if self._is_hidden:
            return bool(has_other_size)
        off = np.linalg.norm(trunk.middle - self._expected()) / self._size()
        return bool(has_other_size and _JUMP * (self._missed + 1) < off < _ELSEWHERE)

    def _is_known(self) -> bool:
        """Return whether the person was of one size lately: landmarks that flutter tell nobody apart."""
        return not any(self._differs(size) for size in self._sizes)

    def _differs(self, size: float) -> bool:
        return abs(math.log(size / self._size())) > _OTHER_SIZE

    def _size(self) -> float:
        return float(np.median(self._sizes))

    def _expected(self) -> NDArray[np.float64]:
        return self._middle + (self._missed + 1) * self._step
