"""A walk on which the standing foot truly stands: footprints first, then legs that reach them."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.capture.postures import (
    SIDES,
    Posture,
    Rotations,
    Side,
    about_x,
    about_y,
    arm,
    blink,
    breathing,
    cycle,
    ease,
    posture,
    relaxed_hands,
    turn,
)
from engines.body.skeleton import JOINT_INDEX

_CYCLES_HZ: Final = 0.9
_STRIDE_M: Final = 0.95
"""Way of the body in one cycle of two steps."""
_RADIUS_M: Final = 0.95
"""Of the circle that is walked."""
_STANDING: Final = 0.6
"""Share of the cycle in which a foot stands."""
_LIFT_M: Final = 0.07
_DROP_M: Final = 0.05
"""How much lower than upright the pelvis is carried, for legs that are never quite straight."""
_BOB_M: Final = 0.025
"""How much it rises when it passes over the standing foot, and sinks between."""
_NARROW: Final = 0.6
"""Distance of the feet from the line of walk, as a share of that at rest."""
_HEEL: Final = cycle({0.0: 0, 0.33: 0, 0.6: 34, 0.68: 30, 0.85: -8, 0.95: 0})
"""Pitch of the foot over its cycle from landing on, the heel up; the toes stay level."""


class _Print(NamedTuple):
    """Where a foot stands."""

    x: float
    z: float
    heading: float


class Walk:
    """A walk along a circle that begins facing +x and passes behind the start, for a body with these rest joints."""

    def __init__(self, rest_joints: NDArray[np.float32]) -> None:
        self._rest = rest_joints.astype(np.float64)

    def __call__(self, time_s: float) -> Posture:
        """Return the posture at a time."""
        cycles = time_s * _CYCLES_HZ
        x, z, heading = _path(cycles)
        forward, across = math.cos(2 * math.pi * cycles), math.sin(2 * math.pi * cycles)
        rotations = breathing(time_s) | relaxed_hands()
        rotations |= {
            "pelvis": turn(0.03, -0.07 * forward, 0.025 * across),
            "spine2": turn(0.03, 0.09 * forward, -0.02 * across),
            "spine3": turn(0, 0.07 * forward, 0),
        }
        pelvis = about_y(heading) @ rotations["pelvis"]
        for side, own_cycles in zip(SIDES, (cycles, cycles + 0.5), strict=True):
            rotations |= self._leg(side, own_cycles, own_cycles - cycles, pelvis, (x, z))
            swing = -math.cos(2 * math.pi * own_cycles)
            rotations |= arm(side, down=1.3, forward=0.05 + 0.3 * swing, elbow=0.4 + 0.2 * swing)
        return posture(rotations, blink(time_s), heading=heading, place_m=(x, z), is_planted=False)

    def _leg(
        self,
        side: Side,
        own_cycles: float,
        ahead: float,
        pelvis: NDArray[np.float64],
        pelvis_place: tuple[float, float],
    ) -> Rotations:
        count, phase = divmod(own_cycles, 1.0)
        swing = max(phase - _STANDING, 0) / (1 - _STANDING)
        share = ease(swing)
        last, following = (self._print(side, count + k - ahead) for k in (0, 1))
        place = [a + share * (b - a) for a, b in zip(last, following, strict=True)]
        toe_at_rest = self._rest[JOINT_INDEX[f"{side}_foot"]] - self._rest[0]
        bob = _BOB_M * math.cos(4 * math.pi * (own_cycles - _STANDING / 2))
        height = toe_at_rest[1] + _DROP_M - bob + _LIFT_M * math.sin(math.pi * share) ** 2
        toe = np.array([place[0] - pelvis_place[0], height, place[1] - pelvis_place[1]])
        pitch = _HEEL(phase)
        foot = about_y(place[2]) @ about_x(pitch)
        return _reach(self._rest, side, pelvis, toe, foot) | {f"{side}_foot": about_x(-pitch)}

    def _print(self, side: Side, landing_cycles: float) -> _Print:
        """Return where the foot stands that lands at a time: under the body halfway through its standing."""
        x, z, heading = _path(landing_cycles + _STANDING / 2)
        toe = self._rest[JOINT_INDEX[f"{side}_foot"]] - self._rest[0]
        beside, before = _NARROW * toe[0], toe[2]
        cos, sin = math.cos(heading), math.sin(heading)
        return _Print(x + cos * beside + sin * before, z - sin * beside + cos * before, heading)


def _path(cycles: float) -> tuple[float, float, float]:
    """Return x, z and heading of the body."""
    angle = cycles * _STRIDE_M / _RADIUS_M
    x, z = _RADIUS_M * math.sin(angle), _RADIUS_M * (math.cos(angle) - 1)
    return x, z, angle + math.pi / 2


def _reach(
    rest: NDArray[np.float64],
    side: Side,
    pelvis: NDArray[np.float64],
    toe: NDArray[np.float64],
    foot: NDArray[np.float64],
) -> Rotations:
    """Return the leg that brings the ball of the foot to a place.

    Args:
        rest: Rest joints.
        side: Which leg.
        pelvis: Rotation of the pelvis.
        toe: The ball of the foot, relative to the pelvis.
        foot: Rotation of the foot.
    """
    hip_0, knee_0, ankle_0, toe_0 = (
        rest[JOINT_INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "ankle", "foot")
    )
    ankle = pelvis.T @ (toe + foot @ (ankle_0 - toe_0)) - (hip_0 - rest[0])
    thigh, shank = knee_0 - hip_0, ankle_0 - knee_0
    # thigh . (shank turned about x by the knee) = a cos + b sin + constant, and gives the distance hip to ankle
    a = thigh[1] * shank[1] + thigh[2] * shank[2]
    b = thigh[2] * shank[1] - thigh[1] * shank[2]
    wanted = (ankle @ ankle - thigh @ thigh - shank @ shank) / 2 - thigh[0] * shank[0]
    knee = math.atan2(b, a) + math.acos(min(max(wanted / math.hypot(a, b), -1.0), 1.0))
    hip = _shortest_turn(thigh + about_x(knee) @ shank, ankle)
    return {
        f"{side}_hip": hip,
        f"{side}_knee": about_x(knee),
        f"{side}_ankle": (pelvis @ hip @ about_x(knee)).T @ foot,
    }


def _shortest_turn(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation that takes one direction to another on the short way."""
    axis = np.cross(start, end)
    sine = float(np.linalg.norm(axis))
    angle = math.atan2(sine, float(start @ end))
    return turn(*(axis * (angle / max(sine, 1e-12))))
