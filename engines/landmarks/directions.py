"""Rotations that line up directions: vectors (3,) and matrices (3, 3)."""

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


def aligned(rest_a: Vector, rest_b: Vector, a: Vector, b: Vector) -> Matrix:
    """Return the rotation that takes rest_a to the direction of `a`, and rest_b as near to `b` as that allows."""
    return _frame(a, b) @ _frame(rest_a, rest_b).T


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


def _frame(primary: Vector, secondary: Vector) -> Matrix:
    x = unit(primary)
    across: Vector = secondary - (secondary @ x) * x
    if length(across) < 1e-6 * (1 + length(secondary)):  # parallel: any direction will do
        across = cross(x, _least_parallel(x))
    y = unit(across)
    return np.array((x, y, cross(x, y))).T


def _least_parallel(vector: Vector) -> Vector:
    return np.eye(3)[int(np.argmin(np.abs(vector)))]
