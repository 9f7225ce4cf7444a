"""Where the eyes look: how far the irises are off the middle of the eyeballs."""

import math
from typing import Final, NamedTuple

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
        seen = np.array(
            [_seen(rotation, side, blink) for side, blink in zip((-1, 1), blinks, strict=True)]
        )
        total = float(seen.sum())
        if total < _LEAST_SEEN or not scale > 0:
            return self._gaze
        seen /= total
        circles = irises[:, :2].reshape(2, 5, 2)
        edges = np.linalg.norm(circles[:, 1:] - circles[:, :1], axis=2).mean(axis=1) / scale
        self._radius_mm += (float(seen @ edges) - self._radius_mm) / _LEARN_FRAMES
        radius = min(max(self._radius_mm, _RADIUS_RANGE_MM[0]), _RADIUS_RANGE_MM[1])
        corners = points[_CORNERS].mean(axis=1)
        centres = (corners + scale * rotation @ _CENTRE_MM)[:, :2]
        off = seen @ (circles[:, 0] - centres) / (scale * radius * _IRIS_RADII)
        self._gaze = self._about_usual(_turned(rotation.T @ _towards_camera(off)))
        return self._gaze

    def _about_usual(self, gaze: Gaze) -> Gaze:
        self._frames = min(self._frames + 1, _USUAL_FRAMES)
        self._usual += (np.array(gaze) - self._usual) / self._frames
        own = _USUAL_SHARE * np.clip(self._usual, -_USUAL_MOST_RAD, _USUAL_MOST_RAD)
        return _within_reach(gaze.down - float(own[0]), gaze.left - float(own[1]))


def _seen(rotation: NDArray[np.float64], side: int, blink: float) -> float:
    """Return how well the iris of an eye can be seen, 0 to 1; `side` is 1 for the person's left."""
    outwards = np.array((side * math.sin(_OUTWARDS), 0.0, math.cos(_OUTWARDS)))
    facing = -float(rotation[2] @ outwards)
    part = (facing - _FACING_BEGINS) / (_FACING_ENDS - _FACING_BEGINS)
    return min(max(part, 0.0), 1.0) * max(1 - blink / _SHUT, 0.0)


def _towards_camera(across: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit vector with these x and y that points to the camera's side."""
    length = max(float(np.linalg.norm(across)), 1.0)
    x, y = across / length
    return np.array((x, y, -math.sqrt(max(1 - x * x - y * y, 0.0))))


def _turned(direction: NDArray[np.float64]) -> Gaze:
    x, y, z = direction.tolist()
    return _within_reach(-math.asin(min(max(y, -1.0), 1.0)), math.atan2(x, z))


def _within_reach(down: float, left: float) -> Gaze:
    side, height = _FARTHEST_RAD
    return Gaze(min(max(down, -height), height), min(max(left, -side), side))
