"""SMPL-X parameters as one array of 55 rotations, and back."""

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.skeleton import BODY, JAW, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT, SmplxParams


def full_pose(params: SmplxParams) -> Float32[np.ndarray, "55 3"]:
    """Return the axis-angle of all 55 joints in SMPL-X order, the pelvis first."""
    pose = np.empty((JOINT_COUNT, 3), np.float32)
    pose[0] = params.global_orient
    pose[1 : BODY.stop] = params.body_pose
    pose[JAW] = params.jaw_pose
    pose[LEFT_EYE] = params.leye_pose
    pose[RIGHT_EYE] = params.reye_pose
    pose[LEFT_HAND] = params.left_hand_pose
    pose[RIGHT_HAND] = params.right_hand_pose
    return pose


def params_from_full_pose(
    pose: NDArray[np.floating],
    *,
    betas: NDArray[np.floating] | None = None,
    expression: NDArray[np.floating] | None = None,
    transl: NDArray[np.floating] | None = None,
) -> SmplxParams:
    """Return read-only parameters of a (55, 3) axis-angle pose; absent parts are zero."""
    pose32 = read_only(pose)
    return SmplxParams(
        global_orient=pose32[0],
        body_pose=pose32[1 : BODY.stop],
        left_hand_pose=pose32[LEFT_HAND],
        right_hand_pose=pose32[RIGHT_HAND],
        jaw_pose=pose32[JAW],
        leye_pose=pose32[LEFT_EYE],
        reye_pose=pose32[RIGHT_EYE],
        betas=read_only(np.zeros(BETA_COUNT) if betas is None else betas),
        expression=read_only(np.zeros(EXPRESSION_COUNT) if expression is None else expression),
        transl=read_only(np.zeros(3) if transl is None else transl),
    )


def read_only(array: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return a float32, C-contiguous, read-only copy."""
    copy = np.array(array, dtype=np.float32, order="C")
    copy.flags.writeable = False
    return copy
