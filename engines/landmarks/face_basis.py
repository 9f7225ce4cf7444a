"""The face mesh on the open body: its points at rest, what they are worth, and how face actions move the body there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX
from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JAW
from engines.errors import ModelError
from engines.landmarks.face_actions import ACTIONS

JAW_OPEN_RAD: Final = 0.36
"""Jaw rotation that is nearest to the open body's jawOpen."""
JAW_SIDE_RAD: Final = 0.08
"""Jaw rotation that is nearest to the open body's jawLeft and jawRight."""

_MM: Final = 1e3
_LIDS: Final = (
    7, 33, 130, 133, 144, 145, 153, 154, 155, 157, 158, 159, 160, 161, 163, 173, 243, 246, 247, 25, 27, 28, 29, 30,
    56, 110, 112, 22, 23, 24, 26, 190, 249, 263, 359, 362, 373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390,
    398, 463, 466, 467, 255, 257, 258, 259, 260, 286, 339, 341, 252, 253, 254, 256, 414,
)  # fmt: skip
"""Points on and around the eyelids, which `EyelidReader` measures."""
_LIPS: Final = (
    0, 13, 14, 17, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 185, 191, 267, 269, 270, 291,
    308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415,
)  # fmt: skip
_LIP_WEIGHT, _LEAST_LIP_WEIGHT = 2.5, 0.3
_STEADY_MM: Final = 2.0
"""A point that the actions move by this much counts half for the place of the head."""


@dataclass(frozen=True, slots=True, eq=False)
class BodyFace:
    """The face mesh on the open body. Lengths in millimetres, rest frame."""

    model: BodyModel
    """The body."""
    rest: NDArray[np.float64]
    """Points (468, 3) at rest, about their steady middle; x to the person's left, y up, z forward."""
    weight: NDArray[np.float64]
    """Weight (468,) of each point for the actions; the sum is 1."""
    steadiness: NDArray[np.float64]
    """Weight (468,) of each point for the place of the head; the sum is 1."""

    def directions(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return how face actions move the body at the points, (468, 3, actions)."""
        return _directions(self.model, names)


def body_face(model: BodyModel) -> BodyFace:
    """Return the face mesh of a body.

    Raises:
        ModelError: the body has no face mesh points.
    """
    if model.extras is None:
        raise ModelError(
            f"{model.name}: has no face mesh points; the face solver needs the open body"
        )
    rest = _on_mesh(model, model.v_template) * _MM
    facing = _facing(model)
    weight = facing**2
    weight[list(_LIDS)] = 0.0
    weight[list(_LIPS)] = _LIP_WEIGHT * np.maximum(weight[list(_LIPS)], _LEAST_LIP_WEIGHT)
    motion = np.sqrt((_directions(model, ACTIONS) ** 2).sum(axis=(1, 2)))
    steadiness = facing / (1 + (motion / _STEADY_MM) ** 2)
    steadiness /= steadiness.sum()
    return BodyFace(model, rest - steadiness @ rest, weight / weight.sum(), steadiness)


def _on_mesh(model: BodyModel, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return per-vertex values (vertices, ...) at the 468 points."""
    assert model.extras is not None
    corners = values[model.faces[model.extras.face_mesh_faces]].astype(np.float64)
    return np.einsum("nk,nk...->n...", model.extras.face_mesh_barycentric, corners)


def _directions(model: BodyModel, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the movement (468, 3, actions) of each action, mm; of the jaw's, what its joint does for a small angle."""
    assert model.extras is not None
    actions = model.extras.arkit_dirs[:, :, [ARKIT_INDEX[name] for name in names]]
    directions = _on_mesh(model, actions) * _MM
    weight = np.where(model.weight_joints == JAW, model.weights, 0).sum(axis=1)
    jaw_weight = _on_mesh(model, weight)[:, None]
    arm = (_on_mesh(model, model.v_template) - model.joint_template[JAW]) * _MM

    def turned(x: float, y: float) -> NDArray[np.float64]:
        rotation = matrix_from_axis_angle(np.array((x, y, 0.0)))
        return jaw_weight * (arm @ rotation.T - arm)

    jaw = {
        "jawOpen": (turned(JAW_OPEN_RAD, 0) - turned(-JAW_OPEN_RAD, 0)) / 2,
        "jawLeft": turned(0, JAW_SIDE_RAD),
        "jawRight": turned(0, -JAW_SIDE_RAD),
    }
    for column, name in enumerate(names):
        if name in jaw:
            directions[:, :, column] = jaw[name]
    return directions


def _facing(model: BodyModel) -> NDArray[np.float64]:
    """Return how far each point faces forward, 0 to 1: on the side of the head the mesh slides along the outline."""
    assert model.extras is not None
    corners = model.v_template[model.faces[model.extras.face_mesh_faces]].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.clip(normals[:, 2] / np.linalg.norm(normals, axis=1), 0.05, 1.0)
