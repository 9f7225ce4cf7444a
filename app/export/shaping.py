"""A take as an export wants it: cut, resampled, with parts at rest."""

import dataclasses
from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from app.export.motion import Motion, motion_from_take
from app.export.options import ExportOptions, UpAxis
from app.takes.axes import AMASS_FROM_WORLD
from app.takes.cut import cut_take
from app.takes.place import placed_take
from app.takes.take import Take
from engines.body.parts import ALL_PARTS, BLENDSHAPE_PARTS, PART_JOINTS, Part
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import (
    multiply_quaternions,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
)


def motion_for_export(take: Take, options: ExportOptions) -> Motion:
    """Return the motion that the options ask for.

    Raises:
        UsageError: no frame lies between `start_s` and `end_s`.
    """
    motion = motion_from_take(shaped_take(take, options), options.fps)
    return with_parts_at_rest(motion, ALL_PARTS - frozenset(options.parts))


def shaped_take(take: Take, options: ExportOptions) -> Take:
    """Return the part of the take that the options ask for, in their world. Raises `UsageError`."""
    take = cut_take(take, options.start_s, options.end_s)
    if options.world_from_camera is None:
        return take
    return placed_take(take, np.array(options.world_from_camera))


def with_parts_at_rest(motion: Motion, off: Set[Part]) -> Motion:
    """Return the motion with the parts `off` at rest, as `rest_parts` does it to a live estimate."""
    if not off:
        return motion
    joints = [joint for part in PART_JOINTS if part in off for joint in PART_JOINTS[part]]
    rotations = motion.rotations.copy()
    rotations[:, joints] = quaternion_from_axis_angle(RELAXED_POSE[joints].astype(np.float64))
    confidence = motion.confidence.copy()
    confidence[:, joints] = 0
    pelvis = motion.pelvis * (0, 1, 0) if "root" in off else motion.pelvis
    return dataclasses.replace(
        motion,
        rotations=rotations,
        pelvis=pelvis,
        confidence=confidence,
        expression=motion.expression * np.float32("face" not in off),
        blendshapes=_resting_blendshapes(motion.blendshapes, off),
    )


def _resting_blendshapes(blendshapes: NDArray[np.float32], off: Set[Part]) -> NDArray[np.float32]:
    return np.where(np.isin(BLENDSHAPE_PARTS, list(off)), np.float32(0), blendshapes)


def with_up_axis(motion: Motion, up: UpAxis) -> Motion:
    """Return the motion in the world, for `y`, or in AMASS's frame, for `z`."""
    if up == "y":
        return motion
    turn = quaternion_from_matrix(AMASS_FROM_WORLD)
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply_quaternions(turn, rotations[:, 0])
    pelvis = motion.pelvis @ AMASS_FROM_WORLD.T
    return dataclasses.replace(motion, rotations=rotations, pelvis=pelvis)
