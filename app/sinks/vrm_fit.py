"""Makes poses fit one avatar: its rest offsets, its resting rotations, and limbs that point where ours do."""

import itertools
from collections.abc import Collection
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.sinks.vrm_skeleton import VrmSkeleton
from engines.body.humanoid import BONE_PARENTS, HUMAN_BONES
from engines.body.rotations import (
    conjugate_quaternion,
    multiply_quaternions,
)

_CHAINS: Final = (
    ("UpperArm", "LowerArm", "Hand"),
    ("UpperLeg", "LowerLeg", "Foot"),
    *(
        tuple(f"{finger}{phalanx}" for phalanx in ("Proximal", "Intermediate", "Distal"))
        for finger in ("Thumb", "Index", "Middle", "Ring", "Little")
    ),
)
"""Limbs whose direction at rest differs between models: a T-pose's arms are never quite level, thumbs never alike."""

_ROW: Final = {bone: row for row, bone in enumerate(HUMAN_BONES)}
_IDENTITY: Final = np.array([0.0, 0.0, 0.0, 1.0])


class VrmFit:
    """Fits bones that are relative to a rest without rotations to the avatar's own skeleton."""

    def __init__(self, skeleton: VrmSkeleton) -> None:
        self._skeleton = skeleton
        self._present = [bone for bone in HUMAN_BONES if bone in skeleton.bones]
        self._rows = [_ROW[bone] for bone in self._present]
        self._ancestors = [self._row_above(bone) for bone in self._present]
        rests = [skeleton.bones[bone] for bone in self._present]
        self._rest = np.array([rest.rotation for rest in rests])
        self._rest_above = np.array([conjugate_quaternion(rest.parent_rotation) for rest in rests])
        self._positions = np.array([rest.local_position for rest in rests])
        self._limbs = [
            (_ROW[upper], _ROW[lower], self._direction(upper, lower))
            for upper, lower in self._pairs()
        ]

    @property
    def bones(self) -> Collection[str]:
        """The bones the avatar has."""
        return self._present

    def fitted(self, bones: Float32[np.ndarray, "55 7"]) -> Float32[np.ndarray, "55 7"]:
        """Return the local poses for the avatar; rows of bones it lacks are left as they were.

        The hips keep their place in the room, scaled to the length of the avatar's legs.
        """
        turns = _global_rotations(bones[:, 3:].astype(np.float64))
        for upper, lower, direction in self._limbs:
            # the avatar's limb, which rests pointing elsewhere, is first brought to where ours rests
            aim = _shortest_turn(direction, bones[lower, :3].astype(np.float64))
            turns[upper] = multiply_quaternions(turns[upper], aim)
        above = np.where(
            np.array(self._ancestors)[:, None] < 0, _IDENTITY, turns[np.maximum(self._ancestors, 0)]
        )
        relative = multiply_quaternions(conjugate_quaternion(above), turns[self._rows])
        local = multiply_quaternions(multiply_quaternions(self._rest_above, relative), self._rest)
        result = bones.copy()
        result[self._rows, 3:] = local
        result[self._rows[1:], :3] = self._positions[1:]
        result[0, :3] = bones[0, :3] * self._leg_ratio(bones)
        return result

    def _row_above(self, bone: str) -> int:
        """Return the row of the nearest bone above that the avatar has; -1 for the hips."""
        while bone in BONE_PARENTS:
            bone = BONE_PARENTS[bone]
            if bone in self._skeleton.bones:
                return _ROW[bone]
        return -1

    def _pairs(self) -> list[tuple[str, str]]:
        names = [
            (side + a, side + b)
            for side in ("Left", "Right")
            for c in _CHAINS
            for a, b in itertools.pairwise(c)
        ]
        return [(a, b) for a, b in names if a in self._skeleton.bones and b in self._skeleton.bones]

    def _direction(self, upper: str, lower: str) -> NDArray[np.float64]:
        return self._skeleton.bones[lower].position - self._skeleton.bones[upper].position

    def _leg_ratio(self, bones: NDArray[np.float32]) -> float:
        """Return how long the avatar's left leg is beside the performer's."""
        lower, foot = _ROW["LeftLowerLeg"], _ROW["LeftFoot"]
        own = float(np.linalg.norm(bones[lower, :3]) + np.linalg.norm(bones[foot, :3]))
        theirs = sum(
            float(np.linalg.norm(direction))
            for upper, _, direction in self._limbs
            if upper in (_ROW["LeftUpperLeg"], lower)
        )
        return theirs / own if theirs > 0 and own > 0 else 1.0


def _global_rotations(local: NDArray[np.float64]) -> NDArray[np.float64]:
    turns = local.copy()
    for bone, parent in BONE_PARENTS.items():
        turns[_ROW[bone]] = multiply_quaternions(turns[_ROW[parent]], local[_ROW[bone]])
    return turns


def _shortest_turn(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quaternion that brings one direction to another by the shortest way."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    quaternion = np.append(np.cross(a, b), 1 + a @ b)
    length = np.linalg.norm(quaternion)
    return (
        quaternion / length if length > 1e-6 else _IDENTITY
    )  # opposite ways have no shortest turn
