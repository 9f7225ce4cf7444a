"""A take on an avatar of the user's own, whatever its bones' lengths, rest pose, front and file."""

import dataclasses

import numpy as np
import pygltflib
import pytest

from app.export.catalog import export_take
from app.export.glb_document import GlbDocument
from app.export.motion import motion_from_take
from app.export.options import ExportOptions
from app.export.retarget import retarget
from engines.body.avatar import load_avatar
from engines.body.bone_names import BONE_NAMES, VRM_BONES
from engines.body.humanoid import HUMAN_BONES
from engines.body.rotations import (
    conjugate_quaternion,
    matrix_from_quaternion,
    multiply_quaternions,
    quaternion_from_axis_angle,
    rotate_vector,
)
from engines.body.skeleton import JOINT_INDEX, PARENTS
from engines.errors import UsageError

LIMBS = [
    (f"{side}_{a}", f"{side}_{b}")
    for side in ("left", "right")
    for a, b in (
        ("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "middle1"), ("index1", "index2"), ("thumb2", "thumb3"),
        ("hip", "knee"), ("knee", "ankle"), ("ankle", "foot"),
    )
]  # fmt: skip


def lowered(rest):
    """The same body with arms 0.8 rad down, bones longer by a fifth, on the ground."""
    rest = rest.copy()
    turns = {"left_shoulder": -0.8, "right_shoulder": 0.8}
    for name, angle in turns.items():
        top = JOINT_INDEX[name]
        turn = quaternion_from_axis_angle(np.array([0, 0, angle]))
        for joint in range(top + 1, 55):
            above = joint
            while above > top:
                above = PARENTS[above]
            if above == top:
                rest[joint] = rest[top] + rotate_vector(turn, rest[joint] - rest[top])
    rest *= 1.2
    return rest - (0, rest[:, 1].min(), 0)


def avatar_nodes(rest, names, *, seed, scale=1.0, yaw=0.0):
    """Nodes whose axes at rest point anywhere, under a root with a scale and a yaw."""
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(55, 4))
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    root = quaternion_from_axis_angle(np.array([0.0, yaw, 0.0]))
    nodes = []
    for joint, parent in enumerate(PARENTS):
        offset = rest[joint] if parent < 0 else rest[joint] - rest[parent]
        local = turns[joint]
        if parent >= 0:
            back = conjugate_quaternion(turns[parent])
            offset, local = rotate_vector(back, offset), multiply_quaternions(back, local)
        children = [k for k, other in enumerate(PARENTS) if other == joint]
        nodes.append(
            {"name": names[joint], "translation": (offset / scale).tolist(), "rotation": local.tolist()}
            | ({"children": children} if children else {})
        )  # fmt: skip
    armature = {
        "name": "Armature",
        "rotation": root.tolist(),
        "scale": [scale] * 3,
        "children": [0],
    }
    return [*nodes, armature]


def write_avatar(path, nodes, **root):
    document = GlbDocument("test")
    document.add_array(np.zeros((3, 3), np.float32), bounds=True)
    document.root |= {"scene": 0, "scenes": [{"nodes": [55]}], "nodes": nodes, **root}
    with path.open("wb") as file:
        document.write(file)
    return path


def posed(path, frame):
    """Node name -> place in the scene, by what is in the file."""
    gltf = pygltflib.GLTF2().load_binary(path)
    animated = {}
    for channel in gltf.animations[0].channels:
        accessor = gltf.accessors[gltf.animations[0].samplers[channel.sampler].output]
        view = gltf.bufferViews[accessor.bufferView]
        width = {"VEC3": 3, "VEC4": 4, "SCALAR": 1}[accessor.type]
        values = np.frombuffer(
            gltf.binary_blob(), "<f4", accessor.count * width, view.byteOffset
        ).reshape(-1, width)
        animated[channel.target.node, channel.target.path] = values
    places = {}
    stack = [(index, np.eye(4)) for index in gltf.scenes[0].nodes]
    while stack:
        index, above = stack.pop()
        node = gltf.nodes[index]

        def of(path, rest, index=index):
            return animated[index, path][frame] if (index, path) in animated else np.array(rest)

        matrix = np.eye(4)
        rotation = of("rotation", node.rotation or [0, 0, 0, 1]).astype(float)
        matrix[:3, :3] = matrix_from_quaternion(rotation) * (node.scale or (1, 1, 1))
        matrix[:3, 3] = of("translation", node.translation or [0, 0, 0])
        matrix = above @ matrix
        places[node.name] = matrix[:3, 3]
        stack += [(child, matrix) for child in node.children or []]
    return places


