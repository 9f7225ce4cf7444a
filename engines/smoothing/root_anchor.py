"""Where a person is in space, held by the part of the trunk that is seen best."""

from typing import Final

import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.one_euro import OneEuroBank, OneEuroVector
from engines.types import PoseEstimate

_MIN_DEPTH_M: Final = 0.1
"""Below this depth the direction of the root is not defined; no camera sees a person that near."""
_PELVIS: Final = JOINT_INDEX["pelvis"]
_NECK: Final = JOINT_INDEX["neck"]
_SURE_HIPS: Final = 0.5
"""Confidence of the pelvis from which it holds the body alone."""
_DOUBT_WITHOUT_HIPS: Final = 5.0
"""So many times noisier is the place of a body of which only the upper part is seen."""
_CHANGE_S: Final = 0.5
"""Time for the whole way from one anchor to the other."""
_FARTHEST_AHEAD_M: Final = 0.1
"""A prediction moves the body by no more than this."""


class RootAnchor:
    """Smooths the place of one person.

    The anchor is the pelvis, or the neck while the hips are out of view: a guessed pelvis swings with every doubt about
    the trunk's lean, and would shake the face with it. Its coordinates are direction x/z, y/z and depth z in the camera
    frame: the error of one camera lies along the ray, so certain and uncertain parts do not mix, and the body stays
    over its picture while its depth settles.
    """

    def __init__(self, bank: OneEuroBank, first: PoseEstimate) -> None:
        """Begin at rest where a person is first seen."""
        self.upper = 1 - _sureness(first)
        """0 when the pelvis is the anchor, 1 when the neck is."""
        self._filter = OneEuroVector(bank, _coordinates(self._place(first.joints)))

    def step(
        self,
        estimate: PoseEstimate | None,
        joints: Float32[np.ndarray, "55 3"],
        dt_s: float,
        *,
        strength: float,
        arrival: float,
        ahead_s: float,
    ) -> Float64[np.ndarray, "3"]:
        """Return what is to be added to smoothed joints so that their anchor is at the smoothed place.

        Args:
            estimate: What was seen; None for a person not seen now.
            joints: Smoothed joints in the camera's axes, anywhere.
            dt_s: Time since the last step, above 0.
            strength: Scale of the smoothing.
            arrival: As `OneEuroVector.step` takes it.
            ahead_s: How far to predict.
        """
        if estimate is not None:
            self._change_anchor(1 - _sureness(estimate), joints, dt_s)
        target = (
            self._filter.value if estimate is None else _coordinates(self._place(estimate.joints))
        )
        self._filter.step(
            target,
            dt_s,
            strength=strength,
            observed=estimate is not None,
            arrival=arrival,
            doubt=1 + (_DOUBT_WITHOUT_HIPS - 1) * self.upper,
        )
        place = _point(self._filter.value)
        if ahead_s > 0:
            way = _point(self._filter.ahead(ahead_s)) - place
            length = float(np.linalg.norm(way))
            place = place + way * min(1.0, _FARTHEST_AHEAD_M / max(length, 1e-9))
        moved: NDArray[np.float64] = place - self._place(joints)
        return moved

    def _change_anchor(self, wanted: float, joints: NDArray[np.floating], dt_s: float) -> None:
        """Move the anchor along the body towards the wanted one; the body stays where it is."""
        longest = dt_s / _CHANGE_S
        step = min(max(wanted - self.upper, -longest), longest)
        if step == 0:
            return
        before = self._place(joints)
        self.upper += step
        place = _point(self._filter.value)
        shift = _coordinates(place + self._place(joints) - before) - self._filter.value
        self._filter.shift(shift)

    def _place(self, joints: NDArray[np.floating]) -> NDArray[np.float64]:
        low, high = joints[_PELVIS].tolist(), joints[_NECK].tolist()
        return np.array([a + self.upper * (b - a) for a, b in zip(low, high, strict=True)])


def _sureness(estimate: PoseEstimate) -> float:
    return min(float(estimate.confidence[_PELVIS]) / _SURE_HIPS, 1.0)


def _coordinates(place: NDArray[np.floating]) -> NDArray[np.float64]:
    x, y, z = place.tolist()
    reach = max(z, _MIN_DEPTH_M)
    return np.array([x / reach, y / reach, z])


def _point(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, depth = coordinates.tolist()
    reach = max(depth, _MIN_DEPTH_M)
    return np.array([x * reach, y * reach, depth])
