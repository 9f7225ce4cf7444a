"""AMASS's npz, for SMPL-X add-ons and viewers.

The Blender add-ons call z-up files "AMASS" and y-up files "SMPL-X", and refuse files slower than the scene: resample to
the scene's rate.
"""

from typing import BinaryIO, Final

import numpy as np

from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, with_up_axis
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.face import ARKIT_NAMES
from engines.body.rotations import axis_angle_from_quaternion
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

_FRAMES_AT_ONCE: Final = 2048
"""Bounds the memory of a long take."""
_SPLIT: Final = {
    "root_orient": slice(0, 3),
    "pose_body": slice(3, 66),
    "pose_jaw": slice(66, 69),
    "pose_eye": slice(69, 75),
    "pose_hand": slice(75, 165),
}
"""Key -> its columns of `poses`."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write AMASS's keys; z up unless told otherwise."""
    up = options.up or "z"
    motion = with_up_axis(motion_for_export(take, options), up)
    vectors = np.empty((len(motion), JOINT_COUNT, 3), np.float32)
    for rows in watch.between(0.4, 0.7).parts(len(motion), _FRAMES_AT_ONCE):
        vectors[rows] = axis_angle_from_quaternion(motion.rotations[rows])
    poses = vectors.reshape(len(motion), -1)
    trans = motion.pelvis - motion.rest_joints[0]
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
