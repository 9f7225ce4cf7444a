import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from app.sinks.catalog import create_sink
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from app.sinks.vrm_fit import VrmFit
from app.sinks.vrm_skeleton import read_vrm
from engines.body.avatar import load_avatar
from engines.body.humanoid import HUMAN_BONES
from engines.errors import ModelError
from tests.app.packets import make_estimate, make_packet, tilted_world
from tests.app.sinks.receivers import messages
from tests.app.sinks.vrm_models import make_model, posed, write_glb

LIMBS = [
    (side + upper, side + lower)
    for side in ("Left", "Right")
    for upper, lower in (
        ("UpperArm", "LowerArm"), ("LowerArm", "Hand"), ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"),
        ("ThumbProximal", "ThumbIntermediate"), ("ThumbIntermediate", "ThumbDistal"),
        ("IndexProximal", "IndexIntermediate"), ("LittleIntermediate", "LittleDistal"),
    )
]  # fmt: skip


GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize("version", [0, 1])
def test_files_of_the_blender_add_on_are_read_facing_forward_with_left_on_the_left(version):
    skeleton = read_vrm(GOLDEN / f"blender_vrm{version}.vrm")
    assert (skeleton.version, len(skeleton.bones)) == (version, 53)
    places = {bone: each.position for bone, each in skeleton.bones.items()}
    np.testing.assert_allclose(places["Hips"], (0, 0.85, 0), atol=0.001)
    np.testing.assert_allclose(places["LeftHand"], (-0.679, 1.417, 0), atol=0.001)
    assert places["LeftToes"][2] > places["LeftFoot"][2] + 0.1
    assert places["RightThumbDistal"][0] > places["RightThumbProximal"][0] > 0.5


def test_both_versions_of_one_model_are_the_same_skeleton():
    first, second = (read_vrm(GOLDEN / f"blender_vrm{version}.vrm").bones for version in (0, 1))
    assert first.keys() == second.keys()
    for bone, each in first.items():
        np.testing.assert_allclose(each.position, second[bone].position, atol=1e-4, err_msg=bone)


def send(model, path, estimate):
    model.write(path)
    encoder = VmcEncoder(VmcOptions(), fit=VrmFit(read_vrm(path)))
    packet = make_packet(0, [estimate], world_from_camera=tilted_world())
    return messages(encoder.encode(packet))


def unity_joints(estimate):
    world = (tilted_world() @ np.c_[estimate.joints, np.ones(55)].T)[:3].T
    return dict(zip(HUMAN_BONES, world * (-1, 1, 1), strict=True))


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_an_avatar_with_our_skeleton_stands_exactly_where_we_do(version, seed, tmp_path):
    estimate = make_estimate(np.random.default_rng(seed), spread=0.7, betas=np.zeros(10))
    estimate = without_expression(estimate)
    model = make_model(version)
    got = posed(model, send(model, tmp_path / "a.vrm", estimate))
    for bone, place in unity_joints(estimate).items():
        np.testing.assert_allclose(got[bone][0], place, atol=1e-3)


def without_expression(estimate):
    """The eyes and jaw of the rest skeleton have no expression in them."""
    import dataclasses

    from engines.body.kinematics import posed_joints
    from tests.app.packets import body

    params = dataclasses.replace(estimate.params, expression=np.zeros(10, np.float32))
    return dataclasses.replace(estimate, params=params, joints=posed_joints(body(), params))


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_limbs_of_any_avatar_point_where_ours_do_and_keep_their_length(version, seed, tmp_path):
    """An avatar of other proportions, with turned bone axes, a node in between, lowered arms and no upper chest."""
    rng = np.random.default_rng(seed)
    model = make_model(
        version, rng, without=("UpperChest", "Jaw", "LeftToes", "RightToes"), tilt_deg=12
    )
    rest = posed(model, [])
    estimate = make_estimate(rng, spread=0.5)
    got = posed(model, send(model, tmp_path / "a.vrm", estimate))
    ours = unity_joints(estimate)
    for upper, lower in LIMBS:
        theirs = got[lower][0] - got[upper][0]
        own = ours[lower] - ours[upper]
        cosine = theirs @ own / np.linalg.norm(theirs) / np.linalg.norm(own)
        assert np.degrees(np.arccos(min(cosine, 1.0))) < 0.1, (upper, lower)
        at_rest = rest[lower][0] - rest[upper][0]
        assert np.linalg.norm(theirs) == pytest.approx(np.linalg.norm(at_rest), abs=1e-4)


@pytest.mark.parametrize("version", [0, 1])
def test_the_head_and_the_hands_turn_as_ours_do(version, tmp_path):
    rng = np.random.default_rng(8)
    model = make_model(version, rng, without=("UpperChest",))
    rest = posed(model, [])
    still = make_estimate(np.random.default_rng(1), spread=0.0)
    moved = make_estimate(np.random.default_rng(1), spread=0.6)
    first = posed(model, send(model, tmp_path / "a.vrm", still))
    second = posed(model, send(model, tmp_path / "a.vrm", moved))
    plain = {
        name: posed(make_model(version), messages(VmcEncoder(VmcOptions()).encode(
            make_packet(0, [each], world_from_camera=tilted_world())
        )))
        for name, each in (("still", still), ("moved", moved))
    }  # fmt: skip
    assert rest.keys() == first.keys()
    for bone in ("Head", "LeftHand", "RightFoot", "Chest"):
        expected = plain["moved"][bone][1] @ plain["still"][bone][1].T
        got = second[bone][1] @ first[bone][1].T
        assert Rotation.from_matrix(expected.T @ got).magnitude() < np.radians(0.1), bone


