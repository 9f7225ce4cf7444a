import pickle

import numpy as np
import pytest
from scipy import sparse

from engines.errors import ModelError
from engines.expose.correspondence import (
    correspondence_by_registration,
    identity_correspondence,
    load_correspondence,
)

SOURCE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.0]])
FACES = np.array([[0, 1, 2], [1, 3, 2]])
MATRIX = np.array([[1, 0, 0, 0], [0, 0.5, 0.25, 0.25], [0, 0, 0, 0], [0, 0, 0, 1.0]])


def _owners_file(tmp_path, content):
    path = tmp_path / "smpl2smplx_deftrafo_setup.pkl"
    path.write_bytes(pickle.dumps(content, protocol=2))
    return path


def test_the_owners_matrix_is_read_without_its_normals(tmp_path):
    with_normals = np.concatenate([MATRIX, np.full_like(MATRIX, 0.1)], axis=1)
    path = _owners_file(tmp_path, {"mtx": sparse.csc_matrix(with_normals)})
    correspondence = load_correspondence(path)
    assert correspondence.valid.tolist() == [True, True, False, True]
    np.testing.assert_allclose(correspondence.apply(SOURCE[None])[0], MATRIX @ SOURCE, atol=1e-7)


def test_a_dense_matrix_is_read(tmp_path):
    correspondence = load_correspondence(_owners_file(tmp_path, {"matrix": MATRIX}))
    np.testing.assert_allclose(correspondence.apply(SOURCE[None])[0], MATRIX @ SOURCE, atol=1e-7)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix])
def test_a_matrix_saved_by_scipy_is_read(tmp_path, kind):
    path = tmp_path / "map.npz"
    sparse.save_npz(path, kind(MATRIX))
    meshes = np.stack([SOURCE, 2 * SOURCE])
    np.testing.assert_allclose(load_correspondence(path).apply(meshes), MATRIX @ meshes, atol=1e-7)


def test_the_mask_chooses_vertices(tmp_path):
    mask = tmp_path / "smplx_mask_ids.npy"
    np.save(mask, np.array([0, 2]))
    correspondence = load_correspondence(_owners_file(tmp_path, {"matrix": MATRIX}), mask)
    assert correspondence.valid.tolist() == [True, False, False, False]


def test_identity():
    same = identity_correspondence(4)
    np.testing.assert_array_equal(same.apply(SOURCE[None])[0], SOURCE)
    assert same.valid.all()


def test_registered_templates_give_barycentric_points():
    """The target lies on the source but for its last vertex; after posing it goes with the triangles it lay on."""
    target = np.array([[0.25, 0.25, 0.001], [1, 1, 0], [0.5, 0.5, -0.002], [0, 0, 0.5]])
    correspondence = correspondence_by_registration(target, SOURCE, FACES)
    assert correspondence.valid.tolist() == [True, True, True, False]
    stretched = SOURCE * [2, 3, 1] + [0, 0, 5]
    np.testing.assert_allclose(
        correspondence.apply(stretched[None])[0, :3],
        [[0.5, 0.75, 5], [2, 3, 5], [1, 1.5, 5]],
        atol=1e-6,
    )


def test_meshes_of_another_body_are_refused():
    with pytest.raises(ModelError, match="for 4 vertices"):
        identity_correspondence(4).apply(np.zeros((1, 5, 3)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"other": MATRIX}, "no matrix named"),
        ([MATRIX], "no matrix named"),
        ({"matrix": np.ones((2, 100))}, "no surface map"),
    ],
)
def test_files_without_a_map_are_refused(tmp_path, content, said):
    with pytest.raises(ModelError, match=said):
        load_correspondence(_owners_file(tmp_path, content))


def test_other_npz_files_are_refused(tmp_path):
    path = tmp_path / "map.npz"
    np.savez(path, mtx=MATRIX)
    with pytest.raises(ModelError, match="save_npz"):
        load_correspondence(path)
    sparse.save_npz(path, sparse.coo_matrix(MATRIX))
    with pytest.raises(ModelError, match="save_npz"):
        load_correspondence(path)
    with pytest.raises(ModelError, match="save_npz"):
        load_correspondence(tmp_path / "absent.npz")


@pytest.mark.parametrize(
    ("ids", "said"),
    [(np.array([0.5]), "not a list"), (np.array([0, 9]), "names vertex 9 of 4")],
)
def test_other_masks_are_refused(tmp_path, ids, said):
    mask = tmp_path / "mask.npy"
    np.save(mask, ids)
    with pytest.raises(ModelError, match=said):
        load_correspondence(_owners_file(tmp_path, {"matrix": MATRIX}), mask)
