"""A learned first guess of a hand: a small network that knows how MediaPipe errs on hands, and how hands are held.

The network is made by the package `training` (training/hands/MODEL_CARD.md) for left hands that point up in the
picture; any hand is mirrored and turned to be one. It is asked once a frame for each hand that is seen.
"""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.errors import StageError
from engines.landmarks.attachments import Side
from engines.landmarks.view import rays_of_pixels, turn_to_ray
from engines.model_store import model_path
from engines.runtime.catalog import REFERENCE
from engines.runtime.session import Session
from engines.types import Camera

MODEL: Final = "hand_lifter"
"""Name of its card in assets/models.toml."""
NUMBERS: Final = 2 * 63 + 2
"""Numbers that the network reads."""

_KNUCKLES: Final = [5, 9, 13]
_MIRROR: Final = np.array((-1.0, 1.0, 1.0))
_WORLD_M: Final = 0.08
_LEAST_SPREAD: Final = 1e-4
_USUAL_PX: Final = 60.0


class LiftedHand(NamedTuple):
    """What the network makes of one hand."""

    rotations: Float64[np.ndarray, "16 3 3"]
    """The wrist in the camera frame, then the 15 finger joints relative to their parents."""
    sigmas: Float64[np.ndarray, "16"]
    """Standard deviation of each rotation about each axis, radians, as far as the network can tell."""


class HandLandmarks(NamedTuple):
    """One seen hand."""

    points_px: NDArray[np.floating]
    """x, y, z in pixels (21, 3)."""
    world: NDArray[np.floating] | None
    """Metric landmarks (21, 3), where the detector gives them."""


class Upright(NamedTuple):
    """Hands as the network wants them."""

    numbers: Float64[np.ndarray, "n 128"]
    """Its input."""
    turns: Float64[np.ndarray, "n 3 3"]
    """Rotation of each about the line of sight, from the way it is seen to upright."""


class HandLifter:
    """The network on one thread of the CPU. Opened, used and closed on one thread of the program."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._input = np.zeros((1, NUMBERS), np.float32)

    def open(self) -> None:
        """Load the network and run it once.

        Raises:
            ModelMissing: its file is not there.
            ModelError: the file is damaged.
        """
        self._session = REFERENCE.open(model_path(MODEL), threads=1)
        self._session.run({"numbers": self._input})

    def lift(self, hand: HandLandmarks, side: Side, camera: Camera) -> LiftedHand | None:
        """Return the hand that landmarks suggest; None where they make no sense."""
        if self._session is None:
            raise StageError("the hand lifter is not open; call open() first")
        points, to_camera = as_seen(hand.points_px, camera)
        mirror = _MIRROR if side == "right" else np.ones(3)
        world = np.zeros((21, 3)) if hand.world is None else hand.world
        size_px = float(np.ptp(hand.points_px[:, :2], axis=0).max())
        upright = make_upright((points * mirror)[None], (world * mirror)[None], np.array([size_px]))
        if not np.isfinite(upright.numbers).all():
            return None
        self._input[:] = upright.numbers
        outputs = self._session.run({"numbers": self._input})
        rotations = outputs["rotations"][0].astype(np.float64)
        rotations[0] = upright.turns[0].T @ rotations[0]
        rotations = mirror[:, None] * rotations * mirror
        rotations[0] = to_camera @ rotations[0]
        return LiftedHand(rotations, outputs["sigmas"][0].astype(np.float64))

    def close(self) -> None:
        """Free the network; may be called twice."""
        if self._session is not None:
            self._session.close()
            self._session = None


def as_seen(
    points_px: NDArray[np.floating], camera: Camera
) -> tuple[Float64[np.ndarray, "21 3"], Float64[np.ndarray, "3 3"]]:
    """Return a hand as a camera that looks straight at it sees it, and the rotation from there to the camera frame.

    Args:
        points_px: x, y, z in pixels (21, 3).
        camera: What it was seen with.

    Returns:
        Landmarks about the wrist, in units of the hand's distance; and the rotation.
    """
    points = points_px.astype(np.float64)
    rays = rays_of_pixels(np.ascontiguousarray(points[:, :2]), camera)
    seen = np.column_stack([rays - rays[0], (points[:, 2] - points[0, 2]) / camera.fx])
    return seen, turn_to_ray(rays.mean(axis=0))


def make_upright(
    points: Float64[np.ndarray, "n 21 3"],
    world: Float64[np.ndarray, "n 21 3"],
    size_px: Float64[np.ndarray, " n"],
) -> Upright:
    """Return left hands turned so that the way from the wrist to the knuckles is up in the picture, of unit size.

    Args:
        points: Landmarks about the wrist, x right, y down, z away, of any scale.
        world: Metric landmarks about any point; zero where unknown.
        size_px: How large the hands are in the picture.
    """
    way = points[:, _KNUCKLES, :2].mean(axis=1) - points[:, 0, :2]
    angle = np.arctan2(way[:, 0], -way[:, 1])
    turns = np.zeros((len(points), 3, 3))
    turns[:, 0, 0] = turns[:, 1, 1] = np.cos(angle)
    turns[:, 0, 1] = np.sin(angle)
    turns[:, 1, 0] = -np.sin(angle)
    turns[:, 2, 2] = 1
    seen = points @ turns.transpose(0, 2, 1)
    about = seen - seen.mean(axis=1, keepdims=True)
    spread = np.sqrt((about[..., :2] ** 2).sum(axis=2).mean(axis=1))
    seen = seen / np.maximum(spread, _LEAST_SPREAD)[:, None, None]
    metric = (world - world[:, :1]) @ turns.transpose(0, 2, 1) / _WORLD_M
    known = np.abs(world).max(axis=(1, 2)) > 0
    numbers = [
        seen.reshape(len(points), -1),
        metric.reshape(len(points), -1),
        np.log(np.maximum(size_px, 1.0) / _USUAL_PX)[:, None],
        known[:, None].astype(float),
    ]
    return Upright(np.concatenate(numbers, axis=1), turns)
