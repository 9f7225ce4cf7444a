"""Estimates as things to draw: a posed skin or a skeleton, in the person's colour, in any frame."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numpy.typing import NDArray

from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.shading import Light, lit_colors, vertex_normals
from engines.body.kinematics import skin
from engines.body.model import BodyModel
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT, Camera, PoseEstimate

Style = Literal["mesh", "skeleton"]
"""Skin, or bones."""

PERSON_COLORS: Final = (
    (196, 120, 170), (226, 170, 98), (150, 196, 110), (120, 150, 240), (208, 196, 90), (96, 196, 232),
)  # fmt: skip
"""BGR of the persons; track n has colour n modulo their number."""

BODY_LIGHT: Final = Light(lit=(1.06, 1.06, 1.06), shade=(0.52, 0.40, 0.38), rim=0.35)
"""The lamp on bodies."""
FAINTEST: Final = 0.15
"""Opacity left to a part that is a pure guess, as a share of the whole."""
_BONE_WIDTH: Final = 0.09
"""Of its length."""


@dataclass(frozen=True, slots=True, eq=False)
class BodyShape:
    """One body as a buffer."""

    vertices: Float32[np.ndarray, "vertices 3"]
    """Metres, in the camera frame of the estimate until turned elsewhere."""
    faces: Int32[np.ndarray, "faces 3"]
    """Triangles, counter-clockwise seen from outside."""
    visibility: Float32[np.ndarray, "vertices"]
    """Confidence of the joints behind each vertex, in [0, 1]."""
    color: tuple[int, int, int]
    """BGR of the person."""


def body_shape(model: BodyModel, estimate: PoseEstimate, style: Style) -> BodyShape:
    """Return the surface to draw for an estimate."""
    color = PERSON_COLORS[estimate.track_id % len(PERSON_COLORS)]
    if style == "skeleton":
        vertices, owners = _bones(estimate.joints)
        return BodyShape(vertices, _BONE_FACES, estimate.confidence[owners], color)
    if estimate.confidence.min() == 1:
        visibility = np.ones(len(model.v_template), np.float32)
    else:
        shares = estimate.confidence[model.weight_joints] * model.weights
        visibility = shares.sum(axis=1, dtype=np.float32)
    return BodyShape(skin(model, estimate.params), model.faces, visibility, color)


def draw_body(
    image: UInt8[np.ndarray, "height width 3"],
    buffer: SampleBuffer,
    shape: BodyShape,
    camera: Camera,
    opacity: float,
) -> None:
    """Draw a body whose vertices are in the frame of the camera; guessed parts are faint."""
    normals = vertex_normals(shape.vertices, shape.faces)
    colors = lit_colors(np.array(shape.color, np.float32), normals, BODY_LIGHT)
    seen = FAINTEST + (1 - FAINTEST) * shape.visibility
    draw_mesh(image, buffer, shape.vertices, shape.faces, colors, camera, opacity=opacity * seen)


def _bones(joints: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the vertices of one slim double pyramid for each joint but the pelvis, and the joint of each."""
    children = np.arange(1, JOINT_COUNT)
    start, end = joints[list(PARENTS[1:])], joints[children]
    along = end - start
    length = np.linalg.norm(along, axis=1, keepdims=True)
    axis = along / np.maximum(length, 1e-6)
    # any direction that is not the bone's own
    helper = np.where(np.abs(axis[:, :1]) < 0.7, (1, 0, 0), (0, 1, 0))
    side = np.cross(axis, helper)
    side *= _BONE_WIDTH * length / np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(axis, side)
    waist = start + 0.2 * along
    corners = [start, waist + side, waist + other, waist - side, waist - other, end]
    vertices = np.stack(corners, axis=1).reshape(-1, 3).astype(np.float32)
    return vertices, np.repeat(children, len(corners))


def _bone_faces() -> NDArray[np.int32]:
    faces = []
    for k in range(4):
        near, far = 1 + k, 1 + (k + 1) % 4
        faces += [[0, far, near], [5, near, far]]
    starts = 6 * np.arange(JOINT_COUNT - 1)[:, None, None]
    return (starts + np.array(faces)).reshape(-1, 3).astype(np.int32)


_BONE_FACES: Final = _bone_faces()
