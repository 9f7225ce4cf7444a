"""A learned first guess of a hand: a small network that knows how MediaPipe errs on hands, and how hands are held.

The network is made by the package `training` (training/hands/MODEL_CARD.md) for left hands that point up in the
picture; any hand is mirrored and turned to be one. It is asked once a frame for each hand that is seen.
"""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.rotations import multiply_matrices_kernel
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

_KNUCKLES: Final = (5, 9, 13)
_WORLD_M: Final = 0.08
_LEAST_SPREAD: Final = 1e-4
_USUAL_PX: Final = 60.0


class LiftedHand(NamedTuple):
    """What the network makes of one hand."""

    rotations: Float64[np.ndarray, "16 3 3"]
    """The wrist in the camera frame, then the 15 finger joints relative to their parents."""
    sigmas: Float64[np.ndarray, "16"]
    """Standard deviation of each rotation about each axis, radians, as far as the network can tell."""


class SeenHand(NamedTuple):
    """One hand as a camera that looks straight at it sees it."""

    points: Float64[np.ndarray, "21 3"]
    """Landmarks about the wrist, in units of the hand's distance."""
    to_camera: Float64[np.ndarray, "3 3"]
    """Rotation from there to the camera frame."""
    size_px: float
    """Size in the picture."""
    world: Float64[np.ndarray, "21 3"]
    """Metric landmarks, zero where the detector gives none."""


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

    def lift(self, hand: SeenHand, side: Side) -> LiftedHand | None:
        """Return the hand that landmarks suggest; None where they make no sense."""
        if self._session is None:
            raise StageError("the hand lifter is not open; call open() first")
        numbers, turn, is_right = np.empty(NUMBERS), np.zeros((3, 3)), side == "right"
        _write_upright(hand.points, hand.world, hand.size_px, is_right, numbers, turn)
        if not np.isfinite(numbers).all():
            return None
        self._input[0] = numbers
        outputs = self._session.run({"numbers": self._input})
        rotations = _in_camera(outputs["rotations"][0], turn, hand.to_camera, is_right)
        return LiftedHand(rotations, outputs["sigmas"][0].astype(np.float64))

    def close(self) -> None:
        """Free the network; may be called twice."""
        if self._session is not None:
            self._session.close()
            self._session = None


def see_hand(
    points_px: NDArray[np.floating], world: NDArray[np.floating] | None, camera: Camera
) -> SeenHand:
    """Return a hand as a camera that looks straight at it sees it.

    Args:
        points_px: x, y, z in pixels (21, 3).
        world: Metric landmarks (21, 3), where the detector gives them.
        camera: What it was seen with.
    """
    points = points_px.astype(np.float64)
    rays = rays_of_pixels(np.ascontiguousarray(points[:, :2]), camera)
    seen, middle, size_px = _about_wrist(points, rays, camera.fx)
    metric = np.zeros((21, 3)) if world is None else world.astype(np.float64)
    return SeenHand(seen, turn_to_ray(middle), size_px, metric)


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
    numbers, turns = np.empty((len(points), NUMBERS)), np.zeros((len(points), 3, 3))
    for row in range(len(points)):
        _write_upright(points[row], world[row], size_px[row], False, numbers[row], turns[row])
    return Upright(numbers, turns)


@numba.njit(cache=True)
def _about_wrist(
    points_px: NDArray[np.float64], rays: NDArray[np.float64], focal: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return landmarks about the first one, the mean ray, and the size in the picture."""
    seen, middle, size_px = np.empty((len(rays), 3)), np.zeros(2), 0.0
    for a in range(2):
        low = high = points_px[0, a]
        for k in range(len(rays)):
            seen[k, a] = rays[k, a] - rays[0, a]
            middle[a] += rays[k, a] / len(rays)
            low, high = min(low, points_px[k, a]), max(high, points_px[k, a])
        size_px = max(size_px, high - low)
    for k in range(len(rays)):
        seen[k, 2] = (points_px[k, 2] - points_px[0, 2]) / focal
    return seen, middle, size_px


@numba.njit(cache=True)
def _write_upright(
    points: NDArray[np.float64],
    world: NDArray[np.float64],
    size_px: float,
    is_right: bool,
    numbers: NDArray[np.float64],
    turn: NDArray[np.float64],
) -> None:
    """Write one hand's numbers and its rotation; a right hand is mirrored."""
    x, y, side = 0.0, 0.0, -1.0 if is_right else 1.0
    for knuckle in _KNUCKLES:
        x += side * (points[knuckle, 0] - points[0, 0])
        y += points[knuckle, 1] - points[0, 1]
    angle = np.arctan2(x, -y)
    c, s = np.cos(angle), np.sin(angle)
    turn[0, 0] = turn[1, 1] = c
    turn[0, 1], turn[1, 0], turn[2, 2] = s, -s, 1.0
    middle, known = np.zeros(2), False
    for k in range(21):
        for a in range(2):
            middle[a] += points[k, a] / 21
        for a in range(3):
            known |= world[k, a] != 0
    spread = 0.0
    for k in range(21):
        for a in range(2):
            spread += (points[k, a] - middle[a]) ** 2 / 21
    spread = max(np.sqrt(spread), _LEAST_SPREAD)
    for k in range(21):
        for first, px, py, pz, scale in (
            (0, side * points[k, 0], points[k, 1], points[k, 2], spread),
            (
                63, side * (world[k, 0] - world[0, 0]), world[k, 1] - world[0, 1],
                world[k, 2] - world[0, 2], _WORLD_M,
            ),
        ):  # fmt: skip
            numbers[first + 3 * k] = (c * px + s * py) / scale
            numbers[first + 3 * k + 1] = (c * py - s * px) / scale
            numbers[first + 3 * k + 2] = pz / scale
    numbers[126] = np.log(max(size_px, 1.0) / _USUAL_PX)
    numbers[127] = 1.0 if known else 0.0


@numba.njit(cache=True)
def _in_camera(
    rotations: NDArray[np.float32],
    turn: NDArray[np.float64],
    to_camera: NDArray[np.float64],
    is_right: bool,
) -> NDArray[np.float64]:
    """Return the network's rotations turned back, mirrored if need be, the wrist in the camera frame."""
    lifted = np.empty((16, 3, 3))
    for j in range(16):
        for a in range(3):
            for b in range(3):
                value = 0.0
                if j == 0:
                    for c in range(3):
                        value += turn[c, a] * rotations[0, c, b]
                else:
                    value = rotations[j, a, b]
                lifted[j, a, b] = -value if is_right and (a == 0) != (b == 0) else value
    wrist = lifted[0].copy()
    multiply_matrices_kernel(to_camera, wrist, lifted[0])
    return lifted
