"""A software rasteriser: triangle meshes over a picture, with no window, driver or graphics library.

Works on every machine and gives the same picture on each. All points are in the camera frame (x right, y down,
z forward, metres); lens distortion is ignored. Triangles are found by homogeneous edge functions (Olano and Greer,
Triangle Scan Conversion using 2D Homogeneous Coordinates, 1997): depth is perspective-correct, and a triangle that
reaches behind the camera needs no clipping.
"""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numpy.typing import NDArray

from engines.types import Camera

NEAR_M: Final = 0.05
"""Nothing nearer than this is drawn."""

SAMPLE_PLACES: Final = {1: (0.5,), 2: (0.25, 0.75), 4: (0.375, 0.875, 0.125, 0.625)}
"""Samples in a pixel -> their x; each has a row of its own, evenly spaced. Four make the rotated grid."""

_SAME_SURFACE: Final = 0.01
"""Samples of a pixel whose depths differ by less than this share get one colour: most pixels see many triangles."""


class Region(NamedTuple):
    """A rectangle of pixels; the ends are outside it."""

    x0: int
    y0: int
    x1: int
    y1: int


class SampleBuffer:
    """The depth samples behind a picture. One buffer serves many pictures, one after another."""

    def __init__(self, width: int, height: int, *, samples: int = 2) -> None:
        """Make room for pictures of one size; more samples (1, 2 or 4 in a pixel) give smoother edges."""
        self.size = (width, height)
        """Width and height of its pictures."""
        self.sample_x = np.array(SAMPLE_PLACES[samples])
        """Place of the samples across a pixel, top to bottom."""
        self.inverse_depth: Float32[np.ndarray, "rows width"]
        """1 / z of the nearest thing drawn, in 1/m; 0 where there is nothing. Each pixel has `samples` rows."""
        self.inverse_depth = np.zeros((height * samples, width), np.float32)
        self.triangles: Int32[np.ndarray, "rows width"]
        """Scratch of one `draw_mesh`: the triangle that each sample sees, or -1."""
        self.triangles = np.empty((height * samples, width), np.int32)

    def clear(self) -> None:
        """Forget all meshes, for a new picture."""
        self.inverse_depth.fill(0)

    def depth(self) -> Float32[np.ndarray, "height width"]:
        """Return z in metres of the nearest thing in each pixel; infinity where there is nothing."""
        width, height = self.size
        nearest = self.inverse_depth.reshape(height, len(self.sample_x), width).max(axis=1)
        with np.errstate(divide="ignore"):
            return 1 / nearest


def draw_mesh(
    image: UInt8[np.ndarray, "height width 3"],
    buffer: SampleBuffer,
    vertices: Float32[np.ndarray, "vertices 3"],
    faces: Int32[np.ndarray, "faces 3"],
    colors: Float32[np.ndarray, "vertices 3"],
    camera: Camera,
    *,
    opacity: float | Float32[np.ndarray, "vertices"] = 1.0,
) -> Region:
    """Draw a mesh over a picture and return the part of the picture that may have changed.

    Triangles seen from behind are left out, and so is what an earlier mesh on the same buffer hides. A mesh covers
    itself: where it is transparent, the picture shows through, not its other side.

    Args:
        image: Drawn into, BGR.
        buffer: Depth of what is in the picture already; made for the picture's size.
        vertices: In the camera frame, metres.
        faces: Counter-clockwise seen from outside.
        colors: BGR of the vertices, 0 to 255, light included.
        camera: Where the picture is seen from.
        opacity: 1 covers the picture, 0 leaves it; for all vertices or for each.
    """
    height, width = image.shape[:2]
    if buffer.size != (width, height):
        raise ValueError(f"samples of {buffer.size} for a picture of {(width, height)}")
    projected = np.empty((len(vertices), 5))
    pinhole = float(camera.fx), float(camera.fy), float(camera.cx), float(camera.cy)
    bounds = _project_kernel(vertices, pinhole, projected)
    region = _covered_pixels(bounds, width, height)
    if region.x0 < region.x1 and region.y0 < region.y1:
        paints = np.empty((len(vertices), 4), np.float32)
        paints[:, :3] = colors
        paints[:, 3] = opacity
        samples = buffer.sample_x, buffer.inverse_depth, buffer.triangles
        _rasterise_kernel(projected, faces, region, *samples)
        _resolve_kernel(projected, faces, paints, region, *samples, image)
    return region


