"""From ExPose's weak perspective camera to real ones.

ExPose sees each person alone, in the middle of a crop, from very far away. A real camera stands at a distance and sees
most persons off its axis.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from engines.expose.backend import WholeBody
from engines.expose.crops import BodySquare
from engines.types import Camera

AUTHORS_FOCAL_PX: Final = 5000
"""Focal length that the authors draw with."""

_SENSOR_WIDTH_MM: Final = 36


@dataclass(frozen=True, slots=True, eq=False)
class AuthorsCamera:
    """The perspective camera that the authors' demo saves with each person, for drawing: very far, very long."""

    transl: Float64[np.ndarray, "3"]
    """Added to the body, metres; the camera looks along +z, y down."""
    center: Float32[np.ndarray, "2"]
    """Principal point in pixels: the middle of the person's box."""
    focal_length_in_px: int
    focal_length_in_mm: float
    """For a sensor of `sensor_width`."""
    sensor_width: int
    """Millimetres."""
    shift_x: float
    """Of the lens, as Blender counts it: to the left, in picture widths."""
    shift_y: float
    """Upwards, in picture widths."""


def authors_camera(
    whole: WholeBody, square: BodySquare, *, width: int, height: int
) -> AuthorsCamera:
    """Return the authors' camera for a person in a picture of `width` x `height` pixels."""
    depth = 2 * AUTHORS_FOCAL_PX / (whole.scale * square.side)
    centre_x, centre_y = square.centre
    return AuthorsCamera(
        transl=np.array([*whole.translation, depth], np.float64),
        center=square.centre,
        focal_length_in_px=AUTHORS_FOCAL_PX,
        focal_length_in_mm=AUTHORS_FOCAL_PX / width * _SENSOR_WIDTH_MM,
        sensor_width=_SENSOR_WIDTH_MM,
        shift_x=float(-(centre_x / width - 0.5)),
        shift_y=float((centre_y - height / 2) / width),
    )


def projected_to_crop(
    points: NDArray[np.float32], whole: WholeBody
) -> Float32[np.ndarray, "points 2"]:
    """Return where points of the body (points, 3) are seen, -1 to 1 over the body crop."""
    return np.float32(whole.scale) * (points[:, :2] + whole.translation)


def image_from_projected(
    projected: NDArray[np.float32], square: BodySquare
) -> Float32[np.ndarray, "points 2"]:
    """Return pixels of the picture for points that are -1 to 1 over the body crop."""
    return square.centre + np.float32(square.side / 2) * projected


def turn_towards(pixel: NDArray[np.floating], camera: Camera) -> Float64[np.ndarray, "3 3"]:
    """Return the smallest rotation from the camera's axis to the ray through a pixel.

    ExPose gives rotations as seen along the ray to the person, since its crop shows no more; this takes them to the
    camera's axes (Li et al., CLIFF, ECCV 2022, describe how much a person off the axis looks turned).
    """
    x, y = _rays(pixel[None], camera)[0]
    length = np.sqrt(x * x + y * y + 1)
    x, y, z = x / length, y / length, 1 / length
    share = 1 / (1 + z)
    return np.array(
        [
            [1 - x * x * share, -x * y * share, x],
            [-x * y * share, 1 - y * y * share, y],
            [-x, -y, z],
        ]
    )


def place_in_camera(
    points: NDArray[np.floating], pixels: NDArray[np.floating], camera: Camera
) -> Float64[np.ndarray, "3"]:
    """Return the translation in metres that brings points (points, 3) to where they are seen (points, 2).

    Least squares of the linear equations X + tx = u (Z + tz), Y + ty = v (Z + tz) for rays (u, v, 1).
    """
    rays = _rays(pixels, camera)
    count = len(rays)
    equations = np.zeros((count, 2, 3))
    equations[:, 0, 0] = equations[:, 1, 1] = 1
    equations[:, :, 2] = -rays
    wanted = rays * points[:, 2:] - points[:, :2]
    return np.linalg.lstsq(equations.reshape(-1, 3), wanted.reshape(-1), rcond=None)[0]


def _rays(pixels: NDArray[np.floating], camera: Camera) -> Float64[np.ndarray, "points 2"]:
    """Return x / z and y / z of the rays through pixels, lens distortion undone."""
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    points = np.ascontiguousarray(pixels, np.float64).reshape(-1, 1, 2)
    return cv2.undistortPoints(points, matrix, np.array(camera.distortion)).reshape(-1, 2)
