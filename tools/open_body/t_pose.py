"""Bends anny's rest pose, an A-pose, into the T-pose of SMPL-X with the full rig."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from tools.open_body.rig import Rig

PELVIS_M: Final = np.array([0.0, -0.35, 0.01])
"""Where the pelvis of each body is put."""

_COLLAR_LIFT: Final = np.radians(7)
_FINGER_FAN: Final = {2: 7.0, 3: 1.0, 4: -5.0, 5: -12.0}
"""Finger number -> degrees towards the thumb, in the plane of the flat hand."""
_THUMB_OUT: Final = np.radians(42)
_THUMB_DOWN: Final = -0.28
_FOREARM_TWIST: Final = 0.5
"""Share of the wrist's twist that the far half of the forearm takes."""


class TPose:
    """Re-poses bodies of one rig."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._tails = rig.tail_directions()
        self._order = _parents_first(rig.parents)

    def __call__(
        self, vertices: NDArray[np.float64], heads: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return vertices and joints (55, 3) in T-pose, the pelvis in its place.

        Args:
            vertices: At rest.
            heads: Bone heads at rest.
        """
        rotations = self._rotations(heads)
        posed = np.zeros_like(heads)
        for bone in self._order:
            parent = self._rig.parents[bone]
            if parent < 0:
                posed[bone] = heads[bone]
            else:
                posed[bone] = posed[parent] + rotations[parent] @ (heads[bone] - heads[parent])
        offsets = posed - np.einsum("bij,bj->bi", rotations, heads)
        weights = self._rig.weights
        skinned = np.einsum("vb,bij,vj->vi", weights, rotations, vertices, optimize=True)
        joints = self._rig.joints(posed)
        shift = PELVIS_M - joints[0]
        return skinned + weights @ offsets + shift, joints + shift

    def _rotations(self, heads: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the world rotation (bones, 3, 3) of each bone; trunk, head and feet stay."""
        rotations = np.tile(np.eye(3), (len(self._rig.bones), 1, 1))
        for suffix, sign in ((".L", 1.0), (".R", -1.0)):
            by_beginning = self._leg(heads, suffix, sign) | self._arm(heads, suffix, sign)
            for bone, index in self._rig.index.items():
                if not bone.endswith(suffix):
                    continue
                for beginning, rotation in by_beginning.items():
                    if bone.startswith(beginning):
                        rotations[index] = rotation
            self._turn_fingers(rotations, heads, suffix, sign)
        return rotations

    def _leg(
        self, heads: NDArray[np.float64], suffix: str, sign: float
    ) -> dict[str, NDArray[np.float64]]:
        hip, knee, ankle = (
            heads[self._rig.index[bone + suffix]] for bone in ("upperleg01", "lowerleg01", "foot")
        )
        return {
            "upperleg": _shortest(knee - hip, np.array([sign * 0.07, -1, 0])),
            "lowerleg": _shortest(ankle - knee, np.array([sign * 0.03, -1, -0.02])),
        }

    def _arm(
        self, heads: NDArray[np.float64], suffix: str, sign: float
    ) -> dict[str, NDArray[np.float64]]:
        shoulder, elbow, wrist, index, middle, ring, pinky = (
            heads[self._rig.index[bone + suffix]]
            for bone in (
                "upperarm01",
                "lowerarm01",
                "wrist",
                *(f"finger{k}-1" for k in (2, 3, 4, 5)),
            )
        )
        outwards = np.array([sign, 0, 0])
        collar = matrix_from_axis_angle(np.array([0, 0, sign * _COLLAR_LIFT]))
        upper = _shortest(collar @ (elbow - shoulder), outwards) @ collar
        fore = _shortest(upper @ (wrist - elbow), outwards) @ upper
        # the palm looks down: its length goes outwards, and index to pinky goes back
        palm = _frame((middle + ring) / 2 - wrist, pinky - index)
        hand = _frame(outwards, np.array([0, 0, -1.0])) @ palm.T
        twist = axis_angle_from_matrix(hand @ fore.T) @ outwards
        far_fore = matrix_from_axis_angle(_FOREARM_TWIST * twist * outwards) @ fore
        return {
            "clavicle": collar, "shoulder01": collar, "upperarm": upper, "lowerarm01": fore,
            "lowerarm02": far_fore, "wrist": hand, "metacarpal": hand,
        }  # fmt: skip

    def _turn_fingers(
        self, rotations: NDArray[np.float64], heads: NDArray[np.float64], suffix: str, sign: float
    ) -> None:
        for finger in (1, 2, 3, 4, 5):
            before = rotations[self._rig.index["wrist" + suffix]]
            for k in (1, 2, 3):
                bone = self._rig.index[f"finger{finger}-{k}{suffix}"]
                if k < 3:
                    along = heads[self._rig.index[f"finger{finger}-{k + 1}{suffix}"]] - heads[bone]
                else:
                    along = self._tails[bone]
                rotations[bone] = _shortest(before @ along, _finger_aim(finger, k, sign)) @ before
                before = rotations[bone]


def _finger_aim(finger: int, k: int, sign: float) -> NDArray[np.float64]:
    """Return where bone `k` of a finger points in T-pose: straight fingers, a thumb that turns outwards."""
    if finger == 1:
        aim = np.array([sign * np.cos(_THUMB_OUT), _THUMB_DOWN, np.sin(_THUMB_OUT)])
        return _unit(aim) + np.array([sign * 0.12 * (k - 1), 0, 0])
    angle = np.radians(_FINGER_FAN[finger])
    return np.array([sign * np.cos(angle), 0, np.sin(angle)])


def _shortest(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation that takes one direction to another on the short way; they are never opposite here."""
    a, b = _unit(start), _unit(end)
    x, y, z = np.cross(a, b)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + a @ b)


def _frame(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return axes along a vector and, as far as it is square to it, along another."""
    x = _unit(first)
    y = _unit(second - (second @ x) * x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)


def _parents_first(parents: list[int]) -> list[int]:
    depths = []
    for bone in range(len(parents)):
        depth, ancestor = 0, parents[bone]
        while ancestor >= 0:
            depth, ancestor = depth + 1, parents[ancestor]
        depths.append(depth)
    return sorted(range(len(parents)), key=depths.__getitem__)
