"""Everything people are made of, as flat arrays on one device: skin, clothes, hair, brows, lashes, eyes, teeth.

All items are bound to the kit's base mesh in one way, the skin to itself, so that one compiled loop fits and poses any
of them. An item is named by its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, Int64
from numpy.typing import NDArray
from torch import Tensor

from training.render.base_mesh import BaseMesh
from training.render.garments import Garment

SKIN: Final = 0
"""Number of the skin."""
DECIMETRE: Final = 0.1
"""Scale of an item that has no ruler, metres."""
MOST_BONES: Final = 8
"""Joints that move a vertex: as many as the body model keeps."""
MOST_ITEMS: Final = 63
"""Which items hide a vertex of the skin is kept as bits of one number."""


class Bound(NamedTuple):
    """Vertices and triangles of all items, one item after the other. Arrays of torch, read by the kernels."""

    references: Tensor
    """(vertices, 3) int32: base-mesh vertices that each vertex hangs between."""
    shares: Tensor
    """(vertices, 3) float32: how much of each."""
    offsets: Tensor
    """(vertices, 3, 3) float32: how far off, for each axis' scale."""
    bones: Tensor
    """(vertices, 8) int32: joints that move it, heaviest first."""
    weights: Tensor
    """(vertices, 8) float32: how much; 0 from the last on."""
    faces: Tensor
    """(triangles, 3) int32: vertices counted from the item's first."""
    uv: Tensor
    """(triangles, 3, 2) float32: texture coordinates, v up."""
    parts: Tensor
    """(triangles,) uint8: 1 + the joint that moves the first corner most."""
    around_first: Tensor
    """(vertices + 1,) int32: where in `around` a vertex' triangles begin."""
    around: Tensor
    """(3 triangles,) int32: triangles of each vertex, counted from the item's first."""
    hidden_by: Tensor
    """(base vertices,) int64: bit of each item that covers the skin there."""


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The items of one part of a kit."""

    names: tuple[str, ...]
    """What each item is called; the skin first."""
    bound: Bound
    """Their vertices and triangles."""
    first_vertex: Int64[np.ndarray, " items_and_one"]
    """First vertex of each item, and the number of all."""
    first_triangle: Int64[np.ndarray, " items_and_one"]
    """First triangle of each item, and the number of all."""
    squares_per_m: Float32[np.ndarray, " items"]
    """How many of its texture squares, side by side, make a metre: how fine a texture must be."""
    rulers: Tensor
    """(items, 3, 2) int64: base-mesh vertices whose distance along each axis gives the scale..."""
    ruler_lengths: Tensor
    """(items, 3) float32: ...in units of this; 0 where the scale is a decimetre."""

    @property
    def device(self) -> torch.device:
        """Where the arrays are."""
        return self.rulers.device


class _Item(NamedTuple):
    references: NDArray[np.int32]
    shares: NDArray[np.float32]
    offsets: NDArray[np.float32]
    faces: NDArray[np.int32]
    uv: NDArray[np.float32]
    rulers: NDArray[np.int32]
    lengths: NDArray[np.float32]


def build_library(mesh: BaseMesh, garments: Sequence[Garment], device: torch.device) -> Library:
    """Return the skin and garments, in this order.

    Raises:
        ValueError: there are too many garments.
    """
    if len(garments) >= MOST_ITEMS:
        raise ValueError(f"{len(garments)} garments; at most {MOST_ITEMS - 1} can be told apart")
    items = [_skin(mesh), *(_worn(garment, mesh) for garment in garments)]
    hidden = np.zeros(len(mesh), np.int64)
    for number, garment in enumerate(garments, start=1):
        hidden[garment.hides] |= np.int64(1) << number
    weights = [_weights(item, mesh) for item in items]
    around = [_around(item.faces, len(item.references)) for item in items]
    ends = np.cumsum([0, *(len(listed) for _, listed in around)])
    firsts = [first[:-1] + end for (first, _), end in zip(around, ends[:-1], strict=True)]
    arrays = (
        np.concatenate([item.references for item in items]),
        np.concatenate([item.shares for item in items]),
        np.concatenate([item.offsets for item in items]),
        np.concatenate([bones for bones, _ in weights]),
        np.concatenate([shares for _, shares in weights]),
        np.concatenate([item.faces for item in items]),
        np.concatenate([item.uv for item in items]),
        np.concatenate(
            [
                1 + bones[item.faces[:, 0], 0]
                for item, (bones, _) in zip(items, weights, strict=True)
            ]
        ).astype(np.uint8),
        np.concatenate([*firsts, ends[-1:]]).astype(np.int32),
        np.concatenate([listed for _, listed in around]),
        hidden,
    )
    return Library(
        names=("skin", *(garment.name for garment in garments)),
        bound=Bound(*(torch.from_numpy(array).to(device) for array in arrays)),
        first_vertex=np.cumsum([0, *(len(item.references) for item in items)]),
        first_triangle=np.cumsum([0, *(len(item.faces) for item in items)]),
        squares_per_m=np.array([_fineness(item, mesh) for item in items], np.float32),
        rulers=torch.from_numpy(np.stack([item.rulers for item in items]).astype(np.int64)).to(
            device
        ),
        ruler_lengths=torch.from_numpy(np.stack([item.lengths for item in items])).to(device),
    )


def _skin(mesh: BaseMesh) -> _Item:
    kept = np.unique(mesh.faces)
    number = np.zeros(len(mesh), np.int32)
    number[kept] = np.arange(len(kept))
    return _Item(
        references=np.repeat(kept[:, None], 3, axis=1).astype(np.int32),
        shares=np.tile(np.array([1, 0, 0], np.float32), (len(kept), 1)),
        offsets=np.zeros((len(kept), 3, 3), np.float32),
        faces=number[mesh.faces],
        uv=mesh.uv[mesh.faces_uv].astype(np.float32),
        rulers=np.zeros((3, 2), np.int32),
        lengths=np.zeros(3, np.float32),
    )


def _worn(garment: Garment, mesh: BaseMesh) -> _Item:
    turns = np.einsum("vk,vkij->vij", garment.shares, mesh.rest_turns[garment.references])
    return _Item(
        references=garment.references.astype(np.int32),
        shares=garment.shares.astype(np.float32),
        offsets=(turns * garment.offsets[:, None, :]).astype(np.float32),
        faces=garment.faces.astype(np.int32),
        uv=garment.uv[garment.faces_uv].astype(np.float32),
        rulers=garment.rulers.astype(np.int32),
        lengths=garment.ruler_lengths.astype(np.float32),
    )


def _weights(item: _Item, mesh: BaseMesh) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the joints that move each vertex and their weights: those of the skin below."""
    weights = np.einsum("vk,vkj->vj", np.abs(item.shares), mesh.weights[item.references])
    bones = np.argsort(-weights, axis=1, kind="stable")[:, :MOST_BONES].astype(np.int32)
    heaviest = np.take_along_axis(weights, bones, axis=1)
    return bones, (heaviest / heaviest.sum(axis=1, keepdims=True)).astype(np.float32)


def _around(faces: NDArray[np.int32], vertices: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where the triangles of each vertex begin in a list of triangles, and the list."""
    corners = faces.reshape(-1)
    order = np.argsort(corners, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(corners, minlength=vertices))])
    return first, (order // 3).astype(np.int32)


def _fineness(item: _Item, mesh: BaseMesh) -> float:
    """Return how many texture squares, side by side, make a metre of an item on the mean body."""
    hung = np.einsum("vk,vki->vi", item.shares, mesh.template[item.references])
    places = (hung + DECIMETRE * item.offsets.sum(axis=2))[item.faces]
    u, v = places[:, 1] - places[:, 0], places[:, 2] - places[:, 0]
    surface = np.linalg.norm(np.cross(u, v), axis=1).sum()
    a, b = item.uv[:, 1] - item.uv[:, 0], item.uv[:, 2] - item.uv[:, 0]
    square = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    return float(np.sqrt(square / max(surface, 1e-9)))
