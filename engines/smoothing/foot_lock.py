"""Feet that stand stay where they stand: contacts are found, and the legs bent so that the feet keep their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.body.rotations import (
    conjugate_quaternion,
    multiply_quaternions,
    quaternion_between,
    quaternion_from_axis_angle,
    rotate_vector,
)
from engines.body.skeleton import JOINT_INDEX, PARENTS

_LEGS: Final = tuple(
    tuple(JOINT_INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "foot"))
    for side in ("left", "right")
)
_FLOOR_PERCENTILE: Final = 10.0
"""Of the heights of a foot: where it is when it stands."""
_FULL_REACH: Final = 0.999
"""Share of its length that a leg may be stretched to: beyond, the knee's direction is lost."""


@dataclass(frozen=True, slots=True)
class FootLockOptions:
    """When a foot counts as standing."""

    max_speed_m_s: float = 0.25
    """Faster toes are under way."""
    max_height_m: float = 0.06
    """Toes higher than this above where they stand are under way."""
    min_contact_s: float = 0.12
    """Shorter contacts are none, and shorter pauses between two contacts are bridged."""
    blend_s: float = 0.12
    """Time in which a correction comes and goes."""


@dataclass(frozen=True, slots=True, eq=False)
class FootLock:
    """What became of the legs."""

    rotations: Float64[np.ndarray, "N J 4"]
    """All rotations given, those of hips, knees and ankles changed; relative to the parent joint."""
    contacts: Bool[np.ndarray, "N 2"]
    """The left and the right foot stands."""


def lock_feet(
    times_s: Float64[np.ndarray, "N"],
    rotations: Float64[np.ndarray, "N J 4"],
    pelvis: Float64[np.ndarray, "N 3"],
    rest_joints: Float64[np.ndarray, "55 3"],
    options: FootLockOptions,
) -> FootLock:
    """Hold standing feet in place; the pelvis, and the attitude of the feet, stay as they are.

    Args:
        times_s: Rising times of the frames.
        rotations: Unit quaternions of the first joints, those of the feet included, relative to the parent joint; the
            pelvis's in a world with y up.
        pelvis: Where the pelvis is in it.
        rest_joints: The skeleton at rest.
        options: When a foot counts as standing.
    """
    locked = rotations.copy()
    contacts = np.zeros((len(times_s), 2), np.bool_)
    for side, leg in enumerate(_LEGS):
        turned, places = _leg(leg, rotations, pelvis, rest_joints)
        toes = places[:, 3]
        contacts[:, side] = _contacts(times_s, toes, options)
        shift = _corrections(times_s, toes, contacts[:, side], options)
        _bend(leg, turned, places, shift, locked)
    return FootLock(locked, contacts)


