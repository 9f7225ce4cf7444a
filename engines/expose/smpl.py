"""The SMPL and SMPL-H bodies of the user's files: posed to give truth meshes and meshes to transfer.

Loper et al., SMPL: A Skinned Multi-Person Linear Model, SIGGRAPH Asia 2015, equations 2 to 12.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from engines.body.rotations import matrix_from_axis_angle
from engines.errors import ModelError
from engines.expose.safe_pickle import SparseMatrix, load_pickle

BETAS: Final = 10
"""Shape coefficients that are used; files may hold 300."""

_KINDS: Final = {24: "SMPL", 52: "SMPL-H"}
_KEYS: Final = (
    "v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class SmplModel:
    """An SMPL (24 joints) or SMPL-H (52 joints) body. Metres; y up, face towards +z."""

    v_template: Float32[np.ndarray, "vertices 3"]
    """Rest vertices of the mean shape."""
    faces: Int32[np.ndarray, "faces 3"]
    """Triangles."""
    shapedirs: Float32[np.ndarray, "vertices 3 10"]
    """Vertex offsets for one unit of each beta."""
    posedirs: Float32[np.ndarray, "vertices 3 features"]
    """Pose correctives for (R - I) of all joints but the pelvis."""
    J_regressor: Float32[np.ndarray, "joints vertices"]
    """Rest joints from rest vertices."""
    weights: Float32[np.ndarray, "vertices joints"]
    """Skinning weights; each row sums to 1."""
    parents: tuple[int, ...]
    """Parent of each joint; -1 for the pelvis."""


def load_smpl(path: Path) -> SmplModel:
    """Load an SMPL or SMPL-H file as its owner ships it (.pkl), or the same arrays as .npz.

    Raises:
        ModelError: no such file, or not such a body.
    """
    arrays = _read(path)
    missing = [key for key in _KEYS if key not in arrays]
    if missing:
        raise ModelError(
            f"{path}: not an SMPL body: it has no '{missing[0]}'; give SMPL_NEUTRAL.pkl or the like"
        )
    tree = arrays["kintree_table"]
    joints = tree.shape[1] if tree.ndim == 2 else 0
    if joints not in _KINDS:
        raise ModelError(f"{path}: {joints} joints; SMPL has 24 and SMPL-H 52")
    vertices = arrays["v_template"].size // 3
    posedirs = arrays["posedirs"].reshape(vertices, 3, -1)
    if posedirs.shape[2] != 9 * (joints - 1) or arrays["weights"].shape != (vertices, joints):
        raise ModelError(f"{path}: its arrays do not fit together; get it again from its owner")
    return SmplModel(
        v_template=arrays["v_template"].astype(np.float32),
        faces=arrays["f"].astype(np.int32),
        shapedirs=arrays["shapedirs"][:, :, :BETAS].astype(np.float32),
        posedirs=posedirs.astype(np.float32),
        J_regressor=arrays["J_regressor"].astype(np.float32),
        weights=arrays["weights"].astype(np.float32),
        parents=(-1, *(int(parent) for parent in tree[0, 1:])),
    )


def pose_smpl(
    model: SmplModel,
    pose: NDArray[np.floating],
    betas: NDArray[np.floating],
    transl: NDArray[np.floating],
) -> Float32[np.ndarray, "vertices 3"]:
    """Return the posed vertices in metres.

    Args:
        model: The body.
        pose: (joints * 3,) axis-angle of every joint, the pelvis first.
        betas: At least as many shape coefficients as the model uses; more are not used.
        transl: (3,) added after posing, in metres.
    """
    count = len(model.parents)
    rotations = matrix_from_axis_angle(np.asarray(pose, np.float32).reshape(count, 3))
    shape = np.asarray(betas, np.float32)[: model.shapedirs.shape[2]]
    rest = model.v_template + model.shapedirs[:, :, : len(shape)] @ shape
    joints = model.J_regressor @ rest
    rest = rest + model.posedirs @ (rotations[1:] - np.eye(3, dtype=np.float32)).reshape(-1)
    world = np.empty((count, 3, 4), np.float32)  # rotation | posed joint
    for joint, parent in enumerate(model.parents):
        if parent < 0:
            world[joint, :, :3], world[joint, :, 3] = rotations[joint], joints[joint]
            continue
        turn = world[parent, :, :3]
        world[joint, :, :3] = turn @ rotations[joint]
        world[joint, :, 3] = world[parent, :, 3] + turn @ (joints[joint] - joints[parent])
    world[:, :, 3] -= np.einsum("jab,jb->ja", world[:, :, :3], joints)
    blended = np.einsum("vj,jab->vab", model.weights, world)
    posed = np.einsum("vab,vb->va", blended[:, :, :3], rest) + blended[:, :, 3]
    return posed + np.asarray(transl, np.float32)


def _read(path: Path) -> dict[str, NDArray[np.generic]]:
    if path.suffix.lower() == ".npz":
        try:
            with np.load(path, allow_pickle=False) as archive:
                return {key: archive[key] for key in _KEYS if key in archive.files}
        except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(
                f"{path}: cannot be read as an SMPL .npz file ({error}); give SMPL_NEUTRAL.pkl or the like"
            ) from error
    content = load_pickle(path)
    if not isinstance(content, Mapping):
        raise ModelError(f"{path}: not an SMPL body: no named arrays; give SMPL_NEUTRAL.pkl")
    arrays: dict[str, NDArray[np.generic]] = {}
    for key in _KEYS:
        value = content.get(key)
        if isinstance(value, SparseMatrix):
            arrays[key] = value.toarray()
        elif isinstance(value, np.ndarray):
            arrays[key] = value
    return arrays
