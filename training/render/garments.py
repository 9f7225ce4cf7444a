"""Clothes, hair, brows and eyes, bound to the base mesh."""

import csv
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from training.kit import Kit
from training.render.base_mesh import BaseMesh

_INDEX = "proxies/index.csv"
_DECIMETRE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """Something worn, in the layout of MakeHuman's proxies."""

    name: str
    """As in its file."""
    kind: str
    """`suit`, `shoes`, `hair`, `eyebrows`, `eyelashes`, `eyes`..."""
    sex: str
    """`male`, `female` or `any`."""
    texture: str
    """Path in the kit; empty for none."""
    occlusion: str
    """Path of its map of ambient light; empty for none."""
    references: Int32[np.ndarray, "v 3"]
    """Base-mesh vertices that each vertex hangs between."""
    shares: Float32[np.ndarray, "v 3"]
    """How much of each."""
    offsets: Float32[np.ndarray, "v 3"]
    """How far off, along the axes of the pose it was made in, times the scale."""
    rulers: Int32[np.ndarray, "3 2"]
    """Base-mesh vertices whose distance along each axis gives the scale..."""
    ruler_lengths: Float32[np.ndarray, "3"]
    """...in units of this."""
    faces: Int32[np.ndarray, "f 3"]
    """Triangles."""
    faces_uv: Int32[np.ndarray, "f 3"]
    """Their corners in `uv`."""
    uv: Float32[np.ndarray, "corners 2"]
    """Texture coordinates."""
    hides: Int32[np.ndarray, " hidden"]
    """Base-mesh vertices that it covers."""

    def fit(self, rest: NDArray[np.float32], mesh: BaseMesh) -> Float32[np.ndarray, "v 3"]:
        """Return its unposed vertices on a person's unposed base mesh."""
        first, second = rest[self.rulers[:, 0]], rest[self.rulers[:, 1]]
        distances = np.abs(np.diagonal(first - second))
        known = self.ruler_lengths > 0
        scale = np.where(known, distances / np.where(known, self.ruler_lengths, 1), _DECIMETRE)
        turns = np.einsum("vk,vkij->vij", self.shares, mesh.rest_turns[self.references])
        hung = np.einsum("vk,vki->vi", self.shares, rest[self.references])
        fitted: NDArray[np.float32] = hung + np.einsum("vij,vj->vi", turns, self.offsets * scale)
        return fitted.astype(np.float32)

    def weights(self, mesh: BaseMesh) -> Float32[np.ndarray, "v 55"]:
        """Return its skinning weights: those of the skin below."""
        weights = np.einsum("vk,vkj->vj", np.abs(self.shares), mesh.weights[self.references])
        shares: NDArray[np.float32] = weights / weights.sum(axis=1, keepdims=True)
        return shares.astype(np.float32)


def load_garments(kit: Kit, kinds: frozenset[str]) -> tuple[Garment, ...]:
    """Return the garments of some kinds, in the order of the kit's index."""
    with kit.file(_INDEX).open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in kinds]
    return tuple(_load(kit, row["file"]) for row in rows)


def _load(kit: Kit, path: str) -> Garment:
    with np.load(kit.file(path), allow_pickle=False) as archive:
        return Garment(
            name=str(archive["name"]),
            kind=str(archive["kind"]),
            sex=str(archive["sex"]),
            texture=str(archive["texture"]),
            occlusion=str(archive["ao"]),
            references=archive["ref"],
            shares=archive["bary"],
            offsets=archive["offset"],
            rulers=archive["scale_pair"],
            ruler_lengths=archive["scale_len"],
            faces=archive["faces"],
            faces_uv=archive["faces_uv"],
            uv=archive["uv"],
            hides=archive["hide"],
        )
