"""What the fit of a transfer needs before its first step: the edges to fit, and rotations to start from."""

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT

_MIN_PART_VERTICES = 8
"""A body part with fewer vertices starts with its parent's rotation."""


def edges_between(body: BodyModel, vertices: NDArray[np.int64]) -> Int64[np.ndarray, "edges 2"]:
    """Return the edges of which both ends are chosen, as places in `vertices`, each once."""
    place = np.full(len(body.v_template), -1, np.int64)
    place[vertices] = np.arange(len(vertices))
    corners = place[body.faces]
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    return np.unique(np.sort(edges[(edges >= 0).all(axis=1)], axis=1), axis=0)


def start_rotations(
    body: BodyModel, vertices: NDArray[np.int64], target: NDArray[np.float32]
) -> Float64[np.ndarray, "55 3 3"]:
    """Return parent-relative rotations that turn each part of the rest mesh onto the target's by itself (Kabsch, 1976).

    Args:
        body: The body.
        vertices: The vertices to go by; each belongs to the joint that moves it most.
        target: (all vertices, 3) where they shall be.
    """
    owner = body.weight_joints[vertices, 0]
    turns = np.empty((JOINT_COUNT, 3, 3))
    relative = np.empty((JOINT_COUNT, 3, 3))
    for joint in range(JOINT_COUNT):
        part = vertices[owner == joint]
        above = turns[PARENTS[joint]] if joint else np.eye(3)
        known = len(part) >= _MIN_PART_VERTICES
        turns[joint] = _turn(body.v_template[part], target[part]) if known else above
        relative[joint] = above.T @ turns[joint]
    return relative


def _turn(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the rotation that best turns the source points onto the target's, both about their centres."""
    from_centre = source.astype(np.float64) - source.mean(axis=0, dtype=np.float64)
    to_centre = target.astype(np.float64) - target.mean(axis=0, dtype=np.float64)
    left, _, right = np.linalg.svd(to_centre.T @ from_centre)
    left[:, -1] *= np.sign(np.linalg.det(left @ right))
    return np.asarray(left @ right)