def test_the_takes_own_skeleton_as_an_avatar_moves_as_the_take(waved, waved_joints, tmp_path):
    nodes = avatar_nodes(motion_from_take(waved).rest_joints, HUMAN_BONES, seed=1)
    avatar = write_avatar(tmp_path / "me.glb", nodes)
    path = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "out.glb")
    places = posed(path, 4)
    found = np.array([places[bone] for bone in HUMAN_BONES])
    relative = waved_joints[4] - waved_joints[4, 0]
    np.testing.assert_allclose(found - found[0], relative, atol=1e-4)
    np.testing.assert_allclose(found[0, [0, 2]], waved_joints[4, 0, [0, 2]], atol=1e-4)


@pytest.mark.parametrize("preset", ["unity", "mixamo", "smplx", "cmu"])
@pytest.mark.parametrize("yaw", [0.0, np.pi, 0.7])
def test_limbs_point_where_the_performers_do(waved, waved_joints, tmp_path, preset, yaw):
    names = BONE_NAMES[preset]
    rest = lowered(motion_from_take(waved).rest_joints)
    nodes = avatar_nodes(rest, names, seed=2, scale=0.01, yaw=yaw)
    avatar = write_avatar(tmp_path / "it.glb", nodes)
    path = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "out.glb")
    places = posed(path, 3)
    front = quaternion_from_axis_angle(np.array([0.0, yaw, 0.0]))
    for start, end in LIMBS:
        a, b = JOINT_INDEX[start], JOINT_INDEX[end]
        worn = places[names[b]] - places[names[a]]
        performed = rotate_vector(front, waved_joints[3, b] - waved_joints[3, a])
        cosine = worn @ performed / np.linalg.norm(worn) / np.linalg.norm(performed)
        assert cosine == pytest.approx(1, abs=1e-6), (start, end)
    assert np.linalg.norm(
        places[names[JOINT_INDEX["left_knee"]]] - places[names[JOINT_INDEX["left_hip"]]]
    ) == pytest.approx(np.linalg.norm(rest[4] - rest[1]), rel=1e-5)


def test_a_standing_performer_gives_an_avatar_that_stands_on_its_floor(waved, tmp_path):
    motion = motion_from_take(waved)
    still = dataclasses.replace(
        motion,
        rotations=np.broadcast_to([0.0, 0, 0, 1], motion.rotations.shape).copy(),
        pelvis=np.tile([0.3, motion.rest_joints[0, 1] - (motion.rest_joints[10, 1] - 0.028), -0.2], (12, 1)),
    )  # fmt: skip
    rest = lowered(motion.rest_joints)
    avatar = load_avatar(write_avatar(tmp_path / "a.glb", avatar_nodes(rest, HUMAN_BONES, seed=3)))
    worn = retarget(still, avatar)
    np.testing.assert_allclose(worn.hips[:, 1], rest[0, 1], atol=1e-6)
    np.testing.assert_allclose(worn.hips[:, [0, 2]], [[0.36, -0.24]] * 12, atol=1e-5)


def test_an_avatar_without_fingers_and_chest_keeps_its_hands_and_head(
    waved, waved_joints, tmp_path
):
    """The bones between are left out: what they turned is in the next bone."""
    left_out = {JOINT_INDEX[name] for name in ("spine2", "spine3", "neck")} | set(range(22, 55))
    names = [f"x{j}" if j in left_out else bone for j, bone in enumerate(HUMAN_BONES)]
    nodes = avatar_nodes(motion_from_take(waved).rest_joints, names, seed=4)
    avatar = write_avatar(tmp_path / "a.glb", nodes)
    assert len(load_avatar(avatar).node_of_joint) == 55 - len(left_out)
    path = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "out.glb")
    places = posed(path, 2)
    arm = places["LeftHand"] - places["LeftUpperArm"]
    wanted = (
        waved_joints[2, JOINT_INDEX["left_wrist"]] - waved_joints[2, JOINT_INDEX["left_shoulder"]]
    )
    np.testing.assert_allclose(arm, wanted, atol=1e-4)


