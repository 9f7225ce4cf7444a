"""A second pass over a take, with the future known: gaps bridged, no lag, standing feet in place, one floor."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from app.takes.arrays import Arrays
from app.takes.axes import AMASS_FROM_WORLD
from app.takes.folder import REFINED_ENDING, TAKE_NAME, write_npz
from app.takes.load import load_take_and_arrays
from app.takes.place import held_pelvis
from app.takes.take import Take
from engines.body.kinematics import forward_kinematics
from engines.body.rotations import (
    axis_angle_from_quaternion,
    matrix_from_quaternion,
    multiply_quaternions,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
)
from engines.body.skeleton import JAW, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.errors import ConfigError, TakeError
from engines.smoothing.foot_lock import FootLock, FootLockOptions, lock_feet
from engines.smoothing.offline import (
    fill_rotations,
    fill_values,
    smooth_rotations,
    smooth_values,
)
from engines.types import JOINT_COUNT

_LEAST_TRUST: Final = 0.05
"""Of a joint that is a pure guess: its neighbours in time decide."""
_SPLIT: Final = {
    "root_orient": slice(0, 3),
    "pose_body": slice(3, 66),
    "pose_jaw": slice(66, 69),
    "pose_eye": slice(69, 75),
    "pose_hand": slice(75, 165),
}


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How a take is refined."""

    strength: float = 1.0
    """Scale of all widths below: 0 smooths nothing."""
    body_s: float = 0.06
    """Width (standard deviation) of the smoothing of the body."""
    hands_s: float = 0.07
    """Width of the smoothing of the fingers."""
    face_s: float = 0.03
    """Width of the smoothing of jaw, eyes, expression and face actions: a blink lasts 0.1 s."""
    place_s: float = 0.08
    """Width of the smoothing of where the camera sees the pelvis."""
    depth_s: float = 0.2
    """Width of the smoothing of how far it is, the least certain coordinate."""
    min_confidence: float = 0.3
    """A joint below this is a gap."""
    max_gap_s: float = 1.5
    """Longer gaps are left as they are."""
    locks_feet: bool = True
    """Hold standing feet in place."""
    feet: FootLockOptions = field(default_factory=FootLockOptions)
    """When a foot counts as standing."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in ("strength", "body_s", "hands_s", "face_s", "place_s", "depth_s", "max_gap_s"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ConfigError(f"refine {name} is {getattr(self, name)}; use 0 or more")


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a second pass did."""

    path: Path
    """The npz of the refined take."""
    bridged_frames: int
    """Frames in which the person was not seen, and is now."""
    contacts: tuple[int, int]
    """Frames in which the left and the right foot stand."""


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    """A motion on its way through the pass."""

    times_s: Float64[np.ndarray, "N"]
    known: Bool[np.ndarray, "N"]
    """The person was seen, or the gap was bridged."""
    rotations: Float64[np.ndarray, "N 55 4"]
    """The pelvis's in the camera frame, then in the world."""
    pelvis: Float64[np.ndarray, "N 3"]


def refine_take(
    path: Path, options: RefineOptions | None = None, *, output: Path | None = None
) -> Refinement:
    """Write the refined npz of a take; the take itself stays as it is.

    Args:
        path: The take.
        options: How.
        output: Where to; `take_refined.npz` beside the take's npz, where not given.

    Raises:
        TakeUnreadable: there is no take, or it is damaged.
        TakeError: the file cannot be written.
    """
    options = options or RefineOptions()
    take, arrays = load_take_and_arrays(path)
    target = output or take.path.with_name(Path(TAKE_NAME).stem + REFINED_ENDING)
    if take.path.suffix == ".npz" and output is None:
        target = take.path.with_name(take.path.stem + REFINED_ENDING)
    if target.resolve() == take.path.resolve():
        raise ConfigError(f"{target}: is the take itself; give another file with -o")
    motion = _steadied(take, options)
    motion, world_from_camera = _in_one_world(take, motion)
    lock = FootLock(motion.rotations, np.zeros((len(take), 2), np.bool_))
    if options.locks_feet:
        rest = take.rest_joints.astype(np.float64)
        lock = lock_feet(motion.times_s, motion.rotations, motion.pelvis, rest, options.feet)
        motion = replace(motion, rotations=lock.rotations)
    refined = {
        **arrays,
        **_motion_arrays(take, motion, world_from_camera),
        **_face_arrays(take, motion.times_s, options),
        "foot_contact": lock.contacts,
    }
    try:
        write_npz(target, refined)
    except OSError as error:
        raise TakeError(
            f"{target}: cannot be written ({error.strerror or error}); give another file with -o"
        ) from error
    left, right = np.count_nonzero(lock.contacts, axis=0).tolist()
    return Refinement(target, int(np.count_nonzero(motion.known & ~take.seen)), (left, right))


