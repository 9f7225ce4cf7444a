"""Undo MediaPipe's confusions of left and right, which turn the whole body front to back."""

from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.view import PersonView

_PAIRS: Final = (
    (1, 4), (2, 5), (3, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16), (17, 18), (19, 20), (21, 22),
    (23, 24), (25, 26), (27, 28), (29, 30), (31, 32),
)  # fmt: skip
MIRRORED: Final = np.arange(33)
"""Index of each pose landmark's counterpart on the other side; central ones give themselves."""
for _left, _right in _PAIRS:
    MIRRORED[[_left, _right]] = _right, _left
_CORE: Final = np.array([11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])

_BETTER: Final = 0.6  # a swap must continue the track with less than this part of the error
_MARGIN: Final = 0.04  # and be better by this much, in torso lengths
_SPEED_S: Final = 0.035  # the track's speed is averaged over about this time
_GIVE_UP_S: Final = 0.8  # after so long MediaPipe's own labels are believed
_FACE_S: Final = 0.25  # the face must contradict the pose for so long, once a track is running
_FACE_COSINE: Final = -0.4
_LEFT_EYE_MESH, _RIGHT_EYE_MESH = 263, 33  # outer corners in the face mesh


def swap_sides(view: PersonView) -> PersonView:
    """Return the view with left and right exchanged and the depth turned over, as MediaPipe confuses them."""
    world = view.world[MIRRORED]
    return replace(
        view,
        rays=view.rays[MIRRORED],
        world=world - 2 * np.outer(world @ view.sight, view.sight),
        seen=view.seen[MIRRORED],
    )


class SwapRepair:
    """Keeps left and right of one person apart over time.

    A swap is undone when the exchanged labels continue the track in the picture much better. The face mesh, which
    exists only for faces turned to the camera, settles what a track cannot: a swap at the start.
    """

    def __init__(self) -> None:
        self._rays: NDArray[np.float64] | None = None
        self._speed = np.zeros((33, 2))
        self._swapped_s = 0.0
        self._contradicted_s = 0.0

    def repair(
        self, view: PersonView, face_rays: Float64[np.ndarray, "468 2"] | None, step_s: float
    ) -> PersonView:
        """Return the view, its sides exchanged where they are the wrong way round."""
        contradicted = face_rays is not None and _face_contradicts(view, face_rays)
        self._contradicted_s = self._contradicted_s + step_s if contradicted else 0.0
        if self._rays is None:
            swap = contradicted
        elif face_rays is not None and self._contradicted_s >= _FACE_S:
            swap = True
        else:
            swap = self._continues_swapped(view, step_s)
        self._swapped_s = self._swapped_s + step_s if swap else 0.0
        if self._swapped_s > _GIVE_UP_S and not contradicted:
            swap, self._swapped_s = False, 0.0
        repaired = swap_sides(view) if swap else view
        self._follow(repaired.rays, step_s)
        return repaired

    def _continues_swapped(self, view: PersonView, step_s: float) -> bool:
        assert self._rays is not None
        expected = self._rays + self._speed * step_s
        torso = view.rays[[11, 12]].mean(axis=0) - view.rays[[23, 24]].mean(axis=0)
        size = max(float(np.hypot(*torso)), 1e-6)
        kept = _distance(view.rays, expected, size)
        swapped = _distance(view.rays[MIRRORED], expected, size)
        return swapped < _BETTER * kept and kept - swapped > _MARGIN

    def _follow(self, rays: NDArray[np.float64], step_s: float) -> None:
        if self._rays is not None:
            part = 0.5 * min(1.0, step_s / _SPEED_S)
            self._speed += part * ((rays - self._rays) / step_s - self._speed)
        self._rays = rays


def _distance(rays: NDArray[np.float64], expected: NDArray[np.float64], size: float) -> float:
    off = rays[_CORE] - expected[_CORE]
    return float(np.minimum(np.hypot(off[:, 0], off[:, 1]) / size, 1.0).mean())


def _face_contradicts(view: PersonView, face_rays: NDArray[np.float64]) -> bool:
    """Return whether pose and face mesh disagree about which eye is the left one."""
    mesh = face_rays[_LEFT_EYE_MESH] - face_rays[_RIGHT_EYE_MESH]
    pose = view.rays[3] - view.rays[6]  # outer corners of the eyes
    size = float(np.ptp(face_rays, axis=0).max())
    lengths = float(np.hypot(*mesh)), float(np.hypot(*pose))
    if min(lengths) < 0.2 * size:  # a profile: too narrow to tell
        return False
    return float(mesh @ pose) < _FACE_COSINE * lengths[0] * lengths[1]
