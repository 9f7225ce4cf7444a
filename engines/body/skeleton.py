"""The 55 joints of SMPL-X: names, order, parents, mirror pairs, groups."""

from typing import Final

import numpy as np

_FINGERS: Final = ("index", "middle", "pinky", "ring", "thumb")

JOINT_NAMES: Final[tuple[str, ...]] = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "jaw", "left_eye_smplhf",
    "right_eye_smplhf",
    *(f"{side}_{finger}{k}" for side in ("left", "right") for finger in _FINGERS for k in (1, 2, 3)),
)  # fmt: skip
"""Joint names in SMPL-X order."""

JOINT_INDEX: Final[dict[str, int]] = {name: index for index, name in enumerate(JOINT_NAMES)}
"""Index of each joint name."""

PARENTS: Final[tuple[int, ...]] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
    21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
)  # fmt: skip
"""Parent of each joint; -1 for the pelvis. A parent always comes before its children."""

BODY: Final = slice(0, 22)
"""The pelvis and the 21 body joints."""
LEFT_HAND: Final = slice(25, 40)
"""The 15 finger joints of the left hand."""
RIGHT_HAND: Final = slice(40, 55)
"""The 15 finger joints of the right hand."""
JAW: Final = 22
LEFT_EYE: Final = 23
RIGHT_EYE: Final = 24


def _mirror_index() -> np.ndarray:
    def other_side(name: str) -> str:
        if name.startswith("left_"):
            return "right_" + name.removeprefix("left_")
        if name.startswith("right_"):
            return "left_" + name.removeprefix("right_")
        return name

    return np.array([JOINT_INDEX[other_side(name)] for name in JOINT_NAMES])


MIRROR: Final[np.ndarray] = _mirror_index()
"""Index of the joint on the other side of the body, for each joint; central joints give themselves."""
