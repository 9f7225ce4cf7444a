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

from engines.body.rotations import axis_angle_from_matrix_kernel
from engines.landmarks.problem import Observations, Priors, Skeleton

MIN_DEPTH_M: Final = 0.1
"""Points nearer to the camera than this are projected as if they were here."""

_ROBUST_LIMIT: Final = 3.0  # Cauchy's scale, in standard deviations


class System(NamedTuple):
    """Normal equations H x = -g of `d` unknowns: the root's place, then the turn of each joint."""

    hessian: Float64[np.ndarray, "d d"]
    """H; only the lower triangle is written."""
    gradient: Float64[np.ndarray, " d"]
    """g."""
    jacobian: Float64[np.ndarray, "m 3 d"]
    """Derivatives of the points."""
    row: Float64[np.ndarray, " d"]
    """Room for one row of derivatives."""


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


@numba.njit(cache=True)
def _as_seen_from(frame: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return frame^T rotation. Numba's own `@` would need SciPy."""
    out = np.zeros((3, 3))
    for a in range(3):
        for b in range(3):
            for c in range(3):
                out[a, b] += frame[c, a] * rotation[c, b]
    return out


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
def _add_row(system: System, residual: float, weight: float) -> None:
    row = system.row
    for i in range(len(row)):
        scaled = weight * row[i]
        if scaled != 0.0:
            system.gradient[i] += scaled * residual
            for j in range(i + 1):
                system.hessian[i, j] += scaled * row[j]


@numba.njit(cache=True)
def _cauchy(squared: float) -> tuple[float, float]:
    """Return the robust cost of a squared residual and its weight in the normal equations."""
    scale = _ROBUST_LIMIT * _ROBUST_LIMIT
    return scale * np.log(1.0 + squared / scale), 1.0 / (1.0 + squared / scale)


@numba.njit(cache=True, error_model="numpy")
def _edge_terms(observations: Observations, points: NDArray[np.float64], system: System) -> float:
    cost = 0.0
    error = np.empty(3)
    jac = system.jacobian
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
            for c in range(len(system.row)):
                system.row[c] = 0.5 * (
                    jac[e0, a, c] + jac[e1, a, c] - jac[s0, a, c] - jac[s1, a, c]
                )
            _add_row(system, error[a], weight / sigmas[a] ** 2)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _ray_terms(
    observations: Observations,
    points: NDArray[np.float64],
    root: NDArray[np.float64],
    system: System,
) -> float:
    cost = 0.0
    jac = system.jacobian
    distance = max(root[2], MIN_DEPTH_M)
    for i in range(len(points)):
        sigma = observations.ray_sigmas[i]
        if not np.isfinite(sigma):
            continue
        z = max(points[i, 2], MIN_DEPTH_M)
        x_error = (points[i, 0] / z - observations.rays[i, 0]) * distance
        y_error = (points[i, 1] / z - observations.rays[i, 1]) * distance
        part, weight = _cauchy((x_error * x_error + y_error * y_error) / (sigma * sigma))
        cost += part
        for a in range(2):
            slope = points[i, a] / z
            for c in range(len(system.row)):
                system.row[c] = (jac[i, a, c] - slope * jac[i, 2, c]) * distance / z
            _add_row(system, x_error if a == 0 else y_error, weight / sigma**2)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _orientation_terms(
    skeleton: Skeleton,
    observations: Observations,
    turned: NDArray[np.float64],
    system: System,
) -> float:
    cost = 0.0
    for k in range(len(observations.orientation_joints)):
        joint = observations.orientation_joints[k]
        sigma = observations.orientation_sigmas[k]
        error = axis_angle_from_matrix_kernel(
            _as_seen_from(observations.orientations[k], turned[joint])
        )
        squared = error[0] ** 2 + error[1] ** 2 + error[2] ** 2
        part, weight = _cauchy(squared / sigma**2)
        cost += part
        for a in range(3):
            system.row[:] = 0.0
            j = joint
            while j >= 0:
                for b in range(3):
                    column = 3 + 3 * j + b
                    for c in range(3):
                        system.row[column] += turned[joint, c, a] * turned[j, c, b]
                j = skeleton.parents[j]
            _add_row(system, error[a], weight / sigma**2)
    return cost


@numba.njit(cache=True, error_model="numpy")
def _rotation_priors(priors: Priors, rotations: NDArray[np.float64], system: System) -> float:
    cost = 0.0
    limit_weight = 1.0 / priors.limit_sigma**2
    for j in range(len(rotations)):
        vector = axis_angle_from_matrix_kernel(rotations[j])
        off_centre = axis_angle_from_matrix_kernel(_as_seen_from(priors.centre[j], rotations[j]))
        change = axis_angle_from_matrix_kernel(_as_seen_from(priors.previous[j], rotations[j]))
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
    for a in range(3):
        weight = 1.0 / priors.previous_root_sigmas[a] ** 2
        error = root[a] - priors.previous_root[a]
        tilt = rotations[0, a, 1] - priors.up[a]
        cost += weight * error**2 + up_weight * tilt**2
        system.gradient[a] += weight * error
        system.hessian[a, a] += weight
        system.row[:] = 0.0  # of the y axis: R (d x y) = d_x z - d_z x, with the axes of R
        system.row[3] = rotations[0, a, 2]
        system.row[5] = -rotations[0, a, 0]
        _add_row(system, tilt, up_weight)
    return cost