def _steadied(take: Take, options: RefineOptions) -> _Motion:
    """Return the motion in the camera frame, gaps bridged and smoothed."""
    times = take.timestamps_ns / 1e9
    pose = take.poses.reshape(len(take), JOINT_COUNT, 3).astype(np.float64)
    pose[:, 0] = take.global_orient_camera
    rotations = quaternion_from_axis_angle(pose)
    valid = (take.confidence >= options.min_confidence) & take.seen[:, None]
    valid[:, 0] = take.seen
    rotations, filled = fill_rotations(times, rotations, valid, options.max_gap_s)
    trust = np.where(valid, np.maximum(take.confidence, _LEAST_TRUST), _LEAST_TRUST)
    trust[:, 0] = np.where(take.seen, 1.0, _LEAST_TRUST)
    rotations = rotations.copy()
    for joints, width_s in _parts(options):
        rotations[:, joints] = smooth_rotations(
            times, rotations[:, joints], trust[:, joints], options.strength * width_s
        )
    seen_from = _rays(held_pelvis(take))
    seen_from, known = fill_values(times, seen_from, take.seen, options.max_gap_s)
    sure = np.where(take.seen, 1.0, _LEAST_TRUST)
    across = smooth_values(times, seen_from[:, :2], sure, options.strength * options.place_s)
    depth = smooth_values(times, seen_from[:, 2:], sure, options.strength * options.depth_s)
    return _Motion(times, known & filled[:, 0], rotations, np.hstack([across * depth, depth]))


def _parts(options: RefineOptions) -> list[tuple[list[int], float]]:
    """Return the joints of each part and the width of their smoothing."""
    hands = [*range(JOINT_COUNT)[LEFT_HAND], *range(JOINT_COUNT)[RIGHT_HAND]]
    face = [JAW, LEFT_EYE, RIGHT_EYE]
    body = [joint for joint in range(JOINT_COUNT) if joint not in (*hands, *face)]
    return [(body, options.body_s), (hands, options.hands_s), (face, options.face_s)]


def _rays(pelvis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x/z, y/z and z: the error of one camera lies along the ray, and the two parts are smoothed apart."""
    depth = np.maximum(pelvis[:, 2:], 0.1)
    return np.hstack([pelvis[:, :2] / depth, depth])


def _in_one_world(take: Take, motion: _Motion) -> tuple[_Motion, NDArray[np.float64]]:
    """Return the motion in the world as it was known at the end: the floor was found by then."""
    rows = np.flatnonzero(take.seen)
    last = rows[-1] if len(rows) else -1
    world_from_camera = take.world_from_camera[last].astype(np.float64)
    turn = world_from_camera[:3, :3]
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply_quaternions(quaternion_from_matrix(turn), rotations[:, 0])
    pelvis = motion.pelvis @ turn.T + world_from_camera[:3, 3]
    return replace(motion, rotations=rotations, pelvis=pelvis), world_from_camera


def _motion_arrays(take: Take, motion: _Motion, world_from_camera: NDArray[np.float64]) -> Arrays:
    """Return the arrays of a take that tell the motion."""
    count, rest = len(take), take.rest_joints.astype(np.float64)
    camera_from_world = world_from_camera[:3, :3].T
    in_camera = motion.rotations.copy()
    in_camera[:, 0] = multiply_quaternions(
        quaternion_from_matrix(camera_from_world), motion.rotations[:, 0]
    )
    pelvis = (motion.pelvis - world_from_camera[:3, 3]) @ camera_from_world.T
    joints = np.full((count, JOINT_COUNT, 3), np.nan, np.float32)
    matrices = matrix_from_quaternion(in_camera).astype(np.float32)
    for row in np.flatnonzero(motion.known):
        _, placed = forward_kinematics(take.rest_joints, matrices[row])
        joints[row] = placed - placed[0] + pelvis[row]
    turned = motion.rotations.copy()
    turned[:, 0] = multiply_quaternions(
        quaternion_from_matrix(AMASS_FROM_WORLD), motion.rotations[:, 0]
    )
    poses = axis_angle_from_quaternion(turned).reshape(count, -1).astype(np.float32)
    return {
        "poses": poses,
        **{name: poses[:, columns] for name, columns in _SPLIT.items()},
        "trans": (motion.pelvis @ AMASS_FROM_WORLD.T - rest[0]).astype(np.float32),
        "joints": joints,
        "global_orient_camera": axis_angle_from_quaternion(in_camera[:, 0]).astype(np.float32),
        "transl_camera": (pelvis - rest[0]).astype(np.float32),
        "betas_per_frame": np.tile(take.betas, (count, 1)),
        "world_from_camera": np.tile(world_from_camera.astype(np.float32), (count, 1, 1)),
    }


def _face_arrays(take: Take, times_s: NDArray[np.float64], options: RefineOptions) -> Arrays:
    """Return the smoothed face: what was held while it was not seen leads from one sight to the next."""
    smoothed: Arrays = {}
    width_s = options.strength * options.face_s
    for name in ("expression", "blendshapes"):
        values = getattr(take, name).astype(np.float64)
        values, _ = fill_values(times_s, values, take.face_seen, options.max_gap_s)
        trust = np.where(take.face_seen, 1.0, _LEAST_TRUST)
        values = smooth_values(times_s, values, trust, width_s)
        smoothed[name] = values.astype(np.float32)
    smoothed["blendshapes"] = smoothed["blendshapes"].clip(0, 1)
    return smoothed