def _leg(
    leg: tuple[int, ...],
    rotations: NDArray[np.floating],
    pelvis: NDArray[np.floating],
    rest_joints: NDArray[np.floating],
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return the world rotations (N, 4, 4) and places (N, 4, 3) of hip, knee, ankle and toes."""
    turned = np.empty((len(pelvis), 4, 4))
    places = np.empty((len(pelvis), 4, 3))
    above, place = rotations[:, 0], pelvis
    for k, joint in enumerate(leg):
        place = place + rotate_vector(above, rest_joints[joint] - rest_joints[PARENTS[joint]])
        above = multiply_quaternions(above, rotations[:, joint])
        turned[:, k], places[:, k] = above, place
    return turned, places


def _contacts(
    times_s: NDArray[np.floating], toes: NDArray[np.floating], options: FootLockOptions
) -> NDArray[np.bool_]:
    if len(times_s) < 2:
        return np.zeros(len(times_s), np.bool_)
    speed = np.linalg.norm(np.gradient(toes, times_s, axis=0), axis=1)
    low = toes[:, 1] - np.percentile(toes[:, 1], _FLOOR_PERCENTILE) <= options.max_height_m
    stands = (speed <= options.max_speed_m_s) & low
    for value in (False, True):  # first bridge what is short, then drop what is short
        for start, end in _runs(stands == value):
            within = start > 0 and end < len(stands)
            if (within or value) and times_s[end - 1] - times_s[start] < options.min_contact_s:
                stands[start:end] = not value
    return stands


def _corrections(
    times_s: NDArray[np.floating],
    toes: NDArray[np.floating],
    contact: NDArray[np.bool_],
    options: FootLockOptions,
) -> NDArray[np.floating]:
    """Return how far the foot is moved in each frame (N, 3)."""
    shift = np.zeros_like(toes)
    weight = np.zeros(len(toes))
    for start, end in _runs(contact):
        held = np.median(toes[start:end], axis=0) - toes[start:end]
        shift[start:end], weight[start:end] = held, 1
    # outside contacts the correction of the nearer one fades away
    for start, end in _runs(contact):
        for edge, rows in ((start, range(start - 1, -1, -1)), (end - 1, range(end, len(toes)))):
            for row in rows:
                fade = 1 - abs(times_s[row] - times_s[edge]) / max(options.blend_s, 1e-6)
                if contact[row] or fade <= weight[row]:
                    break
                shift[row], weight[row] = fade * shift[edge], fade
    return shift


def _bend(
    leg: tuple[int, ...],
    turned: NDArray[np.floating],
    places: NDArray[np.floating],
    shift: NDArray[np.floating],
    locked: NDArray[np.floating],
) -> None:
    """Change the rotations of hip, knee and ankle so that the ankle moves by `shift`, by the law of cosines."""
    rows = np.flatnonzero(shift.any(axis=1))
    if len(rows) == 0:
        return
    hip, knee, ankle = places[rows, 0], places[rows, 1], places[rows, 2]
    thigh, shin = knee - hip, ankle - knee
    upper, lower = np.linalg.norm(thigh, axis=1), np.linalg.norm(shin, axis=1)
    wanted = ankle + shift[rows] - hip
    reach = np.clip(
        np.linalg.norm(wanted, axis=1), np.abs(upper - lower) + 1e-6, _FULL_REACH * (upper + lower)
    )
    cosine = (reach**2 - upper**2 - lower**2) / (2 * upper * lower)
    now = np.sum(thigh * shin, axis=1) / (upper * lower)
    more = np.arccos(np.clip(cosine, -1, 1)) - np.arccos(np.clip(now, -1, 1))
    knee_turn = quaternion_from_axis_angle(more[:, None] * _knee_axis(thigh, shin, turned[rows, 0]))
    bent = thigh + rotate_vector(knee_turn, shin)
    hip_turn = quaternion_between(bent, wanted)
    new_hip = multiply_quaternions(hip_turn, turned[rows, 0])
    new_knee = multiply_quaternions(hip_turn, multiply_quaternions(knee_turn, turned[rows, 1]))
    above_hip = multiply_quaternions(turned[rows, 0], conjugate_quaternion(locked[rows, leg[0]]))
    locked[rows, leg[0]] = multiply_quaternions(conjugate_quaternion(above_hip), new_hip)
    locked[rows, leg[1]] = multiply_quaternions(conjugate_quaternion(new_hip), new_knee)
    locked[rows, leg[2]] = multiply_quaternions(conjugate_quaternion(new_knee), turned[rows, 2])


def _knee_axis(
    thigh: NDArray[np.floating], shin: NDArray[np.floating], hip_turn: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the axes about which knees bend: across both bones, or the thigh's own x where the leg is straight."""
    across = np.cross(thigh, shin)
    size = np.linalg.norm(across, axis=1, keepdims=True)
    own = rotate_vector(hip_turn, np.array([1.0, 0.0, 0.0]))
    straight = size < 1e-3 * np.linalg.norm(thigh, axis=1, keepdims=True) ** 2
    return np.where(straight, own, across / np.maximum(size, 1e-9))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Give the start and the end of each stretch of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
