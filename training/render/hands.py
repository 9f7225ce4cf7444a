"""Finger poses: drawn within the ranges of the joints, or near the gestures of the kit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.skeleton import LEFT_HAND, RIGHT_HAND
from engines.landmarks.limits import hand_ranges
from training.kit import Kit
from training.poses import STILLS
from training.splits import Split

_TO_OTHER_HAND: Final = np.array([1.0, -1.0, -1.0])
_JAW_AND_EYES: Final = 3
"""Joints that the kit's pose files lack before the fingers."""
_LEAST_CURL: Final = 0.05
"""Mean angle, radians, below which a still's hand is flat, as where the source has no fingers."""


@dataclass(frozen=True, slots=True)
class HandOptions:
    """How fingers are drawn. Angles in radians."""

    gestures: float = 0.3
    """Share near one of the kit's gestures..."""
    shaken: float = 0.12
    """...by this standard deviation."""
    together: float = 0.3
    """Share whose fingers curl alike, as in a grasp; in the others each finger curls on its own."""
    knuckle: tuple[float, float] = (-0.3, 1.57)
    """Flexion of the first joints of a stretched and a curled finger: 0 to 90 degrees, and some 20 beyond straight."""
    middle: tuple[float, float] = (-0.05, 1.75)
    """Of the second joints: 0 to 100 degrees."""
    last_share: float = 0.66
    """The last joint bends two thirds of the second (Lin, Wu, Huang: Modeling the Constraints of Human Hand Motion)."""
    spread: float = 0.3
    """Most that a stretched finger spreads, about 17 degrees; a curled one cannot."""
    thumb: float = 0.8
    """Of the thumb's joints: standard deviation in parts of their own at rest."""


class HandSampler:
    """Draws left hands; a right hand is its mirror image.

    Args:
        kit: The kit, for its gestures.
        split: `train` draws near the gestures, too.
        options: How.
    """

    def __init__(self, kit: Kit, split: Split, options: HandOptions) -> None:
        self._options = options
        self._gestures = _gestures(kit) if split == "train" else np.zeros((0, 15, 3))
        ranges = hand_ranges("left")
        self._lower, self._upper = ranges.lower[1:], ranges.upper[1:]
        self._thumb_sigmas = ranges.sigmas[-3:]

    def draw(self, rng: np.random.Generator, count: int) -> Float64[np.ndarray, "count 15 3"]:
        """Return the fingers of left hands, axis-angle relative to the flat hand."""
        hands = self._invented(rng, count)
        if len(self._gestures):
            near = rng.random(count) < self._options.gestures
            gestures = self._gestures[rng.integers(len(self._gestures), size=count)]
            gestures = gestures + rng.normal(0, self._options.shaken, gestures.shape)
            hands = np.where(near[:, None, None], gestures, hands)
        return hands.clip(self._lower, self._upper)

    def _invented(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        options = self._options
        curls = rng.random((count, 4))
        alike = rng.random((count, 1)) + rng.normal(0, 0.1, (count, 4))
        curls = np.where(rng.random((count, 1)) < options.together, alike, curls).clip(0, 1)
        curls = curls[:, :, None]
        bent = (curls + rng.normal(0, 0.12, (count, 4, 2))).clip(0, 1)
        knuckle = options.knuckle[0] + np.diff(options.knuckle) * bent[..., :1]
        middle = options.middle[0] + np.diff(options.middle) * bent[..., 1:]
        fingers = np.zeros((count, 4, 3, 3))
        fingers[..., 2] = -np.concatenate([knuckle, middle, options.last_share * middle], axis=2)
        spread = rng.uniform(-options.spread, options.spread, (count, 4))
        fingers[:, :, 0, 1] = spread * (1 - curls[..., 0])
        thumb = options.thumb * self._thumb_sigmas * rng.normal(size=(count, 3, 3))
        return np.concatenate([fingers.reshape(count, 12, 3), thumb], axis=1)


def other_hand(hand: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mirror image of hands (..., 15, 3)."""
    return hand * _TO_OTHER_HAND


def _gestures(kit: Kit) -> NDArray[np.float64]:
    """Return the hands of the kit's stills that are not flat, all as left hands."""
    hands = []
    for path in STILLS:
        with np.load(kit.file(path), allow_pickle=False) as archive:
            poses = archive["pose"].astype(np.float64)
        first, second = (
            poses[:, part.start - _JAW_AND_EYES : part.stop - _JAW_AND_EYES]
            for part in (LEFT_HAND, RIGHT_HAND)
        )
        hands += [first, other_hand(second)]
    every = np.concatenate(hands)
    posed = np.linalg.norm(every, axis=2).mean(axis=1) > _LEAST_CURL
    return every[posed]