def vrm(version, face):
    if version == 1:
        bones = {name: {"node": k} for k, name in enumerate(VRM_BONES)}
        expressions = {"preset": {"blinkLeft": {"morphTargetBinds": face}}}
        return {
            "VRMC_vrm": {
                "specVersion": "1.0",
                "humanoid": {"humanBones": bones},
                "expressions": expressions,
            }
        }
    bones = [{"bone": name[0].lower() + name[1:], "node": k} for k, name in enumerate(HUMAN_BONES)]
    binds = [{"mesh": 0, "index": each["index"], "weight": 100 * each["weight"]} for each in face]
    groups = [{"name": "Blink_L", "presetName": "blink_l", "binds": binds}]
    return {
        "VRM": {"humanoid": {"humanBones": bones}, "blendShapeMaster": {"blendShapeGroups": groups}}
    }


def face_mesh(names):
    target = {"POSITION": 0}
    primitive = {"attributes": {"POSITION": 0}, "targets": [target] * len(names)}
    return [{"primitives": [primitive], "extras": {"targetNames": names}}]


@pytest.mark.parametrize(("version", "preset"), [(0, "blink_l"), (1, "blinkLeft")])
def test_a_vrm_blinks_by_its_presets(waved, tmp_path, version, preset):
    bones = [f"bone{k}" for k in range(55)]
    nodes = avatar_nodes(motion_from_take(waved).rest_joints, bones, seed=5)
    nodes[55]["children"].append(56)
    nodes.append({"name": "Face", "mesh": 0})
    extensions = vrm(version, [{"node": 56, "index": 1, "weight": 0.5}])
    avatar = write_avatar(
        tmp_path / "a.vrm", nodes, meshes=face_mesh(["a", "b"]), extensions=extensions
    )
    path = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "out.glb")
    gltf = pygltflib.GLTF2().load_binary(path)
    (face,) = (c for c in gltf.animations[0].channels if c.target.path == "weights")
    assert face.target.node == 56
    accessor = gltf.accessors[gltf.animations[0].samplers[face.sampler].output]
    start = gltf.bufferViews[accessor.bufferView].byteOffset
    weights = np.frombuffer(gltf.binary_blob(), "<f4", accessor.count, start).reshape(12, 2)
    np.testing.assert_allclose(weights[:, 1], waved.blendshapes[:, 8] / 2, atol=1e-6)
    assert not weights[:, 0].any()
    assert set(gltf.extensions) == set(extensions), "the avatar stays one"


def test_vrma_from_an_avatar_has_its_proportions(waved, tmp_path):
    rest = lowered(motion_from_take(waved).rest_joints)
    avatar = write_avatar(tmp_path / "a.glb", avatar_nodes(rest, HUMAN_BONES, seed=6, yaw=np.pi))
    path = export_take(waved, "vrma", ExportOptions(avatar=avatar), output=tmp_path / "a.vrma")
    worn = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "a_worn.glb")
    places, expected = posed(path, 6), posed(worn, 6)
    for vrm_name, bone in zip(VRM_BONES, HUMAN_BONES, strict=True):
        if "Eye" not in bone:
            np.testing.assert_allclose(places[vrm_name], expected[bone] * (-1, 1, -1), atol=1e-4)


def test_the_khronos_validator_finds_no_fault_in_a_dressed_avatar(waved, tmp_path, run_node):
    nodes = avatar_nodes(motion_from_take(waved).rest_joints, HUMAN_BONES, seed=7)
    avatar = write_avatar(tmp_path / "a.glb", nodes)
    path = export_take(waved, "glb", ExportOptions(avatar=avatar), output=tmp_path / "out.glb")
    assert run_node("validate.cjs", path) == []


def test_an_avatar_and_a_format_that_takes_none(waved, tmp_path):
    with pytest.raises(UsageError, match="--avatar: bvh cannot hold one; use glb, vrma"):
        export_take(waved, "bvh", ExportOptions(avatar=tmp_path / "a.vrm"))
