"""One leg bent so that its ankle comes to a place, by the law of cosines: the foot keeps its attitude."""

import math
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray

from engines.body.rotations import axis_angle_from_matrix_kernel, matrix_from_axis_angle_kernel

FULL_REACH: Final = 0.9995
"""Share of its length that a leg is stretched to at most: beyond, the knee's direction is lost."""
_STRAIGHT, _BENT = 0.1, 0.3
"""Sines of the knee's bend up to which it bends about the thigh's own axis, and from which it keeps its plane."""


@numba.njit(cache=True)
def bend_leg(
    pelvis_turn: NDArray[np.float64],
    turns: NDArray[np.float64],
    places: NDArray[np.float64],
    target: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the parent-relative rotation vectors (3, 3) of hip, knee and ankle that bring the ankle to a target.

    Args:
        pelvis_turn: World rotation (3, 3) of the pelvis.
        turns: World rotations (3, 3, 3) of hip, knee and ankle.
        places: World places (3, 3) of hip, knee and ankle.
        target: World place (3,) for the ankle; one out of reach is approached.
    """
    thigh, shin = places[1] - places[0], places[2] - places[1]
    upper, lower = math.sqrt((thigh**2).sum()), math.sqrt((shin**2).sum())
    wanted = target - places[0]
    distance = math.sqrt((wanted**2).sum())
    reach = min(max(distance, abs(upper - lower) + 1e-6), FULL_REACH * (upper + lower))
    axis = _knee_axis(thigh / upper, shin / lower, np.ascontiguousarray(turns[0, :, 0]))
    now = math.atan2(_dot(axis, np.cross(thigh, shin)), _dot(thigh, shin))
    cosine = (reach * reach - upper * upper - lower * lower) / (2 * upper * lower)
    knee_turn = _about(axis, math.acos(min(max(cosine, -1.0), 1.0)) - now)
    hip_turn = _between(thigh + _turned(knee_turn, shin), wanted)
    hip = _times(hip_turn, turns[0])
    knee = _times(_times(hip_turn, knee_turn), turns[1])
    local = np.empty((3, 3))
    local[0] = axis_angle_from_matrix_kernel(_times(pelvis_turn.T, hip))
    local[1] = axis_angle_from_matrix_kernel(_times(hip.T, knee))
    local[2] = axis_angle_from_matrix_kernel(_times(knee.T, turns[2]))
    return local


@numba.njit(cache=True)
def leg_turns(pelvis_turn: NDArray[np.float64], pose: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the world rotations (2, 4, 3, 3) of hip, knee, ankle and foot of both legs.

    Args:
        pelvis_turn: World rotation (3, 3) of the pelvis.
        pose: Parent-relative rotation vectors (8, 3) of these joints, left leg first.
    """
    turns = np.empty((2, 4, 3, 3))
    for side in range(2):
        above = pelvis_turn
        for k in range(4):
            own = matrix_from_axis_angle_kernel(pose[4 * side + k].astype(np.float64))
            above = _times(above, own)
            turns[side, k] = above
    return turns


@numba.njit(cache=True)
def _knee_axis(
    thigh: NDArray[np.float64], shin: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the axis about which the knee bends: across both bones, or the thigh's own x where the leg is straight."""
    across = np.cross(thigh, shin)
    sine = math.sqrt((across**2).sum())
    if _dot(across, own) < 0:  # bent the wrong way: it comes back through straight
        across = -across
    side = own - _dot(own, thigh) * thigh
    side = side / max(math.sqrt((side**2).sum()), 1e-9)
    share = min(max((sine - _STRAIGHT) / (_BENT - _STRAIGHT), 0.0), 1.0)
    axis = (1 - share) * side + share * across / max(sine, 1e-9)
    return axis / max(math.sqrt((axis**2).sum()), 1e-9)


@numba.njit(cache=True)
def _about(axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Return the rotation (3, 3) about a unit axis."""
    x, y, z = axis[0], axis[1], axis[2]
    c, s = math.cos(angle), math.sin(angle)
    d = 1 - c
    turn = np.empty((3, 3))
    turn[0, 0], turn[0, 1], turn[0, 2] = c + x * x * d, x * y * d - z * s, x * z * d + y * s
    turn[1, 0], turn[1, 1], turn[1, 2] = y * x * d + z * s, c + y * y * d, y * z * d - x * s
    turn[2, 0], turn[2, 1], turn[2, 2] = z * x * d - y * s, z * y * d + x * s, c + z * z * d
    return turn


@numba.njit(cache=True)
def _between(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest rotation (3, 3) of one direction to another; none where they are opposite."""
    a, b = start / math.sqrt((start**2).sum()), end / max(math.sqrt((end**2).sum()), 1e-9)
    axis = np.cross(a, b)
    sine = math.sqrt((axis**2).sum())
    if sine < 1e-9:
        return np.eye(3)
    return _about(axis / sine, math.atan2(sine, _dot(a, b)))


# numba's own `@` needs scipy, which users do not have


@numba.njit(cache=True)
def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the product of two vectors (3,)."""
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@numba.njit(cache=True)
def _turned(turn: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a vector (3,) turned by a rotation (3, 3)."""
    out = np.empty(3)
    for row in range(3):
        out[row] = _dot(turn[row], vector)
    return out


@numba.njit(cache=True)
def _times(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the product of two rotations (3, 3)."""
    out = np.empty((3, 3))
    for row in range(3):
        for column in range(3):
            out[row, column] = _dot(first[row], second[:, column])
    return out
