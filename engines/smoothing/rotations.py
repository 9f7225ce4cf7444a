"""The One-Euro filter on rotations: never on raw axis-angle or Euler numbers, which jump."""

import math
from typing import Final

import numba
import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.body.rotations import multiply_quaternions, quaternion_from_axis_angle
from engines.smoothing.one_euro import CATCH_UP_S, OneEuroBank, smoothing_factor, value_factor

_FARTHEST_AHEAD_RAD: Final = 0.25
"""A prediction turns a joint by no more than this."""


class OneEuroRotations:
    """One-Euro filters on independent rotations.

    The algorithm of `OneEuroVector` with the group's own operations: the difference of two rotations is the rotation
    vector of the short way between them, its low-passed rate is an angular velocity in the parent frame, and the
    value moves along the great circle by a share that grows with the angular speed. So the result does not depend on
    the sign of the quaternions, nor on the frame in which the rotations are written.
    """

    def __init__(self, bank: OneEuroBank, start: NDArray[np.floating]) -> None:
        """Begin at rest at the quaternions `start` (channels, 4), xyzw."""
        self._bank = bank
        self._velocity = np.zeros((len(start), 3))
        self._behind = np.zeros((len(start), 3))
        self._target = np.array(start, dtype=np.float64)
        self.value: Float64[np.ndarray, "channels 4"] = self._target.copy()
        """The smoothed quaternions, unit length; replaced, never changed in place."""

    def step(
        self,
        target: NDArray[np.floating],
        dt_s: float,
        *,
        strength: NDArray[np.float64] | float = 1.0,
        observed: Bool[np.ndarray, "channels"] | bool = True,
        arrival: NDArray[np.float64] | float = 0.0,
        doubt: NDArray[np.float64] | float = 1.0,
    ) -> None:
        """Move towards the quaternions `target` (channels, 4); for the rest see `OneEuroVector.step`."""
        self.value = self.value.copy()
        _step(
            np.asarray(target, np.float64),
            dt_s,
            observed if isinstance(observed, np.ndarray) else np.full(len(self.value), observed),
            self._bank.channels(strength, arrival, doubt),
            self._target,
            self._velocity,
            self._behind,
            self.value,
        )

    def ease(self, rest: NDArray[np.floating], fraction: NDArray[np.floating]) -> None:
        """Move `fraction` (channels,) of the short way to `rest` (channels, 4), past the filter."""
        self.value = self.value.copy()
        _ease(np.asarray(rest, np.float64), np.asarray(fraction, np.float64), self.value)

    def ahead(self, horizon_s: float) -> Float64[np.ndarray, "channels 4"]:
        """Return the value as it will be if the motion goes on for `horizon_s`; what stands still stays."""
        speed = np.linalg.norm(self._velocity, axis=1)
        angle = np.minimum(
            horizon_s * np.maximum(speed - self._bank.still_speed, 0), _FARTHEST_AHEAD_RAD
        )
        turn = quaternion_from_axis_angle(
            (angle / np.maximum(speed, 1e-12))[:, None] * self._velocity
        )
        return multiply_quaternions(turn, self.value)


@numba.njit(cache=True)
def _step(
    target: NDArray[np.float64],
    dt_s: float,
    observed: NDArray[np.bool_],
    channels: NDArray[np.float64],
    previous: NDArray[np.float64],
    velocity: NDArray[np.float64],
    behind: NDArray[np.float64],
    value: NDArray[np.float64],
) -> None:
    """Move `previous` targets (n, 4), `velocity`, how far the value is `behind` (n, 3), and `value` (n, 4) on."""
    for i in range(len(target)):
        if not observed[i]:
            velocity[i] = 0.0
            behind[i] = 0.0
            previous[i] = math.nan
            continue
        x = y = z = 0.0
        if not math.isnan(previous[i, 0]):  # else it is seen for the first time since it was lost
            x, y, z = _short_way(previous[i], target[i])
        share = smoothing_factor(channels[i, 3], dt_s, 1.0)
        velocity[i, 0] += share * (x / dt_s - velocity[i, 0])
        velocity[i, 1] += share * (y / dt_s - velocity[i, 1])
        velocity[i, 2] += share * (z / dt_s - velocity[i, 2])
        speed = _length(velocity[i, 0], velocity[i, 1], velocity[i, 2])
        x, y, z = _short_way(value[i], target[i])
        behind[i, 0] += share * (x - behind[i, 0])
        behind[i, 1] += share * (y - behind[i, 1])
        behind[i, 2] += share * (z - behind[i, 2])
        lag = _length(behind[i, 0], behind[i, 1], behind[i, 2])
        share = value_factor(max(speed, lag / CATCH_UP_S), dt_s, channels[i])
        _turn(value[i], share * x, share * y, share * z)
        previous[i] = target[i]


