"""A second pass over a take, with the future known: gaps bridged, no lag, standing feet in place, one floor.

It starts from what the engine gave, where the take holds that, and not from what was smoothed while recording.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.takes.arrays import Arrays
from app.takes.axes import AMASS_FROM_WORLD
from app.takes.folder import REFINED_ENDING, TAKE_NAME, write_npz
from app.takes.load import load_take_and_arrays
from app.takes.raw import load_raw
from app.takes.steady import RefineOptions, SteadyMotion, steadied
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.kinematics import forward_kinematics
from engines.body.rotations import (
    axis_angle_from_quaternion,
    matrix_from_quaternion,
    multiply_quaternions,
    quaternion_from_matrix,
)
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ConfigError, TakeError
from engines.smoothing.foot_lock import lock_feet
from engines.types import JOINT_COUNT

_SPLIT: Final = {
    "root_orient": slice(0, 3),
    "pose_body": slice(3, 66),
    "pose_jaw": slice(66, 69),
    "pose_eye": slice(69, 75),
    "pose_hand": slice(75, 165),
}
_FRAMES_AT_ONCE: Final = 2048
_LEG_JOINTS: Final = slice(0, JOINT_INDEX["right_foot"] + 1)
"""The joints up to the last that standing feet need."""
_STEADIED: Final = 0.6
"""Share of the work that is done when the motion is steady."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a second pass did."""

    path: Path
    """The npz of the refined take."""
    from_raw: bool
    """It started from what the engine gave; else from the take's own, smoothed motion."""
    bridged_frames: int
    """Frames in which the person was not seen, and the gap was bridged."""
    contacts: tuple[int, int]
    """Frames in which the left and the right foot stand."""


def refine_take(
    path: Path,
    options: RefineOptions | None = None,
    *,
    output: Path | None = None,
    watch: Watch | None = None,
) -> Refinement:
    """Write the refined npz of a take; the take itself stays as it is.

    Args:
        path: The take.
        options: How.
        output: Where to; `take_refined.npz` beside the take's npz, where not given.
        watch: Is told how far the work is, and can end it.

    Raises:
        TakeUnreadable: there is no take, or it is damaged.
        TakeError: the file cannot be written.
        Cancelled: the watch ended it; nothing is written.
    """
    options, watch = options or RefineOptions(), watch or Watch()
    take, arrays = load_take_and_arrays(path)
    target = _target(take, output)
    for name in _SPLIT:
        arrays.pop(name, None)  # made anew below: those of a long take are large
    steady, from_raw = _steadied(take, options, watch.between(0.05, _STEADIED))
    world_from_camera = _last_world(take)
    contacts = np.zeros((len(take), 2), np.bool_)
    if options.locks_feet:
        contacts = _lock_feet(take, steady, world_from_camera, options)
    refined = arrays | {
        **_motion_arrays(take, steady, world_from_camera, watch.between(0.7, 0.9)),
        "confidence": steady.confidence,
        "expression": steady.expression,
        "blendshapes": steady.blendshapes,
        "foot_contact": contacts,
    }
    try:
        write_npz(target, refined)
    except OSError as error:
        raise TakeError(
            f"{target}: cannot be written ({error.strerror or error}); make room, or write elsewhere"
        ) from error
    watch.report(1.0)
    left, right = np.count_nonzero(contacts, axis=0).tolist()
    bridged = int(np.count_nonzero(steady.bridged))
    return Refinement(target, from_raw, bridged, (left, right))


def _steadied(take: Take, options: RefineOptions, watch: Watch) -> tuple[SteadyMotion, bool]:
    """Return the steadied motion of a take, and whether it was made from what the engine gave."""
    raw = load_raw(take)
    return steadied(take, raw, options, watch), raw is not None


def _target(take: Take, output: Path | None) -> Path:
    stem = take.path.stem if take.path.suffix == ".npz" else Path(TAKE_NAME).stem
    target = output or take.path.with_name(stem + REFINED_ENDING)
    if target.resolve() == take.path.resolve():
        raise ConfigError(f"{target}: is the take itself; write to another file")
    return target


def _last_world(take: Take) -> Float64[np.ndarray, "4 4"]:
    """Return the world as it was known at the end: the floor was found by then."""
    rows = np.flatnonzero(take.seen)
    return take.world_from_camera[rows[-1] if len(rows) else -1].astype(np.float64)


def _lock_feet(
    take: Take,
    steady: SteadyMotion,
    world_from_camera: NDArray[np.float64],
    options: RefineOptions,
) -> NDArray[np.bool_]:
    """Hold standing feet in place, in `steady.rotations`; return which foot stands in which frame (N, 2)."""
    turn = quaternion_from_matrix(world_from_camera[:3, :3])
    legs = steady.rotations[:, _LEG_JOINTS].astype(np.float64)
    legs[:, 0] = multiply_quaternions(turn, legs[:, 0])
    pelvis = steady.pelvis @ world_from_camera[:3, :3].T + world_from_camera[:3, 3]
    rest = take.rest_joints.astype(np.float64)
    lock = lock_feet(take.timestamps_ns / 1e9, legs, pelvis, rest, options.feet)
    steady.rotations[:, 1 : _LEG_JOINTS.stop] = lock.rotations[:, 1:]
    return lock.contacts


def _motion_arrays(
    take: Take, steady: SteadyMotion, world_from_camera: NDArray[np.float64], watch: Watch
) -> Arrays:
    """Return the arrays of a take that tell the motion."""
    count, rest = len(take), take.rest_joints.astype(np.float64)
    to_world, shift = world_from_camera[:3, :3], world_from_camera[:3, 3]
    turn = quaternion_from_matrix(AMASS_FROM_WORLD @ to_world)
    joints = np.full((count, JOINT_COUNT, 3), np.nan, np.float32)
    poses = np.empty((count, JOINT_COUNT, 3), np.float32)
    for rows in watch.parts(count, _FRAMES_AT_ONCE):
        poses[rows] = axis_angle_from_quaternion(steady.rotations[rows].astype(np.float64))
        matrices = matrix_from_quaternion(steady.rotations[rows])
        for row in np.flatnonzero(steady.known[rows]):
            _, placed = forward_kinematics(take.rest_joints, matrices[row])
            joints[rows.start + row] = placed - placed[0] + steady.pelvis[rows.start + row]
    orient = poses[:, 0].copy()
    poses[:, 0] = axis_angle_from_quaternion(
        multiply_quaternions(turn, steady.rotations[:, 0].astype(np.float64))
    )
    flat = poses.reshape(count, -1)
    in_world = steady.pelvis @ to_world.T + shift
    return {
        "poses": flat,
        **{name: flat[:, columns] for name, columns in _SPLIT.items()},
        "trans": (in_world @ AMASS_FROM_WORLD.T - rest[0]).astype(np.float32),
        "joints": joints,
        "global_orient_camera": orient,
        "transl_camera": (steady.pelvis - rest[0]).astype(np.float32),
        "betas_per_frame": np.tile(take.betas, (count, 1)),
        "world_from_camera": np.tile(world_from_camera.astype(np.float32), (count, 1, 1)),
    }
