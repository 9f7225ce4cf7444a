"""The terms of the least squares: cost and normal equations of a pose, compiled with numba.

Every residual is divided by the standard deviation expected of it, so that metres and radians add up. Terms of
landmarks are made robust with Cauchy's weights. Derivatives are for turns on the right of each joint's rotation.

For compiled code only: in numba's cache a function that gives arrays may be part of other functions or be called from
Python, but not both (what was compiled in two processes then clashes).
"""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.problem import Observations, Priors, Skeleton

MIN_DEPTH_M: Final = 0.1
"""Points nearer to the camera than this are projected as if they were here."""

_TINY: Final = 1e-9
_ROBUST_LIMIT: Final = 3.0  # Cauchy's scale, in standard deviations


class System(NamedTuple):
    """Normal equations H x = -g of `d` unknowns: the root's place, then the turn of each joint."""

    hessian: Float64[np.ndarray, "d d"]
    """H; only the lower triangle is written."""
    gradient: Float64[np.ndarray, " d"]
    """g."""
    jacobian: Float64[np.ndarray, "m 3 d"]
    """Derivatives of the points."""
    rows: Float64[np.ndarray, "3 d"]
    """Room for three rows of derivatives."""


@numba.njit(cache=True)
def pose_joints(
    skeleton: Skeleton, rotations: NDArray[np.float64], root: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return global rotations (n, 3, 3) and joints (n, 3) of parent-relative rotations, camera frame."""
    count = len(skeleton.parents)
    turned = np.empty((count, 3, 3))
    joints = np.empty((count, 3))
    for a in range(3):
        joints[0, a] = root[a]
        for b in range(3):
            turned[0, a, b] = rotations[0, a, b]
    for j in range(1, count):
        p = skeleton.parents[j]
        for a in range(3):
            moved = joints[p, a]
            for b in range(3):
                moved += turned[p, a, b] * (skeleton.rest_joints[j, b] - skeleton.rest_joints[p, b])
                total = 0.0
                for c in range(3):
                    total += turned[p, a, c] * rotations[j, c, b]
                turned[j, a, b] = total
            joints[j, a] = moved
    return turned, joints


@numba.njit(cache=True)
def pose_points(
    skeleton: Skeleton, turned: NDArray[np.float64], joints: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the points (m, 3) of a posed skeleton, camera frame."""
    points = np.empty((len(skeleton.point_joints), 3))
    for i in range(len(points)):
        j = skeleton.point_joints[i]
        for a in range(3):
            points[i, a] = joints[j, a]
            for b in range(3):
                points[i, a] += turned[j, a, b] * skeleton.point_offsets[i, b]
    return points


@numba.njit(cache=True, inline="always")
def _product(
    frame: NDArray[np.float64], rotation: NDArray[np.float64], row: int, column: int
) -> float:
    """Return a number of frame^T rotation. Numba's own `@` would need SciPy."""
    return (
        frame[0, row] * rotation[0, column]
        + frame[1, row] * rotation[1, column]
        + frame[2, row] * rotation[2, column]
    )


@numba.njit(cache=True, error_model="numpy")
def _turn_between(
    frame: NDArray[np.float64], rotation: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return the rotation vector of frame^T rotation; angle in [0, pi]. Numbers only: a small array costs as much."""
    xx, yy, zz = (
        _product(frame, rotation, 0, 0),
        _product(frame, rotation, 1, 1),
        _product(frame, rotation, 2, 2),
    )
    xy, yx = _product(frame, rotation, 0, 1), _product(frame, rotation, 1, 0)
    xz, zx = _product(frame, rotation, 0, 2), _product(frame, rotation, 2, 0)
    yz, zy = _product(frame, rotation, 1, 2), _product(frame, rotation, 2, 1)
    if xx + yy + zz > 0:
        x, y, z, w = zy - yz, xz - zx, yx - xy, xx + yy + zz + 1
    elif xx > yy and xx > zz:
        x, y, z, w = 1 + xx - yy - zz, xy + yx, xz + zx, zy - yz
    elif yy > zz:
        x, y, z, w = xy + yx, 1 + yy - xx - zz, yz + zy, xz - zx
    else:
        x, y, z, w = xz + zx, yz + zy, 1 + zz - xx - yy, yx - xy
    sine = np.sqrt(x * x + y * y + z * z)
    ratio = 2 * np.arctan2(sine, abs(w)) / sine if sine > _TINY * abs(w) else 2 / abs(w)
    if w < 0:
        ratio = -ratio
    return ratio * x, ratio * y, ratio * z


@numba.njit(cache=True, error_model="numpy")
def evaluate(
    skeleton: Skeleton,
    observations: Observations,
    priors: Priors,
    rotations: NDArray[np.float64],
    root: NDArray[np.float64],
    system: System,
) -> float:
    """Return the cost of a pose and write its normal equations into `system`."""
    turned, joints = pose_joints(skeleton, rotations, root)
    points = pose_points(skeleton, turned, joints)
    system.hessian[:] = 0.0
    system.gradient[:] = 0.0
    _point_jacobian(skeleton, turned, joints, points, system.jacobian)
    cost = _edge_terms(observations, points, system)
    cost += _ray_terms(observations, points, root, system)
    cost += _orientation_terms(skeleton, observations, turned, system)
    cost += _rotation_priors(priors, rotations, system)
    cost += _root_priors(priors, rotations, root, system)
    return cost


@numba.njit(cache=True)
def _point_jacobian(
    skeleton: Skeleton,
    turned: NDArray[np.float64],
    joints: NDArray[np.float64],
    points: NDArray[np.float64],
    jacobian: NDArray[np.float64],
) -> None:
    jacobian[:] = 0.0
    for i in range(len(points)):
        for a in range(3):
            jacobian[i, a, a] = 1.0
        j = skeleton.point_joints[i]
        while j >= 0:
            x = points[i, 0] - joints[j, 0]
            y = points[i, 1] - joints[j, 1]
            z = points[i, 2] - joints[j, 2]
            for a in range(3):  # axis a of joint j, crossed with the lever
                u, v, w = turned[j, 0, a], turned[j, 1, a], turned[j, 2, a]
                column = 3 + 3 * j + a
                jacobian[i, 0, column] = v * z - w * y
                jacobian[i, 1, column] = w * x - u * z
                jacobian[i, 2, column] = u * y - v * x
            j = skeleton.parents[j]


@numba.njit(cache=True, fastmath=True)
def _add_rows(system: System, residuals: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Take in three residuals, whose derivatives are `system.rows`."""
    rows = system.rows
    for i in range(len(system.gradient)):
        x, y, z = weights[0] * rows[0, i], weights[1] * rows[1, i], weights[2] * rows[2, i]
        if x != 0.0 or y != 0.0 or z != 0.0:
            system.gradient[i] += x * residuals[0] + y * residuals[1] + z * residuals[2]
            for j in range(i + 1):
                system.hessian[i, j] += x * rows[0, j] + y * rows[1, j] + z * rows[2, j]


@numba.njit(cache=True)
def _cauchy(squared: float) -> tuple[float, float]:
    """Return the robust cost of a squared residual and its weight in the normal equations."""
    scale = _ROBUST_LIMIT * _ROBUST_LIMIT
    return scale * np.log(1.0 + squared / scale), 1.0 / (1.0 + squared / scale)


@numba.njit(cache=True, error_model="numpy")
def _edge_terms(observations: Observations, points: NDArray[np.float64], system: System) -> float:
    cost = 0.0
    error, weights = np.empty(3), np.empty(3)
    jac, rows = system.jacobian, system.rows
    for e in range(len(observations.edge_vectors)):
        sigmas = observations.edge_sigmas[e]
        if not np.isfinite(sigmas[0]):
            continue
        s0, s1 = observations.edge_starts[e, 0], observations.edge_starts[e, 1]
        e0, e1 = observations.edge_ends[e, 0], observations.edge_ends[e, 1]
        squared = 0.0
        for a in range(3):
            vector = 0.5 * (points[e0, a] + points[e1, a] - points[s0, a] - points[s1, a])
            error[a] = vector - observations.edge_vectors[e, a]
            squared += (error[a] / sigmas[a]) ** 2
        part, weight = _cauchy(squared)
        cost += part
        for a in range(3):
            weights[a] = weight / sigmas[a] ** 2
            for c in range(rows.shape[1]):
                rows[a, c] = 0.5 * (jac[e0, a, c] + jac[e1, a, c] - jac[s0, a, c] - jac[s1, a, c])
        _add_rows(system, error, weights)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _ray_terms(
    observations: Observations,
    points: NDArray[np.float64],
    root: NDArray[np.float64],
    system: System,
) -> float:
    cost = 0.0
    jac, rows = system.jacobian, system.rows
    error, weights = np.zeros(3), np.zeros(3)
    distance = max(root[2], MIN_DEPTH_M)
    rows[2] = 0.0
    for i in range(len(points)):
        sigma = observations.ray_sigmas[i]
        if not np.isfinite(sigma):
            continue
        z = max(points[i, 2], MIN_DEPTH_M)
        squared = 0.0
        for a in range(2):
            error[a] = (points[i, a] / z - observations.rays[i, a]) * distance
            squared += error[a] ** 2
        part, weight = _cauchy(squared / (sigma * sigma))
        cost += part
        for a in range(2):
            weights[a] = weight / sigma**2
            slope = points[i, a] / z
            for c in range(rows.shape[1]):
                rows[a, c] = (jac[i, a, c] - slope * jac[i, 2, c]) * distance / z
        _add_rows(system, error, weights)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _orientation_terms(
    skeleton: Skeleton,
    observations: Observations,
    turned: NDArray[np.float64],
    system: System,
) -> float:
    cost = 0.0
    error, weights = np.empty(3), np.empty(3)
    for k in range(len(observations.orientation_joints)):
        joint = observations.orientation_joints[k]
        sigma = observations.orientation_sigmas[k]
        error[0], error[1], error[2] = _turn_between(observations.orientations[k], turned[joint])
        squared = error[0] ** 2 + error[1] ** 2 + error[2] ** 2
        part, weight = _cauchy(squared / sigma**2)
        cost += part
        system.rows[:] = 0.0
        j = joint
        while j >= 0:
            for a in range(3):
                for b in range(3):
                    column = 3 + 3 * j + b
                    for c in range(3):
                        system.rows[a, column] += turned[joint, c, a] * turned[j, c, b]
            j = skeleton.parents[j]
        weights[:] = weight / sigma**2
        _add_rows(system, error, weights)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _rotation_priors(priors: Priors, rotations: NDArray[np.float64], system: System) -> float:
    cost = 0.0
    limit_weight = 1.0 / priors.limit_sigma**2
    vector, off_centre, change = np.empty(3), np.empty(3), np.empty(3)
    unturned = np.eye(3)
    for j in range(len(rotations)):
        vector[0], vector[1], vector[2] = _turn_between(unturned, rotations[j])
        off_centre[0], off_centre[1], off_centre[2] = _turn_between(priors.centre[j], rotations[j])
        change[0], change[1], change[2] = _turn_between(priors.previous[j], rotations[j])
        for a in range(3):
            c = 3 + 3 * j + a
            beyond = vector[a] - min(max(vector[a], priors.lower[j, a]), priors.upper[j, a])
            centre_weight = 1.0 / priors.centre_sigmas[j, a] ** 2
            previous_weight = 1.0 / priors.previous_sigmas[j, a] ** 2
            cost += centre_weight * off_centre[a] ** 2 + previous_weight * change[a] ** 2
            cost += limit_weight * beyond**2
            system.gradient[c] += centre_weight * off_centre[a] + previous_weight * change[a]
            system.gradient[c] += limit_weight * beyond
            system.hessian[c, c] += centre_weight + previous_weight
            if beyond != 0.0:
                system.hessian[c, c] += limit_weight
    return cost


@numba.njit(cache=True, error_model="numpy")
def _root_priors(
    priors: Priors, rotations: NDArray[np.float64], root: NDArray[np.float64], system: System
) -> float:
    cost = 0.0
    up_weight = 1.0 / priors.up_sigma**2
    tilt, weights = np.empty(3), np.empty(3)
    system.rows[:] = 0.0
    for a in range(3):
        weight = 1.0 / priors.previous_root_sigmas[a] ** 2
        error = root[a] - priors.previous_root[a]
        tilt[a], weights[a] = rotations[0, a, 1] - priors.up[a], up_weight
        cost += weight * error**2 + up_weight * tilt[a] ** 2
        system.gradient[a] += weight * error
        system.hessian[a, a] += weight
        # of the y axis: R (d x y) = d_x z - d_z x, with the axes of R
        system.rows[a, 3], system.rows[a, 5] = rotations[0, a, 2], -rotations[0, a, 0]
    _add_rows(system, tilt, weights)
    return cost
