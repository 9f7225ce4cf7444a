"""What the least squares are about: a tree of joints, what was seen of it, and what is known without looking.

Numba compiles functions of these tuples, so all arrays are C-contiguous float64 or int64.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64


class Skeleton(NamedTuple):
    """A tree of `n` joints and the `m` points that are fixed to them."""

    rest_joints: Float64[np.ndarray, "n 3"]
    """Joints of the unposed body, metres."""
    parents: Int64[np.ndarray, " n"]
    """Parent of each joint, which comes before it; -1 for the root."""
    point_joints: Int64[np.ndarray, " m"]
    """Joint that carries each point."""
    point_offsets: Float64[np.ndarray, "m 3"]
    """Place of each point relative to its joint in the unposed body, metres."""


class Observations(NamedTuple):
    """What was measured in one frame. `e` edges join means of two points; `k` joints have a known orientation."""

    edge_starts: Int64[np.ndarray, "e 2"]
    """Points whose mean an edge starts from; the same one twice for a single point."""
    edge_ends: Int64[np.ndarray, "e 2"]
    """Points whose mean it ends at."""
    edge_vectors: Float64[np.ndarray, "e 3"]
    """Measured end minus start, metres, camera frame."""
    edge_sigmas: Float64[np.ndarray, "e 3"]
    """Standard deviation of each component, metres; infinite for an edge that was not seen."""
    rays: Float64[np.ndarray, "m 2"]
    """Measured x / z and y / z of each point in the camera frame."""
    ray_sigmas: Float64[np.ndarray, " m"]
    """Standard deviation at the root's depth, metres; infinite for a point that was not seen."""
    orientation_joints: Int64[np.ndarray, " k"]
    """Joints whose orientation was measured."""
    orientations: Float64[np.ndarray, "k 3 3"]
    """Their rotations in the camera frame."""
    orientation_sigmas: Float64[np.ndarray, " k"]
    """Standard deviations in radians."""


class Priors(NamedTuple):
    """What is known without looking."""

    centre: Float64[np.ndarray, "n 3 3"]
    """Most likely parent-relative rotation of each joint."""
    centre_sigmas: Float64[np.ndarray, "n 3"]
    """Standard deviation about it, radians."""
    lower: Float64[np.ndarray, "n 3"]
    """Lower limits of the rotation vector of each joint, radians."""
    upper: Float64[np.ndarray, "n 3"]
    """Upper limits."""
    limit_sigma: float
    """How far beyond a limit is one standard deviation, radians."""
    previous: Float64[np.ndarray, "n 3 3"]
    """Rotations expected from the frames before."""
    previous_sigmas: Float64[np.ndarray, "n 3"]
    """Standard deviations about them, radians; infinite for no memory."""
    previous_root: Float64[np.ndarray, "3"]
    """Place of the root expected from the frames before, metres."""
    previous_root_sigmas: Float64[np.ndarray, "3"]
    """Standard deviations about it, metres; infinite for no memory."""
    up: Float64[np.ndarray, "3"]
    """Where the root's own y axis should point, in the camera frame."""
    up_sigma: float
    """Standard deviation of that axis, radians; infinite for no preference."""


class Solution(NamedTuple):
    """A posed skeleton."""

    rotations: Float64[np.ndarray, "n 3 3"]
    """Parent-relative rotations; the root's in the camera frame."""
    root: Float64[np.ndarray, "3"]
    """Place of the root joint, metres, camera frame."""
    cost: float
    """Sum of robust squared residuals."""


def anywhere() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return the last four fields of `Priors` for a root that nothing else holds: about the origin, turned anyhow."""
    return np.zeros(3), np.ones(3), np.array([0.0, -1.0, 0.0]), np.inf
