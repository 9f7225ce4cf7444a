import numpy as np
import pytest

from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.least_squares import posed_points, rotation_vectors, solve
from engines.landmarks.problem import Observations, Priors, Skeleton, Solution
from engines.landmarks.residuals import System, evaluate

SKELETON = Skeleton(
    rest_joints=np.array([[0.0, 0, 0], [0.4, 0, 0], [0.8, 0.1, 0]]),
    parents=np.array([-1, 0, 1]),
    point_joints=np.array([0, 1, 2, 2, 0]),
    point_offsets=np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0.3, 0, 0.1], [-0.1, 0.3, 0.0]]),
)
TRUTH = np.array([[0.4, -0.3, 0.6], [-0.5, 0.7, 0.1], [0.2, 0.2, -0.9]])
ROOT = np.array([0.2, -0.1, 3.0])
FAR = np.inf


def observations(*, orientation=None):
    points = posed_points(SKELETON, matrix_from_axis_angle(TRUTH), ROOT)
    starts, ends = np.array([[0, 0], [1, 1], [0, 1]]), np.array([[1, 1], [2, 3], [3, 4]])
    mean = lambda pairs: points[pairs].mean(axis=1)  # noqa: E731
    known = orientation is not None
    return Observations(
        starts, ends, mean(ends) - mean(starts), np.full((3, 3), 0.05),
        points[:, :2] / points[:, 2:], np.full(5, 0.01),
        np.array([2] if known else [], np.int64),
        np.array([orientation] if known else []).reshape(-1, 3, 3),
        np.array([0.1] if known else []),
    )  # fmt: skip


def priors(*, centre_sigma=50.0, memory=FAR, up_sigma=FAR, limit=9.0):
    none = np.tile(np.eye(3), (3, 1, 1))
    return Priors(
        none, np.full((3, 3), centre_sigma), np.full((3, 3), -limit), np.full((3, 3), limit), 0.01,
        none, np.full((3, 3), memory), np.array([0, 0, 2.5]), np.full(3, memory),
        np.array([0.0, -1, 0]), up_sigma,
    )  # fmt: skip


def start():
    return Solution(np.tile(np.eye(3), (3, 1, 1)), np.array([0.0, 0, 2.5]), 0.0)


def test_an_exact_problem_is_solved_exactly():
    found = solve(SKELETON, observations(), priors(), start(), 50)
    points = posed_points(SKELETON, found.rotations, found.root)
    expected = posed_points(SKELETON, matrix_from_axis_angle(TRUTH), ROOT)
    np.testing.assert_allclose(points, expected, atol=2e-3)
    assert found.cost < 0.01


def test_the_gradient_is_the_slope_of_the_cost():
    rng = np.random.default_rng(0)
    rotations = matrix_from_axis_angle(rng.normal(0, 0.3, (3, 3)))
    root = np.array([0.05, 0.1, 2.8])
    given = observations(orientation=matrix_from_axis_angle(np.array([0.1, 0.2, 0.1])))
    known = priors(centre_sigma=0.4, memory=0.3, up_sigma=0.3)

    def cost(step):
        system = System(np.zeros((12, 12)), np.zeros(12), np.zeros((5, 3, 12)), np.zeros((3, 12)))
        turned = rotations @ matrix_from_axis_angle(step[3:].reshape(3, 3))
        return evaluate(SKELETON, given, known, turned, root + step[:3], system), system.gradient

    _, gradient = cost(np.zeros(12))
    steps = 1e-6 * np.eye(12)
    slopes = np.array([(cost(step)[0] - cost(-step)[0]) / 2e-6 for step in steps])
    # the gradient is that of half the cost; of rotation vectors and of the scale of rays it keeps the first order only
    np.testing.assert_allclose(2 * gradient, slopes, rtol=0.15, atol=0.05 * np.abs(slopes).max())


def test_the_cost_never_rises():
    costs = [
        solve(SKELETON, observations(), priors(), start(), iterations).cost
        for iterations in range(8)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 1e-3 * costs[0]


def test_limits_hold_softly():
    found = solve(SKELETON, observations(), priors(limit=0.3), start(), 50)
    assert np.abs(rotation_vectors(found.rotations)).max() < 0.45


def test_an_orientation_is_followed():
    wanted = matrix_from_axis_angle(np.array([0.3, 0.0, 1.0]))
    plain = observations(orientation=wanted)
    unseen = plain._replace(edge_sigmas=np.full((3, 3), FAR), ray_sigmas=np.full(5, FAR))
    found = solve(SKELETON, unseen, priors(), start(), 50)
    turned = np.linalg.multi_dot(list(found.rotations))
    np.testing.assert_allclose(turned, wanted, atol=0.02)


def test_what_is_unseen_stays_as_it_was():
    blind = observations()._replace(edge_sigmas=np.full((3, 3), FAR), ray_sigmas=np.full(5, FAR))
    found = solve(SKELETON, blind, priors(memory=0.1), start(), 10)
    np.testing.assert_allclose(found.root, start().root, atol=1e-9)
    np.testing.assert_allclose(found.rotations, start().rotations, atol=1e-9)


def test_an_upright_root_keeps_its_heading():
    blind = observations()._replace(edge_sigmas=np.full((3, 3), FAR), ray_sigmas=np.full(5, FAR))
    leant = start()._replace(
        rotations=matrix_from_axis_angle(np.array([[2.7, 0.3, 0.2], [0, 0, 0], [0, 0, 0]]))
    )
    found = solve(SKELETON, blind, priors(up_sigma=0.05), leant, 50)
    np.testing.assert_allclose(found.rotations[0][:, 1], [0, -1, 0], atol=0.01)
    before, after = (matrix[[0, 2], 2] for matrix in (leant.rotations[0], found.rotations[0]))
    cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
    assert cosine > np.cos(0.35)


def test_an_outlier_is_not_followed():
    good = observations()
    rays = good.rays.copy()
    rays[3] += 0.5
    found = solve(SKELETON, good._replace(rays=rays), priors(), start(), 50)
    points = posed_points(SKELETON, found.rotations, found.root)
    expected = posed_points(SKELETON, matrix_from_axis_angle(TRUTH), ROOT)
    assert np.abs(points - expected).max() < 0.1


@pytest.mark.parametrize("vector", [(0, 0, 0), (0.1, -2.0, 0.3), (0, 3.1, 0)])
def test_rotation_vectors_come_back(vector):
    matrix = matrix_from_axis_angle(np.array([vector], float))
    np.testing.assert_allclose(rotation_vectors(matrix)[0], vector, atol=1e-9)
