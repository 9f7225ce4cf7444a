import numpy as np
import pytest

from engines.body.model import BodyModel
from engines.errors import ModelError
from engines.expose.correspondence import identity_correspondence
from engines.expose.smpl import load_smpl, pose_smpl
from engines.expose.transfer import TransferOptions, transfer
from engines.expose.transfer_files import read_meshes, read_motion, save_motion
from tests.engines.expose.tiny_bodies import save_tiny_smplx, tiny_arrays


@pytest.fixture(scope="module")
def smpl(tmp_path_factory):
    path = tmp_path_factory.mktemp("smpl") / "SMPL_NEUTRAL.npz"
    np.savez(path, **tiny_arrays(24))
    return load_smpl(path)


def _write_obj(path, vertices):
    lines = [f"v {x:.9f} {y:.9f} {z:.9f}" for x, y, z in vertices]
    path.write_text("\n".join([*lines, "f 1 2 3"]) + "\n")


def test_a_motion_is_posed_frame_by_frame(tmp_path, smpl):
    rng = np.random.default_rng(0)
    poses, trans, betas = rng.normal(0, 0.3, (3, 72)), rng.normal(size=(3, 3)), np.ones(16)
    path = tmp_path / "walk.npz"
    np.savez(path, poses=poses, trans=trans, betas=betas, mocap_framerate=120.0, gender="male")
    source = read_motion(path, smpl)
    assert source.frame_rate == 120
    np.testing.assert_array_equal(source.vertices[2], pose_smpl(smpl, poses[2], betas, trans[2]))


def test_meshes_come_in_the_order_of_their_names(tmp_path):
    for name in ("002", "001", "010"):
        _write_obj(tmp_path / f"{name}.obj", np.full((4, 3), float(name)))
    (tmp_path / "notes.txt").write_text("not a mesh")
    source = read_meshes(tmp_path)
    assert source.vertices[:, 0, 0].tolist() == [1, 2, 10]
    assert source.frame_rate is None


def test_what_cannot_be_read_is_said(tmp_path, smpl):
    with pytest.raises(ModelError, match=r"no \.obj or \.ply"):
        read_meshes(tmp_path)
    _write_obj(tmp_path / "a.obj", np.zeros((4, 3)))
    _write_obj(tmp_path / "b.obj", np.zeros((5, 3)))
    with pytest.raises(ModelError, match=r"5 vertices, but a\.obj has 4"):
        read_meshes(tmp_path)
    path = tmp_path / "walk.npz"
    np.savez(path, poses=np.zeros((2, 156)), trans=np.zeros((2, 3)), betas=np.zeros(10))
    with pytest.raises(ModelError, match="needs 72 numbers"):
        read_motion(path, smpl)
    np.savez(path, poses=np.zeros((2, 72)), trans=np.zeros((2, 3)))
    with pytest.raises(ModelError, match="no 'betas'"):
        read_motion(path, smpl)
    with pytest.raises(ModelError, match="cannot be read"):
        read_motion(tmp_path / "absent.npz", smpl)


def test_the_result_has_amass_keys(tmp_path):
    body: BodyModel = save_tiny_smplx(tmp_path / "SMPLX_NEUTRAL.npz")
    meshes = np.stack([body.v_template, body.v_template + np.float32([1, 0, 0])])
    result = transfer(
        body, identity_correspondence(len(body.v_template)), meshes, TransferOptions()
    )
    path = tmp_path / "out.npz"
    save_motion(path, result, frame_rate=60)
    with np.load(path, allow_pickle=False) as saved:
        assert saved["poses"].shape == (2, 165)
        np.testing.assert_array_equal(saved["poses"][:, 75:], saved["pose_hand"])
        np.testing.assert_allclose(saved["trans"], [[0, 0, 0], [1, 0, 0]], atol=1e-4)
        assert saved["betas"].shape == (10,)
        assert saved["mocap_framerate"] == saved["mocap_frame_rate"] == 60
        assert saved["surface_model_type"] == "smplx"
        assert saved["gender"] == "neutral"
