"""Draws posed people on the processor: what kernels/raster.cu does on a GPU, step for step in the same order.

All numbers are of 32 bits, as there. What the arrays are is said in library.py (Bound), scene.py (Scene) and
textures.py.
"""

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from training.render.numba_posing import (
    CUT,
    PICTURE,
    SCENE_TRIANGLE,
    SCENE_VERTEX,
    SKIN,
    TEXTURE,
    TRIANGLE,
    TRIANGLES,
    VERTEX,
)

_F = np.float32
_PLAIN: Final = -1
_LAST: Final = 0xFFFFFFFF
_NEAR_M: Final = _F(0.05)
_SMALLEST_AREA: Final = _F(1e-9)
_EDGE: Final = _F(-1e-4)
_ALPHA_FIRST: Final = _F(0.2)
_ALPHA_STEP: Final = _F(0.2)
_GAMMA: Final = _F(2.2)
_DIMMEST: Final = _F(0.02)
_SHADOW_BIAS_M: Final = _F(0.012)
_SHADOW_SLOPE_M: Final = _F(0.02)
_SHADOW_EDGE: Final = _F(0.35)
_0, _HALF, _1, _3 = _F(0), _F(0.5), _F(1), _F(3)
_PER_255: Final = _F(1.0) / _F(255.0)
_NINTH: Final = _F(1.0) / _F(9.0)
_SHORT: Final = _F(1e-9)
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
_SH: Final = np.array([0.282095, 0.488603, 1.092548, 0.315392, 0.546274], np.float32)

_compiled = numba.njit(cache=True, error_model="numpy", nogil=True)
_inlined = numba.njit(cache=True, error_model="numpy", nogil=True, inline="always")


@_inlined
def _texel_at(
    texels: NDArray[np.uint8],
    table: NDArray[np.int32],
    row: int,
    uv: NDArray[np.float32],
    rgba: NDArray[np.float32],
) -> None:
    """Write RGBA in [0, 1] between four texels; coordinates wrap."""
    width, height = table[row, 1], table[row, 2]
    x, y = uv[0] * _F(width) - _HALF, (_1 - uv[1]) * _F(height) - _HALF
    left, top = np.floor(x), np.floor(y)
    right, down = x - left, y - top
    column, line = int(left), int(top)
    for a in range(4):
        rgba[a] = _0
    for i in range(2):
        for j in range(2):
            weight = (right if i else _1 - right) * (down if j else _1 - down)
            place = table[row, 0] + ((line + j) % height) * width + (column + i) % width
            for a in range(4):
                rgba[a] += weight * (_F(texels[place, a]) * _PER_255)


@_inlined
def _set_up(
    corners: NDArray[np.int32], first: int, seen: NDArray[np.float32], setup: NDArray[np.float32]
) -> bool:
    """Write x0, y0, ux, uy, vx, vy, 1 / area and depths; False behind the camera and for triangles without area."""
    a, b, c = first + corners[0], first + corners[1], first + corners[2]
    setup[7], setup[8], setup[9] = seen[a, 2], seen[b, 2], seen[c, 2]
    x0, y0 = seen[a, 0], seen[a, 1]
    ux, uy = seen[b, 0] - x0, seen[b, 1] - y0
    vx, vy = seen[c, 0] - x0, seen[c, 1] - y0
    setup[0], setup[1], setup[2], setup[3], setup[4], setup[5] = x0, y0, ux, uy, vx, vy
    area = ux * vy - vx * uy
    setup[6] = _1 / area
    return min(setup[7], min(setup[8], setup[9])) > _NEAR_M and abs(area) >= _SMALLEST_AREA


@_inlined
def _place_in(setup: NDArray[np.float32], x: int, y: int, place: NDArray[np.float32]) -> bool:
    """Write 1 / depth and perspective-correct barycentric coordinates of a sample; return whether it is inside."""
    px, py = _F(x) + _HALF - setup[0], _F(y) + _HALF - setup[1]
    w1 = (px * setup[5] - setup[4] * py) * setup[6]
    w2 = (setup[2] * py - px * setup[3]) * setup[6]
    w0 = _1 - w1 - w2
    if w0 < _EDGE or w1 < _EDGE or w2 < _EDGE:
        return False
    a, b = w0 / setup[7], w1 / setup[8]
    inverse = a + b + w2 / setup[9]
    place[0], place[1], place[2] = inverse, a / inverse, b / inverse
    place[3] = _1 - place[1] - place[2]
    return True