@numba.njit(cache=True)
def quaternions(pose: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the quaternions (n, 4), xyzw, of rotation vectors (n, 3)."""
    result = np.zeros((len(pose), 4))
    for i in range(len(pose)):
        result[i, 3] = 1.0
        _turn(result[i], float(pose[i, 0]), float(pose[i, 1]), float(pose[i, 2]))
    return result


@numba.njit(cache=True)
def rotation_vectors(quaternion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation vectors (n, 3) of unit quaternions (n, 4), of at most half a turn."""
    none = np.array([0.0, 0.0, 0.0, 1.0])
    result = np.empty((len(quaternion), 3))
    for i in range(len(quaternion)):
        result[i, 0], result[i, 1], result[i, 2] = _short_way(none, quaternion[i])
    return result


@numba.njit(cache=True)
def _ease(
    rest: NDArray[np.float64], fraction: NDArray[np.float64], value: NDArray[np.float64]
) -> None:
    for i in range(len(value)):
        if fraction[i] > 0:
            x, y, z = _short_way(value[i], rest[i])
            _turn(value[i], fraction[i] * x, fraction[i] * y, fraction[i] * z)


# numbers, not small arrays: each array of a loop like these takes longer than its arithmetic


@numba.njit(cache=True, inline="always")
def _length(x: float, y: float, z: float) -> float:
    return math.sqrt(x * x + y * y + z * z)


@numba.njit(cache=True)
def _short_way(start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the rotation vector, in the parent frame, that turns one quaternion into another: end start*."""
    x, y, z, w = -start[0], -start[1], -start[2], start[3]
    a = end[3] * x + end[0] * w + end[1] * z - end[2] * y
    b = end[3] * y - end[0] * z + end[1] * w + end[2] * x
    c = end[3] * z + end[0] * y - end[1] * x + end[2] * w
    cosine = end[3] * w - end[0] * x - end[1] * y - end[2] * z
    sine = _length(a, b, c)
    ratio = 2 * math.atan2(sine, abs(cosine)) / sine if sine > 1e-12 else 2.0
    if cosine < 0:
        ratio = -ratio
    return ratio * a, ratio * b, ratio * c


@numba.njit(cache=True)
def _turn(quaternion: NDArray[np.float64], x: float, y: float, z: float) -> None:
    """Turn a quaternion by a rotation vector of its parent frame, in place."""
    half = 0.5 * _length(x, y, z)
    ratio = 0.5 * math.sin(half) / half if half > 1e-12 else 0.5
    x, y, z, w = x * ratio, y * ratio, z * ratio, math.cos(half)
    a, b, c, d = quaternion[0], quaternion[1], quaternion[2], quaternion[3]
    quaternion[0] = w * a + x * d + y * c - z * b
    quaternion[1] = w * b - x * c + y * d + z * a
    quaternion[2] = w * c + x * b - y * a + z * d
    quaternion[3] = w * d - x * a - y * b - z * c
    norm = math.sqrt(
        quaternion[0] ** 2 + quaternion[1] ** 2 + quaternion[2] ** 2 + quaternion[3] ** 2
    )
    for k in range(4):
        quaternion[k] /= norm
