"""Follows several persons from frame to frame by where their boxes are."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FARTHEST: Final = 1.5
"""An edge of a box can move by this many box sizes between two frames: legs come into view, people run."""
_PATIENCE_FRAMES: Final = 30
"""A person is remembered for this many frames in which they were not found."""
_GOES_ON_FRAMES: Final = 15
"""Somebody who is not found, for example behind another, is taken to walk on for this many frames."""
_NEWEST_STEP: Final = 0.3
"""Share of the newest step in how fast a person is."""
_ABSENCE: Final = 0.3
"""A person who was not found in the last frame counts as further off by this, in box sizes: who walks past the place
where another disappeared does not become that other."""


class BoxTracker:
    """Gives each person a number that stays."""

    def __init__(self) -> None:
        self._boxes: dict[int, NDArray[np.float32]] = {}
        self._steps: dict[int, NDArray[np.float32]] = {}
        self._missed: dict[int, int] = {}
        self._next_id = 0

    def assign(self, boxes: Sequence[NDArray[np.float32]]) -> list[int]:
        """Return the track id of each box (x0 y0 x1 y1, pixels) of one frame.

        Pairs of a known person and a box are made in order of how far apart they are; what is left over is new.
        """
        ids = [-1] * len(boxes)
        free = set(self._boxes)
        for _, track_id, index in self._pairs(boxes):
            if track_id in free and ids[index] < 0:
                ids[index] = track_id
                free.discard(track_id)
        for index in range(len(boxes)):
            if ids[index] < 0:
                ids[index] = self._next_id
                self._next_id += 1
        self._remember(dict(zip(ids, boxes, strict=True)))
        return ids

    def _pairs(self, boxes: Sequence[NDArray[np.float32]]) -> list[tuple[float, int, int]]:
        pairs = []
        for track_id, known in self._boxes.items():
            missed = self._missed[track_id]
            expected = known + min(missed + 1, _GOES_ON_FRAMES) * self._steps[track_id]
            for index, box in enumerate(boxes):
                distance = min(_distance(known, box), _distance(expected, box))
                if distance <= _FARTHEST:
                    pairs.append((distance + _ABSENCE * (missed > 0), track_id, index))
        return sorted(pairs)

    def _remember(self, seen: dict[int, NDArray[np.float32]]) -> None:
        for track_id in list(self._boxes):
            self._missed[track_id] += 1
            if self._missed[track_id] > _PATIENCE_FRAMES and track_id not in seen:
                del self._boxes[track_id], self._steps[track_id], self._missed[track_id]
        for track_id, box in seen.items():
            self._steps[track_id] = self._step(track_id, box)
            self._boxes[track_id] = box
            self._missed[track_id] = 0

    def _step(self, track_id: int, box: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how far (4,) the middle of a person's box goes from frame to frame."""
        before = self._boxes.get(track_id)
        if before is None:
            return np.zeros(4, np.float32)
        way = (box - before).reshape(2, 2).mean(axis=0) / self._missed[track_id]
        old = self._steps[track_id]
        step: NDArray[np.float32] = old + _NEWEST_STEP * (np.tile(way, 2) - old)
        return step


def _distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return how far apart two boxes are: the largest move of an edge, in units of the mean box size.

    Unlike the overlap it tells thin, quickly moving boxes apart, and a person who is near from one who is far behind.
    """
    size = 0.25 * float(np.sum(a[2:] - a[:2] + b[2:] - b[:2]))
    return float(np.abs(a - b).max()) / max(size, 1e-6)
