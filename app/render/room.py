"""Things around a body: a chequered floor, boxes, and the shadow on the floor."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

Color = tuple[float, float, float]
"""BGR, 0 to 255."""


class ColoredMesh(NamedTuple):
    """Triangles with a colour at each vertex."""

    vertices: Float32[np.ndarray, "vertices 3"]
    """Metres."""
    faces: Int32[np.ndarray, "faces 3"]
    """Counter-clockwise seen from outside."""
    colors: Float32[np.ndarray, "vertices 3"]
    """BGR, 0 to 255, light included."""


def chequered_floor(
    half_size_m: float, cell_m: float, first: Color, second: Color, far: Color
) -> ColoredMesh:
    """Return a square floor around the origin, in a frame with y up, that fades to a colour at its rim."""
    count = round(2 * half_size_m / cell_m)
    row, column = np.divmod(np.arange(count * count), count)
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
    places = (np.stack([column, row], axis=1)[:, None] + corners) * cell_m - half_size_m
    vertices = np.zeros((count * count, 4, 3), np.float32)
    vertices[:, :, 0], vertices[:, :, 2] = places[:, :, 0], places[:, :, 1]
    is_first = (row + column) % 2 == 0
    own = np.where(is_first[:, None, None], first, second)
    fade = np.clip(np.linalg.norm(places, axis=2) / half_size_m, 0, 1)[:, :, None] ** 1.5
    colors = own + fade * (np.array(far) - own)
    starts = 4 * np.arange(count * count, dtype=np.int32)[:, None, None]
    faces = starts + np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return ColoredMesh(
        vertices.reshape(-1, 3),
        faces.reshape(-1, 3),
        colors.reshape(-1, 3).astype(np.float32),
    )


def box(
    low_m: tuple[float, float, float], high_m: tuple[float, float, float], color: Color
) -> ColoredMesh:
    """Return an upright box with a light top and darker sides, in a frame with y up."""
    corners = np.array([low_m, high_m])
    faces: list[list[list[int]]] = []
    vertices: list[NDArray[np.float64]] = []
    colors: list[NDArray[np.float64]] = []
    for axis, bright in ((0, 0.78), (1, 1.0), (2, 0.88)):
        for end in (0, 1):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            ring = [(0, 0), (1, 0), (1, 1), (0, 1)]
            side = np.empty((4, 3))
            side[:, axis] = corners[end, axis]
            side[:, u] = [corners[i, u] for i, _ in ring]
            side[:, v] = [corners[j, v] for _, j in ring]
            vertices.append(side if end else side[::-1])
            start = 4 * len(faces)
            faces.append([[start, start + 1, start + 2], [start, start + 2, start + 3]])
            colors.append(np.tile(np.multiply(color, bright), (4, 1)))
    return ColoredMesh(
        np.concatenate(vertices).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(colors).astype(np.float32),
    )


def shadow_on_floor(
    vertices: Float32[np.ndarray, "vertices 3"],
    to_lamp: tuple[float, float, float],
    floor_y_m: float,
) -> NDArray[np.float32]:
    """Return a mesh pressed flat on a level floor along the light, in any frame where y is vertical."""
    heights = vertices[:, 1:2] - np.float32(floor_y_m)
    return vertices - heights * (np.array(to_lamp, np.float32) / np.float32(to_lamp[1]))
