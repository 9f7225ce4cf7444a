"""Binary glTF: the skeleton, the body on it, and its motion.

glTF has the world's own axes (right-handed, y up, facing +z, metres). With an avatar in the options, the file is that
avatar wearing the motion.
"""

from typing import BinaryIO, Final

import numpy as np

from app.export.animation import AnimationTracks, joint_nodes
from app.export.avatar_glb import dressed_avatar
from app.export.body_mesh import BodyMesh, body_mesh
from app.export.glb_document import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GlbDocument
from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.shaping import motion_for_export
from app.paths import version
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.avatar import load_avatar
from engines.body.humanoid import HUMAN_BONES
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT

_MESH_NODE: Final = JOINT_COUNT


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write one scene with one animation.

    Raises:
        UsageError: the avatar, or the body's model file, does not fit.
    """
    motion = motion_for_export(take, options)
    watch.reached(0.3)
    if options.avatar is not None:
        document = dressed_avatar(motion, load_avatar(options.avatar))
        watch.reached(0.8)
        document.write(file)
        return
    mesh = body_mesh(take, options)
    document = GlbDocument(f"ExPose Live {version()}")
    nodes = joint_nodes(HUMAN_BONES, PARENTS, motion.rest_joints)
    tracks = AnimationTracks(document, motion.times_s)
    for joint in range(JOINT_COUNT):
        tracks.add(joint, "rotation", motion.rotations[:, joint])
    tracks.add(0, "translation", motion.pelvis)
    scene_nodes = [0]
    if mesh is not None:
        _add_body(document, motion, mesh)
        nodes.append({"name": "Body", "mesh": 0, "skin": 0})
        scene_nodes.append(_MESH_NODE)
        tracks.add(_MESH_NODE, "weights", mesh.target_weights(motion).reshape(-1))
    document.root |= {
        "scene": 0,
        "scenes": [{"nodes": scene_nodes}],
        "nodes": nodes,
        "animations": [tracks.animation("Take")],
    }
    watch.reached(0.8)
    document.write(file)


def _add_body(document: GlbDocument, motion: Motion, mesh: BodyMesh) -> None:
    """Add the mesh with the face as morph targets, and the skin that ties it to the joints."""
    attributes = {
        "POSITION": document.add_array(mesh.vertices, target=ARRAY_BUFFER, bounds=True),
        "NORMAL": document.add_array(mesh.normals, target=ARRAY_BUFFER),
        "COLOR_0": document.add_array(mesh.colors, target=ARRAY_BUFFER),
        "JOINTS_0": document.add_array(mesh.joints, target=ARRAY_BUFFER),
        "WEIGHTS_0": document.add_array(mesh.weights, target=ARRAY_BUFFER),
    }
    faces = mesh.faces.astype(np.uint32).reshape(-1)
    targets = [
        {"POSITION": document.add_sparse(np.ascontiguousarray(mesh.targets[:, :, k]))}
        for k in range(len(mesh.target_names))
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
    if mesh.notice:
        document.root["asset"]["copyright"] = mesh.notice
    document.root |= {
        "meshes": [
            {
                "name": "Body",
                "primitives": [primitive],
                "weights": [0.0] * len(targets),
                "extras": {"targetNames": list(mesh.target_names)},
            }
        ],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8}}],
        "skins": [{"joints": list(range(JOINT_COUNT)), "skeleton": 0, "inverseBindMatrices": bind}],
    }
