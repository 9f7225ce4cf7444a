"""What a lens does to the way a camera sees: for bodies that are drawn over its pictures."""

import cv2
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.rasteriser import NEAR_M
from engines.types import Camera


def through_lens(
    vertices: Float32[np.ndarray, "n 3"], camera: Camera
) -> Float32[np.ndarray, "n 3"]:
    """Return points of the camera frame moved to where the same camera without distortion shows them in their place.

    A lens is only known inside its picture. What lies outside is moved as the edge is on its way to the middle: the
    polynomials of a lens fold back what is far outside.
    """
    if not camera.distortion:
        return vertices
    pinhole = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    coefficients = np.array(camera.distortion)
    corners = np.array([(x, y) for x in (0.0, camera.width) for y in (0.0, camera.height)])
    farthest = np.linalg.norm(
        cv2.undistortPoints(corners[:, None], pinhole, coefficients), axis=2
    ).max()
    depth = np.maximum(vertices[:, 2:], NEAR_M).astype(np.float64)
    rays = vertices[:, :2] / depth
    within = rays * np.minimum(
        farthest / np.maximum(np.linalg.norm(rays, axis=1, keepdims=True), 1e-9), 1.0
    )
    flat = np.c_[within, np.ones(len(within))]
    bent, _ = cv2.projectPoints(flat, np.zeros(3), np.zeros(3), np.eye(3), coefficients)
    moved: NDArray[np.float32] = vertices.copy()
    moved[:, :2] += ((bent[:, 0] - within) * depth).astype(np.float32)
    return moved
