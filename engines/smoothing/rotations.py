"""The One-Euro filter on rotations: never on raw axis-angle or Euler numbers, which jump."""

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.body.rotations import (
    axis_angle_from_quaternion,
    conjugate_quaternion,
    multiply_quaternions,
    quaternion_from_axis_angle,
    slerp,
)
from engines.smoothing.one_euro import OneEuroBank


class OneEuroRotations:
    """One-Euro filters on independent rotations.

    The algorithm of `OneEuroVector` with the group's own operations: the difference of two rotations is the rotation
    vector of the short way between them, its low-passed rate is an angular velocity in the parent frame, and the
    value moves along the great circle (slerp) by a share that grows with the angular speed. So the result does not
    depend on the sign of the quaternions, nor on the frame in which the rotations are written.
    """

    def __init__(self, bank: OneEuroBank, start: NDArray[np.floating]) -> None:
        """Begin at rest at the quaternions `start` (channels, 4), xyzw."""
        self._bank = bank
        self._velocity = np.zeros((len(start), 3))
        self._target = np.array(start, dtype=np.float64)
        self.value: Float64[np.ndarray, "channels 4"] = self._target
        """The smoothed quaternions, unit length; replaced, never changed in place."""

    def step(
        self,
        target: NDArray[np.floating],
        dt_s: float,
        *,
        strength: NDArray[np.float64] | float = 1.0,
        observed: Bool[np.ndarray, "channels"] | bool = True,
    ) -> None:
        """Move towards `target` (channels, 4), `dt_s` > 0 after the last step; channels not observed stay at rest."""
        bank = self._bank
        seen = np.asarray(observed)[..., None]
        rate = _short_way(self._target, target) / dt_s  # (channels, 3) rad/s
        velocity = self._velocity + bank.derivative_factor(dt_s)[:, None] * (rate - self._velocity)
        self._velocity = np.where(seen, velocity, 0.0)
        share = bank.value_factor(np.linalg.norm(self._velocity, axis=-1), dt_s, strength)
        turn = np.where(seen, share[:, None] * _short_way(self.value, target), 0.0)
        moved = multiply_quaternions(quaternion_from_axis_angle(turn), self.value)
        self.value = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
        self._target = np.where(seen, target, self.value)

    def ease(self, rest: NDArray[np.floating], fraction: NDArray[np.floating] | float) -> None:
        """Move `fraction` (channels,) of the short way to `rest` (channels, 4), past the filter."""
        self.value = slerp(self.value, np.asarray(rest, np.float64), fraction)
        self._target = np.where(np.asarray(fraction)[..., None] > 0, self.value, self._target)


def _short_way(start: NDArray[np.floating], end: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the rotation vectors (channels, 3), in the parent frame, that turn `start` into `end`."""
    return axis_angle_from_quaternion(multiply_quaternions(end, conjugate_quaternion(start)))
