"""VRMA: an animation for any VRM avatar (VRMC_vrm_animation 1.0), face and gaze included.

The face comes as VRM's presets, which every avatar has. With an avatar in the options the bones have its proportions.
"""

from typing import Any, BinaryIO, Final

import numpy as np

from app.export.animation import AnimationTracks, joint_nodes
from app.export.glb_document import GlbDocument
from app.export.humanoid_motion import HumanoidMotion, humanoid_motion
from app.export.options import ExportOptions
from app.export.retarget import retarget, worn_humanoid_motion
from app.export.shaping import motion_for_export
from app.paths import version
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.avatar import load_avatar
from engines.body.vrm_expressions import VRM1_NAMES

_EXTENSION: Final = "VRMC_vrm_animation"
_EXPRESSIONS: Final = tuple(name for name in VRM1_NAMES if not name.startswith("look"))
"""The presets a file may hold: where the eyes look is told by `lookAt`."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write one scene with one animation and no mesh.

    Raises:
        UsageError: the avatar cannot be read or has not the bones of a humanoid.
    """
    motion = motion_for_export(take, options)
    watch.reached(0.2)
    if options.avatar is None:
        humanoid = humanoid_motion(motion)
    else:
        humanoid = worn_humanoid_motion(retarget(motion, load_avatar(options.avatar)), motion)
    watch.reached(0.6)
    document = GlbDocument(f"ExPose Live {version()}")
    nodes = joint_nodes(humanoid.bones, humanoid.parents, humanoid.rest)
    tracks = AnimationTracks(document, np.arange(len(humanoid.hips)) / humanoid.fps)
    tracks.add(0, "translation", humanoid.hips)
    for bone in range(len(humanoid.bones)):
        tracks.add(bone, "rotation", humanoid.rotations[:, bone])
    extension = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {name: {"node": k} for k, name in enumerate(humanoid.bones)}},
        "expressions": {"preset": _add_expressions(nodes, tracks, humanoid)},
        "lookAt": _add_gaze(nodes, tracks, humanoid),
    }
    roots = [0, *range(len(humanoid.bones), len(nodes))]
    document.root |= {
        "extensionsUsed": [_EXTENSION],
        "extensions": {_EXTENSION: extension},
        "scene": 0,
        "scenes": [{"nodes": roots}],
        "nodes": nodes,
        "animations": [tracks.animation("Take")],
    }
    watch.reached(0.8)
    document.write(file)


def _add_expressions(
    nodes: list[dict[str, Any]], tracks: AnimationTracks, humanoid: HumanoidMotion
) -> dict[str, Any]:
    """Add a node for each preset, whose place along x is the weight."""
    table = {}
    for name in _EXPRESSIONS:
        places = np.zeros((len(humanoid.hips), 3))
        places[:, 0] = humanoid.expressions[:, VRM1_NAMES.index(name)]
        table[name] = {"node": len(nodes)}
        tracks.add(len(nodes), "translation", places)
        nodes.append({"name": name})
    return table


def _add_gaze(
    nodes: list[dict[str, Any]], tracks: AnimationTracks, humanoid: HumanoidMotion
) -> dict[str, Any]:
    """Add a node whose turn is that of the eyes."""
    tracks.add(len(nodes), "rotation", humanoid.gaze)
    nodes.append({"name": "lookAt"})
    return {"node": len(nodes) - 1, "offsetFromHeadBone": humanoid.eyes.tolist()}
