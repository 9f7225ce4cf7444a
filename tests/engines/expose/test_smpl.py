import pickle

import numpy as np
import pytest
from scipy import sparse

from engines.body.rotations import matrix_from_axis_angle
from engines.errors import ModelError
from engines.expose.smpl import load_smpl, pose_smpl
from tests.engines.expose.tiny_bodies import tiny_arrays


@pytest.fixture(scope="module")
def arrays():
    return tiny_arrays(24)


@pytest.fixture(scope="module")
def model(arrays, tmp_path_factory):
    path = tmp_path_factory.mktemp("smpl") / "SMPL_NEUTRAL.npz"
    np.savez(path, **arrays)
    return load_smpl(path)


def _posed_slowly(arrays, pose, betas, transl):
    """One 4x4 matrix a joint, one vertex at a time: the equations as they stand in the paper."""
    rotations = matrix_from_axis_angle(pose.reshape(-1, 3))
    shaped = arrays["v_template"] + arrays["shapedirs"][:, :, : len(betas)] @ betas
    joints = arrays["J_regressor"] @ shaped
    shaped = shaped + arrays["posedirs"] @ (rotations[1:] - np.eye(3)).reshape(-1)
    world, parents = [], arrays["kintree_table"][0]
    for joint, rotation in enumerate(rotations):
        local = np.eye(4)
        local[:3, :3] = rotation
        local[:3, 3] = joints[joint] - (joints[parents[joint]] if joint else 0)
        world.append(world[parents[joint]] @ local if joint else local)
    posed = []
    for vertex, weights in zip(shaped, arrays["weights"], strict=True):
        blended = sum(
            w * (m[:3, :3] @ (vertex - j) + m[:3, 3])
            for w, m, j in zip(weights, world, joints, strict=True)
        )
        posed.append(blended + transl)
    return np.array(posed)


def test_posing_follows_the_equations(model, arrays):
    rng = np.random.default_rng(0)
    pose, betas, transl = rng.normal(0, 0.5, 72), rng.normal(size=10), rng.normal(size=3)
    np.testing.assert_allclose(
        pose_smpl(model, pose, betas, transl),
        _posed_slowly(arrays, pose, betas, transl),
        atol=2e-6,
    )


def test_more_betas_than_the_model_uses_are_not_used(model):
    few = np.arange(10) * 0.1
    many = np.concatenate([few, np.ones(290)])
    zero = np.zeros(3)
    np.testing.assert_array_equal(
        pose_smpl(model, np.zeros(72), many, zero), pose_smpl(model, np.zeros(72), few, zero)
    )


def test_the_owners_pickle_is_read(tmp_path, arrays, model):
    shipped = {
        **arrays,
        "J_regressor": sparse.csc_matrix(arrays["J_regressor"]),
        "bs_type": "lrotmin",
    }
    path = tmp_path / "SMPL_NEUTRAL.pkl"
    path.write_bytes(pickle.dumps(shipped, protocol=2))
    loaded = load_smpl(path)
    for name in ("v_template", "J_regressor", "posedirs", "shapedirs", "weights", "faces"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(model, name))
    assert loaded.parents == model.parents


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"posedirs": None}, "no 'posedirs'"),
        ({"kintree_table": np.zeros((2, 55), int)}, "55 joints"),
        ({"weights": np.zeros((3, 24))}, "do not fit together"),
    ],
)
def test_another_body_is_refused(tmp_path, arrays, change, said):
    wrong = {key: value for key, value in {**arrays, **change}.items() if value is not None}
    path = tmp_path / "body.npz"
    np.savez(path, **wrong)
    with pytest.raises(ModelError, match=said):
        load_smpl(path)


def test_files_that_are_no_model(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        load_smpl(tmp_path / "absent.npz")
    (tmp_path / "empty.npz").write_bytes(b"")
    with pytest.raises(ModelError, match="cannot be read"):
        load_smpl(tmp_path / "empty.npz")
    path = tmp_path / "list.pkl"
    path.write_bytes(pickle.dumps([1]))
    with pytest.raises(ModelError, match="no named arrays"):
        load_smpl(path)
