"""What a camera is like that nobody measured: by its kind, its field of view, or a person of known height."""

import math
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64

from engines.errors import CalibrationError, ConfigError
from engines.types import Camera

FovAxis = Literal["diagonal", "horizontal"]

DIAGONAL_FOV_DEG: Final[dict[str, float]] = {
    "laptop": 72.0,
    "webcam": 78.0,
    "wide-webcam": 90.0,
    "phone": 74.0,
    "phone-selfie": 80.0,
    "action": 110.0,
}
"""Kind -> field of view across the diagonal of the full 16:9 picture: 78 and 90 degrees are what makers of common
webcams state (Logitech C920, Brio); the others are usual values. Expect ten per cent of error."""

_FULL_ASPECT: Final = 16 / 9


def guess_camera(width: int, height: int, kind: str = "webcam") -> Camera:
    """Return the camera of a kind in `DIAGONAL_FOV_DEG`, for pictures of a size.

    A mode of another shape is taken to be cut out of the full 16:9 picture, as webcams do: 4:3 keeps its height.
    """
    if kind not in DIAGONAL_FOV_DEG:
        raise ConfigError(
            f"camera kind {kind}: unknown; known are {', '.join(sorted(DIAGONAL_FOV_DEG))}"
        )
    longer, shorter = max(width, height), min(width, height)
    full_longer = max(longer, shorter * _FULL_ASPECT)
    full_diagonal = math.hypot(full_longer, full_longer / _FULL_ASPECT)
    return _with_focal(width, height, _focal(full_diagonal, DIAGONAL_FOV_DEG[kind]))


def camera_of_fov(width: int, height: int, fov_deg: float, axis: FovAxis = "diagonal") -> Camera:
    """Return the camera of a known field of view of the picture itself, degrees."""
    if not 5 <= fov_deg <= 170:
        raise ConfigError(f"field of view is {fov_deg} degrees; use 5 to 170")
    extent = math.hypot(width, height) if axis == "diagonal" else width
    return _with_focal(width, height, _focal(extent, fov_deg))


def camera_of_standing_person(
    width: int,
    height: int,
    feet_and_top_px: Float64[np.ndarray, "frames 2 2"],
    *,
    stature_m: float,
    distance_m: float,
) -> Camera:
    """Return the camera that sees a standing person of known height at a known distance so large.

    The camera has to be about level; a pitch of 10 degrees costs about two per cent.

    Args:
        width: Picture width, px.
        height: Picture height, px.
        feet_and_top_px: Middle between the soles and top of the head in each frame, px; frames with NaN are left out.
        stature_m: Height of the person.
        distance_m: From the lens to the person, along the floor.

    Raises:
        CalibrationError: nobody was seen from head to foot.
    """
    lengths = np.linalg.norm(feet_and_top_px[:, 1] - feet_and_top_px[:, 0], axis=1)
    lengths = lengths[np.isfinite(lengths)]
    if not len(lengths):
        raise CalibrationError("person: not seen from head to foot; step back and try again")
    return _with_focal(width, height, float(np.median(lengths)) * distance_m / stature_m)


def _focal(extent_px: float, fov_deg: float) -> float:
    return extent_px / 2 / math.tan(math.radians(fov_deg) / 2)


def _with_focal(width: int, height: int, focal: float) -> Camera:
    return Camera(width, height, focal, focal, width / 2, height / 2)
