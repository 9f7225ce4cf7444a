"""USD, VRMA and glTF, judged by the software of those who made the formats; FBX and the rest in Blender."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pygltflib
import pytest
from pxr import Usd, UsdGeom, UsdSkel, UsdValidation

from app.export.catalog import export_take
from app.export.options import ExportOptions
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES
from tests.app.packets import body

SCRIPTS = Path(__file__).parent
VRM_REQUIRED = {
    "hips", "spine", "head", "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg",
    "rightFoot", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
}  # fmt: skip


@pytest.fixture(scope="module")
def usd(waved, tmp_path_factory):
    return export_take(waved, "usd", output=tmp_path_factory.mktemp("usd") / "wave.usdc")


@pytest.fixture(scope="module")
def vrma(waved, tmp_path_factory):
    return export_take(waved, "vrma", output=tmp_path_factory.mktemp("vrma") / "wave.vrma")


def test_usd_passes_every_validator_of_openusd(usd):
    """They have taken the place of the compliance checker."""
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    names = {validator.GetMetadata().name for validator in validators}
    assert "usdSkelValidators:SkelBindingApiAppliedValidator" in names
    errors = UsdValidation.ValidationContext(validators).Validate(Usd.Stage.Open(str(usd)))
    assert [error.GetMessage() for error in errors] == []


def test_usd_moves_the_joints_as_the_take(usd, waved_joints):
    stage = Usd.Stage.Open(str(usd))
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert stage.GetTimeCodesPerSecond() == pytest.approx(30, abs=1e-3)
    skeleton = UsdSkel.Skeleton.Get(stage, "/Take/Skeleton")
    query = UsdSkel.Cache().GetSkelQuery(skeleton)
    names = [str(path).rsplit("/", 1)[-1] for path in query.GetJointOrder()]
    assert names == list(HUMAN_BONES)
    for frame in range(12):
        matrices = np.array(query.ComputeJointSkelTransforms(Usd.TimeCode(frame)))
        np.testing.assert_allclose(matrices[:, 3, :3], waved_joints[frame], atol=1e-4)


def test_usd_bakes_the_body_with_its_face(usd, waved, waved_joints):
    """Pixar's own skinning moves the mesh: it must stay around the joints."""
    stage = Usd.Stage.Open(str(usd))
    mesh = UsdGeom.Mesh.Get(stage, "/Take/Body")
    assert len(mesh.GetPointsAttr().Get()) == len(body().v_template)
    assert list(UsdSkel.BindingAPI(mesh).GetBlendShapesAttr().Get()) == list(ARKIT_NAMES)
    animation = UsdSkel.Animation.Get(stage, "/Take/Animation")
    weights = np.array(animation.GetBlendShapeWeightsAttr().Get(3))
    smile = ARKIT_NAMES.index("mouthSmileLeft")
    assert weights[smile] == pytest.approx(waved.blendshapes[3, smile])
    assert weights[ARKIT_NAMES.index("jawOpen")] == 0, "the jaw joint does that"
    assert UsdSkel.BakeSkinning(UsdSkel.Root.Get(stage, "/Take"))
    points = np.array(mesh.GetPointsAttr().Get(3))
    low, high = waved_joints[3].min(axis=0), waved_joints[3].max(axis=0)
    assert (points.min(axis=0) < low).all()
    assert (points.max(axis=0) > high).all()
    assert np.abs(points - waved_joints[3].mean(axis=0)).max() < 1.5


def test_vrma_keeps_the_rules_of_its_specification(vrma):
    gltf = pygltflib.GLTF2().load_binary(vrma)
    extension = gltf.extensions["VRMC_vrm_animation"]
    bones = extension["humanoid"]["humanBones"]
    assert extension["specVersion"] == "1.0"
    assert set(bones) >= VRM_REQUIRED
    assert {"leftThumbMetacarpal", "rightThumbDistal", "upperChest", "jaw"} <= set(bones)
    assert not {"leftEye", "rightEye", "leftThumbIntermediate"} & set(bones)
    assert not any(name.startswith("look") for name in extension["expressions"]["preset"])
    hips = bones["hips"]["node"]
    gaze = extension["lookAt"]["node"]
    expressions = {each["node"] for each in extension["expressions"]["preset"].values()}
    for channel in gltf.animations[0].channels:
        assert channel.target.path in ("rotation", "translation")
        if channel.target.path == "translation":
            assert channel.target.node in expressions | {hips}
    assert gaze not in expressions
    assert all(node.rotation is None and node.scale is None for node in gltf.nodes)


