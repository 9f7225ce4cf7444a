import numpy as np
import pytest

from engines.body.surface import Surface, nearest_distances


def _segment_distance(p, a, b):
    t = np.clip(np.dot(p - a, b - a) / np.dot(b - a, b - a), 0, 1)
    return np.linalg.norm(a + t * (b - a) - p)


def _triangle_distance(p, a, b, c):
    """The plane where the foot of the point is inside, else the nearest of the three edges."""
    distance = min(_segment_distance(p, *edge) for edge in ((a, b), (b, c), (c, a)))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal)
    foot = p - np.dot(p - a, normal) * normal
    inside = all(
        np.dot(np.cross(v - u, foot - u), normal) >= 0 for u, v in ((a, b), (b, c), (c, a))
    )
    return min(distance, abs(np.dot(p - a, normal))) if inside else distance


@pytest.mark.parametrize("count", [1, 4, 5, 37])
def test_distances_are_those_of_an_exhaustive_search(count):
    rng = np.random.default_rng(count)
    corners = rng.normal(size=(count, 3, 3))
    points = rng.normal(size=(60, 3)) * 1.5
    vertices, faces = corners.reshape(-1, 3), np.arange(3 * count).reshape(-1, 3)
    found = Surface(vertices, faces).closest(points)
    expected = [min(_triangle_distance(p, *c) for c in corners) for p in points]
    np.testing.assert_allclose(found.distances, expected, atol=1e-12)


def test_barycentric_weights_give_the_closest_point():
    rng = np.random.default_rng(0)
    vertices, faces = rng.normal(size=(40, 3)), rng.integers(0, 40, (90, 3))
    faces = faces[
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    ]
    points = rng.normal(size=(200, 3)) * 2
    found = Surface(vertices, faces).closest(points)
    nearest = np.einsum("pc,pcx->px", found.barycentric, vertices[faces[found.triangles]])
    np.testing.assert_allclose(
        np.linalg.norm(nearest - points, axis=1), found.distances, atol=1e-12
    )
    assert found.barycentric.min() >= -1e-12
    np.testing.assert_allclose(found.barycentric.sum(axis=1), 1)


def test_a_point_of_the_surface_is_at_distance_zero():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], float)
    faces = np.array([[0, 1, 2], [0, 1, 3], [1, 2, 3]])
    found = Surface(vertices, faces).closest(vertices)
    np.testing.assert_array_equal(found.distances, 0)


def test_a_triangle_without_area_does_no_harm():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [5, 5, 5]], float)
    found = Surface(vertices, np.array([[3, 3, 3], [0, 1, 2]])).closest(
        np.array([[0.2, 0.2, 1.0], [5, 5, 6]])
    )
    np.testing.assert_allclose(found.distances, [1, 1])


def test_nearest_distances():
    rng = np.random.default_rng(1)
    points, targets = rng.normal(size=(30, 3)), rng.normal(size=(50, 3))
    expected = np.linalg.norm(points[:, None] - targets, axis=2).min(axis=1)
    np.testing.assert_allclose(nearest_distances(points, targets), expected)


def test_nothing_to_be_near_to():
    with pytest.raises(ValueError, match="triangle"):
        Surface(np.zeros((3, 3)), np.zeros((0, 3), int))
    with pytest.raises(ValueError, match="no points"):
        nearest_distances(np.zeros((1, 3)), np.zeros((0, 3)))
