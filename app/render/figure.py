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
_PLACES: Final = (np.float32(0.25), np.float32(0.75))
"""Places of the samples across a pixel, top to bottom."""

_HALF, _ONE = np.float32(0.5), np.float32(1)
_STEP: Final = _ONE / np.float32(_SAMPLES)
"""From a row of samples to the next, px. All in these kernels has 32 bits: a number of Python's would make it 64."""

_Place = tuple[np.float32, np.float32]
_Edge = tuple[_Place, np.float32]
"""Upper end, and how far it goes to the right for each pixel down."""
_Plane = tuple[np.float32, np.float32, np.float32]
"""A value at a triangle's first corner, and how much it changes for a pixel to the right and down."""
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
        self._tints = np.empty((3, width), np.float32)
        """Scratch: opacity, blueness and redness of two rows of pixels."""

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
        _resolve_kernel(self._samples, window, picture.layers, self._tints)


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
    third = np.float32(1 / 3)
    top, bottom = _SAMPLES * window.y0, _SAMPLES * window.y1
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        xa, ya, xb, yb = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1]
        xc, yc = screen[c, 0], screen[c, 1]
        area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya)
        if not area < 0:  # from behind, or from its edge
            continue
        first_row = max(_first_row_below(min(ya, yb, yc)), top)
        end_row = min(_first_row_below(max(ya, yb, yc)), bottom)
        if first_row >= end_row or min(screen[a, 2], screen[b, 2], screen[c, 2]) <= 0:
            continue
        corners = (xa, ya), (xb, yb), (xc, yc)
        scale = _ONE / area
        depth_x, depth_y = _slopes(corners, scale, (screen[a, 2], screen[b, 2], screen[c, 2]))
        luma_x, luma_y = _slopes(corners, scale, (paints[a, 0], paints[b, 0], paints[c, 0]))
        tint = np.uint32(0)
        for k in range(1, 4):
            tint |= _byte((paints[a, k] + paints[b, k] + paints[c, k]) * third) << np.uint32(8 * k)
        upper, middle, lower = _from_the_top(corners)
        whole, above, below = _lean(upper, lower), _lean(upper, middle), _lean(middle, lower)
        bend_row = min(max(_first_row_below(middle[1]), first_row), end_row)
        is_bent_right = upper[0] + (middle[1] - upper[1]) * whole < middle[0]
        for start, stop, corner, lean in (
            (first_row, bend_row, upper, above),
            (bend_row, end_row, middle, below),
        ):
            edges = (upper, whole), (corner, lean)
            left, right = edges if is_bent_right else (edges[1], edges[0])
            inverses = screen[a, 2], depth_x, depth_y
            lumas = paints[a, 0], luma_x, luma_y
            rows = start, stop, window.x0, window.x1
            _fill_rows(rows, left, right, corners[0], inverses, lumas, tint, samples)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _fill_rows(
    bounds: tuple[int, int, int, int],
    left: _Edge,
    right: _Edge,
    origin: _Place,
    inverses: _Plane,
    lumas: _Plane,
    tint: np.uint32,
    samples: _Samples,
) -> None:
    """Fill the rows of a triangle that lie between the same two edges, each of which is there from its upper end."""
    inverse_depth, colors, spans = samples
    start, stop, x0, x1 = bounds
    y = (np.float32(start) + _HALF) * _STEP
    for row in range(np.uint64(start), np.uint64(stop)):
        place = _PLACES[0] if row & np.uint64(1) == 0 else _PLACES[1]
        left_x = left[0][0] + (y - left[0][1]) * left[1]
        right_x = right[0][0] + (y - right[0][1]) * right[1]
        first = max(int(np.ceil(left_x - place)), x0)
        end = min(int(np.ceil(right_x - place)), x1)  # what lies on an edge is of one triangle
        if first < end:
            spans[row, 0], spans[row, 1] = min(spans[row, 0], first), max(spans[row, 1], end)
            across, down = np.float32(first) + place - origin[0], y - origin[1]
            inverse = inverses[0] + inverses[1] * across + inverses[2] * down
            luma = lumas[0] + lumas[1] * across + lumas[2] * down
            for x in range(np.uint64(first), np.uint64(end)):
                if inverse > inverse_depth[row, x]:
                    inverse_depth[row, x] = inverse
                    colors[row, x] = _byte(luma) | tint
                inverse += inverses[1]
                luma += lumas[1]
        y += _STEP


