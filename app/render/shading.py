"""Colours of lit surfaces, for the rasteriser: vertex normals and a soft two-tone light."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Light:
    """One soft lamp far away, and the tint of what is turned away from it."""

    direction: tuple[float, float, float] = (-0.45, -0.65, -0.61)
    """From the surface towards the lamp, in the camera frame; unit length."""
    lit: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Blue, green and red factors of a surface that faces the lamp."""
    shade: tuple[float, float, float] = (0.45, 0.36, 0.34)
    """Blue, green and red factors of a surface that faces away."""
    rim: float = 0.0
    """Share of white where the surface turns out of sight, from 0 to 1."""


def vertex_normals(
    vertices: Float32[np.ndarray, "vertices 3"], faces: Int32[np.ndarray, "faces 3"]
) -> Float32[np.ndarray, "vertices 3"]:
    """Return the area-weighted unit normals of the vertices; zero for a vertex of no triangle."""
    normals = np.empty_like(vertices)
    _vertex_normals_kernel(vertices, faces, normals)
    return normals


def normals_at_rest(
    vertices: Float32[np.ndarray, "vertices 3"], faces: Int32[np.ndarray, "faces 3"]
) -> Float32[np.ndarray, "vertices 3"]:
    """Return what `vertex_normals` does, ten times slower, for meshes made once: no compiler takes 50 MB for it."""
    corners = vertices[faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros((len(vertices), 3))
    for axis in range(3):
        weights = np.repeat(across[:, axis], 3)
        sums[:, axis] = np.bincount(faces.reshape(-1), weights, len(vertices))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def lit_colors(
    colors: Float32[np.ndarray, "vertices 3"] | Float32[np.ndarray, "3"],
    normals: Float32[np.ndarray, "vertices 3"],
    light: Light,
) -> Float32[np.ndarray, "vertices 3"]:
    """Return the BGR of lit vertices, 0 to 255, from their own colours and unit normals in the camera frame."""
    lit = np.empty_like(normals)
    own = np.broadcast_to(np.asarray(colors, np.float32), normals.shape)
    tints = np.array([light.direction, light.lit, light.shade], np.float64)
    _light_kernel(own, normals, tints, float(light.rim), lit)
    return lit


@numba.njit(cache=True, nogil=True, fastmath=True)
def _vertex_normals_kernel(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], normals: NDArray[np.float32]
) -> None:
    normals[:] = 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = vertices[a, 0], vertices[a, 1], vertices[a, 2]
        ux, uy, uz = vertices[b, 0] - x, vertices[b, 1] - y, vertices[b, 2] - z
        vx, vy, vz = vertices[c, 0] - x, vertices[c, 1] - y, vertices[c, 2] - z
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for i in (a, b, c):
            normals[i, 0] += nx
            normals[i, 1] += ny
            normals[i, 2] += nz
    for i in range(normals.shape[0]):
        x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0:
            normals[i, 0], normals[i, 1], normals[i, 2] = x / length, y / length, z / length


@numba.njit(cache=True, nogil=True, fastmath=True)
def _light_kernel(
    colors: NDArray[np.float32],
    normals: NDArray[np.float32],
    tints: NDArray[np.float64],
    rim: float,
    out: NDArray[np.float32],
) -> None:
    direction, lit, shade = tints[0], tints[1], tints[2]
    for i in range(normals.shape[0]):
        x, y, z = normals[i, 0], normals[i, 1], normals[i, 2]
        half = 0.5 + 0.5 * (x * direction[0] + y * direction[1] + z * direction[2])
        bright = half * half * (3 - 2 * half)
        edge = min(max(1 + z, 0), 1)  # 0 facing the camera, 1 at the outline
        white = 255 * rim * edge * edge * edge
        for k in range(3):
            value = colors[i, k] * (shade[k] + bright * (lit[k] - shade[k])) + white
            out[i, k] = min(max(value, 0), 255)
