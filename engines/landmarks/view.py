"""Landmarks of one person as the solver wants them: rays and metres in the camera frame, with weights."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.types import Camera, PersonLandmarks

_HIPS: Final = (23, 24)
_MARGIN: Final = (
    0.02  # of the longer side: landmarks this far outside the picture still count as inside
)
_LEAST_PX: Final = 4.0  # a smaller person is not one
_LEAST_M: Final = 0.01
_SEEN: Final = 0.1
_LEAST_SEEN: Final = 4  # fewer points in the picture do not place a body


@dataclass(frozen=True, slots=True, eq=False)
class PersonView:
    """The pose landmarks of one person in one frame."""

    rays: Float64[np.ndarray, "33 2"]
    """x / z and y / z in the camera frame, free of lens distortion."""
    world: Float64[np.ndarray, "33 3"]
    """Metres about the hips, along the axes of the camera frame."""
    seen: Float64[np.ndarray, "33"]
    """Likelihood in [0, 1] that a landmark is in the picture and not hidden."""
    sight: Float64[np.ndarray, "3"]
    """Direction from the camera to the person: what MediaPipe takes for depth."""


def view_person(landmarks: PersonLandmarks, camera: Camera) -> PersonView | None:
    """Return the view of a person; None where the landmarks are not numbers, have no size or are out of view."""
    pixels = landmarks.pose_px[:, :2].astype(np.float64)
    world = landmarks.pose_world.astype(np.float64)
    visibility = landmarks.pose_visibility.astype(np.float64)
    if not (
        np.isfinite(pixels).all() and np.isfinite(world).all() and np.isfinite(visibility).all()
    ):
        return None
    if np.ptp(pixels, axis=0).max() < _LEAST_PX or np.ptp(world, axis=0).max() < _LEAST_M:
        return None
    visibility = np.clip(visibility, 0.0, 1.0)
    rays = rays_of_pixels(pixels, camera)
    if not np.isfinite(rays).all():
        return None
    middle = pixels[list(_HIPS)].mean(axis=0).clip((0, 0), (camera.width, camera.height))
    turn = turn_to_ray(rays_of_pixels(middle[None], camera)[0])
    seen = visibility * _inside(pixels, camera)
    if (seen > _SEEN).sum() < _LEAST_SEEN:
        return None
    return PersonView(rays, np.ascontiguousarray(world @ turn.T), seen, turn[:, 2])


def rays_of_pixels(pixels: NDArray[np.float64], camera: Camera) -> Float64[np.ndarray, "points 2"]:
    """Return x / z and y / z in the camera frame of points (n, 2) in pixels."""
    if not camera.distortion:
        return (pixels - (camera.cx, camera.cy)) / (camera.fx, camera.fy)
    intrinsics = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    undistorted = cv2.undistortPoints(
        pixels.reshape(-1, 1, 2), intrinsics, np.array(camera.distortion)
    )
    return undistorted.reshape(-1, 2)


def turn_to_ray(ray: NDArray[np.float64]) -> Float64[np.ndarray, "3 3"]:
    """Return the smallest rotation from the optical axis to a ray.

    MediaPipe sees a crop as if the camera looked straight at it; this turn takes what it says of depth and direction to
    the camera frame.
    """
    x, y, z = np.array((ray[0], ray[1], 1.0)) / np.sqrt(ray @ ray + 1)
    k = 1 / (1 + z)
    return np.array([[1 - k * x * x, -k * x * y, x], [-k * x * y, 1 - k * y * y, y], [-x, -y, z]])


def _inside(pixels: NDArray[np.float64], camera: Camera) -> NDArray[np.bool_]:
    margin = _MARGIN * max(camera.width, camera.height)
    x, y = pixels.T
    return (
        (x >= -margin)
        & (x <= camera.width + margin)
        & (y >= -margin)
        & (y <= camera.height + margin)
    )
