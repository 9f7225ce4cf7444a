"""VRCFaceTracking's avatar parameters (`v2/...`, Unified Expressions) from the 52 ARKit-named coefficients.

Names and mixtures follow VRCFaceTracking's UnifiedExpressionsMerger (5.x): every parameter is a weighted sum of
coefficients plus a constant, limited to its range.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX
from engines.types import BLENDSHAPE_COUNT

_LID_OPEN: Final = 0.75
"""An eye that is open and not widened."""


def _sides(name: str, **weights: float) -> dict[str, dict[str, float]]:
    """Return a parameter for each side, from coefficients whose names end with it where they are in lower case."""
    return {
        name + side: {action + side: weight for action, weight in weights.items()}
        for side in ("Left", "Right")
    }


_MIXTURES: Final[dict[str, dict[str, float]]] = {
    "EyeLeftX": {"eyeLookInLeft": 1, "eyeLookOutLeft": -1},
    "EyeRightX": {"eyeLookOutRight": 1, "eyeLookInRight": -1},
    "EyeLeftY": {"eyeLookUpLeft": 1, "eyeLookDownLeft": -1},
    "EyeRightY": {"eyeLookUpRight": 1, "eyeLookDownRight": -1},
    **_sides("EyeLid", eyeBlink=-_LID_OPEN, eyeWide=1 - _LID_OPEN),
    **_sides("EyeSquint", eyeSquint=1),
    **_sides("EyeWide", eyeWide=1),
    **_sides("BrowDown", browDown=1),
    **_sides("BrowOuterUp", browOuterUp=1),
    "BrowInnerUp": {"browInnerUp": 1},
    "BrowInnerUpLeft": {"browInnerUp": 1},
    "BrowInnerUpRight": {"browInnerUp": 1},
    "BrowExpressionLeft": {"browInnerUp": 0.5, "browOuterUpLeft": 0.5, "browDownLeft": -1},
    "BrowExpressionRight": {"browInnerUp": 0.5, "browOuterUpRight": 0.5, "browDownRight": -1},
    **_sides("CheekSquint", cheekSquint=1),
    "CheekPuffLeft": {"cheekPuff": 1},
    "CheekPuffRight": {"cheekPuff": 1},
    **_sides("NoseSneer", noseSneer=1),
    "JawOpen": {"jawOpen": 1},
    "JawX": {"jawRight": 1, "jawLeft": -1},
    "JawLeft": {"jawLeft": 1},
    "JawRight": {"jawRight": 1},
    "JawForward": {"jawForward": 1},
    "MouthClosed": {"mouthClose": 1},
    "MouthX": {"mouthRight": 1, "mouthLeft": -1},
    "LipFunnel": {"mouthFunnel": 1},
    "LipPucker": {"mouthPucker": 1},
    "LipSuckUpper": {"mouthRollUpper": 1},
    "LipSuckLower": {"mouthRollLower": 1},
    "MouthRaiserUpper": {"mouthShrugUpper": 1},
    "MouthRaiserLower": {"mouthShrugLower": 1},
    **_sides("MouthUpperUp", mouthUpperUp=1),
    **_sides("MouthLowerDown", mouthLowerDown=1),
    **_sides("MouthSmile", mouthSmile=1),
    **_sides("MouthFrown", mouthFrown=1),
    **_sides("MouthStretch", mouthStretch=1),
    **_sides("MouthDimple", mouthDimple=1),
    **_sides("MouthPress", mouthPress=1),
    **_sides("SmileFrown", mouthSmile=1, mouthFrown=-1),
    "TongueOut": {"tongueOut": 1},
}

UNIFIED_NAMES: Final = tuple(_MIXTURES)
"""Names behind `v2/`, in the order of `unified_values`."""


def _weights() -> NDArray[np.float32]:
    weights = np.zeros((len(_MIXTURES), BLENDSHAPE_COUNT), np.float32)
    for row, mixture in enumerate(_MIXTURES.values()):
        for action, weight in mixture.items():
            weights[row, ARKIT_INDEX[action]] = weight
    return weights


_WEIGHTS: Final = _weights()
_CONSTANTS: Final = np.array([_LID_OPEN if name.startswith("EyeLid") else 0 for name in _MIXTURES])


def unified_values(blendshapes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the values of all parameters, in [-1, 1]."""
    return (_WEIGHTS @ blendshapes + _CONSTANTS).clip(-1, 1)
