"""Where the head and the eyes of a person look, in Unity's terms."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.sinks.shared import SharedResults
from engines.body.humanoid import (
    unity_euler_from_matrix,
    unity_matrix_from_body,
    unity_position_from_body,
)
from engines.body.kinematics import global_rotations_from_pose
from engines.body.pose import full_pose, read_only
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, RIGHT_EYE
from engines.types import PoseEstimate

_HEAD: Final = JOINT_INDEX["head"]
_Rotations = Float32[np.ndarray, "55 3 3"]
_SHARED_ROTATIONS: Final[SharedResults[PoseEstimate, _Rotations]] = SharedResults()


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
    turns: NDArray[np.floating]
    """Rotations (3, 3, 3) of the head in the world, and of the left and the right eye in the head, in the body's frame:
    x to the person's left, y up, z forward."""


_SHARED_POSES: Final[SharedResults[PoseEstimate, HeadPose]] = SharedResults()


def head_pose(estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]) -> HeadPose:
    """Return where the head and the eyes of a person look, in the world of a packet; sinks share it."""
    return _SHARED_POSES.get(
        estimate, world_from_camera.tobytes(), lambda: _head_pose(estimate, world_from_camera)
    )


def _head_pose(estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]) -> HeadPose:
    rotations = global_rotations(estimate)
    turn = world_from_camera[:3, :3]
    head, eyes = rotations[_HEAD], rotations[[LEFT_EYE, RIGHT_EYE]]
    matrices = np.stack([turn @ head, *(head.T @ eyes)])
    angles = unity_euler_from_matrix(unity_matrix_from_body(matrices))
    place = unity_position_from_body(turn @ estimate.joints[_HEAD])
    return HeadPose(angles[0], angles[1], angles[2], place, matrices)


def global_rotations(estimate: PoseEstimate) -> Float32[np.ndarray, "55 3 3"]:
    """Return the rotations of the joints in the camera frame, read-only; sinks share them."""
    return _SHARED_ROTATIONS.get(
        estimate, None, lambda: read_only(global_rotations_from_pose(full_pose(estimate.params)))
    )
