import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body import rotations as rot

UNIT_AXES = arrays(np.float64, 3, elements=st.floats(-1, 1)).filter(
    lambda v: np.linalg.norm(v) > 0.1
)
NEAR_PI = np.pi - np.array([0, 1e-12, 1e-9, 1e-7, 1e-4])
NEAR_0 = np.array([0, 1e-300, 1e-12, 1e-9, 1e-8, 1e-5])
ANGLES = st.one_of(st.floats(0, np.pi), st.sampled_from(np.concatenate([NEAR_0, NEAR_PI]).tolist()))


@st.composite
def vectors(draw):
    """Rotation vectors, the hard angles near 0 and pi among them."""
    axis = draw(UNIT_AXES)
    return draw(ANGLES) * axis / np.linalg.norm(axis)


@st.composite
def quaternions(draw):
    q = draw(arrays(np.float64, 4, elements=st.floats(-1, 1)).filter(lambda q: q @ q > 0.01))
    return q / np.linalg.norm(q)


def assert_same_rotation(actual, expected, atol=1e-7):
    np.testing.assert_allclose(
        rot.matrix_from_axis_angle(actual), rot.matrix_from_axis_angle(expected), atol=atol
    )


@given(vectors())
def test_matrices_are_rotations(vector):
    matrix = rot.matrix_from_axis_angle(vector)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)
    np.testing.assert_allclose(matrix @ vector, vector, atol=1e-12)  # the axis stays


@given(vectors())
def test_matrix_turns_by_the_angle_about_the_axis(vector):
    """Against Rodrigues' formula for one vector, written out in components."""
    angle = np.linalg.norm(vector)
    axis = vector / angle if angle else np.array([1.0, 0, 0])
    point = np.array([0.3, -0.7, 0.5])
    turned = (
        point * np.cos(angle)
        + np.cross(axis, point) * np.sin(angle)
        + axis * (axis @ point) * (1 - np.cos(angle))
    )
    np.testing.assert_allclose(rot.matrix_from_axis_angle(vector) @ point, turned, atol=1e-12)


@given(vectors())
def test_round_trips_from_axis_angle(vector):
    matrix = rot.matrix_from_axis_angle(vector)
    quaternion = rot.quaternion_from_axis_angle(vector)
    for back in (
        rot.axis_angle_from_matrix(matrix),
        rot.axis_angle_from_quaternion(quaternion),
        rot.axis_angle_from_quaternion(-quaternion),
    ):
        assert np.linalg.norm(back) <= np.pi + 1e-12
        assert_same_rotation(back, vector)
    if np.linalg.norm(vector) < np.pi - 1e-3:  # before the axis may flip
        np.testing.assert_allclose(rot.axis_angle_from_quaternion(quaternion), vector, atol=1e-9)
        np.testing.assert_allclose(rot.axis_angle_from_matrix(matrix), vector, atol=1e-7)


@given(quaternions())
def test_round_trip_from_quaternion(quaternion):
    matrix = rot.matrix_from_quaternion(quaternion)
    back = rot.quaternion_from_matrix(matrix)
    assert back[3] >= 0
    assert np.linalg.norm(back) == pytest.approx(1)
    assert abs(back @ quaternion) == pytest.approx(1)
    np.testing.assert_allclose(rot.matrix_from_quaternion(back), matrix, atol=1e-12)


@given(vectors())
def test_representations_agree(vector):
    np.testing.assert_allclose(
        rot.matrix_from_quaternion(rot.quaternion_from_axis_angle(vector)),
        rot.matrix_from_axis_angle(vector),
        atol=1e-9,  # angles below 1e-9 count as none
    )


@given(vectors())
def test_kernels_are_the_vectorised_functions(vector):
    matrix = rot.matrix_from_axis_angle_kernel(vector)
    np.testing.assert_allclose(matrix, rot.matrix_from_axis_angle(vector), atol=1e-9)
    back = rot.axis_angle_from_matrix_kernel(matrix)
    assert np.linalg.norm(back) <= np.pi + 1e-12
    assert_same_rotation(back, vector)


