"""A take as the exporters want it: in the world, on an even time line."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy.typing import NDArray

from app.takes.axes import WORLD_FROM_AMASS
from app.takes.take import Take
from engines.body.rotations import (
    multiply_quaternions,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
    rotate_vector,
    slerp,
)
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT

_FRAMES_AT_ONCE: Final = 2048
"""Bounds the memory of a long take."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """One person's motion in the world frame (y up, metres); M is the number of frames."""

    fps: float
    """Frames per second."""
    rotations: Float64[np.ndarray, "M 55 4"]
    """Quaternions (x, y, z, w) relative to the parent joint; the pelvis's in the world."""
    pelvis: Float64[np.ndarray, "M 3"]
    """Where the pelvis is."""
    rest_joints: Float64[np.ndarray, "55 3"]
    """The skeleton at rest, in the body's own rest frame."""
    expression: Float32[np.ndarray, "M 10"]
    """Expression coefficients."""
    blendshapes: Float32[np.ndarray, "M 52"]
    """ARKit-named face coefficients in [0, 1]."""
    seen: Bool[np.ndarray, "M"]
    """The person was seen in the nearest recorded frame."""
    confidence: Float32[np.ndarray, "M 55"]
    """Of each joint, in [0, 1]."""

    def __len__(self) -> int:
        return len(self.pelvis)

    @property
    def times_s(self) -> Float64[np.ndarray, "M"]:
        """Time of each frame since the first."""
        return np.arange(len(self)) / self.fps

    def rows(self, rows: slice) -> "Motion":
        """Return some frames."""
        return replace(
            self,
            rotations=self.rotations[rows],
            pelvis=self.pelvis[rows],
            expression=self.expression[rows],
            blendshapes=self.blendshapes[rows],
            seen=self.seen[rows],
            confidence=self.confidence[rows],
        )

    def global_rotations(self) -> Float64[np.ndarray, "M 55 4"]:
        """Return the rotations of the joints in the world, as quaternions."""
        turned = self.rotations.copy()
        for joint in range(1, JOINT_COUNT):
            parent = turned[:, PARENTS[joint]]
            turned[:, joint] = multiply_quaternions(parent, self.rotations[:, joint])
        return turned

    def joints(self) -> Float64[np.ndarray, "M 55 3"]:
        """Return where the joints are in the world."""
        turned = self.global_rotations()
        places = np.empty((len(self), JOINT_COUNT, 3))
        places[:, 0] = self.pelvis
        for joint in range(1, JOINT_COUNT):
            parent = PARENTS[joint]
            offset = self.rest_joints[joint] - self.rest_joints[parent]
            places[:, joint] = places[:, parent] + rotate_vector(turned[:, parent], offset)
        return places


def motion_from_take(take: Take, fps: int | None = None) -> Motion:
    """Return the motion of a take.

    Args:
        take: The take.
        fps: Resample to exactly this many frames a second: rotations the short way round, the rest along a straight
            line. None keeps every recorded frame as it is, at the take's mean rate.
    """
    poses = take.poses.reshape(len(take), JOINT_COUNT, 3)
    rotations = np.empty((len(take), JOINT_COUNT, 4))
    for start in range(0, len(take), _FRAMES_AT_ONCE):
        rows = slice(start, start + _FRAMES_AT_ONCE)
        rotations[rows] = quaternion_from_axis_angle(poses[rows].astype(np.float64))
    rotations[:, 0] = multiply_quaternions(
        quaternion_from_matrix(WORLD_FROM_AMASS), rotations[:, 0]
    )
    rest = take.rest_joints.astype(np.float64)
    pelvis = (take.trans + rest[0]) @ WORLD_FROM_AMASS.T
    recorded = Motion(
        fps=take.frame_rate,
        rotations=rotations,
        pelvis=pelvis,
        rest_joints=rest,
        expression=take.expression,
        blendshapes=take.blendshapes,
        seen=take.seen,
        confidence=take.confidence,
    )
    if fps is None:
        return recorded
    return _resampled(recorded, take.timestamps_ns, fps)


def _turned_between(
    rotations: NDArray[np.float64],
    before: NDArray[np.intp],
    after: NDArray[np.intp],
    fraction: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the rotations that lie a fraction of the way between those of two rows each (M, 55, 4)."""
    mixed = np.empty((len(fraction), *rotations.shape[1:]))
    for start in range(0, len(fraction), _FRAMES_AT_ONCE):
        rows = slice(start, start + _FRAMES_AT_ONCE)
        mixed[rows] = slerp(rotations[before[rows]], rotations[after[rows]], fraction[rows, None])
    return mixed


def _resampled(motion: Motion, timestamps_ns: NDArray[np.int64], fps: int) -> Motion:
    times = timestamps_ns / 1e9  # (N,)
    count = (
        int(np.floor((times[-1] - times[0]) * fps + 1e-6)) + 1
    )  # the last may miss its frame by a rounding
    wanted = np.clip(times[0] + np.arange(count) / fps, times[0], times[-1])  # (M,)
    after = np.clip(np.searchsorted(times, wanted), 1, max(len(times) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(times) - 1)
    gap = times[after] - times[before]
    fraction = np.where(gap > 0, (wanted - times[before]) / np.where(gap > 0, gap, 1), 0.0)

    def between(values: NDArray[np.floating]) -> NDArray[np.floating]:
        part = fraction[:, None]
        mixed = (1 - part) * values[before] + part * values[after]
        return mixed.astype(values.dtype)

    return Motion(
        fps=float(fps),
        rotations=_turned_between(motion.rotations, before, after, fraction),
        pelvis=between(motion.pelvis),
        rest_joints=motion.rest_joints,
        expression=between(motion.expression),
        blendshapes=between(motion.blendshapes),
        seen=motion.seen[np.where(fraction < 0.5, before, after)],
        confidence=between(motion.confidence),
    )
