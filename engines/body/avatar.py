"""Reads an avatar of the user's own: a VRM model 0.x or 1.0, or any binary glTF whose bones have names we know."""

import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.bone_names import BONE_NAMES, VRM_BONES
from engines.body.humanoid import HUMAN_BONES
from engines.body.rotations import matrix_from_quaternion, quaternion_from_matrix
from engines.errors import ModelError

_HEAD: Final = struct.Struct("<4sII")
_CHUNK: Final = struct.Struct("<I4s")
_NO_NODE: Final = -1
"""What some exporters of VRM 0.x write for a bone that the model lacks."""
_SMALLEST_SCALE: Final = 1e-9
_UNTOLD_PREFIX: Final = re.compile(r"^.*[:|]")
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")
_REQUIRED: Final = (
    "hips", "spine", "head", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
    "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
)  # fmt: skip
"""Bones without which VRM calls nothing a humanoid."""


@dataclass(frozen=True, slots=True, eq=False)
class Avatar:
    """A humanoid at rest, in glTF's right-handed frame with y up; n is the number of nodes."""

    path: Path
    """Its file."""
    vrm_version: Literal[0, 1] | None
    """0 looks along -z in the file, 1 along +z; None for a glTF that is no VRM model."""
    root: dict[str, Any]
    """The glTF document."""
    binary: bytes
    """Its binary chunk."""
    parents: tuple[int, ...]
    """Parent of each node; -1 for a root."""
    local: Float64[np.ndarray, "n 4 4"]
    """Nodes at rest, relative to their parents."""
    world: Float64[np.ndarray, "n 4 4"]
    """Nodes at rest, in the scene."""
    node_of_joint: dict[int, int]
    """Joint in SMPL-X order -> node; at least those that VRM requires."""


def load_avatar(path: Path) -> Avatar:
    """Load a `.vrm` or `.glb` file.

    Raises:
        ModelError: it is no such file, is damaged, or has not the bones of a humanoid.
    """
    try:
        root, binary = _read_chunks(path.read_bytes())
        parents = _parents(root)
        local = np.array([_local_matrix(node) for node in root["nodes"]])
        if not np.isfinite(local).all():
            raise ValueError("a node has no place")
        version, bones = _bones(root)
        joints = _joints(bones, len(parents))
        world = _world(parents, local)
        if np.linalg.norm(world[list(joints.values()), :3, :3], axis=1).min() < _SMALLEST_SCALE:
            raise ValueError("a bone is scaled to nothing")
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read ({error.strerror or error}); give a .vrm or .glb file"
        ) from error
    except (
        ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, struct.error
    ) as error:  # fmt: skip
        raise ModelError(
            f"{path}: no usable humanoid ({error or type(error).__name__}); give a VRM avatar, or a .glb with "
            "Unity's, SMPL-X's or Mixamo's bone names"
        ) from error
    return Avatar(path, version, root, binary, parents, local, world, joints)


def _read_chunks(content: bytes) -> tuple[dict[str, Any], bytes]:
    magic, version, _ = _HEAD.unpack_from(content)
    if magic != b"glTF" or version != 2:
        raise ValueError("not a binary glTF 2.0 file")
    chunks: dict[bytes, bytes] = {}
    position = _HEAD.size
    while position + _CHUNK.size <= len(content):
        length, kind = _CHUNK.unpack_from(content, position)
        position += _CHUNK.size
        chunks.setdefault(kind, content[position : position + length])
        position += length
    root = json.loads(chunks[b"JSON"])
    if not isinstance(root, dict):
        raise TypeError("its document is no JSON object")
    return root, chunks.get(b"BIN\0", b"")


def _parents(root: dict[str, Any]) -> tuple[int, ...]:
    parents = [-1] * len(root["nodes"])
    for index, node in enumerate(root["nodes"]):
        for child in node.get("children", ()):
            parents[child] = index
    for index in range(len(parents)):  # a damaged file may have its nodes in a ring
        seen, node = 0, index
        while node >= 0:
            seen, node = seen + 1, parents[node]
            if seen > len(parents):
                raise ValueError("a node is its own ancestor")
    return tuple(parents)


def _local_matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    rotation = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    length = np.linalg.norm(rotation)
    if not length > 0:
        raise ValueError("a node is turned by nothing that is a rotation")
    turn = matrix_from_quaternion(rotation / length)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), np.float64)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def decomposed(node: dict[str, Any]) -> dict[str, list[float]]:
    """Return the translation, rotation and scale of a node that has a matrix; shear is lost."""
    matrix = _local_matrix(node)
    scale = np.linalg.norm(matrix[:3, :3], axis=0)
    if np.linalg.det(matrix[:3, :3]) < 0:
        scale[0] = -scale[0]
    return {
        "translation": matrix[:3, 3].tolist(),
        "rotation": quaternion_from_matrix(matrix[:3, :3] / scale).tolist(),
        "scale": scale.tolist(),
    }


def _world(parents: tuple[int, ...], local: NDArray[np.float64]) -> NDArray[np.float64]:
    world = local.copy()
    for index in range(len(parents)):
        node = parents[index]
        while node >= 0:
            world[index] = local[node] @ world[index]
            node = parents[node]
    return world


def _bones(root: dict[str, Any]) -> tuple[Literal[0, 1] | None, dict[str, int]]:
    """Return the version of VRM, and VRM 1.0's bone name -> node."""
    extensions = root.get("extensions", {})
    if "VRMC_vrm" in extensions:
        bones = extensions["VRMC_vrm"]["humanoid"]["humanBones"]
        return 1, {name: int(bone["node"]) for name, bone in bones.items()}
    if "VRM" in extensions:  # 0.x names the thumb as Unity does
        vrm_name = {_unity(name): vrm for name, vrm in zip(HUMAN_BONES, VRM_BONES, strict=True)}
        listed = extensions["VRM"]["humanoid"]["humanBones"]
        return 0, {
            vrm_name[bone["bone"]]: int(bone["node"])
            for bone in listed
            if bone["bone"] in vrm_name and bone["node"] != _NO_NODE
        }
    return None, _bones_by_name(root)


def _unity(name: str) -> str:
    return name[0].lower() + name[1:]


def _bones_by_name(root: dict[str, Any]) -> dict[str, int]:
    """Return the bones of the naming that fits most nodes."""
    node_of_name: dict[str, int] = {}
    for index, node in enumerate(root["nodes"]):
        node_of_name.setdefault(_plain(str(node.get("name", ""))), index)
    best: dict[str, int] = {}
    for names in (*BONE_NAMES.values(), VRM_BONES):
        found = {
            vrm: node_of_name[_plain(name)]
            for name, vrm in zip(names, VRM_BONES, strict=True)
            if _plain(name) in node_of_name
        }
        best = max(best, found, key=len)
    return best


def _plain(name: str) -> str:
    return _NO_LETTER.sub("", _UNTOLD_PREFIX.sub("", name).lower())


def _joints(bones: dict[str, int], node_count: int) -> dict[int, int]:
    missing = [name for name in _REQUIRED if name not in bones]
    if missing:
        raise ValueError(f"it has no bone for {', '.join(missing[:3])}")
    joints = {
        joint: bones[name] for joint, name in enumerate(VRM_BONES) if bones.get(name) is not None
    }
    if not all(0 <= node < node_count for node in joints.values()):
        raise IndexError("a bone names a node that is not there")
    return joints
