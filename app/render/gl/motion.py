"""Bodies in motion: what to show between the last poses, so that a screen may be faster than the engine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from app.render.gl.scene_pose import ScenePose, bone_matrices
from engines.body.rotations import matrix_from_quaternion, quaternion_from_matrix

_LONGEST_STEP_S: Final = 0.2
"""A body that was not seen for longer goes to its new pose within this time."""
_LEAP_M: Final = 0.8
"""A pelvis that has gone farther than this has not moved but was lost, and found elsewhere."""


class PoseMotion:
    """Leads each body from where it is shown to its newest pose, in the time that passes between two poses.

    What is shown is late by that time at most. All times are seconds on one clock.
    """

    def __init__(self) -> None:
        self._start: Sequence[ScenePose] = ()
        self._goal: Sequence[ScenePose] = ()
        self._start_s = 0.0
        self._step_s = 0.0

    def add(self, poses: Sequence[ScenePose], now_s: float) -> None:
        """Set the newest poses; persons who were not there before appear at once."""
        self._start = self.at(now_s)
        self._goal = poses
        self._step_s = min(now_s - self._start_s, _LONGEST_STEP_S)
        self._start_s = now_s

    def at(self, now_s: float) -> Sequence[ScenePose]:
        """Return what to show at a time."""
        if self.is_done(now_s):
            return self._goal
        share = (now_s - self._start_s) / self._step_s
        starts = {pose.track_id: pose for pose in self._start}
        return [_between(starts.get(goal.track_id), goal, share) for goal in self._goal]

    def is_done(self, now_s: float) -> bool:
        """Whether all bodies have reached their newest pose."""
        return now_s >= self._start_s + self._step_s


def interpolated(before: ScenePose, after: ScenePose, share: float) -> ScenePose:
    """Return the body between two poses of one person; shape and face are those of `after`.

    Rotations go the shorter way round, joints straight: between two frames of a video a bone shortens by less than 1 %.

    Args:
        before: Shown at share 0.
        after: Shown at share 1.
        share: From 0 to 1.
    """
    first = quaternion_from_matrix(before.bones[:, :, :3])
    second = quaternion_from_matrix(after.bones[:, :, :3])
    second = np.where(np.sum(first * second, axis=1, keepdims=True) < 0, -second, second)
    mixed = first + np.float32(share) * (second - first)
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    joints = before.joints + np.float32(share) * (after.joints - before.joints)
    bones = bone_matrices(matrix_from_quaternion(mixed), joints, after.rest_joints)
    return replace(after, bones=bones, joints=joints)


def _between(start: ScenePose | None, goal: ScenePose, share: float) -> ScenePose:
    if start is None or np.linalg.norm(goal.joints[0] - start.joints[0]) > _LEAP_M:
        return goal
    return interpolated(start, goal, share)