def _covered_pixels(bounds: tuple[float, float, float, float], width: int, height: int) -> Region:
    x0, x1 = np.clip((bounds[0], bounds[2] + 1), 0, width)
    y0, y1 = np.clip((bounds[1], bounds[3] + 1), 0, height)
    return Region(int(x0), int(y0), int(x1), int(y1))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _project_kernel(
    vertices: NDArray[np.float32],
    pinhole: tuple[float, float, float, float],
    projected: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    """Fill the homogeneous pixel (x z, y z, z) and the pixel (x, y) of each vertex, and return the pixel bounds.

    The bounds have no end where the mesh reaches behind the near plane.
    """
    fx, fy, cx, cy = pinhole
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    behind = 0
    for i in range(vertices.shape[0]):
        z = float(vertices[i, 2])
        xz, yz = fx * vertices[i, 0] + cx * z, fy * vertices[i, 1] + cy * z
        x, y = xz / z, yz / z
        projected[i, 0], projected[i, 1], projected[i, 2] = xz, yz, z
        projected[i, 3], projected[i, 4] = x, y
        if z > NEAR_M:
            x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
        else:
            behind += 1
    if 0 < behind < vertices.shape[0]:
        return -np.inf, -np.inf, np.inf, np.inf
    return x0, y0, x1, y1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _triangle_bounds(
    projected: NDArray[np.float64], a: int, b: int, c: int
) -> tuple[float, float, float, float]:
    """Return the pixel bounds of the part of a triangle in front of the near plane."""
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    for i, j in ((a, b), (b, c), (c, a)):
        zi, zj = projected[i, 2], projected[j, 2]
        if zi > NEAR_M:
            x, y = projected[i, 3], projected[i, 4]
            x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
        if (zi > NEAR_M) != (zj > NEAR_M):  # where this edge meets the near plane
            t = (NEAR_M - zi) / (zj - zi)
            x = (projected[i, 0] + t * (projected[j, 0] - projected[i, 0])) / NEAR_M
            y = (projected[i, 1] + t * (projected[j, 1] - projected[i, 1])) / NEAR_M
            x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
    return x0, y0, x1, y1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _rasterise_kernel(
    projected: NDArray[np.float64],
    faces: NDArray[np.int32],
    region: Region,
    sample_x: NDArray[np.float64],
    inverse_depth: NDArray[np.float32],
    triangles: NDArray[np.int32],
) -> None:
    """Find the nearest triangle of each sample in the region.

    An edge function is barycentric weight / z: it is linear over the picture, positive on the inner side of its edge,
    and the three add up to 1 / z. Each row is filled between the places where they change sign.
    """
    samples = len(sample_x)
    triangles[samples * region.y0 : samples * region.y1, region.x0 : region.x1] = -1
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        xa, ya, za = projected[a, 0], projected[a, 1], projected[a, 2]
        xb, yb, zb = projected[b, 0], projected[b, 1], projected[b, 2]
        xc, yc, zc = projected[c, 0], projected[c, 1], projected[c, 2]
        ax, ay, a0 = yb * zc - zb * yc, zb * xc - xb * zc, xb * yc - yb * xc
        determinant = xa * ax + ya * ay + za * a0
        if not determinant < 0:  # seen from behind or from its edge
            continue
        left, top, right, bottom = _triangle_bounds(projected, a, b, c)
        first_x, last_x = max(int(left - 0.5), region.x0), min(int(right), region.x1 - 1)
        first_row = max(int(np.ceil(samples * top - 0.5)), samples * region.y0)
        last_row = min(int(np.floor(samples * bottom - 0.5)), samples * region.y1 - 1)
        if first_row > last_row or first_x > last_x:
            continue
        scale = 1 / determinant
        ax, ay, a0 = ax * scale, ay * scale, a0 * scale
        bx, by, b0 = (
            (yc * za - zc * ya) * scale,
            (zc * xa - xc * za) * scale,
            (xc * ya - yc * xa) * scale,
        )
        cx, cy, c0 = (
            (ya * zb - za * yb) * scale,
            (za * xb - xa * zb) * scale,
            (xa * yb - ya * xb) * scale,
        )
        # a level edge has no place where it changes sign along a row: tilt it by nothing that shows
        ax, bx, cx = ax or 1e-30, bx or 1e-30, cx or 1e-30
        inverse_x, inverse_y, inverse_0 = ax + bx + cx, ay + by + cy, a0 + b0 + c0
        ay, a0, by, b0, cy, c0 = -ay / ax, -a0 / ax, -by / bx, -b0 / bx, -cy / cx, -c0 / cx
        for row in range(first_row, last_row + 1):
            y = (row + 0.5) / samples
            offset = sample_x[row % samples]
            begin, end = first_x + offset, last_x + offset
            for x_term, slope, start in ((ax, ay, a0), (bx, by, b0), (cx, cy, c0)):
                crossing = slope * y + start
                if x_term > 0:
                    begin = max(begin, crossing)
                else:
                    end = min(end, crossing)
            if (
                not begin <= end
            ):  # also where a tilted edge puts the crossing out of reach of integers
                continue
            for x in range(int(np.ceil(begin - offset)), int(np.floor(end - offset)) + 1):
                inverse = inverse_x * (x + offset) + inverse_y * y + inverse_0
                if inverse_depth[row, x] < inverse < 1 / NEAR_M:
                    inverse_depth[row, x] = inverse
                    triangles[row, x] = f


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _resolve_kernel(
    projected: NDArray[np.float64],
    faces: NDArray[np.int32],
    paints: NDArray[np.float32],
    region: Region,
    sample_x: NDArray[np.float64],
    inverse_depth: NDArray[np.float32],
    triangles: NDArray[np.int32],
    image: NDArray[np.uint8],
) -> None:
    """Blend each pixel of the region with what its samples see."""
    samples = len(sample_x)
    for y in range(region.y0, region.y1):
        for x in range(region.x0, region.x1):
            blue, green, red, cover = 0.0, 0.0, 0.0, 0.0
            b, g, r, alpha = 0.0, 0.0, 0.0, 0.0
            painted_at = 0.0
            for s in range(samples):
                row = samples * y + s
                f = triangles[row, x]
                if f < 0:
                    continue
                inverse = inverse_depth[row, x]
                if abs(inverse - painted_at) > _SAME_SURFACE * inverse:
                    b, g, r, alpha = _paint(
                        projected, faces, paints, f, x + sample_x[s], y + (s + 0.5) / samples
                    )
                    painted_at = inverse
                blue += alpha * b
                green += alpha * g
                red += alpha * r
                cover += alpha
            if cover > 0:
                keep = 1 - cover / samples
                image[y, x, 0] = np.uint8(keep * image[y, x, 0] + blue / samples + 0.5)
                image[y, x, 1] = np.uint8(keep * image[y, x, 1] + green / samples + 0.5)
                image[y, x, 2] = np.uint8(keep * image[y, x, 2] + red / samples + 0.5)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _paint(
    projected: NDArray[np.float64],
    faces: NDArray[np.int32],
    paints: NDArray[np.float32],
    f: int,
    x: float,
    y: float,
) -> tuple[float, float, float, float]:
    """Return blue, green, red and opacity of triangle `f` at a place in the picture."""
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    za, zb, zc = projected[a, 2], projected[b, 2], projected[c, 2]
    xa, ya = projected[a, 0] - x * za, projected[a, 1] - y * za
    xb, yb = projected[b, 0] - x * zb, projected[b, 1] - y * zb
    xc, yc = projected[c, 0] - x * zc, projected[c, 1] - y * zc
    wa, wb, wc = xb * yc - yb * xc, xc * ya - yc * xa, xa * yb - ya * xb
    scale = 1 / (wa + wb + wc)
    wa, wb, wc = wa * scale, wb * scale, wc * scale
    return (
        wa * paints[a, 0] + wb * paints[b, 0] + wc * paints[c, 0],
        wa * paints[a, 1] + wb * paints[b, 1] + wc * paints[c, 1],
        wa * paints[a, 2] + wb * paints[b, 2] + wc * paints[c, 2],
        wa * paints[a, 3] + wb * paints[b, 3] + wc * paints[c, 3],
    )