@numba.njit(cache=True, nogil=True, inline="always")
def _first_row_below(y: np.float32) -> int:
    return int(np.ceil(y / _STEP - _HALF))


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
    return np.uint32(np.int32(min(max(value, np.float32(0)), np.float32(255))))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _resolve_kernel(
    samples: _Samples,
    window: Window,
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]],
    tints: NDArray[np.float32],
) -> None:
    """Blend the samples of a window into the picture, two rows of pixels at a time, and empty them."""
    inverse_depth, colors, spans = samples
    luma, blue, red = layers
    for v in range(window.y0 // 2, window.y1 // 2):
        rows = slice(2 * _SAMPLES * v, 2 * _SAMPLES * (v + 1))
        first, end = spans[rows, 0].min() // 2 * 2, (spans[rows, 1].max() + 1) // 2 * 2
        if first >= end:
            continue
        sums = tints[0], tints[1], tints[2]
        for each in sums:
            each[first:end] = 0
        for y in range(2 * v, 2 * v + 2):
            _blend_luma(colors[_SAMPLES * y], colors[_SAMPLES * y + 1], first, end, luma[y], sums)
        _blend_tint(sums[0], sums[1], first, end, blue[v])
        _blend_tint(sums[0], sums[2], first, end, red[v])
        inverse_depth[rows, first:end] = 0
        colors[rows, first:end] = 0
        for row in range(2 * _SAMPLES * v, 2 * _SAMPLES * (v + 1)):
            spans[row, 0], spans[row, 1] = _NOTHING


@numba.njit(cache=True, nogil=True)
def _blend_luma(
    upper: NDArray[np.uint32],
    lower: NDArray[np.uint32],
    first: int,
    end: int,
    luma: NDArray[np.uint8],
    sums: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> None:
    """Blend the brightness of a row of pixels; add up opacity, and blueness and redness times it."""
    whole = np.float32(_SAMPLES * 255)
    cover, of_blue, of_red = sums
    for x in range(np.uint64(first), np.uint64(end)):  # no branch: the compiler does eight at once
        a, b = upper[x], lower[x]
        one, two = _part(a, 24), _part(b, 24)
        both = one + two
        mixed = _part(a, 0) * one + _part(b, 0) * two + (whole - both) * np.float32(luma[x])
        luma[x] = np.int32(mixed * (_ONE / whole) + _HALF)
        cover[x] += both
        of_blue[x] += _part(a, 8) * one + _part(b, 8) * two
        of_red[x] += _part(a, 16) * one + _part(b, 16) * two


@numba.njit(cache=True, nogil=True)
def _blend_tint(
    cover: NDArray[np.float32],
    tint: NDArray[np.float32],
    first: int,
    end: int,
    layer: NDArray[np.uint8],
) -> None:
    """Blend blueness or redness, one for two by two pixels, of which two and two are added up already."""
    whole = np.float32(4 * _SAMPLES * 255)
    for u in range(np.uint64(first // 2), np.uint64(end // 2)):
        x = np.uint64(2) * u
        keep = whole - cover[x] - cover[x + np.uint64(1)]
        mixed = tint[x] + tint[x + np.uint64(1)] + keep * np.float32(layer[u])
        layer[u] = np.int32(mixed * (_ONE / whole) + _HALF)


@numba.njit(cache=True, nogil=True, inline="always")
def _part(color: np.uint32, shift: int) -> np.float32:
    return np.float32(np.int32((color >> np.uint32(shift)) & np.uint32(255)))