def test_vrma_rests_in_a_t_pose_on_the_floor(vrma):
    gltf = pygltflib.GLTF2().load_binary(vrma)
    places = {}
    stack = [(0, np.zeros(3))]
    while stack:
        index, above = stack.pop()
        places[gltf.nodes[index].name] = place = above + gltf.nodes[index].translation
        stack += [(child, place) for child in gltf.nodes[index].children or []]
    for side, sign in (("left", 1), ("right", -1)):
        arm = [places[f"{side}{bone}"] for bone in ("UpperArm", "LowerArm", "Hand")]
        np.testing.assert_allclose(np.diff(arm, axis=0)[:, 1:], 0, atol=1e-9)
        assert sign * (arm[2] - arm[0])[0] > 0.3
        leg = [places[f"{side}{bone}"] for bone in ("UpperLeg", "LowerLeg", "Foot")]
        np.testing.assert_allclose(np.diff(leg, axis=0)[:, [0, 2]], 0, atol=1e-9)
        assert 0 < places[f"{side}Toes"][1] < 0.05
        assert places[f"{side}Toes"][2] > places[f"{side}Foot"][2]


def quaternion_product(a, b):
    (x1, y1, z1, w1), (x2, y2, z2, w2) = a, b
    return np.array([
        w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2, w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
        w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2, w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
    ])  # fmt: skip


def test_three_vrm_finds_the_takes_joints_in_the_vrma(vrma, waved_joints, run_node):
    """Forward kinematics of what three-vrm's loader gives, on the rest pose in the file."""
    read = run_node("read_vrma.mjs", vrma)
    assert read["duration"] == pytest.approx(11 / 30, abs=1e-4)
    nodes = {node.name: node for node in pygltflib.GLTF2().load_binary(vrma).nodes}
    frame, found = 3, {}

    def place(node, above, turn):
        local = np.array(read["rotations"][node.name]).reshape(-1, 4)[frame]
        start = np.array(node.translation) if above is not None else None
        if start is None:
            found[node.name] = np.array(read["translations"]["hips"]).reshape(-1, 3)[frame]
        else:
            vector = np.append(start, 0)
            back = turn * (-1, -1, -1, 1)
            moved = quaternion_product(quaternion_product(turn, vector), back)[:3]
            found[node.name] = above + moved
        whole = local if turn is None else quaternion_product(turn, local)
        for child in node.children or []:
            place(by_index[child], found[node.name], whole)

    by_index = pygltflib.GLTF2().load_binary(vrma).nodes
    place(nodes["hips"], None, None)
    joints = waved_joints[frame]
    for vrm, unity in (("leftHand", "LeftHand"), ("head", "Head"), ("rightToes", "RightToes")):
        np.testing.assert_allclose(found[vrm], joints[HUMAN_BONES.index(unity)], atol=1e-4)
    assert len(read["gaze"]) == 4 * 12
    assert len(read["expressions"]["blinkLeft"]) == 12


def test_the_khronos_validator_finds_no_fault(waved, vrma, tmp_path, run_node):
    glb = export_take(waved, "glb", output=tmp_path / "wave.glb")
    bones = export_take(
        waved, "glb", ExportOptions(skeleton_only=True), output=tmp_path / "bones.glb"
    )
    assert run_node("validate.cjs", glb, bones, vrma) == []


@pytest.mark.blender
@pytest.mark.parametrize("name", ["bvh", "glb", "usd", "fbx"])
def test_blender_poses_the_joints_as_the_take(waved, waved_joints, tmp_path, bpy_python, name):
    if name == "fbx":
        glb = export_take(waved, "glb", output=tmp_path / "wave.glb")
        path = tmp_path / "wave.fbx"
        script = SCRIPTS.parents[2] / "tools" / "take_to_fbx.py"
        subprocess.run([bpy_python, script, "--", glb, path, "30"], check=True, timeout=300)
    else:
        path = export_take(
            waved, name, output=tmp_path / f"wave.{'usdc' if name == 'usd' else name}"
        )
    found = tmp_path / "joints.json"
    reader = SCRIPTS / "blender_joints.py"
    subprocess.run([bpy_python, reader, "--", path, found, "30", "12"], check=True, timeout=300)
    joints = json.loads(found.read_text())
    places = np.array([[frame[bone] for bone in HUMAN_BONES] for frame in joints])
    in_world = places @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])  # Blender has z up
    np.testing.assert_allclose(in_world, waved_joints, atol=1e-3)


def test_vrma_is_valid_by_the_schema_of_its_types(vrma, run_node):
    whole = pygltflib.GLTF2().load_binary(vrma).extensions["VRMC_vrm_animation"]
    bones = whole["humanoid"]["humanBones"]
    broken = [
        {key: value for key, value in whole.items() if key != "specVersion"},
        whole | {"specVersion": "0.9"},
        whole | {"lookAt": {}},
        whole | {"lookAt": whole["lookAt"] | {"offsetFromHeadBone": [0, 0]}},
        whole | {"expressions": {"preset": {"happy": {"node": "first"}}}},
        whole | {"expressions": {"preset": {"jawOpen": {"node": 1}}}},
        whole | {"humanoid": {"humanBones": bones | {"tail": {"node": 1}}}},
    ]
    faults = run_node("vrma_faults.mjs", stdin=[whole, *broken])
    assert faults[0] == []
    assert all(faults[1:]), "the schema holds it to something"
