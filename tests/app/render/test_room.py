import numpy as np
import pytest

from app.render.room import box, chequered_floor, shadow_on_floor


def normals_of(mesh):
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces].astype(float), 1, 0)
    return np.cross(b - a, c - a)


def test_a_box_is_closed_and_looks_outwards():
    mesh = box((-1, 0, 2), (3, 1, 5), (100, 100, 100))
    normals = normals_of(mesh)
    centres = mesh.vertices[mesh.faces].mean(axis=1)
    assert (np.sum(normals * (centres - [1, 0.5, 3.5]), axis=1) > 0).all()
    volume = np.sum(normals * centres) / 6
    assert volume == pytest.approx(4 * 1 * 3)
    top = mesh.colors[mesh.vertices[:, 1] == 1]
    assert top.max() == 100
    assert mesh.colors.min() < 80


def test_a_floor_is_flat_level_and_faces_up():
    mesh = chequered_floor(2.0, 0.5, (10, 10, 10), (20, 20, 20), (200, 200, 200))
    normals = normals_of(mesh)
    assert (normals[:, 1] > 0).all()
    assert not normals[:, [0, 2]].any()
    assert normals[:, 1].sum() / 2 == pytest.approx(16)
    corner = np.abs(mesh.vertices[:, [0, 2]]).min(axis=1) == 2
    np.testing.assert_allclose(mesh.colors[corner], 200)


def test_neighbouring_chequers_differ():
    mesh = chequered_floor(2.0, 1.0, (0, 0, 0), (20, 20, 20), (20, 20, 20))
    inner = mesh.colors.reshape(4, 4, 4, 3)[1:3, 1:3, :, 0].mean(axis=2)
    assert inner[0, 0] != inner[0, 1]
    assert inner[0, 0] == pytest.approx(inner[1, 1])


def test_a_shadow_is_flat_and_along_the_light():
    points = np.float32([[0, 2, 0], [1, 5, -3], [2, 1, 7]])
    to_lamp = (0.5, 0.8, -0.3)
    flat = shadow_on_floor(points, to_lamp, 1.0)
    np.testing.assert_allclose(flat[:, 1], 1)
    np.testing.assert_allclose(np.cross(points - flat, to_lamp), 0, atol=1e-5)
