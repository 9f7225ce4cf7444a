"""How much each of the 55 joints can be believed."""

from typing import Final

import numba
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
_ENDS: Final = tuple(JOINT_INDEX[name] for name in ("head", "left_wrist", "right_wrist"))
_FACE_JOINTS: Final = [JAW, LEFT_EYE, RIGHT_EYE]
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
    confidence = np.zeros(JOINT_COUNT)
    _believe(seen, errors_m, _WEIGHTS, confidence)
    confidence[LEFT_HAND] = left_hand
    confidence[RIGHT_HAND] = right_hand
    confidence[_FACE_JOINTS] = face
    for joint, value in zip(_ENDS, (face, left_hand, right_hand), strict=True):
        confidence[joint] = max(confidence[joint], value)
    confidence[confidence < _GUESS] = 0.0
    return read_only(confidence)


@numba.njit(cache=True)
def _believe(
    seen: NDArray[np.float64],
    errors_m: NDArray[np.float64],
    weights: NDArray[np.float64],
    confidence: NDArray[np.float64],
) -> None:
    """Write the confidence of the joints that have landmarks."""
    for landmark in range(len(seen)):
        error = errors_m[landmark] / _HALF_AT_M
        fit = seen[landmark] / (1 + error * error)
        if np.isnan(error):
            fit = seen[landmark]
        for joint in range(len(weights)):
            confidence[joint] += weights[joint, landmark] * fit
