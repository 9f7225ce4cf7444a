"""How much each of the 55 joints can be believed."""

from typing import Final

import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from engines.body.pose import read_only
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.types import JOINT_COUNT

_HALF_AT_M: Final = 0.08  # a landmark so far from its ray is believed half
_GUESS: Final = 0.1  # less than this is no observation

_TORSO: Final = (11, 12, 23, 24)
_LANDMARKS_OF_JOINT: Final[dict[str, tuple[int, ...]]] = {
    "pelvis": (23, 24),
    "spine1": _TORSO,
    "spine2": _TORSO,
    "spine3": (11, 12),
    "neck": (7, 8, 11, 12),
    "head": (0, 2, 5, 7, 8),
    "left_collar": (11,),
    "right_collar": (12,),
    "left_shoulder": (11,),
    "right_shoulder": (12,),
    "left_elbow": (13,),
    "right_elbow": (14,),
    "left_wrist": (15,),
    "right_wrist": (16,),
    "left_hip": (23,),
    "right_hip": (24,),
    "left_knee": (25,),
    "right_knee": (26,),
    "left_ankle": (27,),
    "right_ankle": (28,),
    "left_foot": (29, 31),
    "right_foot": (30, 32),
}
_WEIGHTS: Final = np.zeros((22, 33))
for _name, _indices in _LANDMARKS_OF_JOINT.items():
    _WEIGHTS[JOINT_INDEX[_name], list(_indices)] = 1 / len(_indices)


def joint_confidence(
    seen: Float64[np.ndarray, "33"],
    errors_m: Float64[np.ndarray, "33"],
    *,
    left_hand: float,
    right_hand: float,
    face: float,
) -> Float32[np.ndarray, "55"]:
    """Return a confidence in [0, 1] for each joint; 0 for a guess.

    Args:
        seen: Likelihood that each landmark is in the picture, not hidden, and trusted.
        errors_m: How far the solved body is from each landmark; NaN for landmarks that are not used.
        left_hand: Confidence of the left hand, 0 when not seen.
        right_hand: Confidence of the right hand.
        face: Confidence of the face.
    """
    fit = 1 / (1 + (np.nan_to_num(errors_m) / _HALF_AT_M) ** 2)
    confidence = np.zeros(JOINT_COUNT)
    confidence[:22] = _WEIGHTS @ (seen * fit)
    confidence[LEFT_HAND] = left_hand
    confidence[RIGHT_HAND] = right_hand
    confidence[[JAW, LEFT_EYE, RIGHT_EYE]] = face
    _raise(confidence, "head", face)
    _raise(confidence, "left_wrist", left_hand)
    _raise(confidence, "right_wrist", right_hand)
    return read_only(np.where(confidence < _GUESS, 0.0, confidence))


def _raise(confidence: NDArray[np.float64], name: str, value: float) -> None:
    index = JOINT_INDEX[name]
    confidence[index] = max(confidence[index], value)
