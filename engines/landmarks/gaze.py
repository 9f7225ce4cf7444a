"""Where the eyes look: how far the irises are off the middle of the eyeballs."""

import math
from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

_CORNERS: Final = np.array(((33, 133), (263, 362)))
_CENTRE_MM: Final = np.array((0.0, 1.3, -11.8))
"""Middle of the eyeball seen from the middle of the eye's corners, head frame. Its height is where irises are found
in eyes that look straight ahead."""
_IRIS_RADII: Final = np.array((1.8, 1.2))
"""Way of an iris across and up the picture as the eye turns by one radian, in radii of the iris. An iris of 5.9 mm
turns about a centre 10.5 mm behind it: 1.8. Up and down the lids hide part of it, and the network finds less."""
_RADIUS_MM: Final = 5.1
"""Usual radius of an iris of the open body's size, as the network finds it..."""
_RADIUS_RANGE_MM: Final = (4.0, 6.5)
_LEARN_FRAMES: Final = 60
"""...and how long it takes to learn a person's."""
_OUTWARDS: Final = 0.25
"""Eyes face outwards by this much, radians: with the head turned aside, the far one is lost first."""
_FACING_BEGINS, _FACING_ENDS = 0.35, 0.75
"""Cosine between the way an eye faces and the way to the camera, from which it counts and from which fully."""
_SHUT: Final = 0.4
"""eyeBlink from which an eye says nothing of where it looks."""
_TINY: Final = 1e-6
_LEAST_SEEN: Final = 0.15
_FARTHEST_RAD: Final = (0.7, 0.5)
"""Eyes turn no further than this, to the side and up or down."""
_USUAL_FRAMES: Final = 1800
"""Where somebody looks on the whole is learnt over so many pictures: eyes differ, and so do the mesh's corners..."""
_PRIOR_FRAMES: Final = 6
"""...and the first ones count as if so many had gone before, all straight ahead."""
_USUAL_SHARE, _USUAL_MOST_RAD = 0.8, 0.21
"""So much of it is held to be the eyes' own, and no more than this: who sits before a camera looks at the screen."""
_FULL_SIDE_RAD, _FULL_HEIGHT_RAD = 0.5, 0.4
"""Turns at which the eyeLook coefficients are 1."""


class Gaze(NamedTuple):
    """How both eyes are turned in the head."""

    down: float
    """Radians."""
    left: float
    """To the person's left, radians."""

    def eye_pose(self) -> Float64[np.ndarray, "3"]:
        """Return the axis-angle of either eye joint: down about x, then left about y."""
        left, down = 0.5 * self.left, 0.5 * self.down
        axis = np.array((
            math.cos(left) * math.sin(down), math.sin(left) * math.cos(down), -math.sin(left) * math.sin(down),
        ))  # fmt: skip
        half = math.acos(min(max(math.cos(left) * math.cos(down), -1.0), 1.0))
        return axis * (2 * half / math.sin(half)) if half > _TINY else 2 * axis

    def actions(self) -> dict[str, float]:
        """Return the eight ARKit-named coefficients."""
        left, right, down, up = (
            min(max(turn, 0.0) / full, 1.0)
            for turn, full in (
                (self.left, _FULL_SIDE_RAD), (-self.left, _FULL_SIDE_RAD),
                (self.down, _FULL_HEIGHT_RAD), (-self.down, _FULL_HEIGHT_RAD),
            )
        )  # fmt: skip
        return {
            "eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": right, "eyeLookOutRight": right,
            "eyeLookDownLeft": down, "eyeLookDownRight": down, "eyeLookUpLeft": up, "eyeLookUpRight": up,
        }  # fmt: skip


