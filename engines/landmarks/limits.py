"""How far joints bend, and how they like to stand: soft limits and priors on parent-relative rotation vectors."""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import BODY, JOINT_INDEX, LEFT_HAND, RIGHT_HAND


class JointRanges(NamedTuple):
    """Soft limits and a prior for `n` joints, about their own axes in the T-pose, radians."""

    lower: Float64[np.ndarray, "n 3"]
    """Lower limits of the rotation vector."""
    upper: Float64[np.ndarray, "n 3"]
    """Upper limits."""
    centre: Float64[np.ndarray, "n 3 3"]
    """Rotation of a joint at ease."""
    sigmas: Float64[np.ndarray, "n 3"]
    """Standard deviations about it."""


_Triple = tuple[float, float, float]

# joint (left side for paired ones): lower, upper, standard deviation about rest
_BODY: Final[dict[str, tuple[_Triple, _Triple, _Triple]]] = {
    "pelvis": ((-9, -9, -9), (9, 9, 9), (99, 99, 99)),
    "spine1": ((-0.3, -0.35, -0.3), (0.6, 0.35, 0.3), (0.16, 0.16, 0.14)),
    "spine2": ((-0.3, -0.35, -0.3), (0.6, 0.35, 0.3), (0.16, 0.16, 0.14)),
    "spine3": ((-0.3, -0.35, -0.3), (0.6, 0.35, 0.3), (0.16, 0.16, 0.14)),
    "neck": ((-0.5, -0.6, -0.5), (0.6, 0.6, 0.5), (0.19, 0.19, 0.19)),
    "head": ((-0.5, -0.7, -0.5), (0.6, 0.7, 0.5), (0.19, 0.19, 0.19)),
    "left_hip": ((-2.3, -1.0, -1.0), (0.8, 1.0, 1.2), (0.5, 0.25, 0.25)),
    "left_knee": ((-0.05, -0.15, -0.15), (2.5, 0.15, 0.15), (0.7, 0.1, 0.1)),
    "left_ankle": ((-0.7, -0.5, -0.5), (0.9, 0.5, 0.5), (0.26, 0.2, 0.2)),
    "left_foot": ((-0.3, -0.1, -0.1), (0.7, 0.1, 0.1), (0.095, 0.095, 0.095)),
    "left_collar": ((-0.2, -0.5, -0.3), (0.2, 0.4, 0.6), (0.077, 0.106, 0.106)),
    "left_shoulder": ((-1.3, -1.9, -1.7), (1.3, 1.0, 1.6), (0.21, 0.47, 0.47)),
    "left_elbow": ((-1.7, -2.7, -0.2), (1.7, 0.1, 0.2), (0.3, 0.47, 0.12)),
    "left_wrist": ((-0.3, -0.6, -1.2), (0.3, 0.6, 1.2), (0.13, 0.19, 0.19)),
}


def body_ranges() -> JointRanges:
    """Return the ranges of the 22 body joints."""
    lower, upper, sigmas = np.zeros((22, 3)), np.zeros((22, 3)), np.zeros((22, 3))
    for name, (low, high, sigma) in _BODY.items():
        index = JOINT_INDEX[name]
        lower[index], upper[index], sigmas[index] = low, high, sigma
        if name.startswith("left_"):
            other = JOINT_INDEX["right_" + name.removeprefix("left_")]
            lower[other] = low[0], -high[1], -high[2]  # mirrored in the body's middle plane
            upper[other] = high[0], -low[1], -low[2]
            sigmas[other] = sigma
    return JointRanges(lower, upper, _rotations(RELAXED_POSE[BODY]), sigmas)


# joint of a left finger: lower, upper, standard deviation; a finger curls about -z and spreads about y
_FINGER: Final[tuple[tuple[_Triple, _Triple, _Triple], ...]] = (
    ((-0.1, -0.35, -1.7), (0.1, 0.35, 0.35), (0.14, 0.32, 0.9)),
    ((-0.1, -0.2, -1.9), (0.1, 0.2, 0.1), (0.14, 0.2, 0.9)),
    ((-0.1, -0.2, -1.4), (0.1, 0.2, 0.2), (0.14, 0.2, 0.5)),
)
_THUMB: Final[tuple[tuple[_Triple, _Triple, _Triple], ...]] = (
    ((-0.9, -0.9, -0.9), (0.9, 0.9, 0.9), (0.22, 0.4, 0.4)),
    ((-0.8, -0.8, -0.8), (0.8, 0.8, 0.8), (0.22, 0.36, 0.36)),
    ((-1.2, -1.2, -1.2), (1.2, 1.2, 1.2), (0.22, 0.36, 0.36)),
)


def hand_ranges(side: str) -> JointRanges:
    """Return the ranges of the wrist, which is free, and of 15 finger joints of the `left` or `right` hand."""
    rows = [((-9.0,) * 3, (9.0,) * 3, (99.0,) * 3), *_FINGER * 4, *_THUMB]
    lower, upper, sigmas = (np.array(column) for column in zip(*rows, strict=True))
    fingers = LEFT_HAND
    if side == "right":  # mirrored in the body's middle plane
        fingers = RIGHT_HAND
        low, high = lower * (1, -1, -1), upper * (1, -1, -1)
        lower, upper = np.minimum(low, high), np.maximum(low, high)
    relaxed = np.vstack([np.zeros(3), RELAXED_POSE[fingers]])
    return JointRanges(lower, upper, _rotations(relaxed), sigmas)


def _rotations(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    return matrix_from_axis_angle(vectors).astype(np.float64)
