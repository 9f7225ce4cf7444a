"""A rasteriser for textured triangles on the CPU, compiled with numba: depth buffer first, then light.

The first pass gives each pixel its nearest triangle with perspective-correct barycentric coordinates; where a texture
decides about visibility (hair, brows, lashes), its alpha is tested. The second pass looks up colours and lights them.
"""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64
from numpy.typing import NDArray

from training.render.light import Lighting
from training.render.textures import PLAIN, TextureArrays

_NEAR_M: Final = 0.05
_SMALLEST_AREA: Final = 1e-9
_ALPHA_FIRST: Final = 0.2  # four levels of coverage over each block of two by two pixels
_ALPHA_STEP: Final = 0.2
_GAMMA: Final = 2.2
_DIMMEST: Final = 0.02


class Mesh(NamedTuple):
    """The triangles of all parts of a scene."""

    vertices: Float32[np.ndarray, "v 3"]
    """Metres, y up, towards the camera z."""
    normals: Float32[np.ndarray, "v 3"]
    """Unit normals."""
    faces: Int32[np.ndarray, "f 3"]
    """Triangles."""
    uv: Float32[np.ndarray, "f 3 2"]
    """Texture coordinates of each corner, v up."""
    parts: Int32[np.ndarray, " f"]
    """Part that each triangle belongs to."""
    textures: Int64[np.ndarray, " p"]
    """Texture of each part, or `PLAIN`."""
    gains: Float32[np.ndarray, "p 3"]
    """Colour factor of each part, or its colour where it has no texture."""
    cut: Bool[np.ndarray, " p"]
    """Whether the texture's alpha cuts holes."""


class Coverage(NamedTuple):
    """What each pixel shows."""

    inverse_depth: Float32[np.ndarray, "height width"]
    """1 / depth; 0 where nothing is."""
    faces: Int32[np.ndarray, "height width"]
    """Triangle; -1 where nothing is."""
    barycentric: Float32[np.ndarray, "height width 3"]
    """Place in it."""


@numba.njit(cache=True, inline="always")
def _texel(
    textures: TextureArrays, index: int, u: float, v: float
) -> tuple[float, float, float, float]:
    """Return RGBA in [0, 1] between four texels; coordinates wrap."""
    width, height = textures.sizes[index, 0], textures.sizes[index, 1]
    x, y = u * width - 0.5, (1.0 - v) * height - 0.5
    column, row = int(np.floor(x)), int(np.floor(y))
    right, down = x - column, y - row
    red = green = blue = alpha = 0.0
    for i in range(2):
        for j in range(2):
            weight = (right if i else 1 - right) * (down if j else 1 - down) / 255.0
            place = textures.first[index] + ((row + j) % height) * width + (column + i) % width
            red += weight * textures.texels[place, 0]
            green += weight * textures.texels[place, 1]
            blue += weight * textures.texels[place, 2]
            alpha += weight * textures.texels[place, 3]
    return red, green, blue, alpha


@numba.njit(cache=True, error_model="numpy")
def rasterise(
    points: NDArray[np.float32], mesh: Mesh, textures: TextureArrays, height: int, width: int
) -> Coverage:
    """Return what covers each pixel; `points` (v, 3) are x, y in pixels and depth of the mesh's vertices."""
    nearest = np.zeros((height, width), np.float32)
    shown = np.full((height, width), -1, np.int32)
    places = np.zeros((height, width, 3), np.float32)
    for f in range(len(mesh.faces)):
        a, b, c = mesh.faces[f, 0], mesh.faces[f, 1], mesh.faces[f, 2]
        za, zb, zc = points[a, 2], points[b, 2], points[c, 2]
        if min(za, zb, zc) <= _NEAR_M:
            continue
        x0, y0 = points[a, 0], points[a, 1]
        ux, uy = points[b, 0] - x0, points[b, 1] - y0
        vx, vy = points[c, 0] - x0, points[c, 1] - y0
        area = ux * vy - vx * uy
        if abs(area) < _SMALLEST_AREA:
            continue
        left = max(0, int(np.ceil(x0 + min(0.0, ux, vx) - 0.5)))
        right = min(width - 1, int(np.floor(x0 + max(0.0, ux, vx) - 0.5)))
        top = max(0, int(np.ceil(y0 + min(0.0, uy, vy) - 0.5)))
        bottom = min(height - 1, int(np.floor(y0 + max(0.0, uy, vy) - 0.5)))
        part = mesh.parts[f]
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                px, py = x + 0.5 - x0, y + 0.5 - y0
                w1, w2 = (px * vy - vx * py) / area, (ux * py - px * uy) / area
                w0 = 1.0 - w1 - w2
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                inverse = w0 / za + w1 / zb + w2 / zc
                if inverse <= nearest[y, x]:
                    continue
                k0, k1 = w0 / za / inverse, w1 / zb / inverse
                k2 = 1.0 - k0 - k1
                if mesh.cut[part] and mesh.textures[part] != PLAIN:
                    u = k0 * mesh.uv[f, 0, 0] + k1 * mesh.uv[f, 1, 0] + k2 * mesh.uv[f, 2, 0]
                    v = k0 * mesh.uv[f, 0, 1] + k1 * mesh.uv[f, 1, 1] + k2 * mesh.uv[f, 2, 1]
                    alpha = _texel(textures, mesh.textures[part], u, v)[3]
                    if alpha < _ALPHA_FIRST + _ALPHA_STEP * ((y & 1) * 2 + (x & 1)):
                        continue
                nearest[y, x], shown[y, x] = inverse, f
                places[y, x, 0], places[y, x, 1], places[y, x, 2] = k0, k1, k2
    return Coverage(nearest, shown, places)


