"""Where a picture is seen from, as the matrices OpenGL asks for.

OpenGL's camera frame is x right, y up, looking along -z; its clip space has y up and z from -1 (near) to 1 (far).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.types import Camera

NEAR_M: Final = 0.05
FAR_M: Final = 60.0
"""Nothing nearer or farther is drawn."""

_GL_FROM_PICTURE: Final = np.diag([1.0, -1.0, -1.0])
"""OpenGL's camera frame from that of pictures (x right, y down, z forward)."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One camera, ready to draw with."""

    camera_from_world: Float32[np.ndarray, "4 4"]
    """Takes world points, metres, to OpenGL's camera frame."""
    clip_from_camera: Float32[np.ndarray, "4 4"]
    """Takes those to clip space."""
    eye_m: Float32[np.ndarray, "3"]
    """The camera's place in the world."""

    @property
    def clip_from_world(self) -> Float32[np.ndarray, "4 4"]:
        """Takes world points to clip space."""
        return self.clip_from_camera @ self.camera_from_world


def placed_view(
    axes: NDArray[np.floating], eye_m: NDArray[np.floating], clip_from_camera: NDArray[np.floating]
) -> View:
    """Return the view of a camera whose right, up and back axes in the world are the rows of `axes` (3, 3)."""
    camera_from_world = np.eye(4, dtype=np.float32)
    camera_from_world[:3, :3] = axes
    camera_from_world[:3, 3] = -np.asarray(axes) @ eye_m
    return View(camera_from_world, clip_from_camera.astype(np.float32), eye_m.astype(np.float32))


def perspective(fov_y_rad: float, aspect: float) -> Float32[np.ndarray, "4 4"]:
    """Return clip from camera for a field of view from bottom to top and a ratio of width to height."""
    scale = 1 / math.tan(fov_y_rad / 2)
    matrix = _depth_rows()
    matrix[0, 0], matrix[1, 1] = scale / aspect, scale
    return matrix


def pinhole_view(camera: Camera, world_from_camera: NDArray[np.floating]) -> View:
    """Return the view of a camera that took a picture; its distortion is left out.

    A world point then falls on the pixel it has in the picture, whatever size the picture is drawn in.

    Args:
        camera: The camera.
        world_from_camera: Takes its frame (x right, y down, z forward) to the world (4, 4), without a scale.
    """
    clip = _depth_rows()
    clip[0, 0], clip[0, 2] = 2 * camera.fx / camera.width, 1 - 2 * camera.cx / camera.width
    clip[1, 1], clip[1, 2] = 2 * camera.fy / camera.height, 2 * camera.cy / camera.height - 1
    axes = _GL_FROM_PICTURE @ world_from_camera[:3, :3].T
    return placed_view(axes, world_from_camera[:3, 3], clip)


def _depth_rows() -> NDArray[np.float32]:
    """Return the two lower rows of a projection; the rest is zero."""
    matrix = np.zeros((4, 4), np.float32)
    matrix[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
    matrix[2, 3] = 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    matrix[3, 2] = -1
    return matrix
