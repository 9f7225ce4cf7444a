"""The user's own avatar with the motion of a take in its file, face included."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.export.animation import AnimationTracks
from app.export.glb_document import GlbDocument
from app.export.humanoid_motion import preset_weights
from app.export.motion import Motion
from app.export.retarget import local_hips, local_rotations, retarget
from engines.body.avatar import Avatar, decomposed
from engines.body.face import ARKIT_INDEX
from engines.body.vrm_expressions import VRM0_NAMES, VRM1_NAMES

_ENOUGH_ARKIT_TARGETS: Final = 20
"""Morph targets with ARKit's names from which on a face is driven by them, and not by VRM's presets."""

Face = dict[int, NDArray[np.float32]]
"""Node of a mesh -> weights of its morph targets (M, targets)."""


def dressed_avatar(motion: Motion, avatar: Avatar) -> GlbDocument:
    """Return the avatar's document with the motion as its first animation."""
    worn = retarget(motion, avatar)
    document = GlbDocument.extending(avatar.root, avatar.binary)
    tracks = AnimationTracks(document, motion.times_s)
    document.root["nodes"] = [_without_matrix(node) for node in avatar.root["nodes"]]
    tracks.add(avatar.node_of_joint[0], "translation", local_hips(worn))
    for node, rotations in local_rotations(worn).items():
        tracks.add(node, "rotation", rotations)
    for node, weights in _face(motion, avatar.root).items():
        tracks.add(node, "weights", weights.reshape(-1))
    document.root["animations"] = [tracks.animation("Take"), *avatar.root.get("animations", ())]
    return document


def _without_matrix(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node whose place, turn and scale are told apart: glTF animates no node with a matrix."""
    if "matrix" not in node:
        return node
    return {key: value for key, value in node.items() if key != "matrix"} | decomposed(node)


def _face(motion: Motion, root: dict[str, Any]) -> Face:
    meshes = root.get("meshes", ())
    counts = {
        node: len(meshes[table["mesh"]]["primitives"][0].get("targets", ()))
        for node, table in enumerate(root["nodes"])
        if "mesh" in table
    }
    counts = {node: count for node, count in counts.items() if count}
    by_name = {}
    for node, count in counts.items():
        names = _target_names(meshes[root["nodes"][node]["mesh"]])[:count]
        known = {k: ARKIT_INDEX[name] for k, name in enumerate(names) if name in ARKIT_INDEX}
        if len(known) >= _ENOUGH_ARKIT_TARGETS:
            weights = np.zeros((len(motion), count), np.float32)
            weights[:, list(known)] = motion.blendshapes[:, list(known.values())]
            by_name[node] = weights
    return by_name or _preset_face(motion, root, counts)


def _target_names(mesh: dict[str, Any]) -> list[str]:
    """Return the names of a mesh's morph targets as ARKit writes them, where they are known."""
    names = mesh.get("extras", {}).get("targetNames")
    if names is None:
        names = mesh["primitives"][0].get("extras", {}).get("targetNames", [])
    return [str(name)[:1].lower() + str(name)[1:] for name in names]


def _preset_face(motion: Motion, root: dict[str, Any], counts: dict[int, int]) -> Face:
    """Return the weights that VRM's presets give; nothing for a plain glTF."""
    presets = preset_weights(motion.blendshapes)
    face: Face = {}
    for preset, node, target, weight in _preset_binds(root):
        if node in counts and target < counts[node]:
            weights = face.setdefault(node, np.zeros((len(motion), counts[node]), np.float32))
            weights[:, target] += np.float32(weight) * presets[:, preset]
    return {node: weights.clip(0, 1) for node, weights in face.items()}


def _preset_binds(root: dict[str, Any]) -> list[tuple[int, int, int, float]]:
    """Return (preset, node, morph target, weight) of a VRM's face."""
    extensions = root.get("extensions", {})
    if "VRMC_vrm" in extensions:
        presets = extensions["VRMC_vrm"].get("expressions", {}).get("preset", {})
        return [
            (VRM1_NAMES.index(name), bind["node"], bind["index"], bind["weight"])
            for name, expression in presets.items()
            if name in VRM1_NAMES
            for bind in expression.get("morphTargetBinds", ())
        ]
    groups = extensions.get("VRM", {}).get("blendShapeMaster", {}).get("blendShapeGroups", ())
    preset_of = {name.lower(): preset for preset, name in enumerate(VRM0_NAMES)}
    return [
        (preset_of[str(group.get("presetName")).lower()], node, bind["index"], bind["weight"] / 100)
        for group in groups
        if str(group.get("presetName")).lower() in preset_of
        for bind in group.get("binds", ())
        for node, table in enumerate(root["nodes"])
        if table.get("mesh") == bind["mesh"]
    ]
