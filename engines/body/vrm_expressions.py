"""VRM's expression presets from the 52 ARKit-named coefficients.

Left out on purpose: Blink (Blink_L and Blink_R together are it; both would close the eyes twice), Fun (a smile cannot
be told from Joy) and Neutral (it is what remains).
"""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_NAMES

VRM0_NAMES: Final = (
    "A", "I", "U", "E", "O", "Blink_L", "Blink_R", "Joy", "Angry", "Sorrow", "Surprised",
    "LookUp", "LookDown", "LookLeft", "LookRight",
)  # fmt: skip
"""Names in VRM 0.x, in the order of `vrm_expressions`."""

VRM1_NAMES: Final = (
    "aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight", "happy", "angry", "sad", "surprised",
    "lookUp", "lookDown", "lookLeft", "lookRight",
)  # fmt: skip
"""Names in VRM 1.0, in the same order."""

_FEELING_THRESHOLD: Final = 0.3
"""Mouth and brow movement below which a face shows no feeling: a preset moves the whole face."""

_INDEX: Final = {name: index for index, name in enumerate(ARKIT_NAMES)}


def vrm_expressions(blendshapes: NDArray[np.floating]) -> Float32[np.ndarray, "15"]:
    """Return the weights in [0, 1] of the presets.

    The mouth's opening is shared out among A, E and O, its closing between I and U, by how round or wide the lips are:
    the five never add up to more than 1.
    """
    values = blendshapes.tolist()

    def get(name: str) -> float:
        return float(values[_INDEX[name]])

    def mean(stem: str) -> float:
        return (get(stem + "Left") + get(stem + "Right")) / 2

    opening = max(0.0, get("jawOpen") - get("mouthClose"))
    rounding = max(get("mouthFunnel"), get("mouthPucker"))
    width = mean("mouthStretch") * (1 - rounding)
    joy = _feeling(mean("mouthSmile"))
    return np.array(
        [
            opening * (1 - rounding - width),
            (1 - opening) * width,
            (1 - opening) * rounding,
            opening * width,
            opening * rounding,
            get("eyeBlinkLeft"),
            get("eyeBlinkRight"),
            joy,
            _feeling(mean("browDown")) * (1 - joy),
            _feeling(mean("mouthFrown")) * (1 - joy),
            _feeling(min(get("browInnerUp"), mean("eyeWide"))),
            mean("eyeLookUp"),
            mean("eyeLookDown"),
            (get("eyeLookOutLeft") + get("eyeLookInRight")) / 2,
            (get("eyeLookInLeft") + get("eyeLookOutRight")) / 2,
        ],
        np.float32,
    ).clip(0, 1)


def _feeling(movement: float) -> float:
    return max(0.0, movement - _FEELING_THRESHOLD) / (1 - _FEELING_THRESHOLD)
