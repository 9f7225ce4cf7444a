"""Where somebody's trunk is in the picture: the steadiest thing about a person who moves."""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

_SHOULDERS: Final = [11, 12]
_HIPS: Final = [23, 24]
_LEAST_PX: Final = 1.0


class Trunk(NamedTuple):
    """From the middle of the shoulders to that of the hips, pixels."""

    middle: Float64[np.ndarray, "2"]
    """Half way."""
    length: float
    """At least one pixel."""


def trunk_of(points_px: Float32[np.ndarray, "33 3"]) -> Trunk:
    """Return the trunk of pose landmarks."""
    points = points_px[:, :2].astype(np.float64)
    shoulders, hips = points[_SHOULDERS].mean(axis=0), points[_HIPS].mean(axis=0)
    length = max(float(np.hypot(*(shoulders - hips))), _LEAST_PX)
    return Trunk(0.5 * (shoulders + hips), length)
