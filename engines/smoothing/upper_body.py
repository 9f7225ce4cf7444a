"""A person of whom only the upper body counts: the pelvis upright, the legs at rest below it."""

import dataclasses
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import (
    axis_angle_from_matrix_kernel,
    matrix_from_axis_angle_kernel,
    slerp,
)
from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.rotations import quaternions, rotation_vectors
from engines.types import PoseEstimate

UpperBodyMode = Literal["auto", "on", "off"]
"""Whether the legs rest under an upright pelvis: while they are out of view, always, or never."""

LEG_JOINTS: Final = tuple(
    JOINT_INDEX[f"{side}_{joint}"]
    for side in ("left", "right")
    for joint in ("hip", "knee", "ankle", "foot")
)
"""Left hip, knee, ankle, foot, then the right ones."""
_KNEES: Final = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]
_SPINE: Final = JOINT_INDEX["spine1"]
_CHANGE_S: Final = 1.0
"""Time from legs that follow to legs that rest, and back."""


class UpperBody:
    """How far the legs of one person rest."""

    def __init__(self) -> None:
        self._progress: float | None = None

    def step(self, estimate: PoseEstimate, mode: UpperBodyMode, dt_s: float) -> float:
        """Return how far the legs rest now, from 0 to 1."""
        out_of_view = not estimate.confidence[_KNEES].any()
        wanted = float(mode == "on" or (mode == "auto" and out_of_view))
        if self._progress is None:
            self._progress = wanted
        step = dt_s / _CHANGE_S
        self._progress += float(np.clip(wanted - self._progress, -step, step))
        return self._share

    @property
    def _share(self) -> float:
        t = self._progress or 0.0
        return t * t * (3 - 2 * t)

    def rest(
        self, model: BodyModel, estimate: PoseEstimate, to_world: Float64[np.ndarray, "3 3"]
    ) -> PoseEstimate:
        """Return the estimate with the legs as far at rest as they should be; all above the pelvis stays in place."""
        pose = full_pose(estimate.params)
        legs = list(LEG_JOINTS)
        turned = quaternions(pose[[0, *legs]])
        upright = to_world.T @ _upright(
            to_world @ matrix_from_axis_angle_kernel(pose[0].astype(float))
        )
        resting = np.vstack([axis_angle_from_matrix_kernel(upright), RELAXED_POSE[legs]])
        share = self._share
        new: NDArray[np.float64] = resting
        if share < 1:
            halfway = slerp(turned, quaternions(resting), share)
            new = rotation_vectors(np.asarray(halfway, np.float64))
        old = pose[0].astype(np.float64)
        pose[0], pose[legs] = new[0], new[1:]
        spine = pose[_SPINE].astype(np.float64)
        pose[_SPINE] = axis_angle_from_matrix_kernel(
            matrix_from_axis_angle_kernel(new[0]).T
            @ matrix_from_axis_angle_kernel(old)
            @ matrix_from_axis_angle_kernel(spine)
        )
        params = params_from_full_pose(
            pose,
            betas=estimate.params.betas,
            expression=estimate.params.expression,
            transl=estimate.params.transl,
        )
        joints = posed_joints(model, params)
        shift = estimate.joints[_SPINE] - joints[_SPINE]
        return dataclasses.replace(
            estimate,
            params=dataclasses.replace(params, transl=read_only(params.transl + shift)),
            joints=read_only(joints + shift),
        )


def _upright(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upright rotation that faces the way of a rotation; y is up, z forward."""
    forward = np.array([turn[0, 2], 0.0, turn[2, 2]])
    if np.linalg.norm(forward) < 1e-3:  # bent over by a right angle: where the top of the head was
        forward = np.array([turn[0, 1], 0.0, turn[2, 1]])
    forward /= np.linalg.norm(forward)
    up = np.array([0.0, 1.0, 0.0])
    return np.stack([np.cross(up, forward), up, forward], axis=1)
