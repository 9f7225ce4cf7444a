"""A performer who needs no camera: T-pose, wave, blink, A-I-U-E-O, walk in place. For trying out receivers."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.pipeline.packet import LEVEL_CAMERA, Packet
from app.sinks.retime import estimate_between
from engines.body.face import ARKIT_INDEX
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import params_from_full_pose, read_only
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.types import BETA_COUNT, BLENDSHAPE_COUNT, JOINT_COUNT, Camera, Frame, PoseEstimate

_CAMERA_HEIGHT_M: Final = 1.2
_DISTANCE_M: Final = 3.0
_CHANGE_S: Final = 0.3
"""Time from the end of one part into the next."""
_ARM_DOWN_RAD: Final = 1.3
_JAW_OPEN_RAD: Final = 0.36
"""Jaw angle that looks most like `jawOpen` = 1 on the open body."""

_VOWELS: Final[tuple[dict[str, float], ...]] = (
    {"jawOpen": 0.8},
    {"mouthStretchLeft": 0.9, "mouthStretchRight": 0.9},
    {"mouthPucker": 0.9},
    {"jawOpen": 0.7, "mouthStretchLeft": 0.8, "mouthStretchRight": 0.8},
    {"jawOpen": 0.7, "mouthFunnel": 0.9},
)
"""Face actions of A, I, U, E, O."""

Joints = dict[str, tuple[float, float, float]]
"""Joint -> axis-angle."""


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    joints: Joints
    face: dict[str, float]


@dataclass(frozen=True, slots=True)
class PatternPart:
    """One part of the pattern."""

    name: str
    """For people."""
    seconds: float
    """How long it takes."""
    at: Callable[[float], _Moment]
    """Gives the pose and face at a time since its start."""


class PatternPerformer:
    """The parts one after the other, for ever."""

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        self._betas = np.zeros(BETA_COUNT, np.float32)
        self._rest = model.rest_joints(self._betas)
        self._world_from_camera = LEVEL_CAMERA.copy()
        self._world_from_camera[1, 3] = _CAMERA_HEIGHT_M
        self._camera = Camera.guess(2, 2)
        self._image = np.zeros((2, 2, 3), np.uint8)

    def packet(self, index: int, time_s: float, captured_ns: int) -> Packet:
        """Return the frame of a time since the start."""
        timestamp_ns = round(time_s * 1e9)
        frame = Frame(index, captured_ns, timestamp_ns, self._image, self._camera)
        part, since_s = part_at(time_s)
        estimate = self._estimate(part.at(since_s))
        if time_s > _CHANGE_S > since_s:
            before = PARTS[PARTS.index(part) - 1]
            last = self._estimate(before.at(before.seconds))
            estimate = estimate_between(last, estimate, since_s / _CHANGE_S)
        return Packet(frame, estimates=(estimate,), world_from_camera=self._world_from_camera)

    def _estimate(self, moment: _Moment) -> PoseEstimate:
        pose = np.zeros((JOINT_COUNT, 3))
        pose[0] = (math.pi, 0, 0)  # body y up is camera y down
        for joint, axis_angle in moment.joints.items():
            pose[JOINT_INDEX[joint]] = axis_angle
        pose[JOINT_INDEX["jaw"], 0] = _JAW_OPEN_RAD * moment.face.get("jawOpen", 0.0)
        joints = posed_joints(
            self._model, params_from_full_pose(pose, betas=self._betas, transl=np.zeros(3))
        )
        # the lower foot stands on the floor, as high above it as at rest
        lowest = joints[:, 1].max() + (self._rest[:, 1].min() - self._model.v_template[:, 1].min())
        floor = np.array([0, _CAMERA_HEIGHT_M - lowest, 0])
        place = np.array([0, 0, _DISTANCE_M]) - joints[0] * (1, 0, 1) + floor
        blendshapes = np.zeros(BLENDSHAPE_COUNT)
        for name, value in moment.face.items():
            blendshapes[ARKIT_INDEX[name]] = value
        return PoseEstimate(
            track_id=1,
            params=params_from_full_pose(pose, betas=self._betas, transl=place),
            joints=read_only(joints + place),
            confidence=read_only(np.ones(JOINT_COUNT)),
            blendshapes=read_only(blendshapes),
            left_hand_seen=True,
            right_hand_seen=True,
            face_seen=True,
        )


def part_at(time_s: float) -> tuple[PatternPart, float]:
    """Return the part that is shown at a time since the start, and how long it has been."""
    since_s = time_s % sum(part.seconds for part in PARTS)
    for part in PARTS:
        if since_s < part.seconds:
            return part, since_s
        since_s -= part.seconds
    return PARTS[0], 0.0  # rounding put it a hair behind the last


def _t_pose(_time_s: float) -> _Moment:
    return _Moment({}, {})


def _wave(time_s: float) -> _Moment:
    swing = 0.4 * math.sin(2 * math.pi * 1.2 * time_s)
    arm: Joints = {
        "left_shoulder": (0, 0, -_ARM_DOWN_RAD),
        "right_shoulder": (0, 0, -0.2),
        "right_elbow": (0, 0, -1.3 + swing),
    }
    return _Moment(arm, {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8})


def _blink(time_s: float) -> _Moment:
    closed = max(0.0, math.sin(2 * math.pi * time_s)) ** 2
    return _Moment(_standing(), {"eyeBlinkLeft": closed, "eyeBlinkRight": closed})


def _vowels(time_s: float) -> _Moment:
    place, share = divmod(time_s, 1.0)
    weight = math.sin(math.pi * share)
    vowel = _VOWELS[min(int(place), len(_VOWELS) - 1)]
    return _Moment(_standing(), {name: weight * value for name, value in vowel.items()})


def _walk(time_s: float) -> _Moment:
    joints: Joints = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        step = sign * math.sin(2 * math.pi * 0.9 * time_s)
        lift = max(0.0, step)
        joints[f"{side}_hip"] = (-0.8 * lift, 0, 0)
        joints[f"{side}_knee"] = (1.3 * lift, 0, 0)
        joints[f"{side}_shoulder"] = _hanging_arm(sign, forward=-0.35 * step)
        joints[f"{side}_elbow"] = (0, -0.3 * sign, 0)
    return _Moment(joints, {})


def _standing() -> Joints:
    return {
        f"{side}_shoulder": (0, 0, -sign * _ARM_DOWN_RAD)
        for side, sign in (("left", 1), ("right", -1))
    }


def _hanging_arm(sign: float, *, forward: float) -> tuple[float, float, float]:
    turns = matrix_from_axis_angle(np.array([[-forward, 0, 0], [0, 0, -sign * _ARM_DOWN_RAD]]))
    x, y, z = axis_angle_from_matrix(turns[0] @ turns[1]).tolist()
    return x, y, z


PARTS: Final = (
    PatternPart("T-pose", 3.0, _t_pose),
    PatternPart("wave with the right hand", 4.0, _wave),
    PatternPart("blink", 3.0, _blink),
    PatternPart("A, I, U, E, O", 5.0, _vowels),
    PatternPart("walk in place", 4.0, _walk),
)
"""In the order shown."""
