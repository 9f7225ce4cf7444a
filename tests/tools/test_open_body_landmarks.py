"""The steps of tools/build_open_body.py that need nothing but the app's own environment, on the shipped body."""

import numpy as np
import pytest

from engines.model_store import model_path
from tools.open_body.landmarks import IBUG_51, POINT_COUNT, face_mesh_points, named_vertices


@pytest.fixture(scope="module")
def arrays():
    with np.load(model_path("open_body"), allow_pickle=False) as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def joints(arrays):
    return arrays["J_regressor"].astype(float) @ arrays["v_template"].astype(float)


def test_named_vertices_are_the_shipped_ones(arrays, joints):
    found = named_vertices(arrays["v_template"].astype(float), joints, arrays["weights"])
    shipped = zip(arrays["vertex_ids_names"].tolist(), arrays["vertex_ids"].tolist(), strict=True)
    assert found == dict(shipped)


def test_static_landmarks_are_face_mesh_points(arrays):
    np.testing.assert_array_equal(arrays["lmk_faces_idx"], arrays["mp468_faces_idx"][list(IBUG_51)])


@pytest.mark.slow
def test_face_mesh_points_are_found_again(arrays, joints):
    """With another face mesh than the shipped ones were found with: close in the middle, less so at the contour."""
    names = arrays["arkit_names"].tolist()
    rolls = [names.index(f"mouthRoll{lip}") for lip in ("Lower", "Upper")]
    template = arrays["v_template"].astype(float)
    moved_m = np.linalg.norm(arrays["arkit_dirs"][:, :, rolls], axis=1).sum(axis=1)
    lips = (moved_m > 0.004) & (template[:, 2] > joints[15, 2] + 0.06)
    faces, barycentric = face_mesh_points(
        template, arrays["f"], joints, arrays["weights"], lips, model_path("face")
    )
    assert faces.shape == (POINT_COUNT,)
    np.testing.assert_allclose(barycentric.sum(axis=1), 1)

    def places(faces, barycentric):
        return np.einsum("pkx,pk->px", template[arrays["f"][faces]], barycentric)

    found = places(faces, barycentric)
    shipped = places(arrays["mp468_faces_idx"], arrays["mp468_bary_coords"])
    apart_mm = 1e3 * np.linalg.norm(found - shipped, axis=1)
    assert np.median(apart_mm) < 2.5
    assert apart_mm[list(IBUG_51)].max() < 12
