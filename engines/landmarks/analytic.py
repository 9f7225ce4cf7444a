"""A first pose from landmark directions alone: where the least squares start, which would not find it from rest."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engines.body.skeleton import JOINT_INDEX
from engines.landmarks.directions import (
    Matrix,
    Vector,
    aligned,
    cross,
    length,
    limited,
    share,
    smallest_turn,
    unit,
)

_SPINE: Final = [JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3")]
_NECK_SHARE: Final = 0.45
_MAX_HEAD_RAD: Final = 1.2
_MAX_ANKLE_RAD: Final = 0.9
_STRAIGHT: Final = 0.15  # below this sine of its bend a limb does not tell its twist
_BENT: Final = 0.5  # above this it tells all of it


class _Limb(NamedTuple):
    upper: int
    """Shoulder or hip joint."""
    middle: int
    """Elbow or knee joint."""
    landmarks: tuple[int, int, int]
    """Upper, middle, lower."""
    hinge: tuple[float, float, float]
    """Axis in the rest frame about which the middle joint bends by a positive turn."""


_ARMS: Final = (
    _Limb(16, 18, (11, 13, 15), (0.0, -1.0, 0.0)),
    _Limb(17, 19, (12, 14, 16), (0.0, 1.0, 0.0)),
)
_LEGS: Final = (
    _Limb(1, 4, (23, 25, 27), (1.0, 0.0, 0.0)),
    _Limb(2, 5, (24, 26, 28), (1.0, 0.0, 0.0)),
)
_FEET: Final = ((7, 29, 31), (8, 30, 32))  # ankle joint, heel, big toe


def analytic_pose(landmarks: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return parent-relative rotations (22, 3, 3), the root's in the camera frame.

    Args:
        landmarks: The 33 pose landmarks (33, 3) in metres, camera axes.
        rest: The same landmarks on the unposed body (33, 3), metres; only those that are attached are read.
    """
    pose = np.tile(np.eye(3), (22, 1, 1))
    up, rest_up = _torso_up(landmarks), _torso_up(rest)
    pelvis = aligned(rest_up, rest[23] - rest[24], up, landmarks[23] - landmarks[24])
    chest = aligned(rest[11] - rest[12], rest_up, landmarks[11] - landmarks[12], up)
    pose[0] = pelvis
    pose[_SPINE] = share(pelvis.T @ chest, 1 / len(_SPINE))
    head = aligned(*_head_axes(rest), *_head_axes(landmarks))
    turn = limited(chest.T @ head, _MAX_HEAD_RAD)
    pose[JOINT_INDEX["neck"]] = share(turn, _NECK_SHARE)
    pose[JOINT_INDEX["head"]] = share(turn, 1 - _NECK_SHARE)
    for limb in _ARMS:
        _place_limb(pose, limb, chest, landmarks, rest)
    for limb, (ankle, heel, toe) in zip(_LEGS, _FEET, strict=True):
        shin = _place_limb(pose, limb, pelvis, landmarks, rest)
        _, knee, lower = limb.landmarks
        foot = aligned(
            rest[toe] - rest[heel],
            rest[knee] - rest[lower],
            landmarks[toe] - landmarks[heel],
            landmarks[knee] - landmarks[lower],
        )
        pose[ankle] = limited(shin.T @ foot, _MAX_ANKLE_RAD)
    return pose


def analytic_palm(landmarks: NDArray[np.float64], rest: NDArray[np.float64]) -> Matrix:
    """Return the rotation (3, 3) of a wrist in the camera frame from 21 hand landmarks, metres, camera axes."""
    return aligned(*_palm_axes(rest), *_palm_axes(landmarks))


def _place_limb(
    pose: NDArray[np.float64],
    limb: _Limb,
    parent: Matrix,
    landmarks: NDArray[np.float64],
    rest: NDArray[np.float64],
) -> Matrix:
    """Write the rotations of the upper and middle joint; return the lower bone's global rotation.

    The plane of upper and lower bone gives the twist of the upper joint, the more so the more the limb is bent; the
    rest comes from the smallest swing out of the rest pose.
    """
    a, b, c = limb.landmarks
    upper_rest, lower_rest = rest[b] - rest[a], rest[c] - rest[b]
    upper, lower = landmarks[b] - landmarks[a], landmarks[c] - landmarks[b]
    hinge_rest = np.array(limb.hinge)
    swung = parent @ smallest_turn(upper_rest, parent.T @ upper)
    normal = cross(unit(upper), unit(lower))
    trust = min(max((length(normal) - _STRAIGHT) / (_BENT - _STRAIGHT), 0.0), 1.0)
    hinge = (1 - trust) * (swung @ hinge_rest) + trust * unit(normal)
    first = aligned(upper_rest, hinge_rest, upper, hinge)
    bend = smallest_turn(lower_rest, first.T @ lower)
    pose[limb.upper] = parent.T @ first
    pose[limb.middle] = bend
    return first @ bend


def _torso_up(points: NDArray[np.float64]) -> Vector:
    return 0.5 * (points[11] + points[12] - points[23] - points[24])


def _head_axes(points: NDArray[np.float64]) -> tuple[Vector, Vector]:
    """Return the directions to the left and to the front of the head."""
    ears, eyes = points[7] + points[8], points[2] + points[5]
    return points[7] - points[8] + points[2] - points[5], points[0] + 0.5 * eyes - ears


def _palm_axes(points: NDArray[np.float64]) -> tuple[Vector, Vector]:
    """Return the direction of the fingers, and that across the palm to the little finger."""
    return 0.5 * (points[9] + points[13]) - points[0], points[17] - points[5]
