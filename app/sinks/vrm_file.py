"""Reads the skeleton of an avatar from a .vrm file, version 0.x or 1.0: a glTF 2.0 binary with an extension."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.humanoid import HUMAN_BONES
from engines.body.rotations import matrix_from_quaternion, quaternion_from_matrix
from engines.errors import ModelError

_MAGIC: Final = 0x46546C67
_JSON_CHUNK: Final = 0x4E4F534A
_HEADER: Final = struct.Struct("<IIIII")
_LARGEST_JSON: Final = 64 << 20

_VRM1_THUMBS: Final = {
    f"{side}Thumb{own}": f"{side}Thumb{unity}"
    for side in ("left", "right")
    for own, unity in (("Metacarpal", "Proximal"), ("Proximal", "Intermediate"))
}
"""VRM 1.0 calls the chain Metacarpal, Proximal, Distal; VRM 0.x and Unity say Proximal, Intermediate, Distal."""

# UniVRM's import: the two versions turn their models round different axes, so that both face forward in Unity
_UNITY_FROM_GLTF: Final = {0: np.diag([1.0, 1.0, -1.0]), 1: np.diag([-1.0, 1.0, 1.0])}


@dataclass(frozen=True, slots=True, eq=False)
class VrmBone:
    """One human bone as the model rests, in Unity's frame."""

    local_position: Float64[np.ndarray, "3"]
    """In the node it hangs from, metres."""
    parent_rotation: Float64[np.ndarray, "4"]
    """Of the node it hangs from, in the model: (x, y, z, w)."""
    rotation: Float64[np.ndarray, "4"]
    """Its own, in the model."""
    position: Float64[np.ndarray, "3"]
    """In the model, metres."""


@dataclass(frozen=True, slots=True)
class VrmSkeleton:
    """The human bones of a model."""

    version: int
    """0 or 1."""
    bones: dict[str, VrmBone]
    """UnityEngine.HumanBodyBones name -> bone; hips at least."""


def read_vrm(path: Path) -> VrmSkeleton:
    """Return the skeleton of a .vrm file. Raises `ModelError` where it is none, or damaged."""
    try:
        document = _read_json(path)
        version, nodes_of_bones = _humanoid(document)
        bones = _bones(document["nodes"], nodes_of_bones, _UNITY_FROM_GLTF[version])
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); name a .vrm file") from error
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path}: not a VRM model ({error or type(error).__name__}); export it again as VRM 0.x or 1.0"
        ) from error
    return VrmSkeleton(version, bones)


def _read_json(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            raise ValueError("too short")
        magic, version, _, size, kind = _HEADER.unpack(head)
        if magic != _MAGIC or version != 2 or kind != _JSON_CHUNK or size > _LARGEST_JSON:
            raise ValueError("no glTF 2.0 binary")
        document = json.loads(file.read(size))
    if not isinstance(document, dict):
        raise ValueError("no glTF document")
    return document


def _humanoid(document: dict[str, Any]) -> tuple[int, dict[str, int]]:
    """Return the version, and the node of each bone by its name in Unity."""
    extensions = document["extensions"]
    if "VRMC_vrm" in extensions:
        entries = extensions["VRMC_vrm"]["humanoid"]["humanBones"]
        named = {_VRM1_THUMBS.get(name, name): entry["node"] for name, entry in entries.items()}
        version = 1
    elif "VRM" in extensions:
        entries = extensions["VRM"]["humanoid"]["humanBones"]
        named = {entry["bone"]: entry["node"] for entry in entries}
        version = 0
    else:
        raise ValueError("it has no VRM extension")
    known = {bone[0].lower() + bone[1:]: bone for bone in HUMAN_BONES}
    nodes = {known[name]: int(node) for name, node in named.items() if name in known and node >= 0}
    if "Hips" not in nodes:
        raise ValueError("it has no hips")
    return version, nodes


def _bones(
    nodes: list[dict[str, Any]], node_of_bone: dict[str, int], mirror: NDArray[np.float64]
) -> dict[str, VrmBone]:
    parent_of = {
        child: node for node, each in enumerate(nodes) for child in each.get("children", ())
    }
    bones = {}
    for bone, node in node_of_bone.items():
        chain = _matrices_from_root(nodes, parent_of, node)
        above, own = chain[-2], chain[-1]
        if not np.isfinite(own).all():
            raise ValueError(f"{bone} has no place")
        # the scale of nodes above is in the rest offset: receivers of VMC see a skeleton without scale
        local = _rotation(above).T @ (own[:3, 3] - above[:3, 3])
        bones[bone] = VrmBone(
            local_position=mirror @ local,
            parent_rotation=quaternion_from_matrix(mirror @ _rotation(above) @ mirror),
            rotation=quaternion_from_matrix(mirror @ _rotation(own) @ mirror),
            position=mirror @ own[:3, 3],
        )
    return bones


def _matrices_from_root(
    nodes: list[dict[str, Any]], parent_of: dict[int, int], node: int
) -> list[NDArray[np.float64]]:
    """Return where each node from the scene down to this one is in the model (4, 4), the scene first."""
    path = [node]
    while path[-1] in parent_of:
        path.append(parent_of[path[-1]])
        if len(path) > len(nodes):
            raise ValueError("its nodes hang from each other in a ring")
    matrices = [np.eye(4)]
    for each in reversed(path):
        matrices.append(matrices[-1] @ _local_matrix(nodes[each]))
    return matrices


def _local_matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    turn = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    scale = np.array(node.get("scale", (1, 1, 1)), np.float64)
    matrix[:3, :3] = matrix_from_quaternion(turn / np.linalg.norm(turn)) * scale
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _rotation(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation of a node's matrix, its scale left out."""
    columns = matrix[:3, :3]
    lengths = np.linalg.norm(columns, axis=0)
    if lengths.min() < 1e-9:
        raise ValueError("a node is scaled to nothing")
    return columns / lengths