@_inlined
def _uv_at(
    corners: NDArray[np.float32], place: NDArray[np.float32], uv: NDArray[np.float32]
) -> None:
    for a in range(2):
        uv[a] = place[1] * corners[0, a] + place[2] * corners[1, a] + place[3] * corners[2, a]


@_inlined
def _is_covered(
    corners: NDArray[np.int32],
    first: int,
    references: NDArray[np.int32],
    hidden_by: NDArray[np.int64],
    items: int,
) -> bool:
    """Return whether what is worn hides all corners of a triangle of the skin."""
    hidden = items
    for i in range(3):
        hidden = items if hidden_by[references[first + corners[i], 0]] & hidden else 0
    return hidden != 0


@_inlined
def _draw(
    setup: NDArray[np.float32],
    low_bits: np.uint64,
    corners_uv: NDArray[np.float32],
    texture: int,
    texels: NDArray[np.uint8],
    table: NDArray[np.int32],
    keys: NDArray[np.uint64],
    scratch: Any,
) -> None:
    """Draw one triangle; where it has a `texture`, its alpha cuts holes."""
    place, uv, rgba, number_of, bits_of = scratch
    w, h = _F(keys.shape[1]), _F(keys.shape[0])
    low_x, high_x = min(_0, min(setup[2], setup[4])), max(_0, max(setup[2], setup[4]))
    low_y, high_y = min(_0, min(setup[3], setup[5])), max(_0, max(setup[3], setup[5]))
    left = int(min(w, max(_0, np.ceil(setup[0] + low_x - _HALF))))
    right = int(min(w - _1, max(-_1, np.floor(setup[0] + high_x - _HALF))))
    top = int(min(h, max(_0, np.ceil(setup[1] + low_y - _HALF))))
    bottom = int(min(h - _1, max(-_1, np.floor(setup[1] + high_y - _HALF))))
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            if not _place_in(setup, x, y, place) or not place[0] > _0:
                continue
            number_of[0] = place[0]
            key = (np.uint64(bits_of[0]) << np.uint64(32)) | low_bits
            if key <= keys[y, x]:
                continue
            if texture != _PLAIN:
                _uv_at(corners_uv, place, uv)
                _texel_at(texels, table, texture, uv, rgba)
                if rgba[3] < _ALPHA_FIRST + _ALPHA_STEP * _F((y & 1) * 2 + (x & 1)):
                    continue
            keys[y, x] = key


@_compiled
def rasterise(
    things: NDArray[np.int32],
    faces: NDArray[np.int32],
    uvs: NDArray[np.float32],
    references: NDArray[np.int32],
    hidden_by: NDArray[np.int64],
    worn: NDArray[np.int64],
    texels: NDArray[np.uint8],
    table: NDArray[np.int32],
    seen: NDArray[np.float32],
    keys: NDArray[np.uint64],
) -> None:
    """Keep the nearest triangle of each sample: 1 / depth in the upper half of its key, the number in the lower."""
    setup, number_of = np.zeros(10, np.float32), np.zeros(1, np.float32)
    scratch = (
        np.zeros(4, np.float32), np.zeros(2, np.float32), np.zeros(4, np.float32), number_of,
        number_of.view(np.uint32),
    )  # fmt: skip
    for t in range(len(things)):
        picture = things[t, PICTURE]
        texture = things[t, TEXTURE] if things[t, CUT] else _PLAIN
        for k in range(things[t, TRIANGLES]):
            number = things[t, TRIANGLE] + k
            if things[t, SKIN] and _is_covered(
                faces[number], things[t, VERTEX], references, hidden_by, worn[picture]
            ):
                continue
            if _set_up(faces[number], things[t, SCENE_VERTEX], seen, setup):
                low_bits = np.uint64(_LAST - int(things[t, SCENE_TRIANGLE]) - k)
                _draw(setup, low_bits, uvs[number], texture, texels, table, keys[picture], scratch)


