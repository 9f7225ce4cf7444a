"""The people of a batch of pictures as the kernels read them: which items, where their bones and the light are."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.render.base_mesh import ShapeSpace
from training.render.bodies import Bodies
from training.render.library import DECIMETRE, SKIN, Library
from training.render.light import main_light
from training.render.on_device import on_device
from training.render.textures import LEVELS, PLAIN
from training.render.wardrobe import Worn

COLUMNS: Final = 10
"""Of the table of things; see `Scene.things`."""
SHADOW_PX: Final = 384
"""Sides of the pictures that the lights see."""
LIGHT_M: Final = 10.0
"""Distance of the lights from the middle of the person."""

_MARGIN_M: Final = 0.3
_NEAREST_M: Final = 0.2
_LEAST_SHADOW: Final = 0.15
_UPRIGHT: Final = np.diag([1.0, -1.0, -1.0])


class Scene(NamedTuple):
    """Everything the kernels read of one batch of `n` pictures with `m` things in them. Camera frame, metres."""

    things: Tensor
    """(m, 10) int32: picture; first vertex, number of vertices, first triangle and number of triangles in the library;
    first vertex and first triangle in the scene; row of the texture table or -1; whether its alpha cuts holes;
    whether it is the skin, which others hide. In the order of the pictures."""
    gains: Tensor
    """(m, 3) float32: colour factors."""
    scales: Tensor
    """(m, 3) float32: of the offsets along each axis."""
    first_thing: Tensor
    """(n + 1,) int32: first thing of each picture, and their number."""
    worn: Tensor
    """(n,) int64: bits of the items in each picture."""
    rest: Tensor
    """(n, base vertices, 3) float32: unposed base meshes."""
    bones: Tensor
    """(n, 55, 3, 4) float32: what moves a rest vertex to its place: rotation and offset."""
    cameras: Tensor
    """(n, 4) float32: fx, fy, cx, cy in samples."""
    lights: Tensor
    """(n, 3, 4) float32: to the column, row and depth in the pictures that the lights see, of `SHADOW_PX`."""
    harmonics: Tensor
    """(n, 9, 3) float32: light, as in `training.render.light`, for directions with y up."""
    shadows: Tensor
    """(n,) float32: share of light that a shadow takes."""
    vertices: int
    """Number of all vertices."""
    triangles: int
    """Number of all triangles."""
    most: tuple[int, int]
    """Most vertices and triangles of one thing."""


def build_scene(
    bodies: Bodies,
    outfits: Sequence[Sequence[Worn]],
    harmonics: NDArray[np.floating],
    library: Library,
    shapes: ShapeSpace,
    texture_sides: NDArray[np.float32],
    finer: int,
    actions: NDArray[np.floating] | None = None,
) -> Scene:
    """Return the scene of people in their outfits.

    Args:
        bodies: The people.
        outfits: What each wears.
        harmonics: Light (n, 9, 3) of each picture, y up.
        library: The items; the scene is built on their device.
        shapes: The base mesh.
        texture_sides: Size of each texture, pixels.
        finer: Samples along each side of a pixel.
        actions: Face actions (n, 52) beside the expression, in the order of `ARKIT_NAMES`.
    """
    device = library.device

    def there(array: NDArray[np.generic], kind: type[np.generic] = np.float32) -> Tensor:
        return on_device(np.ascontiguousarray(array, kind), device)

    acted = None if actions is None else there(actions)
    rest = shapes(there(bodies.betas), there(bodies.identity), there(bodies.expression), acted)
    depths = bodies.joints[:, :, 2]
    nearest = np.where(depths > _NEAREST_M, depths, np.inf).min(axis=1)
    fine = bodies.camera[:, 0] * finer / np.where(np.isfinite(nearest), nearest, _NEAREST_M)
    things, gains = _things(outfits, library, fine, texture_sides)
    pictures, items = things[:, 0], np.array([worn.item for outfit in outfits for worn in outfit])
    counts = np.bincount(pictures, minlength=len(outfits))
    lights, shadows = _lights(bodies, harmonics)
    bits = [np.bitwise_or.reduce([1 << worn.item for worn in outfit]) for outfit in outfits]
    return Scene(
        things=there(things, np.int32),
        gains=there(gains),
        scales=_scales(rest, there(pictures, np.int64), there(items, np.int64), library),
        first_thing=there(np.concatenate([[0], np.cumsum(counts)]), np.int32),
        worn=there(np.array(bits), np.int64),
        rest=rest,
        bones=there(_bones(bodies)),
        cameras=there(bodies.camera * finer),
        lights=there(lights),
        harmonics=there(harmonics),
        shadows=there(shadows),
        vertices=int(things[:, 2].sum()),
        triangles=int(things[:, 4].sum()),
        most=(int(things[:, 2].max()), int(things[:, 4].max())),
    )


def _things(
    outfits: Sequence[Sequence[Worn]],
    library: Library,
    samples_per_m: NDArray[np.floating],
    texture_sides: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    worn = [item for outfit in outfits for item in outfit]
    pictures = np.repeat(np.arange(len(outfits)), [len(outfit) for outfit in outfits])
    items = np.array([one.item for one in worn])
    textures = np.array([one.texture for one in worn])
    first_vertex, first_triangle = library.first_vertex[items], library.first_triangle[items]
    vertices = library.first_vertex[items + 1] - first_vertex
    triangles = library.first_triangle[items + 1] - first_triangle
    texels_per_m = library.squares_per_m[items] * texture_sides[textures]
    ratio = texels_per_m / np.maximum(samples_per_m[pictures], 1e-3)
    levels = np.floor(np.log2(np.maximum(ratio, 1))).clip(0, LEVELS - 1)
    rows = np.where(textures == PLAIN, PLAIN, LEVELS * textures + levels)
    columns = (
        pictures, first_vertex, vertices, first_triangle, triangles,
        np.cumsum(vertices) - vertices, np.cumsum(triangles) - triangles, rows,
        [one.cut for one in worn], items == SKIN,
    )  # fmt: skip
    gains = np.array([one.gain for one in worn], np.float32)
    return np.stack([np.asarray(column, np.int64) for column in columns], axis=1), gains


def _scales(rest: Tensor, pictures: Tensor, items: Tensor, library: Library) -> Tensor:
    """Return the scales (m, 3) of things: distances of their rulers' ends along the axes."""
    rulers, lengths = library.rulers[items], library.ruler_lengths[items]
    ends = rest[pictures[:, None, None], rulers]  # things, axes, ends, xyz
    distances = (ends[:, :, 0] - ends[:, :, 1]).diagonal(dim1=1, dim2=2).abs()
    known = lengths > 0
    return torch.where(known, distances / torch.where(known, lengths, 1.0), DECIMETRE)


