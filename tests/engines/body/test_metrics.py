import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.body.metrics import (
    AlignmentError,
    f_score,
    mpjpe,
    pa_mpjpe,
    pa_v2v,
    point_errors,
    point_to_surface,
    similarity,
    v2v,
)
from engines.body.rotations import matrix_from_axis_angle


def _moved(points, rng):
    rotation = matrix_from_axis_angle(rng.normal(size=3) * 2)
    return rng.uniform(0.3, 3) * points @ rotation.T + rng.normal(size=3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31))
def test_aligned_errors_do_not_see_a_similarity(seed):
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(14, 3))
    prediction = truth + rng.normal(0, 0.1, (14, 3))
    expected = pa_mpjpe(prediction, truth)
    np.testing.assert_allclose(pa_mpjpe(_moved(prediction, rng), truth), expected, atol=1e-9)
    np.testing.assert_allclose(pa_mpjpe(_moved(truth, rng), truth), 0, atol=1e-9)


def test_the_alignment_is_the_best_one():
    """Any small change of rotation, scale or translation makes the sum of squares larger."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(20, 3)), rng.normal(size=(20, 3))
    weights = rng.uniform(0.1, 2, 20)
    aligned = similarity(source, target, weights).apply(source)

    def loss(points):
        return weights @ ((points - target) ** 2).sum(axis=1)

    centre = weights @ aligned / weights.sum()
    for _ in range(50):
        step = rng.normal(0, 1e-3, 7)
        turned = (aligned - centre) @ matrix_from_axis_angle(step[:3]).T
        assert loss((1 + step[3]) * turned + centre + step[4:]) > loss(aligned)


def test_points_of_no_weight_do_not_count():
    rng = np.random.default_rng(1)
    target = rng.normal(size=(10, 3))
    source = _moved(target, rng)
    source[3] += 5
    weights = np.ones(10)
    weights[3] = 0
    errors = point_errors(similarity(source, target, weights).apply(source), target)
    np.testing.assert_allclose(np.delete(errors, 3), 0, atol=1e-9)


def test_an_alignment_does_not_mirror():
    truth = np.random.default_rng(2).normal(size=(30, 3))
    mirrored = truth * [-1, 1, 1]
    assert np.linalg.det(similarity(mirrored, truth).rotation) > 0
    assert pa_mpjpe(mirrored, truth).mean() > 0.3


def test_points_in_a_plane_or_on_a_line_are_aligned():
    rng = np.random.default_rng(3)
    for flat in ([1, 1, 0], [1, 0, 0]):
        truth = rng.normal(size=(8, 3)) * flat
        np.testing.assert_allclose(pa_mpjpe(_moved(truth, rng), truth), 0, atol=1e-9)


def test_the_inverse_leads_back():
    rng = np.random.default_rng(4)
    found = similarity(rng.normal(size=(5, 3)), rng.normal(size=(5, 3)))
    points = rng.normal(size=(7, 3))
    np.testing.assert_allclose(found.inverse().apply(found.apply(points)), points, atol=1e-9)


def test_what_cannot_be_aligned():
    points = np.random.default_rng(5).normal(size=(4, 3))
    with pytest.raises(AlignmentError, match="one place"):
        similarity(np.ones((4, 3)), points)
    with pytest.raises(AlignmentError, match="one place"):
        similarity(points, np.ones((4, 3)))
    with pytest.raises(ValueError, match="not pairs"):
        similarity(points, points[:3])
    with pytest.raises(ValueError, match="weights"):
        similarity(points, points, np.zeros(4))


def test_mpjpe_is_measured_from_the_root():
    truth = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0.0]])
    prediction = truth + 5
    prediction[2] += [0, 0, 0.3]
    np.testing.assert_allclose(mpjpe(prediction, truth, (0, 1)), [0, 0, 0.3], atol=1e-12)
    np.testing.assert_allclose(mpjpe(prediction, truth, (2,)), [0.3, 0.3, 0], atol=1e-12)


def test_vertex_errors_of_a_part():
    rng = np.random.default_rng(6)
    truth = rng.normal(size=(50, 3))
    prediction = truth + np.array([1, 0, 0])
    part = np.array([3, 4, 8, 20])
    prediction[part] = _moved(truth[part], rng)
    np.testing.assert_allclose(pa_v2v(prediction, truth, part), 0, atol=1e-9)
    assert pa_v2v(prediction, truth)[part].max() > 0.1
    others = np.setdiff1d(np.arange(50), part)
    np.testing.assert_allclose(v2v(prediction, truth, np.array([-1, 0, 0]), others), 0, atol=1e-12)
    assert v2v(prediction, truth, np.zeros(3)).shape == (50,)


def test_point_to_surface_needs_no_common_vertices():
    square = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0.0]])
    points = np.array([[1, 1, 0.25], [3, 1, 0], [1.3, 0.2, -2]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    np.testing.assert_allclose(point_to_surface(points, square, faces), [0.25, 1, 2])


def test_f_score():
    truth = np.array([[0, 0, 0], [10, 0, 0], [20, 0, 0], [30, 0, 0.0]])
    prediction = np.array([[0, 0, 0.001], [10, 0, 0.5]])
    assert f_score(truth, truth, 0.005) == 1
    # precision 1/2, recall 1/4
    assert f_score(prediction, truth, 0.005) == pytest.approx(1 / 3)
    assert f_score(prediction + np.array([0, 5, 0]), truth, 0.005) == 0