class GazeReader:
    """Reads the gaze of one person. Both eyes turn together; while they are shut or out of view they stay as they were.

    Straight ahead is where the person looks on the whole.
    """

    def __init__(self) -> None:
        self._gaze = Gaze(0.0, 0.0)
        self._radius_mm = _RADIUS_MM
        self._usual = np.zeros(2)
        self._frames = _PRIOR_FRAMES

    def read(
        self,
        points: Float64[np.ndarray, "468 3"],
        irises: Float64[np.ndarray, "10 3"],
        rotation: Float64[np.ndarray, "3 3"],
        scale: float,
        blinks: tuple[float, float],
    ) -> Gaze:
        """Return the gaze in one picture.

        Args:
            points: Face mesh in the picture, without perspective.
            irises: Irises in the picture, as in `PersonLandmarks`.
            rotation: Head frame (y up, face towards +z) to picture (y down, z away from the camera).
            scale: Pixels of a millimetre of the head.
            blinks: eyeBlink of the right and the left eye.
        """
        self._radius_mm, total, down, left = _look(
            points, irises, rotation, scale, blinks[0], blinks[1], self._radius_mm
        )
        if total >= _LEAST_SEEN:
            self._gaze = self._about_usual(_within_reach(down, left))
        return self._gaze

    def _about_usual(self, gaze: Gaze) -> Gaze:
        self._frames = min(self._frames + 1, _USUAL_FRAMES)
        self._usual += (np.array(gaze) - self._usual) / self._frames
        down, left = (
            _USUAL_SHARE * min(max(turn, -_USUAL_MOST_RAD), _USUAL_MOST_RAD)
            for turn in self._usual.tolist()
        )
        return _within_reach(gaze.down - down, gaze.left - left)


@numba.njit(cache=True)
def _look(
    points: NDArray[np.float64],
    irises: NDArray[np.float64],
    rotation: NDArray[np.float64],
    scale: float,
    right_blink: float,
    left_blink: float,
    radius_mm: float,
) -> tuple[float, float, float, float]:
    """Return the radius of the irises, how well they are seen in all, and how far down and left they look.

    Where they are hardly seen, only that is told.
    """
    right = _seen(rotation, -1.0, right_blink)
    total = right + _seen(rotation, 1.0, left_blink)
    if total < _LEAST_SEEN or not scale > 0:
        return radius_mm, 0.0, 0.0, 0.0
    shares = (right / total, 1 - right / total)
    radius = 0.0
    for eye in range(2):
        middle = irises[5 * eye]
        for k in range(5 * eye + 1, 5 * eye + 5):
            edge = math.hypot(irises[k, 0] - middle[0], irises[k, 1] - middle[1])
            radius += shares[eye] * edge / (4 * scale)
    radius_mm += (radius - radius_mm) / _LEARN_FRAMES
    radius = min(max(radius_mm, _RADIUS_RANGE_MM[0]), _RADIUS_RANGE_MM[1])
    off = np.zeros(3)  # of the irises from the middle of the eyeballs
    for eye in range(2):
        for a in range(2):
            centre = 0.5 * (points[_CORNERS[eye, 0], a] + points[_CORNERS[eye, 1], a])
            for b in range(3):
                centre += scale * rotation[a, b] * _CENTRE_MM[b]
            way = (irises[5 * eye, a] - centre) / (scale * radius * _IRIS_RADII[a])
            off[a] += shares[eye] * way
    length = max(math.hypot(off[0], off[1]), 1.0)
    off /= length
    off[2] = -math.sqrt(max(1 - off[0] ** 2 - off[1] ** 2, 0.0))  # towards the camera's side
    x = y = z = 0.0  # in the head frame
    for a in range(3):
        x += rotation[a, 0] * off[a]
        y += rotation[a, 1] * off[a]
        z += rotation[a, 2] * off[a]
    return radius_mm, total, -math.asin(min(max(y, -1.0), 1.0)), math.atan2(x, z)


@numba.njit(cache=True)
def _seen(rotation: NDArray[np.float64], side: float, blink: float) -> float:
    """Return how well the iris of an eye can be seen, 0 to 1; `side` is 1 for the person's left."""
    facing = -(rotation[2, 0] * side * math.sin(_OUTWARDS) + rotation[2, 2] * math.cos(_OUTWARDS))
    part = (facing - _FACING_BEGINS) / (_FACING_ENDS - _FACING_BEGINS)
    return min(max(part, 0.0), 1.0) * max(1 - blink / _SHUT, 0.0)


def _within_reach(down: float, left: float) -> Gaze:
    side, height = _FARTHEST_RAD
    return Gaze(min(max(down, -height), height), min(max(left, -side), side))
