"""Where the head and the eyes of a person look, in Unity's terms."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.humanoid import (
    unity_euler_from_matrix,
    unity_matrix_from_body,
    unity_position_from_body,
)
from engines.body.kinematics import forward_kinematics
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, RIGHT_EYE
from engines.types import JOINT_COUNT, PoseEstimate

_REST: Final = np.zeros((JOINT_COUNT, 3), np.float32)
_HEAD: Final = JOINT_INDEX["head"]


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """Degrees about x (down), y (to the right), z (to the left shoulder), turned in the order z, x, y."""

    head: NDArray[np.floating]
    """In the world: all zero looks at the camera, or where it would be if it were level."""
    left_eye: NDArray[np.floating]
    """In the head."""
    right_eye: NDArray[np.floating]
    """In the head."""
    position: NDArray[np.floating]
    """Of the head as seen from the camera, metres: x right as the person's own, y up, z towards the camera."""


def head_pose(estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]) -> HeadPose:
    """Return where the head and the eyes look."""
    turn = world_from_camera[:3, :3]
    head = turn @ global_rotations(estimate)[_HEAD]
    eyes = matrix_from_axis_angle(full_pose(estimate.params)[[LEFT_EYE, RIGHT_EYE]])
    angles = unity_euler_from_matrix(unity_matrix_from_body(np.stack([head, *eyes])))
    place = unity_position_from_body(turn @ estimate.joints[_HEAD])
    return HeadPose(angles[0], angles[1], angles[2], place)


def global_rotations(estimate: PoseEstimate) -> NDArray[np.float32]:
    """Return the rotations (55, 3, 3) of the joints in the camera frame."""
    return forward_kinematics(_REST, matrix_from_axis_angle(full_pose(estimate.params)))[0]
