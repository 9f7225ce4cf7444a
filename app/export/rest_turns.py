"""The same motion on a skeleton that rests in another pose.

SMPL-X rests with its arms a little low and its legs apart; retargeting tools want an exact T-pose, and an avatar has
a rest pose of its own. Let A turn a bone from its direction at rest here to that at rest there: with the offsets of
its children turned by A, and its world rotation G replaced by G A^-1, every joint stays exactly where it was.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.motion import Motion
from engines.body.rotations import (
    conjugate_quaternion,
    multiply_quaternions,
    quaternion_between,
    rotate_vector,
)
from engines.body.skeleton import JOINT_INDEX, PARENTS
from engines.types import JOINT_COUNT

_SIDES: Final = {"left": 1.0, "right": -1.0}
_ARM: Final = {"shoulder": "elbow", "elbow": "wrist", "wrist": "middle1"}
_LEG: Final = {"hip": "knee", "knee": "ankle"}


def _t_pose_directions() -> dict[int, tuple[int, NDArray[np.float64]]]:
    directions = {}
    for side, sign in _SIDES.items():
        for chain, direction in ((_ARM, (sign, 0.0, 0.0)), (_LEG, (0.0, -1.0, 0.0))):
            for joint, child in chain.items():
                bone = JOINT_INDEX[f"{side}_{joint}"]
                directions[bone] = (JOINT_INDEX[f"{side}_{child}"], np.array(direction))
    return directions


BoneDirections = Mapping[int, tuple[int, NDArray[np.float64]]]
"""Joint -> the child that its bone points to, and the direction at rest."""

T_POSE: Final[BoneDirections] = _t_pose_directions()
"""Arms level to the sides, legs straight down."""


def rest_turns(
    rest_joints: Float64[np.ndarray, "55 3"], directions: BoneDirections
) -> Float64[np.ndarray, "55 4"]:
    """Return the turn A of each joint, as quaternions.

    Fingers without a direction of their own go with their hand; other joints without one stay as they are.
    """
    turns = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (JOINT_COUNT, 1))
    for joint in range(JOINT_COUNT):
        if joint in directions:
            child, direction = directions[joint]
            turns[joint] = quaternion_between(rest_joints[child] - rest_joints[joint], direction)
        elif joint >= JOINT_INDEX["left_index1"]:
            turns[joint] = turns[PARENTS[joint]]
    return turns


def with_rest_turned(motion: Motion, turns: Float64[np.ndarray, "55 4"]) -> Motion:
    """Return the motion on the skeleton whose bones rest turned by `turns`; no joint moves."""
    rest = np.zeros((JOINT_COUNT, 3))
    rest[0] = motion.rest_joints[0]
    rotations = np.empty_like(motion.rotations)
    for joint, parent in enumerate(PARENTS):
        unturned = multiply_quaternions(
            motion.rotations[:, joint], conjugate_quaternion(turns[joint])
        )
        if joint == 0:
            rotations[:, 0] = unturned
            continue
        rotations[:, joint] = multiply_quaternions(turns[parent], unturned)
        offset = motion.rest_joints[joint] - motion.rest_joints[parent]
        rest[joint] = rest[parent] + rotate_vector(turns[parent], offset)
    return dataclasses.replace(motion, rotations=rotations, rest_joints=rest)


def in_t_pose(motion: Motion) -> Motion:
    """Return the motion on a skeleton that rests in an exact T-pose; no joint moves."""
    return with_rest_turned(motion, rest_turns(motion.rest_joints, T_POSE))