@_inlined
def _irradiance(
    harmonics: NDArray[np.float32], normal: NDArray[np.float32], light: NDArray[np.float32]
) -> None:
    """Write the light on a surface, RGB, divided by pi."""
    x, y, z = normal[0], -normal[1], -normal[2]
    for a in range(3):
        total = _SH[0] * harmonics[0, a]
        total += _SH[1] * y * harmonics[1, a]
        total += _SH[1] * z * harmonics[2, a]
        total += _SH[1] * x * harmonics[3, a]
        total += _SH[2] * x * y * harmonics[4, a]
        total += _SH[2] * y * z * harmonics[5, a]
        total += _SH[3] * (_3 * z * z - _1) * harmonics[6, a]
        total += _SH[2] * x * z * harmonics[7, a]
        total += _SH[4] * (x * x - y * y) * harmonics[8, a]
        light[a] = max(total, _DIMMEST)


@_inlined
def _unshadowed(
    rows: NDArray[np.float32],
    shadow_map: NDArray[np.float32],
    strength: np.float32,
    point: NDArray[np.float32],
    normal: NDArray[np.float32],
) -> np.float32:
    """Return the share of light that reaches a point past the rest of the person."""
    if strength <= _0:
        return _1
    size = len(shadow_map)
    column = rows[0, 0] * point[0] + rows[0, 1] * point[1] + rows[0, 2] * point[2] + rows[0, 3]
    line = rows[1, 0] * point[0] + rows[1, 1] * point[1] + rows[1, 2] * point[2] + rows[1, 3]
    depth = rows[2, 0] * point[0] + rows[2, 1] * point[1] + rows[2, 2] * point[2] + rows[2, 3]
    facing = -(rows[2, 0] * normal[0] + rows[2, 1] * normal[1] + rows[2, 2] * normal[2])
    bias = _SHADOW_BIAS_M + _SHADOW_SLOPE_M * (_1 - abs(facing))
    first_x, first_y = int(np.floor(column)), int(np.floor(line))
    hidden = _0
    for i in range(-1, 2):
        for j in range(-1, 2):
            x, y = first_x + i, first_y + j
            if x < 0 or x >= size or y < 0 or y >= size:
                continue
            nearest = shadow_map[y, x, 1]
            if nearest > _0 and depth - _1 / nearest > bias:
                hidden += _NINTH
    return _1 - strength * hidden * max(_0, min(_1, _SHADOW_EDGE + facing))


@_inlined
def _surface(
    corners: NDArray[np.int32],
    first: int,
    surface: Any,
    x: int,
    y: int,
    setup: NDArray[np.float32],
    place: NDArray[np.float32],
    point: NDArray[np.float32],
    normal: NDArray[np.float32],
) -> None:
    """Write 1 / depth and place in the triangle of a sample, its point and its normal, which faces the camera."""
    points, normals, seen = surface
    _set_up(corners, first, seen, setup)
    _place_in(setup, x, y, place)
    for a in range(3):
        point[a], normal[a] = _0, _0
    for i in range(3):
        for a in range(3):
            point[a] += place[1 + i] * points[first + corners[i], a]
            normal[a] += place[1 + i] * normals[first + corners[i], a]
    away = normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2]
    square = normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]
    turn = (-_1 if away > _0 else _1) / max(np.sqrt(square), _SHORT)  # cloth has two sides
    for a in range(3):
        normal[a] *= turn


@_inlined
def _thing_of(
    triangle: int, picture: int, first_thing: NDArray[np.int32], things: NDArray[np.int32]
) -> int:
    """Return the thing that a triangle of the scene belongs to."""
    t = first_thing[picture]
    while t + 1 < first_thing[picture + 1] and things[t + 1, SCENE_TRIANGLE] <= triangle:
        t += 1
    return int(t)


