import numpy as np
import pytest

from app.render.shading import Light, lit_colors, normals_at_rest, vertex_normals


def test_normals_point_out_of_a_closed_mesh(small_body):
    normals = vertex_normals(small_body.v_template, small_body.faces)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    # its vertices come in octahedra of six round each joint
    out = small_body.v_template.reshape(55, 6, 3) - small_body.joint_template[:, None]
    out /= np.linalg.norm(out, axis=2, keepdims=True)
    assert (np.sum(out * normals.reshape(55, 6, 3), axis=2) > 0.9).all()


def test_larger_triangles_weigh_more():
    vertices = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 3]])
    faces = np.int32([[0, 1, 2], [0, 2, 3]])  # normals z of area 1/2 and x of area 3/2
    expected = np.array([3, 0, 1]) / np.sqrt(10)
    np.testing.assert_allclose(vertex_normals(vertices, faces)[0], expected, atol=1e-6)


def test_a_vertex_of_no_triangle_has_no_normal():
    vertices = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0], [9, 9, 9]])
    assert (vertex_normals(vertices, np.int32([[0, 1, 2]]))[3] == 0).all()


def test_light_and_shade_have_their_tints():
    light = Light(direction=(0, -1, 0), lit=(1, 0.9, 0.8), shade=(0.3, 0.2, 0.1))
    normals = np.float32([[0, -1, 0], [0, 1, 0], [1, 0, 0]])
    lit = lit_colors(np.float32([100, 100, 100]), normals, light)
    np.testing.assert_allclose(lit[0], [100, 90, 80], rtol=1e-5)
    np.testing.assert_allclose(lit[1], [30, 20, 10], rtol=1e-5)
    np.testing.assert_allclose(lit[2], [65, 55, 45], rtol=1e-5)


def test_the_rim_is_white_and_the_middle_is_not():
    light = Light(shade=(1, 1, 1), rim=1.0)
    normals = np.float32([[0, 0, -1], [1, 0, 0], [0, 0, 1]])
    lit = lit_colors(np.zeros((3, 3), np.float32), normals, light)
    assert (lit[0] == 0).all()
    np.testing.assert_allclose(lit[1:], 255)


@pytest.mark.parametrize("factor", [-5.0, 5.0])
def test_colours_stay_in_range(factor):
    lit = lit_colors(
        np.full((1, 3), 200, np.float32), np.float32([[0, 0, -1]]), Light(lit=(factor,) * 3)
    )
    assert 0 <= lit.min() <= lit.max() <= 255


def test_both_ways_to_normals_agree(small_body):
    vertices, faces = small_body.v_template, small_body.faces
    normals = normals_at_rest(vertices, faces)
    np.testing.assert_allclose(normals, vertex_normals(vertices, faces), atol=1e-5)
    assert (normals_at_rest(vertices, faces[:1])[faces[-1]] == 0).any()
