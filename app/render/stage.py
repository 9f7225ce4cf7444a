"""A floor without end under a view that turns: what moves is only the chequers, so that a picture costs little."""

import math
from typing import Final

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.planes import Planes, yuv_from_bgr
from engines.types import Camera

_CELL_M: Final = 0.5
_DISTANCE_M: Final = 3.6
_ELEVATION: Final = math.radians(12)
_TARGET_M: Final = 0.92
"""Height of what is looked at, above the floor."""
_FADES_M: Final = 7.0
"""The floor is gone at this distance from the middle."""
_FINEST_PX: Final = 0.4
"""Where a pixel is wider than this share of a chequer, the floor has one colour."""
_BACKGROUND: Final = (58, 52, 48)
_CHEQUERS: Final = ((92, 84, 78), (106, 98, 90))


class Stage:
    """Looks at a place on the floor from all sides, always from the same distance."""

    def __init__(self, width: int, height: int) -> None:
        focal = min(1.7 * width, 1.25 * height)
        self.camera: Final = Camera(width, height, focal, focal, width / 2, height / 2)
        """Where the pictures are seen from."""
        self._lumas = np.empty((3, height, width), np.uint8)  # one chequer, the other, both
        self._colors = np.empty((2, height // 2, width // 2), np.uint8)  # the same for both
        self._rows = np.zeros(
            (height, 2)
        )  # distance along the view, and width of a pixel, on the floor
        self._lay_floor()

    def view_from_world(
        self, middle: NDArray[np.floating], azimuth: float
    ) -> Float32[np.ndarray, "4 4"]:
        """Return the camera (4, 4) for a middle on the floor, seen from `azimuth` radians round from the world's z."""
        cos_e, sin_e = math.cos(_ELEVATION), math.sin(_ELEVATION)
        cos_a, sin_a = math.cos(azimuth), math.sin(azimuth)
        right, back = (cos_a, 0, -sin_a), (cos_e * sin_a, sin_e, cos_e * cos_a)
        down = (sin_e * sin_a, -cos_e, sin_e * cos_a)
        view = np.eye(4)
        view[:3, :3] = (right, down, np.negative(back))
        view[:3, 3] = -view[:3, :3] @ np.add(middle, (0, _TARGET_M, 0))
        view[2, 3] += _DISTANCE_M
        return view.astype(np.float32)

    def draw(
        self,
        picture: Planes,
        middle: NDArray[np.floating],
        azimuth: float,
        *,
        first_column: int = 0,
    ) -> None:
        """Fill a picture with the empty stage, or a piece of one, from an even column on."""
        along = -math.sin(azimuth), -math.cos(azimuth)  # away from the camera
        across = math.cos(azimuth), -math.sin(azimuth)
        place = float(middle[0]), float(middle[2])
        center_x, luma = self.camera.cx, picture.layers.luma
        _chequer_kernel(self._lumas, self._rows, place, along, across, center_x, luma, first_column)
        piece = picture.columns(first_column, first_column + self.camera.width)
        np.copyto(piece.blue, self._colors[0])
        np.copyto(piece.red, self._colors[1])

    def _lay_floor(self) -> None:
        """Make the two pictures between which the chequers choose, each with one colour of floor all over."""
        camera, rows = self.camera, np.arange(self.camera.height) + 0.5
        slope = (rows - camera.cy) / camera.fy
        # a ray of this row falls by so much for each metre along the optical axis
        fall = math.sin(_ELEVATION) + slope * math.cos(_ELEVATION)
        eye_m = _TARGET_M + _DISTANCE_M * math.sin(_ELEVATION)
        depth = np.where(fall > 1e-3, eye_m / np.maximum(fall, 1e-3), 0)
        forward = depth * (math.cos(_ELEVATION) - slope * math.sin(_ELEVATION))
        self._rows[:, 0] = forward - _DISTANCE_M * math.cos(_ELEVATION)
        self._rows[:, 1] = depth / camera.fx
        aside = (np.arange(camera.width) + 0.5 - camera.cx) * self._rows[:, 1:]
        distance = np.hypot(self._rows[:, :1], aside) / _FADES_M
        fade = np.clip(distance, 0, 1)[:, :, None] ** 1.5
        fade[depth <= 0] = 1
        one, other = (
            yuv_from_bgr((color + fade * np.subtract(_BACKGROUND, color)).astype(np.float32))
            for color in _CHEQUERS
        )
        both = (one + other) / 2
        for luma, yuv in zip(self._lumas, (one, other, both), strict=True):
            luma[:] = np.round(yuv[:, :, 0])
        self._colors[:] = np.round(np.moveaxis(both[::2, ::2, 1:], 2, 0))
        self._rows[fade[:, :, 0].min(axis=1) == 1, 1] = 0  # nothing to be seen of chequers


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _chequer_kernel(
    lumas: NDArray[np.uint8],
    rows: NDArray[np.float64],
    place: tuple[float, float],
    along: tuple[float, float],
    across: tuple[float, float],
    center_x: float,
    picture: NDArray[np.uint8],
    first_column: int,
) -> None:
    """Fill each row from edge to edge of the chequers with the one or the other picture; an edge's pixel gets both.

    Along a row, the place on the floor moves evenly: the next edge is the nearer of two that come at even steps.
    """
    height, width = lumas.shape[1:]
    for y in range(height):
        pixel = rows[y, 1] / _CELL_M
        row = picture[y, first_column:]
        if pixel == 0 or pixel > _FINEST_PX:
            _copy(lumas[2, y], row, 0, width)
            continue
        u = (place[0] + rows[y, 0] * along[0]) / _CELL_M - center_x * pixel * across[0]
        v = (place[1] + rows[y, 0] * along[1]) / _CELL_M - center_x * pixel * across[1]
        next_u, step_u = _first_edge(u, pixel * across[0])
        next_v, step_v = _first_edge(v, pixel * across[1])
        color = (int(np.floor(u)) + int(np.floor(v))) & 1
        x = 0
        while x < width:
            edge = min(next_u, next_v, float(width))
            last = int(edge)
            _copy(lumas[color, y], row, x, last)
            if last < width and last >= x:
                share = edge - last
                mixed = share * lumas[color, y, last] + (1 - share) * lumas[1 - color, y, last]
                row[last] = int(mixed + 0.5)
            x = max(x, last + 1)
            color = 1 - color
            if next_u < next_v:
                next_u += step_u
            else:
                next_v += step_v


@numba.njit(cache=True, nogil=True)
def _copy(source: NDArray[np.uint8], target: NDArray[np.uint8], start: int, end: int) -> None:
    # unsigned: the compiler need not think of places counted from the end, and copies ten times as fast
    for i in range(np.uint64(start), np.uint64(end)):
        target[i] = source[i]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _first_edge(start: float, slope: float) -> tuple[float, float]:
    """Return where a value that starts there meets its first whole number, and how far it is from one to the next."""
    if slope == 0:
        return np.inf, np.inf
    into = start - np.floor(start)
    distance = 1 - into if slope > 0 else into
    return distance / abs(slope), 1 / abs(slope)
