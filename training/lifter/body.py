"""The body in torch: joints and landmarks of a batch of poses and shapes."""

from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.body.model import BodyModel
from engines.landmarks.attachments import BODY_LANDMARKS, Attachments, attach_body

LANDMARKS: Final = tuple(BODY_LANDMARKS)
"""The pose landmarks that have a place on the body, of MediaPipe's 33."""


class Posed(NamedTuple):
    """A batch of posed bodies, the first joint, a body's pelvis, at the origin."""

    rotations: Float[Tensor, "batch joints 3 3"]
    """Global rotations."""
    joints: Float[Tensor, "batch joints 3"]
    """Metres."""
    landmarks: Float[Tensor, "batch landmarks 3"]
    """The points of `LANDMARKS`, or those that were attached, metres."""


class TorchBody(nn.Module):
    """Some joints of a model with the landmarks that hang on them: the 22 of the body, or those given."""

    def __init__(self, model: BodyModel, attachments: Attachments | None = None) -> None:
        super().__init__()
        attachments = attach_body(model) if attachments is None else attachments
        self._levels = _levels(attachments.parents.tolist())
        self.register_buffer("rest", _float(attachments.joints), persistent=False)
        self.register_buffer("shape", _float(attachments.joint_directions), persistent=False)
        self.register_buffer(
            "carriers", torch.from_numpy(attachments.point_joints), persistent=False
        )
        self.register_buffer("offsets", _float(attachments.point_offsets), persistent=False)
        top, bottom = model.v_template[:, 1].argmax(), model.v_template[:, 1].argmin()
        self.mean_stature_m = float(model.v_template[top, 1] - model.v_template[bottom, 1])
        """Height of the mean shape."""
        slope = model.shapedirs[top, 1] - model.shapedirs[bottom, 1]
        self.register_buffer("stature_slope", _float(slope), persistent=False)

    def statures(self, betas: Float[Tensor, "batch 10"]) -> Float[Tensor, "batch"]:
        """Return the body heights of shapes, metres."""
        return self.mean_stature_m + betas @ self.get_buffer("stature_slope")

    def forward(
        self, rotations: Float[Tensor, "batch joints 3 3"], betas: Float[Tensor, "batch 10"]
    ) -> Posed:
        """Return the bodies of parent-relative rotations and shapes."""
        rest = self.get_buffer("rest") + torch.einsum(
            "jak,bk->bja", self.get_buffer("shape"), betas
        )
        turned = [rotations[:, 0]] * rotations.shape[1]
        joints = [torch.zeros_like(rest[:, 0])] * rotations.shape[1]
        for children, parents in self._levels:
            above = torch.stack([turned[parent] for parent in parents], dim=1)
            place = torch.stack([joints[parent] for parent in parents], dim=1)
            bones = rest[:, children] - rest[:, parents]
            below = above @ rotations[:, children]
            place = place + (above @ bones[..., None])[..., 0]
            for n, child in enumerate(children):
                turned[child], joints[child] = below[:, n], place[:, n]
        all_turned, all_joints = torch.stack(turned, dim=1), torch.stack(joints, dim=1)
        carriers = self.get_buffer("carriers")
        offsets = all_turned[:, carriers] @ self.get_buffer("offsets")[..., None]
        return Posed(all_turned, all_joints, all_joints[:, carriers] + offsets[..., 0])


def _levels(parents: list[int]) -> list[tuple[list[int], list[int]]]:
    """Return the joints below the root, generation by generation, each with its parent."""
    levels: list[tuple[list[int], list[int]]] = []
    above = [0]
    while True:
        children = [joint for joint, parent in enumerate(parents) if parent in above]
        if not children:
            return levels
        levels.append((children, [parents[joint] for joint in children]))
        above = children


def _float(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.float32).copy())
