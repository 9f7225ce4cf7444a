"""The world frame (y up, +z towards the camera) and AMASS's (z up, +y away from the camera)."""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray


def _matrix(rows: list[list[float]]) -> Float64[np.ndarray, "3 3"]:
    matrix = np.array(rows)
    matrix.flags.writeable = False
    return matrix


AMASS_FROM_WORLD: Final[NDArray[np.float64]] = _matrix([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
"""Rotation: x stays, y is minus world z, z is world y."""

WORLD_FROM_AMASS: Final[NDArray[np.float64]] = _matrix([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
"""Its inverse."""
