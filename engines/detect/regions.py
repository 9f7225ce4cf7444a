"""Where in a picture to look for a hand or a face, from the landmarks of the body."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.types import PersonLandmarks

_HEAD: Final = slice(0, 11)
"""Pose landmarks of the face: nose, eyes, ears, mouth."""
_WRIST: Final = {"left": 15, "right": 16}
_KNUCKLES: Final = {"left": (17, 19), "right": (18, 20)}
_UPPER_BODY: Final = [*range(17), 23, 24]
"""Head, arms and hips: what a webcam sees."""

_HAND_SIDE_M: Final = 0.5
"""Twice a hand and more, for a wrist that is off and for hands held towards the camera."""
_HEAD_SIDE_M: Final = 0.45
"""Nearly twice a head."""
_SMALLEST_SIDE_PX: Final = 40
"""Below this the networks see nothing but blur."""
_LARGEST_PART_BEYOND: Final = 0.25
"""A region reaches beyond the picture by at most this part of its side; so far beyond, a hand is looked for at all."""
_HAND_BEYOND_WRIST: Final = 0.6
"""Middle of the hand on the way from the wrist past the knuckles, in units of that way."""


@dataclass(frozen=True, slots=True)
class Region:
    """A square in a picture, in whole pixels; it may reach beyond the picture."""

    x0: int
    """Left edge."""
    y0: int
    """Upper edge."""
    side: int
    """Length of its sides."""

    def of(self, image: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, "side side 3"]:
        """Return this part of a picture, black where it reaches beyond; not copied if it does not.

        Black and not cut or moved: MediaPipe follows a hand by its place relative to the region.
        """
        height, width = image.shape[:2]
        x1, y1 = self.x0 + self.side, self.y0 + self.side
        inside = image[max(self.y0, 0) : y1, max(self.x0, 0) : x1]
        if inside.shape[0] == inside.shape[1] == self.side:
            return inside
        above, below = max(-self.y0, 0), max(y1 - height, 0)
        before, behind = max(-self.x0, 0), max(x1 - width, 0)
        return cv2.copyMakeBorder(inside, above, below, before, behind, cv2.BORDER_CONSTANT)


def wrist_px(person: PersonLandmarks, side: str) -> Float32[np.ndarray, "2"]:
    """Return where the body landmarks put the `left` or `right` wrist, in pixels."""
    return person.pose_px[_WRIST[side], :2]


def wrist_visibility(person: PersonLandmarks, side: str) -> float:
    """Return how visible the `left` or `right` wrist is, in [0, 1]."""
    return float(person.pose_visibility[_WRIST[side]])


def hand_region(person: PersonLandmarks, side: str, width: int, height: int) -> Region | None:
    """Return where the `left` or `right` hand should be; None when out of the picture or too small."""
    wrist = wrist_px(person, side)
    knuckles = person.pose_px[list(_KNUCKLES[side]), :2].mean(axis=0)
    centre = wrist + _HAND_BEYOND_WRIST * (knuckles - wrist)
    return _square(centre, _HAND_SIDE_M * pixels_per_metre(person, width, height), width, height)


def head_region(person: PersonLandmarks, width: int, height: int) -> Region | None:
    """Return where the face should be; None when out of the picture or too small."""
    centre = person.pose_px[_HEAD, :2].mean(axis=0)
    return _square(centre, _HEAD_SIDE_M * pixels_per_metre(person, width, height), width, height)


def pixels_per_metre(person: PersonLandmarks, width: int, height: int) -> float:
    """Return the scale of the person in the picture.

    It is the ratio of the spread of the upper body's landmarks in the picture to the spread of the metric ones seen
    from the front (weak perspective), so that it does not depend on how the person stands. Landmarks out of the
    picture are guesses and count for little.
    """
    picture = person.pose_px[_UPPER_BODY, :2].astype(np.float64)
    metric = person.pose_world[_UPPER_BODY, :2].astype(np.float64)
    inside = ((picture >= 0) & (picture < (width, height))).all(axis=1)
    weight = np.where(inside, np.maximum(person.pose_visibility[_UPPER_BODY], 0.01), 0.01)
    return float(np.sqrt(_spread(picture, weight) / max(_spread(metric, weight), 1e-6)))


def _spread(points: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    offsets = points - np.average(points, axis=0, weights=weight)
    return float(weight @ (offsets**2).sum(axis=1))


def _square(centre: NDArray[np.floating], side: float, width: int, height: int) -> Region | None:
    """Return a square about a point that is in the picture or near it, moved so that most of it is in the picture."""
    x, y = float(centre[0]), float(centre[1])
    beyond = side * _LARGEST_PART_BEYOND
    is_near = -beyond < x < width + beyond and -beyond < y < height + beyond
    if side < _SMALLEST_SIDE_PX or not is_near:
        return None
    whole = min(round(side), max(width, height))
    beyond = whole * _LARGEST_PART_BEYOND
    x0 = min(max(x - whole / 2, -beyond), width + beyond - whole)
    y0 = min(max(y - whole / 2, -beyond), height + beyond - whole)
    return Region(round(x0), round(y0), whole)
