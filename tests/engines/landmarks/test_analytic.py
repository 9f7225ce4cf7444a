import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.analytic import analytic_palm, analytic_pose
from engines.landmarks.attachments import BODY_LANDMARKS, SIDES, attach_body, attach_hand
from engines.landmarks.directions import aligned, limited, share, smallest_turn
from engines.landmarks.least_squares import posed_points, rotation_vectors
from tests.engines.landmarks.people import angles_deg, random_pose

vectors = arrays(np.float64, 3, elements=st.floats(-1, 1))
long_vectors = vectors.filter(lambda v: np.linalg.norm(v) > 0.1)


def is_rotation(matrix):
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-9)
    return np.linalg.det(matrix) > 0


@given(long_vectors, long_vectors)
def test_the_smallest_turn_takes_one_direction_to_the_other(start, end):
    turn = smallest_turn(start, end)
    assert is_rotation(turn)
    np.testing.assert_allclose(
        turn @ start / np.linalg.norm(start), end / np.linalg.norm(end), atol=1e-6
    )


@given(long_vectors, vectors, long_vectors, vectors)
def test_aligned_is_a_rotation_and_exact_for_the_first_pair(rest_a, rest_b, a, b):
    rotation = aligned(rest_a, rest_b, a, b)
    assert is_rotation(rotation)
    np.testing.assert_allclose(
        rotation @ rest_a / np.linalg.norm(rest_a), a / np.linalg.norm(a), atol=1e-9
    )


def test_shares_add_up_and_limits_hold():
    rotation = matrix_from_axis_angle(np.array([0.3, -0.9, 0.4]))
    np.testing.assert_allclose(share(rotation, 0.4) @ share(rotation, 0.6), rotation, atol=1e-12)
    turn = rotation_vectors(limited(rotation, 0.5)[None])[0]
    assert np.linalg.norm(turn) == pytest.approx(0.5)
    np.testing.assert_array_equal(limited(rotation, 2.0), rotation)


def test_bones_of_the_first_pose_point_like_their_landmarks(open_body):
    skeleton = attach_body(open_body).skeleton(np.zeros(10))
    rest = np.zeros((33, 3))
    rest[list(BODY_LANDMARKS)] = posed_points(
        skeleton, np.tile(np.eye(3), (22, 1, 1)), skeleton.rest_joints[0]
    )
    rng = np.random.default_rng(0)
    bones = ((11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28))
    for _ in range(10):
        truth = np.zeros((33, 3))
        truth[list(BODY_LANDMARKS)] = posed_points(
            skeleton, matrix_from_axis_angle(random_pose(rng)[:22]), np.zeros(3)
        )
        found = np.zeros((33, 3))
        found[list(BODY_LANDMARKS)] = posed_points(
            skeleton, analytic_pose(truth, rest), np.zeros(3)
        )
        for a, b in bones:
            u, v = found[b] - found[a], truth[b] - truth[a]
            assert u @ v > np.cos(np.radians(12)) * np.linalg.norm(u) * np.linalg.norm(v)


@pytest.mark.parametrize("side", SIDES)
def test_a_turned_palm_is_found(open_body, side):
    skeleton = attach_hand(open_body, side).skeleton(np.zeros(10))
    flat = np.tile(np.eye(3), (16, 1, 1))
    turned = flat.copy()
    turned[0] = matrix_from_axis_angle(np.array([0.5, -1.2, 2.0]))
    rest, points = (posed_points(skeleton, pose, np.zeros(3)) for pose in (flat, turned))
    found = rotation_vectors(analytic_palm(points, rest)[None])
    assert angles_deg(found, np.array([[0.5, -1.2, 2.0]]))[0] < 0.1


def test_the_two_sides_of_the_body_mirror_each_other(open_body):
    for pair in ((11, 12), (15, 16), (23, 24), (27, 28), (31, 32)):
        (_, left), (_, right) = (BODY_LANDMARKS[landmark] for landmark in pair)
        np.testing.assert_allclose(np.array(left) * (-1, 1, 1), right)
