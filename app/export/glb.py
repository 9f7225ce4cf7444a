"""Binary glTF: the skeleton, the open body on it, and its motion.

glTF has the world's own axes (right-handed, y up, facing +z, metres). The open body's mesh is free to give away; a take
that was solved for another body (the licensed SMPL-X) gets its skeleton only.
"""

import logging
from typing import Any, BinaryIO, Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.export.glb_document import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GlbDocument
from app.export.motion import Motion, motion_from_take
from app.export.options import ExportOptions
from app.paths import version
from app.render.costume import dress
from app.render.shading import vertex_normals
from app.takes.take import Take
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES
from engines.body.model import BodyModel, OpenBodyExtras, load_body
from engines.body.skeleton import PARENTS
from engines.model_store import model_path
from engines.types import JOINT_COUNT

logger = logging.getLogger(__name__)

_OPEN_BODY: Final = "open_body"
_WEIGHTS_PER_VERTEX: Final = 4
"""What every reader of glTF can do."""
_DRIVEN_BY_JOINTS: Final = ("jaw", "eyeLook")
"""Face actions that jaw and eye joints already make: their weights stay 0."""
_MESH_NODE: Final = JOINT_COUNT


def write(take: Take, file: BinaryIO, options: ExportOptions) -> None:
    """Write one scene with one animation."""
    motion = motion_from_take(take, options.fps)
    document = GlbDocument(f"ExPose Live {version()}")
    nodes = _joint_nodes(motion)
    channels = _Channels(document, motion)
    for joint in range(JOINT_COUNT):
        channels.add(joint, "rotation", _continuous(motion.rotations[:, joint]))
    channels.add(0, "translation", motion.pelvis)
    scene_nodes = [0]
    body = load_body(model_path(_OPEN_BODY)) if take.body_model == _OPEN_BODY else None
    if body is None:
        logger.warning(
            "%s: solved for '%s', whose mesh is not exported", take.path, take.body_model
        )
    elif body.extras is not None:
        _add_body(document, motion, take.betas, body, body.extras)
        nodes.append({"name": "Body", "mesh": 0, "skin": 0})
        scene_nodes.append(_MESH_NODE)
        channels.add(_MESH_NODE, "weights", _weights(motion).reshape(-1))
    document.root |= {
        "scene": 0,
        "scenes": [{"nodes": scene_nodes}],
        "nodes": nodes,
        "animations": [channels.animation()],
    }
    document.write(file)


class _Channels:
    """The channels of one animation, all with the same times."""

    def __init__(self, document: GlbDocument, motion: Motion) -> None:
        self._document = document
        times = (np.arange(len(motion)) / motion.fps).astype(np.float32)
        self._times = document.add_array(times, bounds=True)
        self._samplers: list[dict[str, Any]] = []
        self._channels: list[dict[str, Any]] = []

    def add(self, node: int, path: str, values: NDArray[np.floating]) -> None:
        output = self._document.add_array(values.astype(np.float32))
        self._channels.append(
            {"sampler": len(self._samplers), "target": {"node": node, "path": path}}
        )
        self._samplers.append({"input": self._times, "output": output, "interpolation": "LINEAR"})

    def animation(self) -> dict[str, Any]:
        return {"name": "Take", "samplers": self._samplers, "channels": self._channels}


def _joint_nodes(motion: Motion) -> list[dict[str, Any]]:
    """Return the nodes of the skeleton at rest, one for each joint in SMPL-X order."""
    rest = motion.rest_joints
    nodes: list[dict[str, Any]] = []
    for joint, bone in enumerate(HUMAN_BONES):
        offset = rest[joint] - (rest[PARENTS[joint]] if joint else 0)
        node: dict[str, Any] = {"name": bone, "translation": offset.tolist()}
        children = [child for child in range(JOINT_COUNT) if PARENTS[child] == joint]
        if children:
            node["children"] = children
        nodes.append(node)
    return nodes


def _add_body(
    document: GlbDocument,
    motion: Motion,
    betas: Float32[np.ndarray, "10"],
    body: BodyModel,
    extras: OpenBodyExtras,
) -> None:
    """Add the mesh with the 52 face actions as morph targets, and the skin that ties it to the joints."""
    costume = dress(body)
    vertices = body.rest_vertices(betas) + costume.thickness
    joints, weights = _four_weights(body)
    colors = (costume.colors[:, ::-1] / 255) ** 2.2  # BGR to linear RGB
    attributes = {
        "POSITION": document.add_array(vertices, target=ARRAY_BUFFER, bounds=True),
        "NORMAL": document.add_array(vertex_normals(vertices, body.faces), target=ARRAY_BUFFER),
        "COLOR_0": document.add_array(colors.astype(np.float32), target=ARRAY_BUFFER),
        "JOINTS_0": document.add_array(joints, target=ARRAY_BUFFER),
        "WEIGHTS_0": document.add_array(weights, target=ARRAY_BUFFER),
    }
    faces = body.faces.astype(np.uint32).reshape(-1)
    targets = [
        {"POSITION": document.add_sparse(np.ascontiguousarray(extras.arkit_dirs[:, :, k]))}
        for k in range(len(ARKIT_NAMES))
    ]
    primitive = {
        "attributes": attributes,
        "indices": document.add_array(faces, target=ELEMENT_ARRAY_BUFFER),
        "material": 0,
        "targets": targets,
    }
    inverse_bind = np.tile(np.eye(4, dtype=np.float32), (JOINT_COUNT, 1, 1))
    inverse_bind[:, 3, :3] = -motion.rest_joints  # column-major: the translation is the last row
    bind = document.add_array(inverse_bind.reshape(JOINT_COUNT, 16))
    document.root |= {
        "meshes": [
            {
                "name": "Body",
                "primitives": [primitive],
                "weights": [0.0] * len(targets),
                "extras": {"targetNames": list(extras.arkit_names)},
            }
        ],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8}}],
        "skins": [{"joints": list(range(JOINT_COUNT)), "skeleton": 0, "inverseBindMatrices": bind}],
    }


def _four_weights(
    body: BodyModel,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return the four heaviest joints of each vertex and their weights, which sum to 1."""
    weights = body.weights[:, :_WEIGHTS_PER_VERTEX]
    weights = weights / weights.sum(axis=1, keepdims=True)
    joints = np.where(weights > 0, body.weight_joints[:, :_WEIGHTS_PER_VERTEX], 0)
    return joints.astype(np.uint8), weights


def _weights(motion: Motion) -> Float32[np.ndarray, "M 52"]:
    driven = np.array([name.startswith(_DRIVEN_BY_JOINTS) for name in ARKIT_NAMES])
    return np.where(driven, np.float32(0), motion.blendshapes)


def _continuous(quaternions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same rotations with signs that make neighbours near: some readers blend number by number."""
    cosines = np.sum(quaternions[1:] * quaternions[:-1], axis=1)
    signs = np.cumprod(np.r_[1.0, np.where(cosines < 0, -1.0, 1.0)])
    return quaternions * signs[:, None]