def _bones(bodies: Bodies) -> NDArray[np.float32]:
    carried = np.einsum("njab,njb->nja", bodies.turned, bodies.rest)
    return np.concatenate([bodies.turned, (bodies.joints - carried)[..., None]], axis=3)


def _lights(
    bodies: Bodies, harmonics: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the pictures that each main light sees (n, 3, 4), and the strength of its shadows (n,)."""
    towards, part = main_light(harmonics)
    strengths = np.minimum(0.9 * part, 0.75)
    strengths[strengths < _LEAST_SHADOW] = 0
    right = np.cross([0, 1, 0.1], towards)
    right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
    axes = np.stack([right, np.cross(towards, right), towards], axis=1) @ _UPRIGHT
    middles = 0.5 * (bodies.joints.max(axis=1) + bodies.joints.min(axis=1))
    seen = (bodies.joints - middles[:, None]) @ axes.transpose(0, 2, 1)
    pixels = 0.5 * SHADOW_PX / (np.abs(seen[:, :, :2]).max(axis=(1, 2)) + _MARGIN_M)
    rows = np.zeros((len(harmonics), 3, 4))
    rows[:, :, :3] = axes * np.stack([pixels, pixels, -np.ones_like(pixels)], axis=1)[:, :, None]
    middle = np.array([0.5 * SHADOW_PX, 0.5 * SHADOW_PX, LIGHT_M])
    rows[:, :, 3] = middle - np.einsum("nab,nb->na", rows[:, :, :3], middles)
    rows[strengths == 0] = 0  # nothing is drawn
    return rows, strengths
