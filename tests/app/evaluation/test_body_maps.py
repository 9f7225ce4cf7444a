import pickle

import numpy as np
import pytest
from scipy import sparse

from app.evaluation.body_maps import LSP_FROM_SMPLX, SMPLX_VERTICES, load_body_maps
from engines.body.skeleton import JOINT_NAMES
from engines.errors import ModelError
from tests.app.evaluation.made_up import regressor
from tests.engines.expose.tiny_bodies import save_tiny_smplx, tiny_arrays


def _write_pickle(path, content):
    path.write_bytes(pickle.dumps(content, protocol=2))


def test_the_owners_files_are_read(tmp_path):
    rng = np.random.default_rng(0)
    matrix = regressor(rng)
    _write_pickle(tmp_path / "SMPLX_to_J14.pkl", matrix)
    hands = {"left_hand": np.arange(778), "right_hand": np.arange(778, 1556)}
    _write_pickle(tmp_path / "MANO_SMPLX_vertex_ids.pkl", hands)
    np.save(tmp_path / "SMPL-X__FLAME_vertex_ids.npy", np.arange(2000, 7023))
    maps = load_body_maps(tmp_path)
    np.testing.assert_array_equal(maps.lsp_regressor, matrix)
    assert {part: len(ids) for part, ids in maps.parts.items()} == {
        "left_hand": 778, "right_hand": 778, "face": 5023, "body": SMPLX_VERTICES - 1556 - 5023,
    }  # fmt: skip
    assert maps.parts["body"][0] == 1556
    assert maps.notes == (
        f"no body_verts.npy in {tmp_path}: the body is what is neither hand nor head",
    )
    np.save(tmp_path / "body_verts.npy", np.array([5, 6]))
    assert load_body_maps(tmp_path).parts["body"].tolist() == [5, 6]
    assert load_body_maps(tmp_path).notes == ()


def test_a_sparse_regressor_is_read(tmp_path):
    matrix = regressor(np.random.default_rng(0))
    _write_pickle(tmp_path / "SMPLX_to_J14.pkl", sparse.csc_matrix(matrix))
    np.testing.assert_array_equal(load_body_maps(tmp_path).lsp_regressor, matrix)


def test_what_is_missing_is_noted(tmp_path):
    maps = load_body_maps(tmp_path)
    assert maps.lsp_regressor is None
    assert dict(maps.parts) == {}
    assert [note.split(" in ")[0] for note in maps.notes] == [
        "no SMPLX_to_J14.pkl", "no MANO_SMPLX_vertex_ids.pkl", "no SMPL-X__FLAME_vertex_ids.npy",
    ]  # fmt: skip


def test_the_models_own_joints(tmp_path):
    save_tiny_smplx(tmp_path / "SMPLX_NEUTRAL.npz")
    maps = load_body_maps(tmp_path, tmp_path / "SMPLX_NEUTRAL.npz")
    np.testing.assert_array_equal(maps.smplx_regressor, tiny_arrays()["J_regressor"])


def test_the_fourteen_joints_by_name():
    assert [JOINT_NAMES[joint] for joint in LSP_FROM_SMPLX] == [
        "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle", "right_wrist",
        "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist", "neck", "head",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("SMPLX_to_J14.pkl", np.zeros((17, 10)), "14 joints"),
        ("MANO_SMPLX_vertex_ids.pkl", {"left_hand": [1]}, "not lists"),
        ("MANO_SMPLX_vertex_ids.pkl", {"left_hand": [1], "right_hand": [-1]}, "does not have"),
        ("MANO_SMPLX_vertex_ids.pkl", [1, 2], "not lists"),
    ],
)
def test_other_files_are_refused(tmp_path, name, content, said):
    _write_pickle(tmp_path / name, content)
    with pytest.raises(ModelError, match=said):
        load_body_maps(tmp_path)


def test_an_npy_of_objects_is_refused(tmp_path):
    np.save(tmp_path / "SMPL-X__FLAME_vertex_ids.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(ModelError, match="cannot be read"):
        load_body_maps(tmp_path)
