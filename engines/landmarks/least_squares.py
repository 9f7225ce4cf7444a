"""Damped least squares for a tree of joints: what turns landmarks into joint rotations, compiled with numba.

The unknowns are the place of the root joint and one rotation per joint, updated on the right: R <- R exp(d). Steps
follow Levenberg and Marquardt (Madsen, Nielsen, Tingleff: Methods for Non-Linear Least Squares Problems, 2004,
section 3.2).
"""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.rotations import axis_angle_from_matrix_kernel, matrix_from_axis_angle_kernel
from engines.landmarks.problem import Observations, Priors, Skeleton, Solution
from engines.landmarks.residuals import System, evaluate, pose_joints, pose_points

MAX_STEP_RAD: Final = 0.8
"""Largest turn of one joint in one step."""

_FIRST_DAMPING: Final = 1e-3
_LEAST_DAMPING: Final = 1e-6
_RELAX: Final = 0.3
_STIFFEN: Final = 8.0
_ATTEMPTS: Final = 4
_LEAST_GAIN: Final = 1e-3  # of the cost: less moves no error on the walk clips


@numba.njit(cache=True)
def posed_points(
    skeleton: Skeleton, rotations: NDArray[np.float64], root: NDArray[np.float64]
) -> Float64[np.ndarray, "m 3"]:
    """Return the points of a posed skeleton, metres, camera frame."""
    turned, joints = pose_joints(skeleton, rotations, root)
    return pose_points(skeleton, turned, joints)


@numba.njit(cache=True)
def rotation_vectors(
    rotations: Float64[np.ndarray, "n 3 3"],
) -> Float64[np.ndarray, "n 3"]:
    """Return the rotation vectors of a few matrices, radians: twenty times as fast as the general conversion."""
    vectors = np.empty((len(rotations), 3))
    for n in range(len(rotations)):
        vector = axis_angle_from_matrix_kernel(rotations[n])
        for a in range(3):
            vectors[n, a] = vector[a]
    return vectors


@numba.njit(cache=True, error_model="numpy")
def solve(
    skeleton: Skeleton,
    observations: Observations,
    priors: Priors,
    start: Solution,
    iterations: int,
) -> Solution:
    """Return the most likely pose, found from `start` in at most `iterations` accepted steps."""
    size = 3 + 3 * len(skeleton.parents)
    system = _empty_system(len(skeleton.point_joints), size)
    candidate = _empty_system(len(skeleton.point_joints), size)
    rotations, root = start.rotations, start.root
    damping = _FIRST_DAMPING
    cost = evaluate(skeleton, observations, priors, rotations, root, system)
    for _ in range(iterations):
        before = cost
        for _attempt in range(_ATTEMPTS):
            step = _damped_step(system, damping)
            if _promised(system, step) < _LEAST_GAIN * cost:
                break
            new_rotations, new_root = _moved(rotations, root, step)
            new_cost = evaluate(skeleton, observations, priors, new_rotations, new_root, candidate)
            if new_cost < cost:
                rotations, root, cost = new_rotations, new_root, new_cost
                system, candidate = candidate, system
                damping = max(damping * _RELAX, _LEAST_DAMPING)
                break
            damping *= _STIFFEN
        if before - cost < _LEAST_GAIN * before:
            break
    return Solution(rotations, root, cost)


@numba.njit(cache=True)
def _promised(system: System, step: NDArray[np.float64]) -> float:
    """Return by how much the cost falls with a step, were it quadratic: -g x, or less."""
    total = 0.0
    for i in range(len(step)):
        total -= system.gradient[i] * step[i]
    return total


@numba.njit(cache=True)
def _empty_system(points: int, size: int) -> System:
    return System(
        np.zeros((size, size)),
        np.zeros(size),
        np.zeros((points, 3, size)),
        np.zeros((3, size)),
    )


@numba.njit(cache=True)
def _moved(
    rotations: NDArray[np.float64], root: NDArray[np.float64], step: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    moved = np.zeros_like(rotations)
    place = np.empty(3)
    turn = np.empty(3)
    for a in range(3):
        place[a] = root[a] + step[a]
    for j in range(len(rotations)):
        for a in range(3):
            turn[a] = step[3 + 3 * j + a]
        angle = np.sqrt(turn[0] ** 2 + turn[1] ** 2 + turn[2] ** 2)
        if angle > MAX_STEP_RAD:
            turn *= MAX_STEP_RAD / angle
        delta = matrix_from_axis_angle_kernel(turn)
        for a in range(3):
            for b in range(3):
                for c in range(3):
                    moved[j, a, b] += rotations[j, a, c] * delta[c, b]
    return moved, place


@numba.njit(cache=True, fastmath=True)
def _damped_step(system: System, damping: float) -> NDArray[np.float64]:
    """Return the solution of (H + damping * diag(H)) x = -g, by Cholesky's method from the last unknown to the first.

    H = M'M with a lower triangle M. Taken in this order, a joint has to do with its ancestors and little else: the rest
    of its row is zero and costs nothing.
    """
    size = len(system.gradient)
    factor = system.hessian.copy()
    step = -system.gradient
    for k in range(size - 1, -1, -1):
        pivot = factor[k, k] + damping * system.hessian[k, k] + 1e-9
        root = np.sqrt(max(pivot, 1e-12))
        factor[k, k] = root
        step[k] /= root
        for i in range(k):
            factor[k, i] /= root
            step[i] -= factor[k, i] * step[k]
        for i in range(k):
            share = factor[k, i]
            if share != 0.0:
                for j in range(i + 1):
                    factor[i, j] -= share * factor[k, j]
    for k in range(size):
        total = step[k]
        for i in range(k):
            total -= factor[k, i] * step[i]
        step[k] = total / factor[k, k]
    return step
