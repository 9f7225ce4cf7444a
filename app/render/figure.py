"""The fast way to draw one small figure that is wholly in front of the camera: one pass, two samples in a pixel.

What `rasteriser` does for any mesh and any number of them is done here with colours that run evenly over a triangle's
picture; on triangles of a few pixels the eye cannot tell.
"""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numpy.typing import NDArray

_SAMPLES: Final = 2
_PLACES: Final = (0.25, 0.75)
"""Places of the samples across a pixel, top to bottom."""


_Place = tuple[np.float32, np.float32]


class FigureBuffer:
    """Samples of pictures of one size; empty between two figures."""

    def __init__(self, width: int, height: int) -> None:
        self._inverse_depth = np.zeros((_SAMPLES * height, width), np.float32)
        self._colors = np.zeros((_SAMPLES * height, width), np.uint32)

    def draw(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        screen: Float32[np.ndarray, "vertices 3"],
        faces: Int32[np.ndarray, "faces 3"],
        paints: Float32[np.ndarray, "vertices 4"],
    ) -> None:
        """Draw a figure over a picture.

        Args:
            image: Drawn into, BGR.
            screen: x and y in the picture, px, and 1 / z, 1/m, of each vertex.
            faces: Counter-clockwise seen from outside; those seen from behind are left out.
            paints: BGR and opacity of each vertex, 0 to 255.
        """
        height, width = image.shape[:2]
        first_x, first_y, end_x, end_y = _bounds_kernel(screen, width, height)
        if first_x >= end_x or first_y >= end_y:
            return
        rows = slice(_SAMPLES * first_y, _SAMPLES * end_y)
        samples = (
            self._inverse_depth[rows, first_x:end_x],
            self._colors[rows, first_x:end_x],
        )
        _fill_kernel(screen, faces, paints, float(first_x), float(first_y), *samples)
        flat = image[first_y:end_y].reshape(-1, 3 * width)[:, 3 * first_x : 3 * end_x]
        _resolve_kernel(*samples, flat)


@numba.njit(cache=True, nogil=True)
def _bounds_kernel(
    screen: NDArray[np.float32], width: int, height: int
) -> tuple[int, int, int, int]:
    """Return the first pixels and the ends of a figure, inside the picture."""
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    for i in range(screen.shape[0]):
        x, y = screen[i, 0], screen[i, 1]
        low_x, low_y, high_x, high_y = min(low_x, x), min(low_y, y), max(high_x, x), max(high_y, y)
    return (
        int(min(max(low_x, 0.0), width)),
        int(min(max(low_y, 0.0), height)),
        int(min(max(high_x + 1, 0.0), width)),
        int(min(max(high_y + 1, 0.0), height)),
    )


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _fill_kernel(
    screen: NDArray[np.float32],
    faces: NDArray[np.int32],
    paints: NDArray[np.float32],
    left: float,
    top: float,
    inverse_depth: NDArray[np.float32],
    colors: NDArray[np.uint32],
) -> None:
    """Give each sample the depth and the colour of the nearest triangle; `left` and `top` are the buffers' place."""
    first_x, first_y = np.float32(left), np.float32(top)
    row_count, width = inverse_depth.shape
    step_x, step_y = np.empty(5, np.float32), np.empty(5, np.float32)
    values = np.empty((3, 5), np.float32)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        xa, ya = screen[a, 0] - first_x, screen[a, 1] - first_y
        xb, yb = screen[b, 0] - first_x, screen[b, 1] - first_y
        xc, yc = screen[c, 0] - first_x, screen[c, 1] - first_y
        area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
        if not area < 0:  # from behind, or from its edge
            continue
        low, high = min(ya, yb, yc), max(ya, yb, yc)
        first_row = max(int(np.ceil(_SAMPLES * low - np.float32(0.5))), 0)
        last_row = min(int(np.floor(_SAMPLES * high - np.float32(0.5))), row_count - 1)
        if first_row > last_row:
            continue
        for corner, vertex in enumerate((a, b, c)):
            values[corner, 0] = screen[vertex, 2]
            values[corner, 1:] = paints[vertex]
        corners = (xa, ya), (xb, yb), (xc, yc)
        _slopes(corners, np.float32(1) / area, values, step_x, step_y)
        for row in range(first_row, last_row + 1):
            y = (np.float32(row) + np.float32(0.5)) / _SAMPLES
            begin, end = _crossings(corners, y)
            place = np.float32(_PLACES[row & 1])
            first = max(int(np.ceil(begin - place)), 0)
            last = min(int(np.ceil(end - place)), width)  # an edge belongs to one of its triangles
            if first >= last:
                continue
            right, down = np.float32(first) + place - xa, y - ya
            inverse = values[0, 0] + step_x[0] * right + step_y[0] * down
            blue = values[0, 1] + step_x[1] * right + step_y[1] * down
            green = values[0, 2] + step_x[2] * right + step_y[2] * down
            red = values[0, 3] + step_x[3] * right + step_y[3] * down
            cover = values[0, 4] + step_x[4] * right + step_y[4] * down
            depth_row, color_row = inverse_depth[row], colors[row]
            for x in range(np.uint64(first), np.uint64(last)):
                if inverse > depth_row[x]:
                    depth_row[x] = inverse
                    color_row[x] = (
                        _byte(blue) | _byte(green) << 8 | _byte(red) << 16 | _byte(cover) << 24
                    )
                inverse += step_x[0]
                blue += step_x[1]
                green += step_x[2]
                red += step_x[3]
                cover += step_x[4]


