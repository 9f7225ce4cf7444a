"""The parts that motions are made of: limbs, hands and faces at one moment, and smooth functions of time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_NAMES
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle_kernel
from engines.body.skeleton import JOINT_INDEX
from engines.types import BLENDSHAPE_COUNT, JOINT_COUNT

Side = Literal["left", "right"]
Rotations = dict[str, NDArray[np.float64]]
"""Joint name -> matrix (3, 3), parent frame."""

SIDES: Final[tuple[Side, Side]] = ("left", "right")
FINGERS: Final = ("index", "middle", "ring", "pinky")

_BLINK_PERIOD_S: Final = 3.1
_BLINK_S: Final = 0.28
_JAW_OPEN_RAD: Final = 0.36
"""Jaw angle that looks most like `jawOpen` = 1 on the open body."""


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """One moment of a motion. World: y up, the floor at y = 0, +z towards the camera; a heading of 0 faces it."""

    pose: Float32[np.ndarray, "55 3"]
    """Axis-angle; the pelvis in the world, each other joint relative to its parent."""
    face: Float32[np.ndarray, "52"]
    """ARKit coefficients in the order of `ARKIT_NAMES`; an open jaw and the gaze are in `pose` as well."""
    place_m: tuple[float, float] = (0.0, 0.0)
    """World x and z of the point that the motion is about, from where the performer starts."""
    is_planted: bool = True
    """That point is the middle between the ankles; else it is the pelvis."""


def posture(
    rotations: Rotations,
    face: dict[str, float],
    *,
    heading: float = 0.0,
    place_m: tuple[float, float] = (0.0, 0.0),
    is_planted: bool = True,
) -> Posture:
    """Return the posture of some joints' rotations; all others are at rest. `jawOpen` turns the jaw."""
    matrices = np.tile(np.eye(3), (JOINT_COUNT, 1, 1))
    for name, rotation in rotations.items():
        matrices[JOINT_INDEX[name]] = rotation
    matrices[0] = about_y(heading) @ matrices[0]
    matrices[JOINT_INDEX["jaw"]] = about_x(_JAW_OPEN_RAD * face.get("jawOpen", 0.0))
    coefficients = np.zeros(BLENDSHAPE_COUNT, np.float32)
    for name, value in face.items():
        coefficients[ARKIT_NAMES.index(name)] = min(max(value, 0.0), 1.0)
    pose = axis_angle_from_matrix(matrices).astype(np.float32)
    return Posture(pose, coefficients, place_m, is_planted)


def about_x(angle: float) -> NDArray[np.float64]:
    """Return the matrix of a turn about x, radians."""
    return turn(angle, 0, 0)


def about_y(angle: float) -> NDArray[np.float64]:
    """Return the matrix of a turn about y, radians."""
    return turn(0, angle, 0)


def about_z(angle: float) -> NDArray[np.float64]:
    """Return the matrix of a turn about z, radians."""
    return turn(0, 0, angle)


def turn(x: float, y: float, z: float) -> NDArray[np.float64]:
    """Return the matrix of a rotation vector, radians."""
    return matrix_from_axis_angle_kernel(np.array([x, y, z], np.float64))


def arm(
    side: Side, *, down: float, forward: float = 0.0, elbow: float = 0.0, roll: float = 0.0
) -> Rotations:
    """Return shoulder and elbow of an arm. All angles in radians; all zero is the T-pose.

    Args:
        side: Which arm.
        down: Towards the hip; pi / 2 hangs.
        forward: Swing of the hanging arm about the left-right axis, towards the front.
        elbow: Flexion.
        roll: Turn of the upper arm about itself; positive lifts a flexed forearm.
    """
    sign = 1 if side == "left" else -1
    return {
        f"{side}_shoulder": about_x(-forward) @ about_z(-sign * down) @ about_x(-roll),
        f"{side}_elbow": about_y(-sign * elbow),
    }


def leg(side: Side, hip: float, knee: float, ankle: float) -> Rotations:
    """Return a leg by flexion of hip and knee and by dorsiflexion of the ankle, radians."""
    return {
        f"{side}_hip": about_x(-hip),
        f"{side}_knee": about_x(knee),
        f"{side}_ankle": about_x(-ankle),
    }


