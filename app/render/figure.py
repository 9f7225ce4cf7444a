"""The fast way to draw one small figure: one pass, two samples in a pixel, straight into the planes of a video.

What `rasteriser` does for any mesh and any number of them is done here with brightness that runs evenly over a
triangle's picture and one colour for each triangle; on triangles of a few pixels the eye cannot tell.
"""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from app.render.planes import Planes

_SAMPLES: Final = 2
_PLACES: Final = (0.25, 0.75)
"""Places of the samples across a pixel, top to bottom."""

_Place = tuple[np.float32, np.float32]
_Samples = tuple[NDArray[np.float32], NDArray[np.uint32], NDArray[np.int32]]
_NOTHING: Final = (1 << 30, 0)
"""First and end of a row without a sample."""


class Window(NamedTuple):
    """A rectangle of pixels, all its sides even; the ends are outside it."""

    x0: int
    y0: int
    x1: int
    y1: int


class FigureBuffer:
    """Samples of pictures of one size; empty between two figures."""

    def __init__(self, width: int, height: int) -> None:
        rows = _SAMPLES * height
        self._samples: _Samples = (
            np.zeros((rows, width), np.float32),
            np.zeros((rows, width), np.uint32),
            np.tile(np.array(_NOTHING, np.int32), (rows, 1)),
        )
        """1 / z and colour of each sample; first and end of those in a row that have one."""

    def draw(
        self,
        picture: Planes,
        screen: Float32[np.ndarray, "vertices 3"],
        faces: Int32[np.ndarray, "faces 3"],
        paints: Float32[np.ndarray, "vertices 4"],
        *,
        within: tuple[int, int] | None = None,
    ) -> None:
        """Draw a figure over a picture.

        Args:
            picture: Drawn into.
            screen: x and y in the picture, px, and 1 / z, 1/m, of each vertex; 1 / z is 0 where it cannot be seen.
            faces: Counter-clockwise seen from outside; those seen from behind are left out, and so are those with a
                vertex that cannot be seen.
            paints: Brightness, blueness, redness and opacity of each vertex, 0 to 255.
            within: The columns that may change, from an even one to another; None for all.
        """
        width, height = picture.size
        window = _window_kernel(screen, *(within or (0, width)), height)
        if window.x0 >= window.x1 or window.y0 >= window.y1:
            return
        _fill_kernel(screen, faces, paints, window, self._samples)
        _resolve_kernel(self._samples, window, picture.layers)


@numba.njit(cache=True, nogil=True)
def _window_kernel(screen: NDArray[np.float32], left: int, right: int, height: int) -> Window:
    """Return the part of the picture that a figure may change."""
    low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
    for i in range(screen.shape[0]):
        if screen[i, 2] > 0:
            x, y = screen[i, 0], screen[i, 1]
            low_x, low_y = min(low_x, x), min(low_y, y)
            high_x, high_y = max(high_x, x), max(high_y, y)
    return Window(
        int(min(max(low_x, left), right)) // 2 * 2,
        int(min(max(low_y, 0.0), height)) // 2 * 2,
        int(min(max(high_x + 2, left), right)) // 2 * 2,
        int(min(max(high_y + 2, 0.0), height)) // 2 * 2,
    )


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _fill_kernel(
    screen: NDArray[np.float32],
    faces: NDArray[np.int32],
    paints: NDArray[np.float32],
    window: Window,
    samples: _Samples,
) -> None:
    """Give each sample of a window the depth and the colour of the nearest triangle."""
    inverse_depth, colors, spans = samples
    half, third = np.float32(0.5), np.float32(1 / 3)
    top, bottom = _SAMPLES * window.y0, _SAMPLES * window.y1
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        xa, ya, xb, yb = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1]
        xc, yc = screen[c, 0], screen[c, 1]
        area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
        if not area < 0:  # from behind, or from its edge
            continue
        first_row = max(int(np.ceil(_SAMPLES * min(ya, yb, yc) - half)), top)
        end_row = min(int(np.ceil(_SAMPLES * max(ya, yb, yc) - half)), bottom)
        if first_row >= end_row or min(screen[a, 2], screen[b, 2], screen[c, 2]) <= 0:
            continue
        corners = (xa, ya), (xb, yb), (xc, yc)
        scale = np.float32(1) / area
        depth_x, depth_y = _slopes(corners, scale, (screen[a, 2], screen[b, 2], screen[c, 2]))
        luma_x, luma_y = _slopes(corners, scale, (paints[a, 0], paints[b, 0], paints[c, 0]))
        tint = np.uint32(0)
        for k in range(1, 4):
            mean = (paints[a, k] + paints[b, k] + paints[c, k]) * third
            tint |= _byte(mean) << np.uint32(8 * k)
        upper, middle, lower = _from_the_top(corners)
        whole, above, below = _lean(upper, lower), _lean(upper, middle), _lean(middle, lower)
        for row in range(first_row, end_row):
            y = (np.float32(row) + half) / _SAMPLES
            one = upper[0] + (y - upper[1]) * whole
            from_corner, lean = (upper, above) if y < middle[1] else (middle, below)
            other = from_corner[0] + (y - from_corner[1]) * lean
            place = np.float32(_PLACES[row & 1])
            first = max(int(np.ceil(min(one, other) - place)), window.x0)
            end = min(
                int(np.ceil(max(one, other) - place)), window.x1
            )  # an edge is of one triangle
            if first >= end:
                continue
            line = np.uint64(row)
            spans[line, 0] = min(spans[line, 0], first)
            spans[line, 1] = max(spans[line, 1], end)
            right, down = np.float32(first) + place - xa, y - ya
            inverse = screen[a, 2] + depth_x * right + depth_y * down
            luma = paints[a, 0] + luma_x * right + luma_y * down
            for x in range(np.uint64(first), np.uint64(end)):
                if inverse > inverse_depth[line, x]:
                    inverse_depth[line, x] = inverse
                    colors[line, x] = _byte(luma) | tint
                inverse += depth_x
                luma += luma_x


