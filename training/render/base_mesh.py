"""The kit's base mesh: the open body with the surfaces that clothes and hair are bound to."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from training.kit import Kit

_FILE: Final = "body/base_mesh.npz"


@dataclass(frozen=True, slots=True, eq=False)
class BonePose:
    """Where the joints of a posed person carry the vertices bound to them."""

    rotations: Float32[np.ndarray, "55 3 3"]
    """Global rotations."""
    joints: Float32[np.ndarray, "55 3"]
    """Posed joints, metres."""
    offsets: Float32[np.ndarray, "55 3"]
    """Added after turning a rest vertex."""


class BaseMesh:
    """19,158 vertices in the shape space and on the joints of the open body."""

    def __init__(self, kit: Kit, model: BodyModel) -> None:
        self._model = model
        with np.load(kit.file(_FILE), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        self._template = arrays["v_template"].astype(np.float32)
        self._shape = arrays["shapedirs"].astype(np.float32)
        self._expression = arrays["exprdirs"].astype(np.float32)
        self._identity = arrays["iddirs"].astype(np.float32)
        self._phenotype = arrays["pheno_from_beta"]
        self._phenotype_names = [str(name) for name in arrays["pheno_names"]]
        weights = arrays["weights"].astype(np.float32)
        self.weights: Float32[np.ndarray, "19158 55"] = weights / weights.sum(axis=1, keepdims=True)
        """Skinning weights."""
        self.rest_turns: Float32[np.ndarray, "19158 3 3"] = arrays["rest_rot"].astype(np.float32)
        """Rotation of each vertex from the pose in which clothes were made to the T-pose."""
        self.uv: Float32[np.ndarray, "corners 2"] = arrays["uv"]
        """Texture coordinates."""
        is_body = arrays["face_group"] == [str(n) for n in arrays["group_names"]].index("body")
        self.faces: Int32[np.ndarray, "faces 3"] = arrays["faces"][is_body]
        """Triangles of the skin."""
        self.faces_uv: Int32[np.ndarray, "faces 3"] = arrays["faces_uv"][is_body]
        """Their corners in `uv`."""

    def __len__(self) -> int:
        return len(self._template)

    def rest_vertices(
        self,
        betas: NDArray[np.floating],
        identity: NDArray[np.floating],
        expression: NDArray[np.floating] | None = None,
    ) -> Float32[np.ndarray, "19158 3"]:
        """Return the unposed vertices of a shape, of 24 further numbers of looks and of an expression."""
        vertices: NDArray[np.float32] = (
            self._template
            + self._shape @ np.asarray(betas, np.float32)
            + self._identity @ np.asarray(identity, np.float32)
        )
        if expression is not None:
            vertices += self._expression @ np.asarray(expression, np.float32)
        return vertices

    def is_female(self, betas: NDArray[np.floating]) -> bool:
        """Return which clothes suit a shape."""
        phenotype = np.concatenate([[1.0], betas]) @ self._phenotype
        return bool(phenotype[self._phenotype_names.index("gender")] > 0.5)

    def bones(
        self,
        betas: NDArray[np.floating],
        pose: NDArray[np.floating],
        moved: NDArray[np.floating],
    ) -> BonePose:
        """Return the bones of a pose (55, 3), axis-angle, the pelvis moved from its rest place by metres (3,)."""
        rest = self._model.rest_joints(betas)
        rotations, joints = forward_kinematics(
            rest, matrix_from_axis_angle(pose.astype(np.float32))
        )
        joints = joints + moved.astype(np.float32)
        return BonePose(rotations, joints, joints - np.einsum("jab,jb->ja", rotations, rest))


def skin(
    vertices: NDArray[np.float32], weights: NDArray[np.float32], bones: BonePose
) -> Float32[np.ndarray, "vertices 3"]:
    """Return posed vertices: linear blend skinning."""
    turns = (weights @ bones.rotations.reshape(-1, 9)).reshape(-1, 3, 3)
    posed: NDArray[np.float32] = np.einsum("vab,vb->va", turns, vertices) + weights @ bones.offsets
    return posed
