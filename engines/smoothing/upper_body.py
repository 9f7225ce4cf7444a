"""A person of whom only the upper body counts: the pelvis upright, the legs at rest below it."""

import dataclasses
import math
from typing import Final, Literal

import numba
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
    multiply_matrices_kernel,
)
from engines.body.skeleton import JOINT_INDEX
from engines.types import PoseEstimate

UpperBodyMode = Literal["auto", "on", "off"]
"""Whether the legs rest under an upright pelvis: while they are out of view, always, or never."""

LEG_JOINTS: Final = tuple(
    JOINT_INDEX[f"{side}_{joint}"]
    for side in ("left", "right")
    for joint in ("hip", "knee", "ankle", "foot")
)
"""Left hip, knee, ankle, foot, then the right ones."""
_KNEES: Final = (JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"])
_SPINE: Final = JOINT_INDEX["spine1"]
_REST: Final = RELAXED_POSE.astype(np.float64)
_CHANGE_S: Final = 1.0
"""Time from legs that follow to legs that rest, and back."""


class UpperBody:
    """How far the legs of one person rest."""

    def __init__(self) -> None:
        self._progress: float | None = None

    def step(self, estimate: PoseEstimate, mode: UpperBodyMode, dt_s: float) -> float:
        """Return how far the legs rest now, from 0 to 1."""
        out_of_view = not any(estimate.confidence[knee] for knee in _KNEES)
        wanted = float(mode == "on" or (mode == "auto" and out_of_view))
        if self._progress is None:
            self._progress = wanted
        step = dt_s / _CHANGE_S
        self._progress += min(max(wanted - self._progress, -step), step)
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
        _rest(pose, to_world, self._share)
        joints = posed_joints(model, estimate.params, pose)
        shift = estimate.joints[_SPINE] - joints[_SPINE]
        params = params_from_full_pose(
            pose,
            betas=estimate.params.betas,
            expression=estimate.params.expression,
            transl=estimate.params.transl + shift,
        )
        return dataclasses.replace(estimate, params=params, joints=read_only(joints + shift))


@numba.njit(cache=True)
def _rest(pose: NDArray[np.float32], to_world: NDArray[np.float64], share: float) -> None:
    """Turn the pelvis of a pose (55, 3) by a share of the way to upright, and lay its legs to rest as far, in place."""
    old = matrix_from_axis_angle_kernel(pose[0].astype(np.float64))
    turn, upright = np.empty((3, 3)), np.empty((3, 3))
    multiply_matrices_kernel(to_world, old, turn)
    multiply_matrices_kernel(to_world.T, _upright(turn), upright)
    pose[0] = _part_of_way(pose[0], axis_angle_from_matrix_kernel(upright), share)
    for joint in LEG_JOINTS:
        pose[joint] = _part_of_way(pose[joint], _REST[joint], share)
    # the spine keeps its attitude
    new = matrix_from_axis_angle_kernel(pose[0].astype(np.float64))
    spine = matrix_from_axis_angle_kernel(pose[_SPINE].astype(np.float64))
    multiply_matrices_kernel(old, spine, turn)
    multiply_matrices_kernel(new.T, turn, upright)
    pose[_SPINE] = axis_angle_from_matrix_kernel(upright)


@numba.njit(cache=True)
def _part_of_way(
    start: NDArray[np.float32], end: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return the rotation vector (3,) a share of the short way from one to another."""
    if share >= 1:
        return end
    first = matrix_from_axis_angle_kernel(start.astype(np.float64))
    way, part = np.empty((3, 3)), np.empty((3, 3))
    multiply_matrices_kernel(matrix_from_axis_angle_kernel(end), first.T, way)
    turn = matrix_from_axis_angle_kernel(share * axis_angle_from_matrix_kernel(way))
    multiply_matrices_kernel(turn, first, part)
    return axis_angle_from_matrix_kernel(part)


@numba.njit(cache=True)
def _upright(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upright rotation that faces the way of a rotation; y is up, z forward."""
    x, z = turn[0, 2], turn[2, 2]
    if math.hypot(x, z) < 1e-3:  # bent over by a right angle: where the top of the head was
        x, z = turn[0, 1], turn[2, 1]
    length = math.hypot(x, z)
    x, z = x / length, z / length
    return np.array([[z, 0.0, x], [0.0, 1.0, 0.0], [-x, 0.0, z]])
