"""Rotations that line up directions: vectors (3,) and matrices (3, 3)."""

import numba
import numpy as np
from numpy.typing import NDArray

from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle

Vector = NDArray[np.floating]
Matrix = NDArray[np.floating]

_TINY = 1e-9


def cross(a: Vector, b: Vector) -> Vector:
    """Return the cross product; `numpy.cross` takes ten times as long for one pair."""
    (a0, a1, a2), (b0, b1, b2) = a.tolist(), b.tolist()
    return np.array((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0))


def length(vector: Vector) -> float:
    """Return the Euclidean length."""
    return float(np.sqrt(vector @ vector))


def unit(vector: Vector) -> Vector:
    """Return the direction; zero for no length."""
    return vector / max(length(vector), _TINY)


@numba.njit(cache=True)
def aligned(rest_a: Vector, rest_b: Vector, a: Vector, b: Vector) -> Matrix:
    """Return the rotation that takes rest_a to the direction of `a`, and rest_b as near to `b` as that allows."""
    axes, rest_axes = np.empty((3, 3)), np.empty((3, 3))
    _write_axes(a, b, axes)
    _write_axes(rest_a, rest_b, rest_axes)
    rotation = np.zeros((3, 3))
    for row in range(3):
        for column in range(3):
            for k in range(3):
                rotation[row, column] += axes[k, row] * rest_axes[k, column]
    return rotation


def smallest_turn(start: Vector, end: Vector) -> Matrix:
    """Return the smallest rotation that takes one direction to another."""
    a, b = unit(start), unit(end)
    axis = cross(a, b)
    sine, cosine = length(axis), float(a @ b)
    if sine < _TINY:
        axis = cross(a, _least_parallel(a))
    return matrix_from_axis_angle(unit(axis) * np.arctan2(sine, cosine))


def share(rotation: Matrix, part: float) -> Matrix:
    """Return `part` of a rotation about its axis."""
    return matrix_from_axis_angle(part * axis_angle_from_matrix(rotation))


def limited(rotation: Matrix, limit_rad: float) -> Matrix:
    """Return the rotation, turned back to the limit where it is beyond."""
    angle = length(axis_angle_from_matrix(rotation))
    return rotation if angle <= limit_rad else share(rotation, limit_rad / angle)


@numba.njit(cache=True)
def _write_axes(primary: Vector, secondary: Vector, axes: Matrix) -> None:
    """Write unit vectors into the rows: along the first direction, towards the second, and across both."""
    x, y, z = axes
    x[:] = primary / max(np.sqrt((primary**2).sum()), _TINY)
    y[:] = secondary - (secondary * x).sum() * x
    size = np.sqrt((y**2).sum())
    if size < 1e-6 * (1 + np.sqrt((secondary**2).sum())):  # parallel: any direction will do
        least = np.argmin(np.abs(x))
        y[:] = -x[least] * x
        y[least] += 1
        size = np.sqrt((y**2).sum())
    y /= max(size, _TINY)
    for k in range(3):
        z[k] = x[k - 2] * y[k - 1] - x[k - 1] * y[k - 2]


def _least_parallel(vector: Vector) -> Vector:
    return np.eye(3)[int(np.argmin(np.abs(vector)))]
