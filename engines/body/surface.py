"""Exact closest points on a triangle mesh, by a tree of boxes.

Closest point of one triangle: Ericson, Real-Time Collision Detection (2005), section 5.1.5. Tree: triangles in Morton
order (Lauterbach et al., Eurographics 2009), in blocks under a complete binary tree of bounding boxes.
"""

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

_BLOCK: Final = 4
"""Triangles in one leaf."""
_MORTON_BITS: Final = 10
_MAX_DEPTH: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class SurfacePoints:
    """Closest points of a surface."""

    distances: Float64[np.ndarray, "points"]
    """Distance of each query, in the unit of the mesh."""
    triangles: Int64[np.ndarray, "points"]
    """Face that holds the closest point."""
    barycentric: Float64[np.ndarray, "points 3"]
    """Weights of the face's three corners; not negative, sum 1."""


class Surface:
    """A triangle mesh to which closest points are asked for.

    Args:
        vertices: (V, 3) corner positions, finite.
        faces: (F, 3) indices into them, at least one.
    """

    def __init__(self, vertices: NDArray[np.floating], faces: NDArray[np.integer]) -> None:
        if len(faces) == 0:
            raise ValueError("a surface needs at least one triangle")
        corners = np.asarray(vertices, np.float64)[faces]  # (F, 3, 3)
        self._order = _morton_order(corners.mean(axis=1))
        self._corners = corners[self._order]
        self._lower, self._upper = _boxes(self._corners)

    def closest(self, points: NDArray[np.floating]) -> SurfacePoints:
        """Return the closest point of the surface for each of the (P, 3) points."""
        queries = np.ascontiguousarray(points, np.float64)
        distances = np.empty(len(queries))
        found = np.empty(len(queries), np.int64)
        barycentric = np.empty((len(queries), 3))
        _closest_kernel(
            queries, self._corners, self._lower, self._upper, distances, found, barycentric
        )
        return SurfacePoints(distances, self._order[found], barycentric)


def nearest_distances(
    points: NDArray[np.floating], targets: NDArray[np.floating]
) -> Float64[np.ndarray, "points"]:
    """Return the distance of each of the (P, 3) points to the nearest of the (T, 3) targets. Takes P T steps."""
    if len(targets) == 0:
        raise ValueError("there is no nearest of no points")
    distances = np.empty(len(points))
    _nearest_kernel(
        np.ascontiguousarray(points, np.float64),
        np.ascontiguousarray(targets, np.float64),
        distances,
    )
    return distances


