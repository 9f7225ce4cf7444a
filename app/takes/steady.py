"""The motion of a take with the future known: gaps bridged, no lag; in blocks, to bound the memory of a long take."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Float64
from numpy.typing import NDArray

from app.takes.place import held_pelvis
from app.takes.raw import RawMotion
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.rotations import quaternion_from_axis_angle
from engines.body.skeleton import JAW, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.errors import ConfigError
from engines.smoothing.foot_lock import FootLockOptions
from engines.smoothing.offline import (
    REACH_SIGMAS,
    fill_rotations,
    fill_values,
    smooth_rotations,
    smooth_values,
)
from engines.types import JOINT_COUNT

_LEAST_TRUST: Final = 0.05
"""Of a joint that is a pure guess: its neighbours in time decide."""
_NEAREST_M: Final = 0.1
"""No camera sees a pelvis nearer than this."""
_FRAMES_AT_ONCE: Final = 2048


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


@dataclass(frozen=True, slots=True, eq=False)
class SteadyMotion:
    """A motion in the camera frame, gaps bridged and smoothed."""

    known: Bool[np.ndarray, "N"]
    """The person was seen or held, or the gap was bridged."""
    bridged: Bool[np.ndarray, "N"]
    """The engine did not see the person, but soon before and after."""
    rotations: Float32[np.ndarray, "N 55 4"]
    """Quaternions; the pelvis's in the camera frame."""
    pelvis: Float64[np.ndarray, "N 3"]
    """Where the pelvis is."""
    confidence: Float32[np.ndarray, "N 55"]
    """The engine's; 0 in bridged gaps."""
    expression: Float32[np.ndarray, "N 10"]
    """Expression coefficients."""
    blendshapes: Float32[np.ndarray, "N 52"]
    """In [0, 1]."""


def steadied(
    take: Take, raw: RawMotion | None, options: RefineOptions, watch: Watch
) -> SteadyMotion:
    """Return the steadied motion of a take.

    Args:
        take: The take; what it holds stays where the raw motion has nothing.
        raw: What the engine gave; None takes the take's own motion for it.
        options: How.
        watch: Is told how far the work is.
    """
    pelvis, bridged = _pelvis(take, raw, options)
    count = len(take)
    steady = SteadyMotion(
        known=take.seen | bridged,
        bridged=bridged,
        rotations=np.empty((count, JOINT_COUNT, 4), np.float32),
        pelvis=pelvis,
        confidence=_confidence(take, raw, bridged),
        expression=np.empty_like(take.expression),
        blendshapes=np.empty_like(take.blendshapes),
    )
    times = take.timestamps_ns / 1e9
    widest_s = options.strength * max(options.body_s, options.hands_s, options.face_s)
    margin_s = options.max_gap_s + REACH_SIGMAS * widest_s
    for rows in watch.parts(count, _FRAMES_AT_ONCE):
        # wide enough that no row of the block can tell that there are blocks
        start = int(np.searchsorted(times, times[rows.start] - margin_s))
        end = int(np.searchsorted(times, times[rows.stop - 1] + margin_s, "right"))
        around, inner = slice(start, end), slice(rows.start - start, rows.stop - start)
        steady.rotations[rows] = _rotations(take, raw, steady.confidence, options, around)[inner]
        expression, blendshapes = _face(take, raw, options, around)
        steady.expression[rows] = expression[inner]
        steady.blendshapes[rows] = blendshapes[inner].clip(0, 1)
    return steady


def _rotations(
    take: Take,
    raw: RawMotion | None,
    confidence: NDArray[np.float32],
    options: RefineOptions,
    rows: slice,
) -> NDArray[np.floating]:
    """Return the steadied rotations of some rows (B, 55, 4)."""
    times = take.timestamps_ns[rows] / 1e9
    pose = take.poses[rows].reshape(-1, JOINT_COUNT, 3).astype(np.float64)
    pose[:, 0] = take.global_orient_camera[rows]
    observed = take.seen[rows] if raw is None else raw.seen[rows]
    trust = confidence[rows].astype(np.float64)
    valid = (trust >= options.min_confidence) & observed[:, None]
    valid[:, 0] = observed
    if raw is not None:
        given = raw.poses[rows].reshape(-1, JOINT_COUNT, 3)
        pose = np.where(valid[:, :, None], given, pose)
    rotations, _ = fill_rotations(times, quaternion_from_axis_angle(pose), valid, options.max_gap_s)
    trust = np.where(valid, np.maximum(trust, _LEAST_TRUST), _LEAST_TRUST)
    trust[:, 0] = np.where(observed, 1.0, _LEAST_TRUST)
    for joints, width_s in _parts(options):
        rotations[:, joints] = smooth_rotations(
            times, rotations[:, joints], trust[:, joints], options.strength * width_s
        )
    return rotations


def _parts(options: RefineOptions) -> list[tuple[list[int], float]]:
    """Return the joints of each part and the width of their smoothing."""
    hands = [*range(JOINT_COUNT)[LEFT_HAND], *range(JOINT_COUNT)[RIGHT_HAND]]
    face = [JAW, LEFT_EYE, RIGHT_EYE]
    body = [joint for joint in range(JOINT_COUNT) if joint not in (*hands, *face)]
    return [(body, options.body_s), (hands, options.hands_s), (face, options.face_s)]


def _face(
    take: Take, raw: RawMotion | None, options: RefineOptions, rows: slice
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return expression and blendshapes of some rows: what was held while unseen leads from one sight to the next."""
    times, seen = take.timestamps_ns[rows] / 1e9, take.face_seen[rows]
    trust = np.where(seen, 1.0, _LEAST_TRUST)
    smoothed = []
    for name in ("expression", "blendshapes"):
        values = getattr(take, name)[rows].astype(np.float64)
        if raw is not None:
            given = seen & raw.seen[rows]
            if name == "blendshapes":
                given = given & raw.blendshapes_given[rows]
            values = np.where(given[:, None], getattr(raw, name)[rows], values)
        values, _ = fill_values(times, values, seen, options.max_gap_s)
        smoothed.append(smooth_values(times, values, trust, options.strength * options.face_s))
    return smoothed[0], smoothed[1]


def _pelvis(
    take: Take, raw: RawMotion | None, options: RefineOptions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where the pelvis is in the camera frame, and in which frames a gap was bridged.

    The error of one camera lies along the ray, so direction and depth are smoothed apart.
    """
    times = take.timestamps_ns / 1e9
    places, observed = held_pelvis(take), take.seen
    if raw is not None:
        places, observed = np.where(raw.seen[:, None], raw.pelvis, places), raw.seen
    depth = np.maximum(places[:, 2:], _NEAREST_M)
    rays = np.hstack([places[:, :2] / depth, depth])
    rays, known = fill_values(times, rays, observed, options.max_gap_s)
    trust = np.where(observed, 1.0, _LEAST_TRUST)
    across = smooth_values(times, rays[:, :2], trust, options.strength * options.place_s)
    depth = smooth_values(times, rays[:, 2:], trust, options.strength * options.depth_s)
    return np.hstack([across * depth, depth]), known & ~observed


def _confidence(
    take: Take, raw: RawMotion | None, bridged: NDArray[np.bool_]
) -> NDArray[np.float32]:
    confidence = take.confidence
    if raw is not None:
        confidence = np.where(raw.seen[:, None], raw.confidence, confidence)
    return np.where(bridged[:, None], np.float32(0), confidence).astype(np.float32)
