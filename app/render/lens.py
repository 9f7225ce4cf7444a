"""What a lens does to the way a camera sees: for bodies that are drawn over its pictures."""

from functools import lru_cache
from typing import Final

import cv2
import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.rasteriser import NEAR_M
from engines.types import Camera

_COEFFICIENTS: Final = 12
"""Of OpenCV's model those that are used here: k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4."""


def through_lens(
    vertices: Float32[np.ndarray, "n 3"], camera: Camera
) -> Float32[np.ndarray, "n 3"]:
    """Return points of the camera frame moved to where the same camera without distortion shows them in their place.

    A lens is only known inside its picture. What lies outside is moved as the edge is on its way to the middle: the
    polynomials of a lens fold back what is far outside. A tilted sensor, the last two of OpenCV's 14 coefficients, is
    left out.
    """
    if not camera.distortion:
        return vertices
    known = camera.distortion[:_COEFFICIENTS]
    coefficients = *map(float, known), *[0.0] * (_COEFFICIENTS - len(known))
    moved = np.empty_like(vertices)
    _bend_kernel(vertices, coefficients, _farthest(camera), moved)
    return moved


@lru_cache(maxsize=4)
def _farthest(camera: Camera) -> float:
    """Return how far from the axis, at a depth of 1, the picture's corners see."""
    pinhole = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    corners = np.array([(x, y) for x in (0.0, camera.width) for y in (0.0, camera.height)])
    rays = cv2.undistortPoints(corners[:, None], pinhole, np.array(camera.distortion))
    return float(np.linalg.norm(rays, axis=2).max())


@numba.njit(cache=True, nogil=True, fastmath=True)
def _bend_kernel(
    vertices: NDArray[np.float32],
    coefficients: tuple[float, ...],
    farthest: float,
    moved: NDArray[np.float32],
) -> None:
    """Fill the moved points; `cv2.projectPoints` does the same sum and its derivatives, in thirty times the time."""
    k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = coefficients
    for i in range(vertices.shape[0]):
        depth = max(vertices[i, 2], NEAR_M)
        x, y = vertices[i, 0] / depth, vertices[i, 1] / depth
        inwards = min(farthest / max(np.sqrt(x * x + y * y), 1e-9), 1.0)
        x, y = inwards * x, inwards * y
        square = x * x + y * y
        radial = 1 + square * (k1 + square * (k2 + square * k3))
        radial /= 1 + square * (k4 + square * (k5 + square * k6))
        right = p2 * (square + 2 * x * x) + 2 * p1 * x * y + square * (s1 + square * s2)
        down = p1 * (square + 2 * y * y) + 2 * p2 * x * y + square * (s3 + square * s4)
        moved[i, 0] = vertices[i, 0] + (x * (radial - 1) + right) * depth
        moved[i, 1] = vertices[i, 1] + (y * (radial - 1) + down) * depth
        moved[i, 2] = vertices[i, 2]