def _morton_order(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    low = centres.min(axis=0)
    extent = np.maximum((centres.max(axis=0) - low).max(), np.finfo(np.float64).tiny)
    cells = ((centres - low) / extent * (2**_MORTON_BITS - 1)).astype(np.int64)
    code = np.zeros(len(centres), np.int64)
    for bit in range(_MORTON_BITS):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")


def _boxes(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds of the nodes of a complete binary tree: children of node n are 2n + 1 and 2n + 2."""
    blocks = -(-len(corners) // _BLOCK)
    leaves = 1 << (blocks - 1).bit_length()
    lower = np.full((2 * leaves - 1, 3), np.inf)
    upper = np.full((2 * leaves - 1, 3), -np.inf)
    starts = np.arange(0, len(corners), _BLOCK)
    first = leaves - 1
    lower[first : first + blocks] = np.minimum.reduceat(corners.min(axis=1), starts)
    upper[first : first + blocks] = np.maximum.reduceat(corners.max(axis=1), starts)
    while first > 0:
        above, count = (first - 1) // 2, (first + 1) // 2
        children = slice(first, 2 * first + 1)
        lower[above : above + count] = lower[children].reshape(count, 2, 3).min(axis=1)
        upper[above : above + count] = upper[children].reshape(count, 2, 3).max(axis=1)
        first = above
    return lower, upper


@numba.njit(cache=True)
def _nearest_kernel(
    points: NDArray[np.float64], targets: NDArray[np.float64], distances: NDArray[np.float64]
) -> None:
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best = np.inf
        for j in range(targets.shape[0]):
            dx, dy, dz = targets[j, 0] - x, targets[j, 1] - y, targets[j, 2] - z
            best = min(best, dx * dx + dy * dy + dz * dz)
        distances[i] = np.sqrt(best)


@numba.njit(cache=True)
def _closest_kernel(
    points: NDArray[np.float64],
    corners: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    distances: NDArray[np.float64],
    found: NDArray[np.int64],
    barycentric: NDArray[np.float64],
) -> None:
    first_leaf = (lower.shape[0] - 1) // 2
    stack = np.empty(_MAX_DEPTH, np.int64)
    weights = np.empty(3)
    for i in range(points.shape[0]):
        p = points[i]
        best = np.inf
        found[i] = 0
        stack[0] = 0
        top = 1
        while top > 0:
            top -= 1
            node = stack[top]
            if _box_distance(p, lower[node], upper[node]) >= best:
                continue
            if node >= first_leaf:
                start = (node - first_leaf) * _BLOCK
                for t in range(start, min(start + _BLOCK, corners.shape[0])):
                    squared = _triangle_distance(p, corners[t], weights)
                    if squared < best:
                        best = squared
                        found[i] = t
                        barycentric[i] = weights
                continue
            left, right = 2 * node + 1, 2 * node + 2
            if _box_distance(p, lower[left], upper[left]) > _box_distance(
                p, lower[right], upper[right]
            ):
                left, right = right, left
            stack[top] = right  # the nearer one is looked at first
            stack[top + 1] = left
            top += 2
        distances[i] = np.sqrt(best)


@numba.njit(cache=True)
def _box_distance(
    p: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> float:
    total = 0.0
    for k in range(3):
        outside = max(lower[k] - p[k], 0.0, p[k] - upper[k])
        total += outside * outside
    return total


@numba.njit(cache=True)
def _triangle_distance(
    p: NDArray[np.float64], corners: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Return the squared distance of p to a triangle, and set the barycentric weights of its closest point."""
    _triangle_weights(p, corners, weights)
    total = 0.0
    for k in range(3):
        offset = -p[k]
        for c in range(3):
            offset += weights[c] * corners[c, k]
        total += offset * offset
    return total


@numba.njit(cache=True)
def _triangle_weights(
    p: NDArray[np.float64], corners: NDArray[np.float64], weights: NDArray[np.float64]
) -> None:
    a, b, c = corners[0], corners[1], corners[2]
    d1, d2 = _dot_from(a, b, a, p), _dot_from(a, c, a, p)
    d3, d4 = _dot_from(a, b, b, p), _dot_from(a, c, b, p)
    d5, d6 = _dot_from(a, b, c, p), _dot_from(a, c, c, p)
    vc, vb, va = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if d1 <= 0 and d2 <= 0:
        v, w = 0.0, 0.0
    elif d3 >= 0 and d4 <= d3:
        v, w = 1.0, 0.0
    elif d6 >= 0 and d5 <= d6:
        v, w = 0.0, 1.0
    elif vc <= 0 and d1 >= 0 and d3 <= 0:
        v, w = _fraction(d1, d1 - d3), 0.0
    elif vb <= 0 and d2 >= 0 and d6 <= 0:
        v, w = 0.0, _fraction(d2, d2 - d6)
    elif va <= 0 and d4 - d3 >= 0 and d5 - d6 >= 0:
        w = _fraction(d4 - d3, (d4 - d3) + (d5 - d6))
        v = 1 - w
    else:
        v, w = _fraction(vb, va + vb + vc), _fraction(vc, va + vb + vc)
    weights[0], weights[1], weights[2] = 1 - v - w, v, w


@numba.njit(cache=True)
def _dot_from(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> float:
    """Return (b - a) . (d - c), without making the differences."""
    total = 0.0
    for k in range(3):
        total += (b[k] - a[k]) * (d[k] - c[k])
    return total


@numba.njit(cache=True)
def _fraction(part: float, whole: float) -> float:
    # no extent: a triangle of no area is met through its neighbours
    return part / whole if whole > 0 else 0.0
