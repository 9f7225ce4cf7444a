"""The 52 ARKit-named face actions: their names, and what they are in a body's own expression numbers."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.types import EXPRESSION_COUNT

ARKIT_NAMES: Final[tuple[str, ...]] = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight",
    "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight",
    "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
    "eyeWideLeft", "eyeWideRight",
    "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""Names of the face actions in the order of every array of blendshapes: alphabetical. Left is the person's own."""

ARKIT_INDEX: Final[dict[str, int]] = {name: index for index, name in enumerate(ARKIT_NAMES)}
"""Index of each face action."""


def _mirror_index() -> NDArray[np.intp]:
    def other_side(name: str) -> str:
        if name.endswith("Left"):
            return name.removesuffix("Left") + "Right"
        if name.endswith("Right"):
            return name.removesuffix("Right") + "Left"
        return name

    return np.array([ARKIT_INDEX[other_side(name)] for name in ARKIT_NAMES])


ARKIT_MIRROR: Final[NDArray[np.intp]] = _mirror_index()
"""Index of the same action on the other side, for each action; central ones give themselves."""


def expression_from_blendshapes(
    model: BodyModel, blendshapes: NDArray[np.floating]
) -> Float32[np.ndarray, "10"]:
    """Return the expression numbers whose shape is nearest to that of the blendshapes.

    Jaw, gaze and tongue are joints of the body or nothing at all, and not in these numbers. A body that does not know
    the actions, as any but the open body, has no such numbers: they are zero.

    Args:
        model: The body whose expression space is wanted.
        blendshapes: Coefficients (52,) in the order of `ARKIT_NAMES`.
    """
    if model.extras is None:
        return np.zeros(EXPRESSION_COUNT, np.float32)
    return model.extras.expression_from_arkit @ np.asarray(blendshapes, np.float32)
