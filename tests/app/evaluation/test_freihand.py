import numpy as np
import pytest

from app.evaluation.body_maps import SMPLX_VERTICES, BodyMaps
from app.evaluation.freihand import Freihand, hand_joints
from engines.errors import DatasetError, SkipFrame
from tests.app.evaluation.made_up import body_maps, body_mesh, prediction, write_freihand


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    rng = np.random.default_rng(0)
    maps = body_maps(rng)
    vertices, faces = body_mesh()
    vertices = 0.1 * vertices  # the size of a hand
    predictions = [prediction(vertices, faces, 0.1 * rng.normal(size=(144, 3))) for _ in range(2)]
    folder = tmp_path_factory.mktemp("FreiHAND_pub_v2_eval")
    hands = [p.vertices[maps.parts["right_hand"]] for p in predictions]
    write_freihand(folder, [hand_joints(p) for p in predictions], hands)
    return folder, predictions, maps


def test_the_layout_is_read(data):
    folder, predictions, maps = data
    benchmark = Freihand(folder, maps)
    assert len(benchmark) == len(predictions)
    first, second = (sample.query for sample in benchmark.samples())
    assert second.image == folder / "evaluation" / "rgb" / "00000001.jpg"
    assert (second.sample_id, second.part) == ("00000001", "right_hand")
    assert first.box.tolist() == [0, 0, 224, 224]
    assert first.intrinsics.tolist() == [[480, 0, 112], [0, 480, 112], [0, 0, 1]]


def test_the_truth_has_no_error_wherever_it_is(data):
    folder, predictions, maps = data
    sample = next(Freihand(folder, maps).samples())
    truth = predictions[0]
    moved = prediction(2 * truth.vertices + 1, truth.faces, 2 * truth.joints + 1)
    measured = sample.measure(moved)
    assert set(measured) == {"pa_mpjpe", "pa_v2v", "f_score_5mm", "f_score_15mm"}
    assert measured["pa_mpjpe"].values.shape == (21,)
    assert measured["pa_v2v"].values.shape == (778,)
    assert max(measured[name].values.max() for name in ("pa_mpjpe", "pa_v2v")) < 1e-3
    assert measured["f_score_5mm"].values.tolist() == [1]
    assert measured["f_score_5mm"].unit == ""


def test_f_scores_fall_with_the_error(data):
    folder, predictions, maps = data
    sample = next(Freihand(folder, maps).samples())
    truth = predictions[0]
    rough = truth.vertices + np.random.default_rng(1).normal(0, 0.008, truth.vertices.shape)
    measured = sample.measure(prediction(rough, truth.faces, truth.joints))
    five, fifteen = (measured[f"f_score_{mm}mm"].values[0] for mm in (5, 15))
    assert 0 < five < fifteen < 1
    assert 5 < measured["pa_v2v"].values.mean() < 20


def test_joints_are_in_freihands_order():
    joints = np.zeros((144, 3))
    joints[:, 0] = np.arange(144)
    body = prediction(np.zeros((SMPLX_VERTICES, 3)), np.zeros((0, 3), int), joints)
    assert hand_joints(body)[:, 0].tolist() == [
        21, 52, 53, 54, 71, 40, 41, 42, 72, 43, 44, 45, 73, 49, 50, 51, 74, 46, 47, 48, 75,
    ]  # fmt: skip


def test_finger_tips_come_from_the_vertices_where_the_joints_have_none():
    vertices = np.zeros((SMPLX_VERTICES, 3))
    vertices[[8079, 7669, 7794, 7905, 8022], 1] = [1, 2, 3, 4, 5]
    body = prediction(vertices, np.zeros((0, 3), int), np.zeros((55, 3)))
    assert hand_joints(body)[4::4, 1].tolist() == [1, 2, 3, 4, 5]
    other = prediction(vertices[:100], np.zeros((0, 3), int), np.zeros((55, 3)))
    with pytest.raises(SkipFrame, match="finger tips"):
        hand_joints(other)


def test_without_the_hands_vertices_only_joints_are_compared(data):
    folder, predictions, _ = data
    maps = BodyMaps(notes=("no MANO file: no errors of the hands", "no errors of the face"))
    benchmark = Freihand(folder, maps)
    assert set(next(benchmark.samples()).measure(predictions[0])) == {"pa_mpjpe"}
    assert benchmark.notes[1:] == ("no MANO file: no errors of the hands",)


def test_what_is_missing_is_named(data, tmp_path):
    _, predictions, maps = data
    with pytest.raises(DatasetError, match=r"evaluation_xyz\.json: missing; get it from"):
        Freihand(tmp_path, maps)
    joints, hand = hand_joints(predictions[0]), np.zeros((778, 3))
    write_freihand(tmp_path, [joints, joints], [hand, hand])
    (tmp_path / "evaluation" / "rgb" / "00000001.jpg").unlink()
    with pytest.raises(DatasetError, match=r"00000001\.jpg: missing"):
        Freihand(tmp_path, maps)
    write_freihand(tmp_path, [joints], [hand, hand])
    with pytest.raises(DatasetError, match=r"\[1, 2\] entries"):
        Freihand(tmp_path, maps)
    write_freihand(tmp_path, [joints], [joints])
    with pytest.raises(DatasetError, match=r"shape \(21, 3\), expected \(778, 3\)"):
        Freihand(tmp_path, maps)
    (tmp_path / "evaluation_verts.json").write_text("[[")
    with pytest.raises(DatasetError, match="cannot be read"):
        Freihand(tmp_path, maps)
    with pytest.raises(DatasetError, match="right hand has 5 vertices"):
        Freihand(tmp_path, BodyMaps(parts={"right_hand": np.arange(5)}))