@_inlined
def _add_sample(
    albedo: NDArray[np.float32],
    gain: NDArray[np.float32],
    light: NDArray[np.float32],
    reaches: np.float32,
    total: NDArray[np.float32],
) -> None:
    """Add colour, luminance of the light, and one to the sums of a pixel."""
    for a in range(3):
        light[a] *= reaches
        total[a] += max(min(albedo[a] * gain[a], _1), _0) ** _GAMMA * light[a]
    total[3] += _LUMA[0] * light[0] + _LUMA[1] * light[1] + _LUMA[2] * light[2]
    total[4] += _1


@_compiled
def _shade_pixel(
    picture: int,
    x: int,
    y: int,
    finer: int,
    table_of_things: Any,
    bound: Any,
    textures: Any,
    surface: Any,
    keys: NDArray[np.uint64],
    lighting: Any,
    scratch: Any,
) -> int:
    """Write the sums of a pixel's samples and what is nearest in it; return the part of the body there."""
    things, gains, first_thing = table_of_things
    faces, uvs, parts = bound
    lights, shadow_map, shadows, harmonics = lighting
    setup, place, uv, rgba, light, point, normal, total, nearest = scratch
    label = 0
    for a in range(5):
        total[a] = _0
    for a in range(4):
        nearest[a] = _0
    for sub in range(finer * finer):
        sx, sy = x * finer + sub % finer, y * finer + sub // finer
        key = keys[sy, sx]
        if key == 0:
            continue
        triangle = _LAST - int(key & np.uint64(_LAST))
        t = _thing_of(triangle, picture, first_thing, things)
        number = things[t, TRIANGLE] + triangle - things[t, SCENE_TRIANGLE]
        _surface(
            faces[number], things[t, SCENE_VERTEX], surface, sx, sy, setup, place, point, normal
        )
        _irradiance(harmonics[picture], normal, light)
        reaches = _unshadowed(lights[picture], shadow_map, shadows[picture], point, normal)
        for a in range(3):
            rgba[a] = _1
        if things[t, TEXTURE] != _PLAIN:
            _uv_at(uvs[number], place, uv)
            _texel_at(textures[0], textures[1], things[t, TEXTURE], uv, rgba)
        _add_sample(rgba, gains[t], light, reaches, total)
        if place[0] > nearest[0]:
            nearest[0], label = place[0], parts[number]
            for a in range(3):
                nearest[1 + a] = normal[a]
    return int(label)


@_compiled
def shade(
    table_of_things: Any,
    bound: Any,
    textures: Any,
    surface: Any,
    keys: NDArray[np.uint64],
    lighting: Any,
    finer: int,
    colours: NDArray[np.float32],
    layers: NDArray[np.float32],
    labels: NDArray[np.uint8],
) -> None:
    """Write mean linear RGB; share, light, 1 / depth and normal; and the body part of each pixel."""
    lights, shadow_keys, shadows, harmonics = lighting
    total, nearest = np.zeros(5, np.float32), np.zeros(4, np.float32)
    scratch = (
        np.zeros(10, np.float32), np.zeros(4, np.float32), np.zeros(2, np.float32),
        np.zeros(4, np.float32), np.zeros(3, np.float32), np.zeros(3, np.float32),
        np.zeros(3, np.float32), total, nearest,
    )  # fmt: skip
    share = _1 / _F(finer * finer)
    for picture in range(len(labels)):
        shadow_map = (
            shadow_keys[picture]
            .view(np.float32)
            .reshape(shadow_keys.shape[1], shadow_keys.shape[2], 2)
        )
        light = (lights, shadow_map, shadows, harmonics)
        for y in range(labels.shape[1]):
            for x in range(labels.shape[2]):
                label = _shade_pixel(
                    picture, x, y, finer, table_of_things, bound, textures, surface,
                    keys[picture], light, scratch,
                )  # fmt: skip
                for a in range(3):
                    colours[picture, a, y, x] = total[a] * share
                    layers[picture, 3 + a, y, x] = nearest[1 + a]
                layers[picture, 0, y, x] = total[4] * share
                layers[picture, 1, y, x] = total[3] * share
                layers[picture, 2, y, x] = nearest[0]
                labels[picture, y, x] = label if total[4] * share >= _HALF else 0
