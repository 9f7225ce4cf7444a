"""Which hand is whose left, and whose right."""

from collections.abc import Sequence
from itertools import permutations
from typing import Final, Literal

import numpy as np

from engines.detect.mediapipe_tasks import FoundHand
from engines.detect.regions import wrist_px
from engines.types import PersonLandmarks

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")

_LABEL_WEIGHT: Final = 0.5
"""What a wrong label costs, in hand sizes of distance: it decides only where both wrists are near. On blurred hands
MediaPipe's label is wrong in every third picture, while the body's wrists are off by a quarter of a hand."""
_TOO_COSTLY: Final = 1.5
"""Beyond this the hand is not this person's."""
_SAME_HAND: Final = 0.3
"""Two findings whose points are nearer than this many hand sizes on average are one hand."""


def assign_hands(person: PersonLandmarks, found: Sequence[FoundHand]) -> dict[Side, FoundHand]:
    """Return the person's own left and right hand among at most two findings, in pixels of the frame.

    A hand goes to the wrist that it is near, and by its looks where both are near; a hand near none is dropped, and
    so is the second finding of the same hand.
    """
    hands: list[FoundHand | None] = list(_distinct(found))
    hands += [None] * (len(SIDES) - len(hands))
    best = min(
        permutations(hands),
        key=lambda order: sum(
            min(_cost(person, side, hand), _TOO_COSTLY)
            for side, hand in zip(SIDES, order, strict=True)
        ),
    )
    return {
        side: hand
        for side, hand in zip(SIDES, best, strict=True)
        if hand is not None and _cost(person, side, hand) < _TOO_COSTLY
    }


def _cost(person: PersonLandmarks, side: Side, hand: FoundHand | None) -> float:
    """Return how badly a hand fits a side, in hand sizes."""
    if hand is None:
        return 0.0
    distance = np.linalg.norm(hand.points_px[0, :2] - wrist_px(person, side)) / _size(hand)
    wrong = hand.right_likelihood if side == "left" else 1 - hand.right_likelihood
    return float(distance + _LABEL_WEIGHT * wrong)


def _size(hand: FoundHand) -> float:
    """Return the longer side of the hand's bounding box in pixels, at least 1."""
    return max(float(np.ptp(hand.points_px[:, :2], axis=0).max()), 1.0)


def _distinct(found: Sequence[FoundHand]) -> Sequence[FoundHand]:
    if len(found) < 2:
        return found
    apart = np.linalg.norm(found[0].points_px[:, :2] - found[1].points_px[:, :2], axis=1).mean()
    return found[:1] if apart < _SAME_HAND * min(map(_size, found)) else found