@given(quaternions(), quaternions(), quaternions())
def test_group_axioms(a, b, c):
    one = np.array([0.0, 0, 0, 1])
    times = rot.multiply_quaternions
    assert np.linalg.norm(times(a, b)) == pytest.approx(1)
    np.testing.assert_allclose(times(a, one), a)
    np.testing.assert_allclose(times(one, a), a)
    np.testing.assert_allclose(times(a, rot.conjugate_quaternion(a)), one, atol=1e-12)
    np.testing.assert_allclose(times(times(a, b), c), times(a, times(b, c)), atol=1e-12)


@given(quaternions(), quaternions())
def test_product_is_one_after_the_other(a, b):
    np.testing.assert_allclose(
        rot.matrix_from_quaternion(rot.multiply_quaternions(a, b)),
        rot.matrix_from_quaternion(a) @ rot.matrix_from_quaternion(b),
        atol=1e-12,
    )


@given(quaternions(), quaternions(), st.floats(0, 1))
def test_slerp_takes_the_short_way_at_even_speed(a, b, fraction):
    between = rot.slerp(a, b, fraction)
    assert np.linalg.norm(between) == pytest.approx(1)
    whole = rot.relative_angle(a, b)
    assert rot.relative_angle(a, between) == pytest.approx(fraction * whole, abs=1e-6)
    assert rot.relative_angle(between, b) == pytest.approx((1 - fraction) * whole, abs=1e-6)


@given(quaternions(), quaternions())
def test_slerp_starts_and_ends_where_it_should(a, b):
    assert rot.relative_angle(rot.slerp(a, b, 0.0), a) == pytest.approx(0, abs=1e-7)
    assert rot.relative_angle(rot.slerp(a, b, 1.0), b) == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose(np.abs(rot.slerp(a, -a, 0.3) @ a), 1)


@given(vectors(), quaternions())
def test_relative_angle_is_the_angle_between(vector, start):
    end = rot.multiply_quaternions(start, rot.quaternion_from_axis_angle(vector))
    assert rot.relative_angle(start, end) == pytest.approx(np.linalg.norm(vector), abs=1e-7)
    assert rot.relative_angle(start, -end) == pytest.approx(np.linalg.norm(vector), abs=1e-7)


@given(arrays(np.float32, 3, elements=st.floats(-4, 4, width=32)))
def test_single_precision_stays_single_and_close(vector):
    matrix = rot.matrix_from_axis_angle(vector)
    quaternion = rot.quaternion_from_axis_angle(vector)
    back = rot.axis_angle_from_quaternion(quaternion)
    for array in (matrix, quaternion, back, rot.axis_angle_from_matrix(matrix)):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
    exact = rot.matrix_from_axis_angle(vector.astype(np.float64))
    np.testing.assert_allclose(matrix, exact, atol=2e-6)
    np.testing.assert_allclose(rot.matrix_from_axis_angle(back), exact, atol=2e-6)
    half = rot.slerp(quaternion, rot.quaternion_from_axis_angle(-vector), 0.5)
    assert half.dtype == np.float32


@pytest.mark.parametrize("axis", np.eye(3))
@pytest.mark.parametrize("angle", [*NEAR_PI.tolist(), -3.1, -np.pi])
def test_half_turns_about_each_axis(axis, angle):
    matrix = rot.matrix_from_axis_angle(angle * axis)
    for back in (rot.axis_angle_from_matrix(matrix), rot.axis_angle_from_matrix_kernel(matrix)):
        assert np.linalg.norm(back) == pytest.approx(abs(angle), abs=1e-7)
        assert_same_rotation(back, angle * axis)


def test_batches_keep_their_shape():
    rng = np.random.default_rng(0)
    many = rng.normal(size=(2, 5, 3))
    matrices = rot.matrix_from_axis_angle(many)
    quaternions_ = rot.quaternion_from_axis_angle(many)
    assert matrices.shape == (2, 5, 3, 3)
    assert quaternions_.shape == (2, 5, 4)
    assert rot.quaternion_from_matrix(matrices).shape == (2, 5, 4)
    assert rot.relative_angle(quaternions_, quaternions_[:1]).shape == (2, 5)
    fractions = np.linspace(0, 1, 5)
    between = rot.slerp(quaternions_[0], quaternions_[1], fractions)
    assert between.shape == (5, 4)
    for k in range(5):
        one = rot.slerp(quaternions_[0, k], quaternions_[1, k], fractions[k])
        np.testing.assert_allclose(between[k], one)
        np.testing.assert_allclose(matrices[1, k], rot.matrix_from_axis_angle(many[1, k]))
