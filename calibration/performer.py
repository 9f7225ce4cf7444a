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
from calibration.upright import LEAST_FRAMES, body_proportions, upright_frames
from engines.body.face import ARKIT_NAMES
from engines.body.model import BodyModel
from engines.body.skeleton import JOINT_INDEX
from engines.errors import CalibrationError, ConfigError
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
_HIPS: Final = [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]
_KNEES: Final = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]
_ANKLES: Final = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
_NECK: Final = JOINT_INDEX["neck"]
_LEGS: Final = _HIPS + _KNEES + _ANKLES
_SURE: Final = 0.3
_STRAIGHT_LEG: Final = 0.87  # cosine of the knee's bend: 30 degrees
_MOST_LEAN_DEG: Final = 20.0
_POSTURE_DEG: Final = 2.0  # people who think that they stand straight lean so much
_GRAVITY_SIGMA_DEG: Final = 1.5
FINGER_JOINTS: Final = slice(0, 12)
"""Of the 15 joints of a hand those of index, middle, pinky and ring: without the thumb."""


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
    """How far solved bodies lean towards the camera while the person stands upright; 0 where unknown."""
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
    measured_at: str = ""
    """Local time with its zone, ISO 8601; empty where nobody noted it."""


def calibrate_performer(
    model: BodyModel,
    views: Sequence[PersonView],
    estimates: Sequence[PoseEstimate],
    *,
    rate_hz: float,
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
        rate_hz: Views in a second.
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
    proportions = body_proportions(model, stature_m)
    frames = upright_frames(views, proportions, rate_hz=rate_hz, needed_for="performer")
    if stature_m is not None:
        stature = stature_m
    elif floor is not None and floor.method == "board":
        up = floor.matrix[1, :3].astype(np.float64)
        stature = stature_on_floor(frames, proportions, up, floor.camera_height_m)
    else:
        stature = floor_from_person(views, proportions, rate_hz=rate_hz).stature_m
    if not low <= stature <= high:
        raise CalibrationError(
            f"performer: a height of {stature:.2f} m came out; give the height, and measure the floor again"
        )
    frontal = [view for view in frames.views if _is_frontal(view)]
    shape = fit_shape(model, frontal, stature)
    lean = _lean_deg(model, estimates, floor)
    face = np.array([e.blendshapes for e in estimates if e.face_seen and e.blendshapes is not None])
    neutral = _neutral_face(face)
    hand_open, hand_closed = _hand_range(estimates)
    return PerformerCalibration(
        stature_m=stature,
        stature_given=stature_m is not None,
        betas=tuple(shape.betas.tolist()),
        segments=tuple(shape.lengths_m),
        lengths_m=tuple(shape.lengths_m.values()),
        lean_deg=lean or 0.0,
        neutral_face=tuple(neutral.tolist()),
        frames=len(frames.steps),
        source=source,
        quality=_quality(stature_m, floor, len(shape.lengths_m), lean, len(neutral) > 0),
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
    model: BodyModel, estimates: Sequence[PoseEstimate], floor: FloorCalibration | None
) -> float | None:
    """Return how far standing bodies lean towards the camera, ankles to neck, in the median of the upright ones.

    Who stands still has their weight over their feet, so a lean beyond posture is the landmarks' error. The body at
    rest, seen from where it was seen, is what counts as upright. None where gravity is uncertain or nobody stood.
    """
    if floor is None or not _knows_gravity(floor):
        return None
    world = floor.matrix[:3, :3].astype(np.float64)
    leans = []
    for estimate in estimates:
        if estimate.confidence[_LEGS].min() < _SURE:
            continue
        joints = estimate.joints.astype(np.float64) @ world.T
        thigh, shank = joints[_HIPS] - joints[_KNEES], joints[_KNEES] - joints[_ANKLES]
        if min(_cosines(thigh, shank)) > _STRAIGHT_LEG:
            rest = model.rest_joints(estimate.params.betas).astype(np.float64)
            across = joints[_HIPS[0]] - joints[_HIPS[1]]
            facing = across[0] / max(np.hypot(across[0], across[2]), 1e-9)
            leans.append(_axis_lean(joints) - facing * _axis_lean(rest))
    if len(leans) < LEAST_FRAMES:
        return None
    lean = float(np.degrees(np.median(leans)))
    beyond = max(abs(lean) - _POSTURE_DEG, 0.0)  # no more is surely the landmarks' error
    return float(np.copysign(min(beyond, _MOST_LEAN_DEG), lean))


def _axis_lean(joints: NDArray[np.float64]) -> float:
    """Return the angle from up towards +z of the line from the ankles to the neck, y up; radians."""
    axis = joints[_NECK] - joints[_ANKLES].mean(axis=0)
    return float(np.arctan2(axis[2], axis[1]))


def _cosines(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    cosines: NDArray[np.float64] = (a * b).sum(axis=1) / (
        np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    )
    return cosines


def _is_frontal(view: PersonView) -> bool:
    """Return whether the shoulder line lies across the view and the face is seen: limbs are measured best so."""
    line = view.world[11] - view.world[12]
    return float(line[0]) > _FRONTAL * float(np.linalg.norm(line))


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
        float(np.linalg.norm(pose[FINGER_JOINTS], axis=1).mean())
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
    stature_m: float | None,
    floor: FloorCalibration | None,
    segments: int,
    lean_deg: float | None,
    face_seen: bool,
) -> Quality:
    doubts = []
    if stature_m is None and (floor is None or floor.method != "board"):
        doubts.append(Quality("yellow", "height estimated to 5 %; tell the height"))
    if segments < _FAIR_SEGMENTS:
        doubts.append(
            Quality(
                "yellow",
                f"{segments} of {_FAIR_SEGMENTS} limbs measured; stand upright, face the camera, arms out",
            )
        )
    if floor is None:
        doubts.append(Quality("yellow", "lean unknown without a floor; measure the floor first"))
    elif not _knows_gravity(floor):
        doubts.append(
            Quality(
                "yellow",
                "lean not measured, the floor's pitch is too uncertain; measure the floor with a board or a walk",
            )
        )
    elif lean_deg is None:
        doubts.append(Quality("yellow", "lean not measured; stand straight with straight knees"))
    if not face_seen:
        doubts.append(Quality("yellow", "face not seen; come nearer for the face"))
    return worst(doubts, otherwise="height given, all limbs, lean and face measured")
