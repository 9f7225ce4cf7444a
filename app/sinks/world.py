"""Estimates in the world frame: y up, the floor at y = 0, +z towards the camera."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.sinks.shared import SharedResults
from engines.body.pose import full_pose, read_only
from engines.body.rotations import axis_angle_from_matrix_kernel, matrix_from_axis_angle_kernel
from engines.types import BLENDSHAPE_COUNT, JOINT_COUNT, PoseEstimate

FIELDS: Final = (
    ("global_orient", 3), ("body_pose", 63), ("jaw_pose", 3), ("leye_pose", 3), ("reye_pose", 3),
    ("left_hand_pose", 45), ("right_hand_pose", 45), ("transl", 3), ("betas", 10), ("expression", 10),
    ("blendshapes", BLENDSHAPE_COUNT), ("joints", 3 * JOINT_COUNT), ("confidence", JOINT_COUNT),
)  # fmt: skip
"""What a person's numbers are, in order, and how many of each."""

POSE_FLOATS: Final = 3 * JOINT_COUNT
"""The first seven fields: the pose in SMPL-X order."""

_SHARED: Final[SharedResults[PoseEstimate, NDArray[np.float32]]] = SharedResults()


def world_values(
    estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
) -> NDArray[np.float32]:
    """Return the numbers of `FIELDS`, one after the other, read-only; sinks share them.

    `global_orient`, `transl` and `joints` are in the world; `transl` is still added after posing, so that smplx gives
    the same joints from these parameters. Missing blendshapes are zero.
    """
    return _SHARED.get(
        estimate,
        world_from_camera.tobytes(),
        lambda: read_only(_world_values(estimate, world_from_camera)),
    )


def _world_values(
    estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
) -> NDArray[np.float32]:
    turn, shift = world_from_camera[:3, :3], world_from_camera[:3, 3]
    params = estimate.params
    pose = full_pose(params)
    upright = matrix_from_axis_angle_kernel(params.global_orient.astype(np.float64))
    pose[0] = axis_angle_from_matrix_kernel(turn @ upright)
    joints = estimate.joints @ turn.T + shift
    rest_pelvis = estimate.joints[0] - params.transl
    blendshapes = estimate.blendshapes
    return np.concatenate(
        [
            pose.reshape(-1),
            joints[0] - rest_pelvis,
            params.betas,
            params.expression,
            np.zeros(BLENDSHAPE_COUNT) if blendshapes is None else blendshapes,
            joints.reshape(-1),
            estimate.confidence,
        ]
    ).astype(np.float32)
