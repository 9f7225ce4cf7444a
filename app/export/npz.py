"""AMASS's npz, for SMPL-X add-ons and viewers.

The Blender add-ons call z-up files "AMASS" and y-up files "SMPL-X", and refuse files slower than the scene: resample to
the scene's rate.
"""

from typing import BinaryIO, Final

import numpy as np

from app.export.motion import motion_from_take
from app.export.options import ExportOptions
from app.takes.axes import AMASS_FROM_WORLD
from app.takes.take import Take
from engines.body.face import ARKIT_NAMES
from engines.body.rotations import (
    axis_angle_from_quaternion,
    multiply_quaternions,
    quaternion_from_matrix,
)
from engines.types import BETA_COUNT, EXPRESSION_COUNT

_SPLIT: Final = {
    "root_orient": slice(0, 3),
    "pose_body": slice(3, 66),
    "pose_jaw": slice(66, 69),
    "pose_eye": slice(69, 75),
    "pose_hand": slice(75, 165),
}
"""Key -> its columns of `poses`."""


def write(take: Take, file: BinaryIO, options: ExportOptions) -> None:
    """Write AMASS's keys; z up unless told otherwise."""
    motion = motion_from_take(take, options.fps)
    up = options.up or "z"
    turn = AMASS_FROM_WORLD if up == "z" else np.eye(3)
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply_quaternions(quaternion_from_matrix(turn), rotations[:, 0])
    poses = axis_angle_from_quaternion(rotations).reshape(len(motion), -1).astype(np.float32)
    trans = motion.pelvis @ turn.T - motion.rest_joints[0]
    np.savez(
        file,
        allow_pickle=False,
        poses=poses,
        **{name: poses[:, columns] for name, columns in _SPLIT.items()},
        trans=trans.astype(np.float32),
        betas=take.betas,
        num_betas=np.array(BETA_COUNT),
        gender=np.array("neutral"),
        surface_model_type=np.array("smplx"),
        mocap_frame_rate=np.array(motion.fps),
        mocap_framerate=np.array(motion.fps),
        mocap_time_length=np.array(len(motion) / motion.fps),
        expression=motion.expression,
        num_expressions=np.array(EXPRESSION_COUNT),
        expression_space=np.array(take.expression_space),
        blendshapes=motion.blendshapes,
        blendshape_names=np.array(ARKIT_NAMES),
        seen=motion.seen,
        up_axis=np.array(up),
    )
