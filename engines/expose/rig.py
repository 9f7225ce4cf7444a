"""The SMPL-X body in torch: 144 joints, and the vertices that are wanted (Pavlakos et al., CVPR 2019)."""

from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.body.skeleton import JOINT_INDEX, PARENTS
from engines.expose.body_arrays import BodyArrays
from engines.types import JOINT_COUNT

_NECK: Final = JOINT_INDEX["neck"]
_LARGEST_TURN_DEG: Final = 39


class Posed(NamedTuple):
    """A posed body: metres, the axes of the camera, not yet moved to its place."""

    joints: Float[Tensor, "batch keypoints 3"]
    """55 joints, 21 vertices, 51 face landmarks and, where the model has them, 17 of the face's outline."""
    vertices: Float[Tensor, "batch vertices 3"]
    """The vertices that the rig was made for."""
    rotations: Float[Tensor, "batch 55 3 3"]
    """Global rotations of the joints."""


class Rig(nn.Module):
    """Poses the whole mesh, or only the vertices that the 144 joints depend on.

    Rest joints are a linear function of betas and expression, so they need no mesh: the joint regressor is multiplied
    with the template and the directions once.
    """

    joint_template: Tensor
    joint_directions: Tensor
    template: Tensor
    directions: Tensor
    posedirs: Tensor
    skinning: Tensor
    extra: Tensor
    landmarks: Tensor
    landmark_weights: Tensor
    contour: Tensor
    contour_weights: Tensor

    def __init__(self, body: BodyArrays, *, whole_mesh: bool) -> None:
        super().__init__()
        vertices = np.arange(len(body.v_template)) if whole_mesh else _key_vertices(body)
        place = np.full(len(body.v_template), -1)
        place[vertices] = np.arange(len(vertices))
        directions = np.concatenate([body.shapedirs, body.expr_dirs], axis=2)
        regressor = body.J_regressor.astype(np.float64)
        self._constant("joint_template", regressor @ body.v_template)
        self._constant(
            "joint_directions",
            np.tensordot(regressor, directions, axes=1).reshape(JOINT_COUNT * 3, -1),
        )
        self._constant("template", body.v_template[vertices])
        self._constant("directions", directions[vertices].reshape(len(vertices) * 3, -1))
        self.has_correctives = body.posedirs is not None
        if body.posedirs is not None:
            posedirs = body.posedirs.reshape(len(body.posedirs), -1, 3)[:, vertices]
            self._constant("posedirs", posedirs.reshape(len(posedirs), -1))
        self._constant("skinning", body.lbs_weights[vertices])
        self._constant("extra", place[body.extra_vertices])
        self._constant("landmarks", place[body.faces[body.landmark_faces]])
        self._constant("landmark_weights", body.landmark_weights)
        self.has_contour = body.contour is not None
        if body.contour is not None:
            self._constant("contour", place[body.faces[body.contour.faces]])
            self._constant("contour_weights", body.contour.weights)
        self.tree = _Tree()

    def _constant(self, name: str, array: np.ndarray) -> None:
        dtype = torch.int64 if array.dtype.kind == "i" else torch.float32
        self.register_buffer(name, torch.tensor(array, dtype=dtype), persistent=False)

    def forward(
        self,
        rotations: Float[Tensor, "batch 55 3 3"],
        shape: Float[Tensor, "batch coefficients"],
    ) -> Posed:
        """Return the body of parent-relative rotations, and of betas and expression in one vector."""
        batch = len(rotations)
        rest = self.joint_template + (shape @ self.joint_directions.T).reshape(batch, -1, 3)
        turned, joints = self.tree(rotations, rest)
        vertices = self._skinned(rotations, shape, turned, joints, rest)
        parts = [joints, vertices.index_select(1, self.extra), self._landmarks(vertices)]
        if self.has_contour:
            parts.append(self._outline(vertices, turned[:, _NECK]))
        return Posed(torch.cat(parts, dim=1), vertices, turned)

    def _skinned(
        self, rotations: Tensor, shape: Tensor, turned: Tensor, joints: Tensor, rest: Tensor
    ) -> Tensor:
        batch = len(rotations)
        offsets = shape @ self.directions.T  # (batch, 3 vertices)
        if self.has_correctives:
            straight = torch.eye(3, dtype=rotations.dtype, device=rotations.device)
            bend = (rotations[:, 1:] - straight).reshape(batch, -1)
            offsets = offsets + bend @ self.posedirs
        unposed = self.template + offsets.reshape(batch, -1, 3)
        moved = joints - (turned @ rest[..., None])[..., 0]
        transforms = torch.cat([turned, moved[..., None]], dim=3).reshape(batch, -1, 12)
        blended = (self.skinning @ transforms).reshape(batch, -1, 3, 4)
        return (blended[..., :3] @ unposed[..., None])[..., 0] + blended[..., 3]

    def _landmarks(self, vertices: Tensor) -> Tensor:
        corners = vertices.index_select(1, self.landmarks.reshape(-1)).reshape(
            -1, *self.landmarks.shape, 3
        )
        return (corners * self.landmark_weights[..., None]).sum(dim=2)

    def _outline(self, vertices: Tensor, neck: Tensor) -> Tensor:
        """Return the landmarks on the face's outline, which are other points of the mesh when the head turns."""
        flat = torch.sqrt(neck[:, 0, 0] ** 2 + neck[:, 1, 0] ** 2)
        turn_deg = torch.rad2deg(-torch.atan2(-neck[:, 2, 0], flat))
        turn_deg = torch.round(turn_deg.clamp(max=_LARGEST_TURN_DEG)).to(torch.int64)
        other_side = (_LARGEST_TURN_DEG - turn_deg).clamp(max=2 * _LARGEST_TURN_DEG)
        row = torch.where(turn_deg < 0, other_side, turn_deg)
        corners = self.contour.index_select(0, row).reshape(len(row), -1, 1).expand(-1, -1, 3)
        points = vertices.gather(1, corners).reshape(len(row), -1, 3, 3)
        return (points * self.contour_weights.index_select(0, row)[..., None]).sum(dim=2)


