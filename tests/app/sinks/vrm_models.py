"""Small .vrm files, and a receiver that loads them as UniVRM does: one node after the other, in Unity's frame."""

import json
import struct
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from engines.body.humanoid import HUMAN_BONES
from tests.app.packets import body
from tests.app.sinks.receivers import UNITY_PARENTS

MIRRORS = {0: np.diag([1.0, 1, -1]), 1: np.diag([-1.0, 1, 1])}
"""UniVRM's axes: VRM 0.x models look along -z in the file, VRM 1.0 models along +z."""

METACARPALS = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}


@dataclass
class Model:
    """Nodes of an avatar, as a file has them."""

    version: int
    nodes: list = field(default_factory=list)
    node_of_bone: dict = field(default_factory=dict)

    def write(self, path):
        if self.version == 0:
            bones = [
                {"bone": bone[0].lower() + bone[1:], "node": node}
                for bone, node in self.node_of_bone.items()
            ]
            extensions = {"VRM": {"meta": {"title": "test"}, "humanoid": {"humanBones": bones}}}
        else:
            extensions = {
                "VRMC_vrm": {
                    "specVersion": "1.0",
                    "meta": {
                        "name": "test",
                        "authors": ["tests"],
                        "licenseUrl": "https://vrm.dev/licenses/1.0/",
                    },
                    "humanoid": {
                        "humanBones": {
                            vrm1_name(bone): {"node": node}
                            for bone, node in self.node_of_bone.items()
                        }
                    },
                }
            }
        document = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": self.nodes,
            "extensionsUsed": list(extensions),
            "extensions": extensions,
        }
        write_glb(path, json.dumps(document).encode())


def write_glb(path, text):
    text += b" " * (-len(text) % 4)
    head = struct.pack("<IIIII", 0x46546C67, 2, 20 + len(text), len(text), 0x4E4F534A)
    path.write_bytes(head + text)


def vrm1_name(bone):
    for side in ("Left", "Right"):
        part = bone.removeprefix(side)
        if part in METACARPALS:
            return side.lower() + METACARPALS[part]
    return bone[0].lower() + bone[1:]


def make_model(version, rng=None, *, without=(), tilt_deg=0.0):
    """An avatar with our rest skeleton; with `rng` one of its own proportions, bone axes and a node in between.

    `tilt_deg` lowers its resting arms and thumbs about their parents, as models have it.
    """
    unity = body().rest_joints(np.zeros(10)).astype(float) @ np.diag([-1.0, 1, 1])
    places = dict(zip(HUMAN_BONES, unity, strict=True))
    if rng is not None:
        places = other_proportions(places, rng)
    if tilt_deg:
        lower_arms(places, tilt_deg)
    turns = {
        bone: np.eye(3) if rng is None else Rotation.from_rotvec(rng.normal(size=3)).as_matrix()
        for bone in places
    }
    model = Model(version)
    mirror = MIRRORS[version]
    where = {None: (np.eye(3), np.zeros(3), add_node(model, None, np.eye(3), np.zeros(3)))}
    for bone in sorted(set(HUMAN_BONES) - set(without), key=depth):
        parent = UNITY_PARENTS.get(bone)
        while parent in without:
            parent = UNITY_PARENTS.get(parent)
        turn_above, place_above, node_above = where[parent]
        if rng is not None and bone == "Spine":  # a node that is no human bone
            place = (place_above + places[bone]) / 2
            turn = Rotation.from_rotvec(rng.normal(size=3)).as_matrix()
            local = mirror @ turn_above.T @ (place - place_above)
            node_above = add_node(model, node_above, mirror @ turn_above.T @ turn @ mirror, local)
            turn_above, place_above = turn, place
        local_turn = mirror @ turn_above.T @ turns[bone] @ mirror
        local_place = mirror @ turn_above.T @ (places[bone] - place_above)
        node = add_node(model, node_above, local_turn, local_place)
        where[bone] = (turns[bone], places[bone], node)
        model.node_of_bone[bone] = node
    return model


def depth(bone):
    return 0 if bone == "Hips" else 1 + depth(UNITY_PARENTS[bone])


def other_proportions(places, rng):
    """Every bone longer or shorter, its direction kept."""
    result = {"Hips": places["Hips"]}
    for bone in sorted(UNITY_PARENTS, key=depth):
        parent = UNITY_PARENTS[bone]
        offset = places[bone] - places[parent]
        result[bone] = result[parent] + offset * rng.uniform(0.7, 1.3)
    return result


def lower_arms(places, degrees):
    for side, sign in (("Left", 1), ("Right", -1)):
        for top in ("UpperArm", "ThumbProximal"):
            pivot = places[side + top].copy()
            turn = Rotation.from_euler("z", sign * degrees, degrees=True)
            for bone in places:
                if hangs_from(bone, side + top):
                    places[bone] = pivot + turn.apply(places[bone] - pivot)


def hangs_from(bone, top):
    while bone in UNITY_PARENTS:
        bone = UNITY_PARENTS[bone]
        if bone == top:
            return True
    return False


def add_node(model, parent, rotation, translation):
    model.nodes.append(
        {
            "translation": list(translation),
            "rotation": list(Rotation.from_matrix(rotation).as_quat()),
        }
    )
    node = len(model.nodes) - 1
    if parent is not None:
        model.nodes[parent].setdefault("children", []).append(node)
    return node


def posed(model, received):
    """Bone -> (position, matrix) in Unity's world after the receiver set its nodes' local poses."""
    mirror = MIRRORS[model.version]
    local = {}
    for node, each in enumerate(model.nodes):
        rotation = mirror @ Rotation.from_quat(each["rotation"]).as_matrix() @ mirror
        local[node] = (rotation, mirror @ np.array(each["translation"]))
    bone_of_node = {node: bone for bone, node in model.node_of_bone.items()}
    for address, *values in received:
        if address == "/VMC/Ext/Bone/Pos" and values[0] in model.node_of_bone:
            rotation = Rotation.from_quat(values[4:8]).as_matrix()
            local[model.node_of_bone[values[0]]] = (rotation, np.array(values[1:4]))
    result = {}
    stack = [(0, np.eye(3), np.zeros(3))]
    while stack:
        node, turn, place = stack.pop()
        place = place + turn @ local[node][1]
        turn = turn @ local[node][0]
        if node in bone_of_node:
            result[bone_of_node[node]] = (place, turn)
        stack += [(child, turn, place) for child in model.nodes[node].get("children", ())]
    return result
