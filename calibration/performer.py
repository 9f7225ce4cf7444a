"""Measures the performer: size and shape, how the landmarks make them lean, face at rest, jaw, lids and hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.body_shape import fit_shape, stature_on_floor
from calibration.floor import FloorCalibration
from calibration.quality import Quality, worst
from calibration.standing import floor_from_person
from calibration.upright import body_proportions, upright_frames
from engines.body.face import ARKIT_NAMES
from engines.body.model import BodyModel
from engines.errors import CalibrationError, ConfigError
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.view import PersonView
from engines.types import PoseEstimate

STATURES_M: Final = (0.8, 2.5)
"""Least and greatest height of a person."""

_JAW: Final = ARKIT_NAMES.index("jawOpen")
_LIDS: Final = (ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight"))
_LEAST_FACES: Final = 15
_LEAST_RANGE: Final = 0.2  # of a coefficient, between rest and the end of its range
_LEAST_HAND_RANGE_RAD: Final = 0.4
_CALM_SHARE: Final = 0.3  # of the pictures are taken to show a face at rest
_FAIR_SEGMENTS: Final = 7
_FRONTAL: Final = 0.7
_MOST_LEAN_DEG: Final = 20.0
_GRAVITY_SIGMA_DEG: Final = 1.5
_FINGER_JOINTS: Final = slice(0, 12)  # of index, middle, pinky, ring: without the thumb


@dataclass(frozen=True, slots=True, eq=False)
class PerformerCalibration:
    """What is known of a person."""

    stature_m: float
    """Height."""
    stature_given: bool
    """The person said so; otherwise it was estimated."""
    betas: tuple[float, ...]
    """Ten shape coefficients of the open body."""
    segments: tuple[str, ...]
    """Names of the measured segments."""
    lengths_m: tuple[float, ...]
    """Their lengths, between MediaPipe's landmarks."""
    lean_deg: float
    """How far MediaPipe's metric landmarks lean towards the camera when the person stands upright; 0 where unknown."""
    neutral_face: tuple[float, ...]
    """The 52 ARKit coefficients of the face at rest; empty where it was not seen."""
    frames: int
    """Upright pictures used."""
    source: str
    """What the user called the camera or the clip."""
    quality: Quality
    """Mark and reason."""
    jaw_open: float | None = None
    """Coefficient `jawOpen` of the mouth wide open; absent where it never was."""
    blink_left: float | None = None
    """Coefficient `eyeBlinkLeft` of the closed eye; absent where it never closed."""
    blink_right: float | None = None
    """The same of the right eye."""
    hand_open_rad: float | None = None
    """Mean bend of finger joints of an open hand; absent unless a hand opened and closed."""
    hand_closed_rad: float | None = None
    """The same of a fist."""


def calibrate_performer(
    model: BodyModel,
    views: Sequence[PersonView],
    estimates: Sequence[PoseEstimate],
    *,
    stature_m: float | None = None,
    floor: FloorCalibration | None = None,
    source: str = "",
) -> PerformerCalibration:
    """Return what some seconds tell of a person: N-pose and T-pose, face at rest, mouth, eyes, hands.

    The seconds need not be in any order: shape comes from all upright frames, ranges from what was reached.

    Args:
        model: The body.
        views: Pose landmarks, one for each frame in which the person was seen.
        estimates: Bodies with face and hands, for the same seconds.
        stature_m: Height, where the person gave it.
        floor: Where gravity is, and the scale if it was measured with a board; None if nobody knows.
        source: What the user calls the camera, for the record.

    Raises:
        CalibrationError: too few frames show the person upright.
        ConfigError: nobody is so tall.
    """
    low, high = STATURES_M
    if stature_m is not None and not low <= stature_m <= high:
        raise ConfigError(f"height is {stature_m} m; give it in metres, {low} to {high}")
    proportions = body_proportions(model)
    frames = upright_frames(views, proportions, needed_for="performer")
    if stature_m is not None:
        stature = stature_m
    elif floor is not None and floor.method == "board":
        up = floor.matrix[1, :3].astype(np.float64)
        stature = stature_on_floor(frames, proportions, up, floor.camera_height_m)
    else:
        stature = floor_from_person(views, proportions).stature_m
    if not low <= stature <= high:
        raise CalibrationError(
            f"performer: a height of {stature:.2f} m came out; give the height, and measure the floor again"
        )
    frontal = [view for view in frames.views if _is_frontal(view)]
    shape = fit_shape(model, frontal, stature)
    face = np.array([e.blendshapes for e in estimates if e.face_seen and e.blendshapes is not None])
    neutral = _neutral_face(face)
    hand_open, hand_closed = _hand_range(estimates)
    return PerformerCalibration(
        stature_m=stature,
        stature_given=stature_m is not None,
        betas=tuple(shape.betas.tolist()),
        segments=tuple(shape.lengths_m),
        lengths_m=tuple(shape.lengths_m.values()),
        lean_deg=_lean_deg(model, views, floor),
        neutral_face=tuple(neutral.tolist()),
        frames=len(frames.bend),
        source=source,
        quality=_quality(stature_m, floor, len(shape.lengths_m), len(neutral) > 0),
        jaw_open=_range_end(face, neutral, _JAW),
        blink_left=_range_end(face, neutral, _LIDS[0]),
        blink_right=_range_end(face, neutral, _LIDS[1]),
        hand_open_rad=hand_open,
        hand_closed_rad=hand_closed,
    )


