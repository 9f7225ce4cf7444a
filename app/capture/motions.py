"""The named motions of the synthetic performer: smooth functions of time, made of sines and eased steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.capture.postures import (
    FINGERS,
    SIDES,
    Posture,
    about_x,
    arm,
    blink,
    breathing,
    ease,
    gaze,
    hand,
    leg,
    plateau,
    posture,
    pulse,
    relaxed_hands,
    turn,
)
from app.capture.walking import Walk

Motion = Callable[[float], Posture]
"""Gives the posture at a time in seconds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a motion is and how the camera looks at it."""

    create: Callable[[NDArray[np.float32]], Motion]
    """Makes the motion for a body with these rest joints (55, 3)."""
    camera_height_m: float
    """Height of the level camera above the floor."""
    distance_m: float
    """From the camera to where the performer starts."""
    has_stool: bool = False
    """There is a stool behind the performer."""


def _wave(_rest_joints: NDArray[np.float32]) -> Motion:
    """A greeting with the right hand, the weight shifting."""

    def at(time_s: float) -> Posture:
        shift = 0.05 * math.sin(0.9 * time_s)
        raised = plateau(math.fmod(time_s, 6.0), 0.4, 5.4, 0.9)
        waving = math.sin(2 * math.pi * 1.4 * time_s)
        rotations = breathing(time_s) | relaxed_hands()
        rotations |= {"pelvis": turn(0, 0.06 * math.sin(0.7 * time_s), shift)}
        for side in SIDES:
            rotations |= leg(side, 0.03, 0.06, 0.03)
            rotations[f"{side}_hip"] = rotations[f"{side}_hip"] @ turn(0, 0, -shift)
        rotations |= arm("left", down=1.25, forward=0.08 + shift, elbow=0.25)
        rotations |= arm(
            "right",
            down=1.25 - 1.2 * raised,
            forward=0.08,
            elbow=0.25 + raised * (1.35 + 0.38 * waving),
            roll=1.35 * raised,
        )
        open_hand = dict.fromkeys(FINGERS, 0.3 - 0.25 * raised)
        rotations |= hand("right", open_hand, thumb=0.1, spread=raised)
        face = blink(time_s) | {"mouthSmileLeft": 0.6 * raised, "mouthSmileRight": 0.6 * raised}
        return posture(rotations, face)

    return at


def _turn_round(_rest_joints: NDArray[np.float32]) -> Motion:
    """Steps on the spot that take the performer once round in eight seconds."""

    def at(time_s: float) -> Posture:
        rotations = breathing(time_s) | relaxed_hands()
        for side, sign in zip(SIDES, (1, -1), strict=True):
            step = math.sin(2 * math.pi * 0.9 * time_s)
            lift = max(sign * step, 0) ** 2
            rotations |= leg(side, 0.05 + 0.55 * lift, 0.1 + 0.85 * lift, 0.05 + 0.2 * lift)
            reach = 0.5 + 0.35 * math.sin(0.8 * time_s + sign)
            rotations |= arm(side, down=1.25 - 0.5 * reach, forward=0.3 * reach, elbow=reach)
        return posture(rotations, blink(time_s), heading=2 * math.pi * time_s / 8)

    return at


def _sit(_rest_joints: NDArray[np.float32]) -> Motion:
    """Sits down on the stool and stands up again, every eight seconds."""

    def at(time_s: float) -> Posture:
        seated = plateau(math.fmod(time_s, 8.0), 1.0, 7.4, 1.6)
        lean = 0.55 * math.sin(math.pi * seated) + 0.06 * seated
        hip, knee = 1.42 * seated, 1.48 * seated
        rotations = breathing(time_s) | relaxed_hands() | {"pelvis": about_x(lean)}
        for side in SIDES:
            rotations |= leg(side, hip + lean, knee, hip - knee)
            rotations |= arm(
                side, down=1.3, forward=0.08 + 0.3 * seated + 0.5 * lean, elbow=0.25 + 0.7 * seated
            )
        rotations["head"] = about_x(-0.6 * lean)
        return posture(rotations, blink(time_s), heading=0.5)

    return at


def _face(_rest_joints: NDArray[np.float32]) -> Motion:
    """Head and shoulders: smiles, speech, surprise, a frown, a pout and a wandering gaze."""

    def at(time_s: float) -> Posture:
        eyes, face = gaze(0.3 * math.sin(0.9 * time_s), 0.15 * math.sin(0.6 * time_s + 1))
        face |= _expression(math.fmod(time_s, 12.0))
        face |= blink(time_s)
        rotations = breathing(time_s) | eyes
        yaw, pitch = 0.35 * math.sin(0.8 * time_s), 0.12 * math.sin(1.1 * time_s + 0.5)
        rotations["neck"] = turn(0.4 * pitch, 0.4 * yaw, 0)
        rotations["head"] = turn(0.6 * pitch, 0.6 * yaw, 0.08 * math.sin(0.7 * time_s))
        for side in SIDES:
            rotations |= arm(side, down=1.3, forward=0.1, elbow=0.3)
        return posture(rotations, face)

    return at


def _expression(time_s: float) -> dict[str, float]:
    smile = plateau(time_s, 0.6, 2.8, 0.5)
    speech = plateau(time_s, 3.0, 6.0, 0.3)
    surprise = plateau(time_s, 6.2, 8.0, 0.4)
    frown = plateau(time_s, 8.2, 10.0, 0.4)
    pout = pulse(time_s, 10.2, 11.6)
    syllable = 0.5 + 0.5 * math.sin(2 * math.pi * 3.2 * time_s)
    rounded = 0.5 + 0.5 * math.sin(2 * math.pi * 1.1 * time_s)
    face = {
        "jawOpen": 0.5 * speech * syllable + 0.8 * surprise + 0.15 * smile,
        "mouthFunnel": 0.5 * speech * rounded * syllable,
        "mouthPucker": 0.9 * pout + 0.3 * speech * rounded,
        "browInnerUp": 0.9 * surprise + 0.3 * frown,
    }
    for side in ("Left", "Right"):
        face |= {
            f"mouthSmile{side}": 0.85 * smile,
            f"cheekSquint{side}": 0.5 * smile,
            f"browOuterUp{side}": 0.8 * surprise,
            f"eyeWide{side}": 0.7 * surprise,
            f"browDown{side}": 0.9 * frown,
            f"mouthFrown{side}": 0.7 * frown,
            f"noseSneer{side}": 0.4 * frown,
        }
    return face


def _desk(_rest_joints: NDArray[np.float32]) -> Motion:
    """Seated at a webcam: sways, gestures, leans towards it, looks round, rolls aside and stays there."""

    def at(time_s: float) -> Posture:
        t = math.fmod(time_s, 24.0)
        sway = 0.2 * (plateau(t, 1.0, 4.5, 1.2) - plateau(t, 8.0, 11.0, 1.2))
        raised = plateau(t, 4.5, 8.0, 0.8)
        lean = 0.4 * plateau(t, 11.0, 14.5, 1.2)
        look = 0.5 * (plateau(t, 14.5, 16.5, 0.8) - plateau(t, 16.3, 18.5, 0.8))
        rotations = breathing(time_s) | relaxed_hands()
        rotations["pelvis"] = turn(lean, 0.3 * look, sway)
        rotations["neck"] = turn(-0.4 * lean, 0.4 * look, -0.3 * sway)
        rotations["head"] = turn(-0.4 * lean, 0.5 * look, -0.3 * sway)
        for side, sign in zip(SIDES, (1, -1), strict=True):
            rotations |= leg(side, 1.45 + lean, 1.5, 0.0)
            talk = 0.25 * math.sin(3.0 * time_s + sign)
            rotations |= arm(
                side,
                down=1.25 - 0.2 * raised,
                forward=0.35 + lean,
                elbow=0.7 + raised * (1.2 + talk),
                roll=0.4 * raised,
            )
        aside = 0.15 * plateau(t, 19.0, 24.0, 1.2)
        return posture(rotations, blink(time_s), place_m=(aside, 0.0), is_planted=False)

    return at


def _hands(_rest_joints: NDArray[np.float32]) -> Motion:
    """Both hands before the chest: fingers roll one after another, close to fists, spread and point."""

    def at(time_s: float) -> Posture:
        rotations = breathing(time_s)
        for side, sign in zip(SIDES, (1, -1), strict=True):
            curls, thumb, spread = _gesture(math.fmod(time_s + (0 if sign > 0 else 0.6), 9.0))
            rotations |= hand(side, curls, thumb=thumb, spread=spread)
            lift = 0.08 * math.sin(1.1 * time_s + sign)
            rotations |= arm(side, down=1.15 + lift, forward=0.35, elbow=2.0 + lift, roll=0.35)
            twist = 0.35 + 0.35 * math.sin(0.7 * time_s + 0.5 * sign)
            rotations[f"{side}_elbow"] = rotations[f"{side}_elbow"] @ about_x(0.5 * twist)
            rotations[f"{side}_wrist"] = turn(0.5 * twist, 0, 0.15 * math.sin(1.7 * time_s + sign))
        return posture(rotations, blink(time_s))

    return at


def _gesture(time_s: float) -> tuple[dict[str, float], float, float]:
    """Return curls, thumb and spread of one hand."""
    roll = plateau(time_s, 0.0, 3.6, 0.5)
    fist = plateau(time_s, 3.6, 5.2, 0.5)
    spread = plateau(time_s, 5.2, 6.8, 0.5)
    point = plateau(time_s, 6.8, 8.8, 0.5)
    curls = {}
    for k, finger in enumerate(FINGERS):
        rolling = 0.5 - 0.5 * math.cos(2 * math.pi * (0.7 * time_s - 0.14 * k))
        pointing = 0.0 if finger == "index" else 1.3 * point
        curls[finger] = 0.08 + 1.0 * roll * rolling + 1.35 * fist + pointing
    return curls, 0.15 + 0.8 * (fist + point), ease(spread)


SCENES: Final[dict[str, Scene]] = {
    "walk": Scene(Walk, camera_height_m=1.0, distance_m=2.9),
    "wave": Scene(_wave, camera_height_m=1.0, distance_m=3.0),
    "turn": Scene(_turn_round, camera_height_m=1.0, distance_m=2.8),
    "sit": Scene(_sit, camera_height_m=0.95, distance_m=2.7, has_stool=True),
    "face": Scene(_face, camera_height_m=1.61, distance_m=0.65),
    "desk": Scene(_desk, camera_height_m=1.2, distance_m=0.85),
    "hands": Scene(_hands, camera_height_m=1.38, distance_m=1.2),
}
"""Every motion by name."""