@numba.njit(cache=True, nogil=True, inline="always")
def _from_the_top(corners: tuple[_Place, _Place, _Place]) -> tuple[_Place, _Place, _Place]:
    upper, middle, lower = corners
    if middle[1] < upper[1]:
        upper, middle = middle, upper
    if lower[1] < middle[1]:
        middle, lower = lower, middle
        if middle[1] < upper[1]:
            upper, middle = middle, upper
    return upper, middle, lower


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _lean(upper: _Place, lower: _Place) -> np.float32:
    """Return how far an edge goes to the right for each pixel down; anything for a level one, which no row meets."""
    return (lower[0] - upper[0]) / max(lower[1] - upper[1], np.float32(1e-6))


@numba.njit(cache=True, nogil=True, inline="always")
def _slopes(
    corners: tuple[_Place, _Place, _Place],
    scale: np.float32,
    values: tuple[np.float32, np.float32, np.float32],
) -> _Place:
    """Return how much a value changes for a pixel to the right and down; `scale` is 1 over twice the signed area."""
    (xa, ya), (xb, yb), (xc, yc) = corners
    of_b, of_c = values[1] - values[0], values[2] - values[0]
    return (
        (of_b * (yc - ya) - of_c * (yb - ya)) * scale,
        (of_c * (xb - xa) - of_b * (xc - xa)) * scale,
    )


@numba.njit(cache=True, nogil=True, inline="always")
def _byte(value: np.float32) -> np.uint32:
    return np.uint32(int(min(max(value, np.float32(0)), np.float32(255))))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _resolve_kernel(
    samples: _Samples,
    window: Window,
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]],
) -> None:
    """Blend the samples of a window into the picture, two by two pixels at a time, and empty them."""
    inverse_depth, colors, spans = samples
    luma, blue, red = layers
    whole = np.uint32(4 * _SAMPLES * 255)
    for v in range(window.y0 // 2, window.y1 // 2):
        rows = slice(2 * _SAMPLES * v, 2 * _SAMPLES * (v + 1))
        first, end = spans[rows, 0].min(), spans[rows, 1].max()
        for u in range(np.uint64(first // 2), np.uint64((end + 1) // 2)):
            cover, of_blue, of_red = np.uint32(0), np.uint32(0), np.uint32(0)
            for corner in range(np.uint64(0), np.uint64(4)):
                y = 2 * v + (corner >> np.uint64(1))
                x = np.uint64(2) * u + (corner & np.uint64(1))
                upper, lower = colors[2 * y, x], colors[2 * y + 1, x]
                if upper | lower:
                    one, two = upper >> 24, lower >> 24
                    mixed = (upper & 255) * one + (lower & 255) * two
                    keep = np.uint32(_SAMPLES * 255) - one - two
                    luma[y, x] = (mixed + keep * luma[y, x] + 255) // (_SAMPLES * 255)
                    cover += one + two
                    of_blue += ((upper >> 8) & 255) * one + ((lower >> 8) & 255) * two
                    of_red += ((upper >> 16) & 255) * one + ((lower >> 16) & 255) * two
            if cover:
                keep = whole - cover
                blue[v, u] = (of_blue + keep * blue[v, u] + whole // 2) // whole
                red[v, u] = (of_red + keep * red[v, u] + whole // 2) // whole
        for row in range(2 * _SAMPLES * v, 2 * _SAMPLES * (v + 1)):
            inverse_depth[row, first:end] = 0
            colors[row, first:end] = 0
            spans[row, 0], spans[row, 1] = _NOTHING