def _knows_gravity(floor: FloorCalibration | None) -> bool:
    """Return whether a floor tells lean from pitch: a wrong lean is worse than none."""
    return floor is not None and floor.pitch_sigma_deg <= _GRAVITY_SIGMA_DEG


def _lean_deg(
    model: BodyModel, views: Sequence[PersonView], floor: FloorCalibration | None
) -> float:
    """Return the lean of the trunk towards the camera beyond that of the body at rest, in the median of frames."""
    if floor is None or not _knows_gravity(floor):
        return 0.0
    up = floor.matrix[1, :3].astype(np.float64)
    away = floor.matrix[2, :3].astype(np.float64) * -1
    trunks = np.array(
        [_trunk(view.world) for view in views if view.seen[[11, 12, 23, 24]].min() > 0.5]
    )
    leans = np.degrees(np.arctan2(trunks @ -away, trunks @ up))
    attachments = attach_body(model)
    rest = np.zeros((33, 3))
    carriers = attachments.joints[attachments.point_joints]
    rest[list(BODY_LANDMARKS)] = carriers + attachments.point_offsets
    trunk = _trunk(rest)
    towards = np.array([_facing(view.world, floor) for view in views]).mean()
    at_rest = float(np.degrees(np.arctan2(trunk[2], trunk[1]))) * float(towards)
    lean = float(np.median(leans)) - at_rest
    return float(np.clip(lean, -_MOST_LEAN_DEG, _MOST_LEAN_DEG))


def _is_frontal(view: PersonView) -> bool:
    """Return whether the shoulder line lies across the view and the face is seen: limbs are measured best so."""
    line = view.world[11] - view.world[12]
    return float(line[0]) > _FRONTAL * float(np.linalg.norm(line))


def _trunk(points: NDArray[np.float64]) -> NDArray[np.float64]:
    trunk: NDArray[np.float64] = points[[11, 12]].mean(axis=0) - points[[23, 24]].mean(axis=0)
    return trunk


def _facing(world: NDArray[np.float64], floor: FloorCalibration) -> float:
    """Return 1 for a person who faces the camera, 0 from the side, -1 from behind."""
    across = floor.matrix[:3, :3].astype(np.float64) @ (world[11] - world[12])
    return float(across[0] / max(np.hypot(across[0], across[2]), 1e-9))


def _neutral_face(face: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean of the calmest pictures: those with the least activity of all coefficients together."""
    if len(face) < _LEAST_FACES:
        return np.zeros(0)
    activity = np.abs(face - np.median(face, axis=0)).sum(axis=1) + face.sum(axis=1)
    calm = activity <= np.quantile(activity, _CALM_SHARE)
    neutral: NDArray[np.float64] = np.median(face[calm], axis=0).astype(np.float64)
    return neutral


def _range_end(face: NDArray[np.float32], neutral: NDArray[np.float64], index: int) -> float | None:
    if not len(neutral):
        return None
    end = float(np.quantile(face[:, index], 0.97))
    return end if end > neutral[index] + _LEAST_RANGE else None


def _hand_range(estimates: Sequence[PoseEstimate]) -> tuple[float | None, float | None]:
    curls = [
        float(np.linalg.norm(pose[_FINGER_JOINTS], axis=1).mean())
        for estimate in estimates
        for pose, seen in (
            (estimate.params.left_hand_pose, estimate.left_hand_seen),
            (estimate.params.right_hand_pose, estimate.right_hand_seen),
        )
        if seen
    ]
    if len(curls) < _LEAST_FACES:
        return None, None
    opened, closed = np.quantile(curls, [0.05, 0.95])
    if closed - opened < _LEAST_HAND_RANGE_RAD:
        return None, None
    return float(opened), float(closed)


def _quality(
    stature_m: float | None, floor: FloorCalibration | None, segments: int, face_seen: bool
) -> Quality:
    doubts = []
    if stature_m is None and (floor is None or floor.method != "board"):
        doubts.append(Quality("yellow", "height estimated to 5 %; give --height"))
    if segments < _FAIR_SEGMENTS:
        doubts.append(
            Quality(
                "yellow",
                f"{segments} of {_FAIR_SEGMENTS} limbs measured; stand upright, face the camera, arms out",
            )
        )
    if floor is None:
        doubts.append(
            Quality("yellow", "lean unknown without a floor; run 'calibrate floor' first")
        )
    elif not _knows_gravity(floor):
        doubts.append(
            Quality(
                "yellow",
                "lean not measured, the floor's pitch is too uncertain; measure the floor with a board or a walk",
            )
        )
    if not face_seen:
        doubts.append(Quality("yellow", "face not seen; come nearer for the face"))
    return worst(doubts, otherwise="height given, all limbs, lean and face measured")
