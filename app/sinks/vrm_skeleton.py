"""The skeleton of a VRM model as Unity has it, once the model is imported there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.avatar import Avatar, load_avatar
from engines.body.humanoid import HUMAN_BONES
from engines.body.rotations import quaternion_from_matrix
from engines.errors import ModelError

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
    """UnityEngine.HumanBodyBones name -> bone; at least those that VRM requires."""


def read_vrm(path: Path) -> VrmSkeleton:
    """Return the skeleton of a .vrm file. Raises `ModelError` where it is none, or damaged."""
    avatar = load_avatar(path)
    if avatar.vrm_version is None:
        raise ModelError(
            f"{path}: no VRM model, as it does not say which bone is which; export it as VRM 0.x or 1.0"
        )
    mirror = _UNITY_FROM_GLTF[avatar.vrm_version]
    bones = {
        HUMAN_BONES[joint]: _bone(avatar, node, mirror)
        for joint, node in avatar.node_of_joint.items()
    }
    return VrmSkeleton(avatar.vrm_version, bones)


def _bone(avatar: Avatar, node: int, mirror: NDArray[np.float64]) -> VrmBone:
    own = avatar.world[node]
    parent = avatar.parents[node]
    above = np.eye(4) if parent < 0 else avatar.world[parent]
    # the scale of nodes above is in the rest offset: receivers of VMC see a skeleton without scale
    local = _rotation(above).T @ (own[:3, 3] - above[:3, 3])
    return VrmBone(
        local_position=mirror @ local,
        parent_rotation=quaternion_from_matrix(mirror @ _rotation(above) @ mirror),
        rotation=quaternion_from_matrix(mirror @ _rotation(own) @ mirror),
        position=mirror @ own[:3, 3],
    )


def _rotation(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation of a node's matrix, its scale left out."""
    columns = matrix[:3, :3]
    return columns / np.linalg.norm(columns, axis=0)
