"""Clothes, hair, brows and eyes, bound to the base mesh."""

import csv
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from training.kit import Kit

_INDEX = "proxies/index.csv"


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