@numba.njit(cache=True, nogil=True)
def _slopes(
    corners: tuple[_Place, _Place, _Place],
    scale: np.float32,
    values: NDArray[np.float32],
    step_x: NDArray[np.float32],
    step_y: NDArray[np.float32],
) -> None:
    """Fill how much each value changes for a pixel to the right and down; `scale` is 1 over twice the signed area."""
    (xa, ya), (xb, yb), (xc, yc) = corners
    for k in range(values.shape[1]):
        of_b, of_c = values[1, k] - values[0, k], values[2, k] - values[0, k]
        step_x[k] = (of_b * (yc - ya) - of_c * (yb - ya)) * scale
        step_y[k] = (of_c * (xb - xa) - of_b * (xc - xa)) * scale


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _crossings(
    corners: tuple[_Place, _Place, _Place], y: np.float32
) -> tuple[np.float32, np.float32]:
    """Return where a level line enters and leaves a triangle; the second is less where it misses it."""
    begin, end = np.float32(1e9), np.float32(-1e9)
    for (x0, y0), (x1, y1) in (
        (corners[0], corners[1]),
        (corners[1], corners[2]),
        (corners[2], corners[0]),
    ):
        if (y0 <= y) != (y1 <= y):
            crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            begin, end = min(begin, crossing), max(end, crossing)
    return begin, end


@numba.njit(cache=True, nogil=True, inline="always")
def _byte(value: np.float32) -> np.uint32:
    return np.uint32(int(min(max(value, np.float32(0)), np.float32(255))))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _resolve_kernel(
    inverse_depth: NDArray[np.float32], colors: NDArray[np.uint32], image: NDArray[np.uint8]
) -> None:
    """Blend the samples into rows of a picture, and empty them."""
    height, width = image.shape[0], inverse_depth.shape[1]
    for y in range(height):
        upper, lower, row = colors[_SAMPLES * y], colors[_SAMPLES * y + 1], image[y]
        for x in range(np.uint64(0), np.uint64(width)):
            first, second = upper[x], lower[x]
            if first | second:
                first_cover, second_cover = first >> 24, second >> 24
                keep = _SAMPLES * 255 - first_cover - second_cover
                for k in range(np.uint64(0), np.uint64(3)):
                    shift = np.uint32(8) * np.uint32(k)
                    mixed = ((first >> shift) & 255) * first_cover
                    mixed += ((second >> shift) & 255) * second_cover
                    at = np.uint64(3) * x + k
                    row[at] = (mixed + keep * row[at]) // (_SAMPLES * 255)
        inverse_depth[_SAMPLES * y : _SAMPLES * (y + 1)] = 0
        colors[_SAMPLES * y : _SAMPLES * (y + 1)] = 0
