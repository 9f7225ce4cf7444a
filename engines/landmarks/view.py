"""Landmarks of one person as the solver wants them: rays and metres in the camera frame, with weights."""

from dataclasses import dataclass
from typing import Final

import cv2
import numba
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
    rays = rays_of_pixels(pixels, camera)
    x, y = (0.5 * (pixels[_HIPS[0]] + pixels[_HIPS[1]])).tolist()
    middle = np.array([[min(max(x, 0.0), camera.width), min(max(y, 0.0), camera.height)]])
    turn = turn_to_ray(rays_of_pixels(middle, camera)[0])
    world, seen = np.empty((33, 3)), np.empty(33)
    is_somebody = _see(
        pixels, rays, landmarks.pose_world, landmarks.pose_visibility,
        turn, float(camera.width), float(camera.height), world, seen,
    )  # fmt: skip
    return PersonView(rays, world, seen, turn[:, 2]) if is_somebody else None


@numba.njit(cache=True)
def _see(
    pixels: NDArray[np.float64],
    rays: NDArray[np.float64],
    metric: NDArray[np.float32],
    visibility: NDArray[np.float32],
    turn: NDArray[np.float64],
    width: float,
    height: float,
    world: NDArray[np.float64],
    seen: NDArray[np.float64],
) -> bool:
    """Write the turned metric landmarks and how well each is seen; return whether they are somebody's."""
    margin = _MARGIN * max(width, height)
    count = 0
    low, high = np.full(5, np.inf), np.full(5, -np.inf)
    for k in range(len(pixels)):
        for a in range(5):
            value = pixels[k, a] if a < 2 else float(metric[k, a - 2])
            low[a], high[a] = min(low[a], value), max(high[a], value)
            if not np.isfinite(value) or not np.isfinite(rays[k, min(a, 1)]):
                return False
        if not np.isfinite(visibility[k]):
            return False
        for a in range(3):
            world[k, a] = 0.0
            for b in range(3):
                world[k, a] += turn[a, b] * metric[k, b]
        inside = (
            -margin <= pixels[k, 0] <= width + margin and -margin <= pixels[k, 1] <= height + margin
        )
        seen[k] = min(max(visibility[k], 0.0), 1.0) if inside else 0.0
        if seen[k] > _SEEN:
            count += 1
    size = high - low
    has_size = size[:2].max() >= _LEAST_PX and size[2:].max() >= _LEAST_M
    return has_size and count >= _LEAST_SEEN


def rays_of_pixels(pixels: NDArray[np.float64], camera: Camera) -> Float64[np.ndarray, "points 2"]:
    """Return x / z and y / z in the camera frame of points (n, 2) in pixels."""
    if not camera.distortion:
        return (pixels - (camera.cx, camera.cy)) / (camera.fx, camera.fy)
    intrinsics = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    undistorted = cv2.undistortPoints(
        pixels.reshape(-1, 1, 2), intrinsics, np.array(camera.distortion)
    )
    return undistorted.reshape(-1, 2)


@numba.njit(cache=True)
def turn_to_ray(ray: NDArray[np.float64]) -> Float64[np.ndarray, "3 3"]:
    """Return the smallest rotation from the optical axis to a ray.

    MediaPipe sees a crop as if the camera looked straight at it; this turn takes what it says of depth and direction to
    the camera frame.
    """
    z = 1 / np.sqrt(ray[0] ** 2 + ray[1] ** 2 + 1)
    x, y = ray[0] * z, ray[1] * z
    k = 1 / (1 + z)
    return np.array([[1 - k * x * x, -k * x * y, x], [-k * x * y, 1 - k * y * y, y], [-x, -y, z]])
