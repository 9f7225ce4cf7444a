"""Which settings each channel of a person has."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from jaxtyping import Float64

from engines.body.face import ARKIT_NAMES
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.smoothing.one_euro import OneEuroBank
from engines.smoothing.options import OneEuroSettings, SmoothingOptions
from engines.types import EXPRESSION_COUNT, JOINT_COUNT, PartStrengths

_HAND_JOINTS: Final = [
    JOINT_INDEX["left_wrist"],
    JOINT_INDEX["right_wrist"],
    *range(LEFT_HAND.start, RIGHT_HAND.stop),
]
_FACE_JOINTS: Final = [JAW, LEFT_EYE, RIGHT_EYE]


@dataclass(frozen=True, slots=True, eq=False)
class FilterBanks:
    """The settings of every channel of a person."""

    joints: OneEuroBank
    """55 rotations."""
    blendshapes: OneEuroBank
    """52 face coefficients."""
    expression: OneEuroBank
    """10 expression numbers."""
    root: OneEuroBank
    """Direction x/z, y/z and depth z of the pelvis."""

    @classmethod
    def of(cls, options: SmoothingOptions) -> Self:
        """Return the banks of a set of options."""
        joints = [options.body] * JOINT_COUNT
        for wrist in ("left_wrist", "right_wrist"):
            joints[JOINT_INDEX[wrist]] = options.wrists
        for hand in (LEFT_HAND, RIGHT_HAND):
            joints[hand] = [options.fingers] * (hand.stop - hand.start)
        joints[JAW] = options.face
        joints[LEFT_EYE] = joints[RIGHT_EYE] = options.eyes
        return cls(
            OneEuroBank.of(joints),
            OneEuroBank.of([_blendshape_settings(options, name) for name in ARKIT_NAMES]),
            OneEuroBank.of([options.face] * EXPRESSION_COUNT),
            OneEuroBank.of([options.root_direction] * 2 + [options.root_depth]),
        )


def joint_strengths(strengths: PartStrengths) -> Float64[np.ndarray, "55"]:
    """Return the smoothing strength of each joint's rotation."""
    of_joints = np.full(JOINT_COUNT, strengths.body)
    of_joints[_HAND_JOINTS] = strengths.hands
    of_joints[_FACE_JOINTS] = strengths.face
    return of_joints


def _blendshape_settings(options: SmoothingOptions, name: str) -> OneEuroSettings:
    if name.startswith(("eyeBlink", "eyeSquint", "eyeWide")):
        return options.blinks
    return options.eyes if name.startswith("eyeLook") else options.face