class _Tree(nn.Module):
    """Forward kinematics, one step for all joints of the same depth."""

    def __init__(self) -> None:
        super().__init__()
        depth = [0] * JOINT_COUNT
        for joint in range(1, JOINT_COUNT):
            depth[joint] = depth[PARENTS[joint]] + 1
        by_depth = [[j for j in range(JOINT_COUNT) if depth[j] == d] for d in range(max(depth) + 1)]
        order = [joint for level in by_depth for joint in level]
        self.depth = max(depth)
        for d, level in enumerate(by_depth[1:], start=1):
            self._indices(f"level{d}", level)
            self._indices(f"parents{d}", [order.index(PARENTS[joint]) for joint in level])
        self._indices("tails", [0, *PARENTS[1:]])
        self._indices("back", [order.index(joint) for joint in range(JOINT_COUNT)])

    def _indices(self, name: str, values: list[int]) -> None:
        self.register_buffer(name, torch.tensor(values), persistent=False)

    def forward(self, rotations: Tensor, rest: Tensor) -> tuple[Tensor, Tensor]:
        """Return global rotations and joints."""
        turned, joints = rotations[:, :1], rest[:, :1]
        bones = rest - rest.index_select(1, self.get_buffer("tails"))
        for d in range(1, self.depth + 1):
            level, parents = self.get_buffer(f"level{d}"), self.get_buffer(f"parents{d}")
            parent = turned.index_select(1, parents)
            bone = (parent @ bones.index_select(1, level)[..., None])[..., 0]
            reached = joints.index_select(1, parents) + bone
            turned = torch.cat([turned, parent @ rotations.index_select(1, level)], dim=1)
            joints = torch.cat([joints, reached], dim=1)
        back = self.get_buffer("back")
        return turned.index_select(1, back), joints.index_select(1, back)


def _key_vertices(body: BodyArrays) -> np.ndarray:
    """Return the vertices that joints 55 to 143 depend on."""
    faces = [body.landmark_faces]
    if body.contour is not None:
        faces.append(body.contour.faces.reshape(-1))
    corners = body.faces[np.concatenate(faces)].reshape(-1)
    return np.unique(np.concatenate([corners, body.extra_vertices]))