def test_only_bones_the_avatar_has_are_sent_with_its_own_offsets(tmp_path):
    model = make_model(1, np.random.default_rng(2), without=("UpperChest", "LeftEye"))
    received = send(model, tmp_path / "a.vrm", make_estimate(np.random.default_rng(0)))
    sent = {m[1]: m[2:5] for m in received if m[0] == "/VMC/Ext/Bone/Pos"}
    assert set(sent) == set(model.node_of_bone)
    for bone, node in model.node_of_bone.items():
        if bone != "Hips":
            x, y, z = model.nodes[node]["translation"]
            np.testing.assert_allclose(sent[bone], (-x, y, z), atol=1e-5)


def test_the_hips_are_as_high_as_the_avatars_legs_are_long(tmp_path):
    model = make_model(0)
    for node in model.nodes:
        node["translation"] = [0.5 * value for value in node["translation"]]
    estimate = without_expression(make_estimate(np.random.default_rng(4), betas=np.zeros(10)))
    got = posed(model, send(model, tmp_path / "a.vrm", estimate))
    np.testing.assert_allclose(got["Hips"][0], 0.5 * unity_joints(estimate)["Hips"], atol=1e-3)


def test_a_target_can_name_its_avatar(tmp_path, receiver):
    make_model(1).write(tmp_path / "my avatar.vrm")
    place = str(tmp_path / "my avatar.vrm").replace(" ", "%20")
    sink = create_sink(f"vmc://127.0.0.1:{receiver.getsockname()[1]}?vrm={place}")
    sink.open()
    sink.consume(make_packet(0, [make_estimate(np.random.default_rng(0))]))
    sink.close()
    assert sink.status.failed == 0


def rewritten(path, change):
    """A whole model with one thing changed in its document."""
    make_model(1).write(path)
    document = json.loads(path.read_bytes()[20:])
    change(document, document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"])
    write_glb(path, json.dumps(document).encode())
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda document, _: document.pop("extensions"), "no bone for hips"),
        (lambda _, bones: bones.pop("hips"), "no bone for hips"),
        (lambda _, bones: bones["hips"].update(node=4000), "not there"),
        (lambda document, _: document["nodes"][3].update(children=[3]), "its own ancestor"),
        (lambda document, _: document["nodes"][9].update(scale=[0, 1, 1]), "scaled to nothing"),
        (lambda document, _: document["nodes"][9].update(rotation=[0, 0, 0, 0]), "no.* rotation"),
        (lambda document, _: document["nodes"][9].update(translation=[0, 1e400, 0]), "no place"),
    ],
)
def test_a_damaged_model_is_named_with_what_is_wrong(change, says, tmp_path):
    path = rewritten(tmp_path / "broken.vrm", change)
    with pytest.raises(ModelError, match=says) as caught:
        read_vrm(path)
    assert str(caught.value).startswith(str(path))


def test_a_glb_with_bone_names_is_no_vrm_model(tmp_path):
    def name_bones(document, bones):
        for bone, entry in bones.items():
            document["nodes"][entry["node"]]["name"] = bone
        document.pop("extensions")

    path = rewritten(tmp_path / "named.glb", name_bones)
    assert len(load_avatar(path).node_of_joint) == 55
    with pytest.raises(ModelError, match="export it as VRM"):
        read_vrm(path)


def test_bones_that_an_exporter_lists_without_a_node_are_left_out(tmp_path):
    model = make_model(0, without=("LeftEye", "RightEye"))
    model.node_of_bone |= {"LeftEye": -1, "RightEye": -1}
    model.write(tmp_path / "a.vrm")
    assert set(HUMAN_BONES) - set(read_vrm(tmp_path / "a.vrm").bones) == {"LeftEye", "RightEye"}


def test_no_model_at_all_is_said(tmp_path):
    for name, content in (("empty.vrm", b""), ("text.vrm", b"this is no model at all")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match="no usable humanoid"):
            read_vrm(tmp_path / name)
    with pytest.raises(ModelError, match=r"missing\.vrm: cannot be read"):
        read_vrm(tmp_path / "missing.vrm")


def test_mutated_models_are_read_or_refused(tmp_path):
    model = make_model(1, np.random.default_rng(2))
    model.write(tmp_path / "a.vrm")
    original = (tmp_path / "a.vrm").read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(60):
        data = bytearray(original)
        for place in rng.integers(0, len(data), 8):
            data[place] = rng.integers(256)
        (tmp_path / "b.vrm").write_bytes(data)
        try:
            VrmFit(read_vrm(tmp_path / "b.vrm"))
        except ModelError:
            refused += 1
    assert refused > 10
    assert json.loads(original[20:])["nodes"]
