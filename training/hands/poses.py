"""How hands are held before a webcam: gestures beside what `training.render.hands` draws. All are left hands.

Fingers are index, middle, pinky, ring and thumb with three joints each, rotation vectors relative to the flat hand. A
left finger curls about -z and spreads about y. Knuckles bend together: the last joint follows the middle one, and the
fingers close up when they curl. The axes of curling converge towards the thumb's root as the fist closes, more in some
hands than in others.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from training.kit import Kit
from training.render.clips import relaxed_hand
from training.render.hands import HandOptions, HandSampler
from training.splits import pick

Thumb = Literal["out", "along", "across", "pinch"]

_DISTAL: Final = 0.66
"""The last joint of a finger bends by this much of the middle one."""
_TILTS: Final = np.array((0.2, 0.02, -0.3, -0.14))
"""x of the unit axes of curling of index, middle, pinky and ring in a closed fist; their y is `_LEAN`."""
_LEAN: Final = 0.14
_FAN: Final = np.array((0.12, 0.03, -0.22, -0.09))
"""How far the fingers go apart when the hand is spread, radians about y."""
_GESTURES, _RELAXED = 0.4, 0.18
"""Shares of gestures, and of hands as walkers have them; the others are the sampler's, which knows the kit's stills and
the ranges of joints."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A canonical gesture: how far each finger is curled, 0 to 1, and where the thumb is."""

    index: float
    middle: float
    ring: float
    pinky: float
    thumb: Thumb
    spread: float = 0.0


GESTURES: Final[dict[str, Gesture]] = {
    "open": Gesture(0, 0, 0, 0, "out", 1.0),
    "flat": Gesture(0, 0, 0, 0, "along"),
    "relaxed": Gesture(0.25, 0.3, 0.35, 0.4, "along"),
    "fist": Gesture(1, 1, 1, 1, "across"),
    "point": Gesture(0, 1, 1, 1, "across"),
    "peace": Gesture(0, 0, 1, 1, "across", 0.8),
    "three": Gesture(0, 0, 0, 1, "across", 0.5),
    "four": Gesture(0, 0, 0, 0, "across", 0.4),
    "thumb up": Gesture(1, 1, 1, 1, "out"),
    "pistol": Gesture(0, 1, 1, 1, "out"),
    "horns": Gesture(0, 1, 1, 0, "across", 0.5),
    "call": Gesture(1, 1, 1, 0, "out"),
    "pinch": Gesture(0.5, 0.55, 0.6, 0.65, "pinch"),
    "ok": Gesture(0.5, 0.15, 0.05, 0.0, "pinch", 0.5),
    "claw": Gesture(0.5, 0.5, 0.5, 0.5, "out", 0.7),
}
"""Gestures that people make before a webcam."""

_THUMBS: Final[dict[Thumb, NDArray[np.float64]]] = {
    "out": np.array(((-0.5, 0.1, -0.1), (-0.1, 0.1, 0.1), (0.1, -0.2, -0.1))),
    "along": np.array(((-0.5, 0.45, -0.4), (-0.1, 0.15, 0.1), (-0.05, -0.05, 0.0))),
    "across": np.array(((0.35, 0.1, -0.4), (-0.05, 0.42, 0.15), (0.5, 1.05, -0.35))),
    "pinch": np.array(((-0.2, 0.09, -1.02), (-0.56, 0.49, 0.55), (-0.34, 0.01, 0.34))),
}
"""Thumbs of the kit's hands that make these gestures."""


class HandPoses:
    """Draws left hands (15, 3).

    Args:
        kit: The kit, for its stored poses with fingers.
    """

    def __init__(self, kit: Kit) -> None:
        self._sampler = HandSampler(kit, "train", HandOptions())
        self._gestures = list(GESTURES.values())

    def draw(self, rng: np.random.Generator) -> Float64[np.ndarray, "15 3"]:
        """Return a hand at random."""
        kind = rng.random()
        if kind < _GESTURES:
            return gesture_hand(pick(rng, self._gestures), rng)
        if kind < _GESTURES + _RELAXED:
            return relaxed_hand(rng)
        return self._sampler.draw(rng, 1)[0]


def gesture_hand(
    gesture: Gesture, rng: np.random.Generator, *, variety: float = 1.0
) -> Float64[np.ndarray, "15 3"]:
    """Return a left hand that makes a gesture, `variety` 0 for always the same one."""
    curls = np.array((gesture.index, gesture.middle, gesture.pinky, gesture.ring))
    curls = curls + variety * rng.normal(0, 0.09, 4)
    spread = gesture.spread + variety * rng.normal(0, 0.3)
    hand = np.zeros((15, 3))
    hand[:12] = _fingers(curls, spread, rng, looseness=variety)
    hand[12:] = _THUMBS[gesture.thumb] + variety * rng.normal(0, 0.13, (3, 3))
    return hand


def _fingers(
    curls: NDArray[np.floating], spread: float, rng: np.random.Generator, *, looseness: float = 1.0
) -> Float64[np.ndarray, "12 3"]:
    """Return four fingers by how far each is curled, 0 to 1, and how far they are spread."""
    closed = rng.uniform(0, 1.1)  # how much the axes of this hand converge
    knuckle = 1.5 * curls + looseness * rng.normal(0, 0.14, 4)
    middle = 1.75 * curls + looseness * rng.normal(0, 0.14, 4)
    last = _DISTAL * middle + looseness * rng.normal(0, 0.1, 4)
    bends = np.stack(
        [knuckle.clip(-0.45, 1.65), middle.clip(-0.1, 1.95), last.clip(-0.25, 1.4)], axis=1
    )
    axes = np.zeros((4, 3, 3))
    axes[..., 0] = closed * _TILTS[:, None] + rng.normal(0, 0.05, (4, 3))
    axes[..., 1] = closed * _LEAN + rng.normal(0, 0.05, (4, 3))
    axes[..., 2] = -1
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    turns = matrix_from_axis_angle(bends[..., None] * axes).astype(np.float64)
    room = np.clip(1 - bends[:, 0] / 1.6, 0.1, 1.0)  # curled fingers cannot spread
    aside = np.zeros((4, 3))
    aside[:, 1] = -room * (spread * _FAN + rng.normal(0, 0.05, 4))
    turns[:, 0] = matrix_from_axis_angle(aside) @ turns[:, 0]
    return axis_angle_from_matrix(turns).reshape(12, 3).astype(np.float64)
