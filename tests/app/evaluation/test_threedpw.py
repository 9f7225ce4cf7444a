import pickle

import numpy as np
import pytest

from app.evaluation.body_maps import LSP_FROM_SMPLX, BodyMaps
from app.evaluation.threedpw import LSP_FROM_H36M, Threedpw, load_smpl_truth
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import DatasetError, ModelError
from engines.expose.smpl import pose_smpl
from tests.app.evaluation.made_up import prediction, regressor, write_threedpw
from tests.engines.expose.tiny_bodies import tiny_arrays

FRAMES = 4


@pytest.fixture(scope="module")
def smpl(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smpl")
    arrays = tiny_arrays(24)
    count = len(arrays["v_template"])
    np.savez(folder / "SMPL_MALE.npz", **arrays)
    (folder / "basicmodel_f_lbs_10_207_0_v1.1.0.pkl").write_bytes(pickle.dumps(arrays, protocol=2))
    np.save(folder / "J_regressor_h36m.npy", regressor(np.random.default_rng(0), 17, count))
    return load_smpl_truth(folder)


def _sequence(rng, actors=2):
    """A made-up sequence: the camera turns and moves, actor 1 is hidden in frame 2, frame 3 has no camera."""
    cameras = np.tile(np.eye(4), (FRAMES, 1, 1))
    cameras[:, :3, :3] = matrix_from_axis_angle(rng.normal(size=(FRAMES, 3)))
    cameras[:, :3, 3] = rng.normal(size=(FRAMES, 3))
    points = np.zeros((actors, FRAMES, 3, 18))
    points[:, :, 0] = np.linspace(100, 200, 18)
    points[:, :, 1] = np.linspace(50, 350, 18)
    points[:, :, 2] = 0.7
    points[0, 0, :, 0] = [0, 0, 0]  # an undetected point does not count
    points[1, 2, 2, 5:] = 0
    valid = np.ones((actors, FRAMES), int)
    valid[:, 3] = 0
    return {
        "sequence": "downtown_made_up_00",
        "betas": [rng.normal(size=10) for _ in range(actors)],
        "poses": [rng.normal(0, 0.3, (FRAMES, 72)) for _ in range(actors)],
        "trans": [rng.normal(size=(FRAMES, 3)) for _ in range(actors)],
        "genders": ["m", "f"],
        "poses2d": list(points),
        "jointPositions": [rng.normal(size=(FRAMES, 72)) for _ in range(actors)],
        "cam_poses": cameras,
        "campose_valid": list(valid),
        "cam_intrinsics": np.array([[1969.0, 0, 540], [0, 1961, 960], [0, 0, 1]]),
        "img_frame_ids": np.arange(FRAMES),
        "texture_maps": [np.zeros(1), np.zeros(1)],
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("3DPW")
    content = _sequence(np.random.default_rng(1))
    write_threedpw(folder, "downtown_made_up_00", content)
    return folder, content


def _in_camera(points, content, frame):
    matrix = content["cam_poses"][frame]
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def test_the_layout_is_read(data):
    folder, _ = data
    benchmark = Threedpw(folder, BodyMaps())
    assert benchmark.name == "3dpw test"
    queries = [sample.query for sample in benchmark.samples()]
    assert [query.sample_id for query in queries] == [
        f"downtown_made_up_00/image_{frame:05d}_{actor}"
        for actor, frame in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))
    ]
    assert queries[1].image == folder / "imageFiles/downtown_made_up_00/image_00001.jpg"
    assert queries[1].box.tolist() == [100, 50, 200, 350]
    assert queries[0].box[0] > 100
    assert queries[0].intrinsics[0, 0] == 1969


def test_without_smpl_the_truth_is_the_files_joints(data):
    folder, content = data
    benchmark = Threedpw(folder, BodyMaps())
    assert "_smpl_joints" in benchmark.notes[-1]
    sample = list(benchmark.samples())[4]
    truth = _in_camera(content["jointPositions"][1][1].reshape(24, 3), content, 1)
    joints = np.zeros((55, 3))
    joints[:22] = truth[:22] + 5
    measured = sample.measure(prediction(np.zeros((9, 3)), np.zeros((0, 3), int), joints))
    assert set(measured) == {"mpjpe_14_smpl_joints", "pa_mpjpe_14_smpl_joints"}
    assert max(m.values.max() for m in measured.values()) < 1e-3
    wrong = joints.copy()
    wrong[LSP_FROM_SMPLX[0]] += [0, 0, 0.14]
    errors = sample.measure(prediction(np.zeros((9, 3)), np.zeros((0, 3), int), wrong))
    np.testing.assert_allclose(errors["mpjpe_14_smpl_joints"].values.mean(), 10, atol=1e-6)


def test_with_smpl_the_truth_is_regressed_from_the_mesh(data, smpl):
    folder, content = data
    model = smpl.models["f"]
    maps = BodyMaps(lsp_regressor=smpl.regressor[LSP_FROM_H36M])
    benchmark = Threedpw(folder, maps, smpl)
    assert benchmark.notes == ()
    sample = list(benchmark.samples())[4]
    parameters = (content[key][1] for key in ("poses", "trans"))
    pose, transl = (values[1] for values in parameters)
    truth = _in_camera(pose_smpl(model, pose, content["betas"][1], transl), content, 1)
    measured = sample.measure(prediction(truth + 2, model.faces))
    assert set(measured) == {"mpjpe_14", "pa_mpjpe_14", "pa_p2s"}
    assert measured["pa_p2s"].values.shape == (len(model.v_template),)
    assert max(m.values.max() for m in measured.values()) < 2e-3
    turned = sample.measure(prediction(truth @ np.diag([-1, -1, 1]), model.faces))
    assert turned["mpjpe_14"].values.mean() > 10
    assert turned["pa_mpjpe_14"].values.max() < 2e-3


def test_what_is_missing_is_named(data, tmp_path):
    _, content = data
    with pytest.raises(DatasetError, match=r"no sequences there; unpack sequenceFiles\.zip"):
        Threedpw(tmp_path, BodyMaps())
    write_threedpw(tmp_path, "a", content, pictures=2)
    with pytest.raises(DatasetError, match=r"image_00002\.jpg: missing; unpack imageFiles\.zip"):
        Threedpw(tmp_path, BodyMaps())
    write_threedpw(tmp_path, "a", {**content, "genders": ["m", "x"]})
    with pytest.raises(DatasetError, match="gender 'x'"):
        Threedpw(tmp_path, BodyMaps())
    write_threedpw(tmp_path, "a", {key: content[key] for key in content if key != "trans"})
    with pytest.raises(DatasetError, match="no 'trans'"):
        Threedpw(tmp_path, BodyMaps())
    path = tmp_path / "sequenceFiles" / "test" / "a.pkl"
    path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DatasetError, match="not plain data"):
        Threedpw(tmp_path, BodyMaps())


def test_smpl_files_that_are_missing_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"SMPL_MALE\.pkl: missing"):
        load_smpl_truth(tmp_path)
    for name in ("SMPL_MALE", "SMPL_FEMALE"):
        np.savez(tmp_path / f"{name}.npz", **tiny_arrays(24))
    with pytest.raises(ModelError, match="cannot be read"):
        load_smpl_truth(tmp_path)
    np.save(tmp_path / "J_regressor_h36m.npy", np.zeros((17, 3)))
    with pytest.raises(ModelError, match="expected"):
        load_smpl_truth(tmp_path)
