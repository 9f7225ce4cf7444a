import dataclasses
import json

import numpy as np
import pytest

from app.evaluation.body_maps import BodyMaps
from app.evaluation.ehf import Ehf, camera_from_scanner
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import DatasetError
from tests.app.evaluation.made_up import body_maps, body_mesh, prediction, write_ehf


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two made-up pictures with their meshes in the scanner's frame."""
    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("EHF")
    meshes = [body_mesh(rng)[0] for _ in range(2)]
    faces = body_mesh()[1]
    write_ehf(folder, meshes, faces)
    return folder, meshes, faces, body_maps(rng)


def test_the_layout_is_read(data):
    folder, meshes, _, maps = data
    benchmark = Ehf(folder, maps)
    assert len(benchmark) == len(meshes) == 2
    queries = [sample.query for sample in benchmark.samples()]
    assert [query.sample_id for query in queries] == ["01", "02"]
    assert queries[0].image == folder / "01_img.png"
    # of OpenPose's points only the sure ones
    assert queries[0].box.tolist() == [7, 20, 110, 320]
    assert queries[0].intrinsics[0, 0] == pytest.approx(1498.224)


def test_the_truth_has_no_error(data):
    folder, meshes, faces, maps = data
    sample = next(Ehf(folder, maps).samples())
    measured = sample.measure(prediction(camera_from_scanner(meshes[0]), faces))
    assert set(measured) == {
        f"{align}v2v_{part}"
        for align in ("", "pa_")
        for part in ("all", "body", "left_hand", "right_hand", "face")
    } | {"mpjpe_14", "pa_mpjpe_14", "p2s", "pa_p2s"}
    for name, measurement in measured.items():
        assert measurement.unit == "mm"
        assert measurement.values.max() < 1e-3, name


def test_each_measure_sees_what_it_shall(data):
    """A turned, scaled body is wrong in place but right when aligned; a moved hand is right by itself alone."""
    folder, meshes, faces, maps = data
    sample = next(Ehf(folder, maps).samples())
    truth = camera_from_scanner(meshes[0])
    turned = 1.1 * truth @ matrix_from_axis_angle(np.array([0, 0.5, 0])).T + 3
    hand = maps.parts["left_hand"]
    turned[hand] += 0.02
    means = {
        name: measurement.values.mean()
        for name, measurement in sample.measure(prediction(turned, faces)).items()
    }
    for aligned in ("pa_v2v_face", "pa_v2v_left_hand", "pa_v2v_right_hand", "pa_v2v_body"):
        assert means[aligned] < 1e-3
    assert 1 < means["pa_v2v_all"] < 10
    assert means["v2v_all"] > 30
    assert means["v2v_left_hand"] > 30
    assert means["mpjpe_14"] > means["pa_mpjpe_14"]
    assert means["p2s"] > means["pa_p2s"]


def test_a_body_of_other_vertices_is_compared_by_joints_and_surface(data):
    folder, meshes, faces, maps = data
    sample = next(Ehf(folder, maps).samples())
    truth = camera_from_scanner(meshes[0])
    joints = maps.smplx_regressor @ truth
    denser = np.concatenate([truth, truth[faces].mean(axis=1)])
    measured = sample.measure(prediction(denser, faces, joints))
    assert set(measured) == {
        "mpjpe_14_smplx_joints", "pa_mpjpe_14_smplx_joints", "p2s_smplx_joints", "pa_p2s_smplx_joints",
    }  # fmt: skip
    assert max(m.values.max() for m in measured.values()) < 1e-3


def test_without_joints_only_vertices_are_compared(data):
    folder, meshes, faces, maps = data
    bare = dataclasses.replace(maps, lsp_regressor=None, smplx_regressor=None)
    sample = next(Ehf(folder, bare).samples())
    measured = sample.measure(prediction(camera_from_scanner(meshes[0]), faces))
    assert set(measured) == {f"pa_v2v_{part}" for part in ("all", *maps.parts)}


def test_the_camera_sees_the_person_upright_and_in_front():
    """The scanner's y is up, the camera's down; the person is two metres and a half away."""
    feet, head = camera_from_scanner(np.array([[0, -1.0, 0], [0, 0.6, 0]]))
    assert head[1] < feet[1]
    assert 1.5 < head[2] < 3.5


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"no \*_align\.ply"):
        Ehf(tmp_path, BodyMaps())
    vertices, faces = body_mesh()
    write_ehf(tmp_path, [vertices], faces)
    joints = tmp_path / "01_2Djnt.json"
    joints.write_text(json.dumps({"people": []}))
    assert next(Ehf(tmp_path, BodyMaps()).samples()).query.box is None
    joints.write_text(json.dumps([1]))
    with pytest.raises(DatasetError, match="not an OpenPose file"):
        Ehf(tmp_path, BodyMaps())
    joints.unlink()
    with pytest.raises(DatasetError, match=r"01_2Djnt\.json: missing; get it from"):
        Ehf(tmp_path, BodyMaps())
    (tmp_path / "01_img.png").unlink()
    with pytest.raises(DatasetError, match=r"01_img\.png: missing"):
        Ehf(tmp_path, BodyMaps())