def hand(
    side: Side, curls: dict[str, float], *, thumb: float = 0.2, spread: float = 0.0
) -> Rotations:
    """Return the fingers of a hand: flexion of each at its knuckle, its joints further on following; radians."""
    sign = 1 if side == "left" else -1
    rotations: Rotations = {}
    for place, finger in enumerate(FINGERS):
        curl = curls.get(finger, 0.15)
        fan = sign * spread * (place - 1.2) * -0.12
        rotations[f"{side}_{finger}1"] = about_y(fan) @ about_z(-sign * curl)
        rotations[f"{side}_{finger}2"] = about_z(-sign * 1.1 * curl)
        rotations[f"{side}_{finger}3"] = about_z(-sign * 0.7 * curl)
    for k, share in ((1, 0.5), (2, 0.6), (3, 0.9)):
        rotations[f"{side}_thumb{k}"] = turn(0.2 * thumb, sign * share * thumb, 0)
    return rotations


def relaxed_hands() -> Rotations:
    """Return both hands hanging loose."""
    curls = {"index": 0.25, "middle": 0.32, "ring": 0.38, "pinky": 0.42}
    return hand("left", curls) | hand("right", curls)


def breathing(time_s: float) -> Rotations:
    """Return a trunk and head that are never quite still."""
    sway = 0.02 * math.sin(1.3 * time_s) + 0.012 * math.sin(2.9 * time_s + 1)
    breath = 0.015 * math.sin(1.6 * time_s)
    return {
        "spine1": turn(0.01, 0.5 * sway, 0.4 * sway),
        "spine3": turn(-breath, 0, -0.4 * sway),
        "neck": turn(breath, sway, 0),
        "head": turn(0.5 * sway, 2.5 * sway, 0.6 * sway),
    }


def gaze(yaw: float, pitch: float) -> tuple[Rotations, dict[str, float]]:
    """Return both eyes turned, and the lids that go with them; radians, to the performer's left and up."""
    eyes = dict.fromkeys(("left_eye_smplhf", "right_eye_smplhf"), turn(-pitch, yaw, 0))
    left, right = max(yaw, 0) / 0.5, max(-yaw, 0) / 0.5
    up, down = max(pitch, 0) / 0.4, max(-pitch, 0) / 0.4
    face = {
        "eyeLookOutLeft": left,
        "eyeLookInRight": left,
        "eyeLookInLeft": right,
        "eyeLookOutRight": right,
    }
    for side in ("Left", "Right"):
        face |= {f"eyeLookUp{side}": up, f"eyeLookDown{side}": down}
    return eyes, face


def blink(time_s: float) -> dict[str, float]:
    """Return lids that close for a moment, now and then."""
    since_s = math.fmod(time_s, _BLINK_PERIOD_S) - 0.9
    closed = pulse(since_s, 0, _BLINK_S)
    return {"eyeBlinkLeft": closed, "eyeBlinkRight": closed}


def pulse(time_s: float, start_s: float, end_s: float) -> float:
    """Return a hill that rises from 0 at the start to 1 halfway and is 0 again at the end."""
    if not start_s < time_s < end_s:
        return 0.0
    return math.sin(math.pi * (time_s - start_s) / (end_s - start_s)) ** 2


def plateau(time_s: float, start_s: float, end_s: float, ramp_s: float) -> float:
    """Return 0 before the start and after the end, 1 between, with smooth ramps inside."""
    return ease((time_s - start_s) / ramp_s) * ease((end_s - time_s) / ramp_s)


def ease(share: float) -> float:
    """Return a smooth step from 0 at 0 to 1 at 1."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def cycle(knots: dict[float, float], harmonics: int = 5) -> Callable[[float], float]:
    """Return a smooth function of period 1 near the values in degrees at some phases; it gives radians."""
    phases = np.arange(64) / 64
    values = np.interp(phases, list(knots), list(knots.values()), period=1)
    terms = np.fft.rfft(np.radians(values))[: harmonics + 1] / len(phases)
    orders = np.arange(harmonics + 1)
    terms[1:] *= 2

    def at(phase: float) -> float:
        return float(np.real(terms @ np.exp(2j * np.pi * orders * phase)))

    return at