@numba.njit(cache=True, error_model="numpy")
def shade(
    coverage: Coverage,
    mesh: Mesh,
    textures: TextureArrays,
    lighting: Lighting,
    eye: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return linear RGB (h, w, 3) and the luminance of the light that falls on each pixel (h, w)."""
    height, width = coverage.faces.shape
    colours = np.zeros((height, width, 3), np.float32)
    luminance = np.zeros((height, width), np.float32)
    point, normal, uv = np.zeros(3), np.zeros(3), np.zeros(2)
    for y in range(height):
        for x in range(width):
            face = coverage.faces[y, x]
            if face < 0:
                continue
            point[:], normal[:], uv[:] = 0.0, 0.0, 0.0
            for k in range(3):
                weight, corner = coverage.barycentric[y, x, k], mesh.faces[face, k]
                for a in range(3):
                    point[a] += weight * mesh.vertices[corner, a]
                    normal[a] += weight * mesh.normals[corner, a]
                for a in range(2):
                    uv[a] += weight * mesh.uv[face, k, a]
            towards = 0.0
            for a in range(3):
                towards += normal[a] * (eye[a] - point[a])
            length = max(np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2), 1e-9)
            normal *= (1.0 if towards >= 0 else -1.0) / length  # cloth has two sides
            light = _irradiance(lighting, normal) * _unshadowed(lighting, point, normal)
            part = mesh.parts[face]
            colour = (1.0, 1.0, 1.0, 1.0)
            if mesh.textures[part] != PLAIN:
                colour = _texel(textures, mesh.textures[part], uv[0], uv[1])
            for a in range(3):
                albedo = min(max(colour[a] * mesh.gains[part, a], 0.0), 1.0) ** _GAMMA
                colours[y, x, a] = albedo * light[a]
            luminance[y, x] = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return colours, luminance


@numba.njit(cache=True)
def _irradiance(lighting: Lighting, normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the light on a surface, RGB, divided by pi."""
    x, y, z = normal[0], normal[1], normal[2]
    basis = (
        0.282095, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
        0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
    )  # fmt: skip
    light = np.zeros(3)
    for a in range(3):
        for k in range(9):
            light[a] += basis[k] * lighting.harmonics[k, a]
        light[a] = max(light[a], _DIMMEST)
    return light


@numba.njit(cache=True)
def _unshadowed(
    lighting: Lighting, point: NDArray[np.float64], normal: NDArray[np.float64]
) -> float:
    """Return the share of light that reaches a point past the rest of the scene."""
    if lighting.shadow_strength <= 0:
        return 1.0
    size = len(lighting.shadow_map)
    along = np.zeros(3)
    facing = 0.0
    for a in range(3):
        for b in range(3):
            along[a] += lighting.axes[a, b] * (point[b] - lighting.centre[b])
        facing += normal[a] * lighting.axes[2, a]
    depth = lighting.far - along[2]
    hidden = 0.0
    for i in range(-1, 2):
        for j in range(-1, 2):
            column = int((along[0] / lighting.half_extent * 0.5 + 0.5) * size) + i
            row = int((along[1] / lighting.half_extent * 0.5 + 0.5) * size) + j
            if not (0 <= column < size and 0 <= row < size):
                continue
            nearest = lighting.shadow_map[row, column]
            if nearest > 0 and depth - 1.0 / nearest > 0.012 + 0.02 * (1 - abs(facing)):
                hidden += 1.0 / 9.0
    return 1.0 - lighting.shadow_strength * hidden * max(0.0, min(1.0, 0.35 + facing))


@numba.njit(cache=True)
def vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return unit normals (v, 3), faces weighted by their area."""
    normals = np.zeros_like(vertices)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        u, w = vertices[b] - vertices[a], vertices[c] - vertices[a]
        x, y, z = u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]
        for corner in (a, b, c):
            normals[corner, 0] += x
            normals[corner, 1] += y
            normals[corner, 2] += z
    for v in range(len(normals)):
        length = np.sqrt(normals[v, 0] ** 2 + normals[v, 1] ** 2 + normals[v, 2] ** 2)
        if length > 0:
            normals[v] /= length
    return normals
