import numpy as np
import pytest

from engines.errors import ConfigError
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.shape import SAMPLES, ShapeEstimator
from tests.engines.landmarks.people import LEGS, person, random_pose, seen

STEP_S = 1 / 30
EVERYTHING = np.ones(33)
BONES = ((11, 13), (13, 15), (23, 25), (25, 27), (11, 12), (11, 23))


def lengths(attachments, betas):
    skeleton = attachments.skeleton(betas)
    points = np.zeros((33, 3))
    points[list(BODY_LANDMARKS)] = (
        skeleton.rest_joints[skeleton.point_joints] + skeleton.point_offsets
    )
    return np.array([np.linalg.norm(points[a] - points[b]) for a, b in BONES])


def views(body, betas, count, rng, *, noise_m=0.0):
    for _ in range(count):
        world = seen(body, person(random_pose(rng), betas=betas)).pose_world.astype(float)
        yield world + rng.normal(0, noise_m, world.shape)


def stature_m(body, betas):
    vertices = body.rest_vertices(betas)
    return float(np.ptp(vertices[:, 1]))


@pytest.mark.parametrize("betas", [(1.5, 1.0, 0, 0), (-1.5, -1.0, 0.5, 0), (0.5, -1.5, 0, 1)])
def test_segments_approach_those_of_the_person(open_body, betas):
    truth = np.pad(np.array(betas, float), (0, 6))
    attachments = attach_body(open_body)
    estimator = ShapeEstimator(open_body, attachments, None)
    for world in views(open_body, truth, 100, np.random.default_rng(0), noise_m=0.01):
        found = estimator.update(world, EVERYTHING, 0.1)
    error = np.abs(lengths(attachments, found) - lengths(attachments, truth))
    start = np.abs(lengths(attachments, np.zeros(10)) - lengths(attachments, truth))
    assert error.max() < 0.018
    assert error.mean() < 0.5 * start.mean()


def test_a_person_unseen_is_average(open_body):
    estimator = ShapeEstimator(open_body, attach_body(open_body), None)
    (world,) = views(open_body, np.full(10, 1.0), 1, np.random.default_rng(1))
    assert not estimator.update(world, np.zeros(33), STEP_S).any()


def test_the_shape_comes_to_rest(open_body):
    estimator = ShapeEstimator(open_body, attach_body(open_body), None)
    worlds = list(views(open_body, np.full(10, 0.7), 20, np.random.default_rng(2), noise_m=0.03))
    betas = [
        estimator.update(worlds[index % 20], EVERYTHING, 0.05) for index in range(SAMPLES + 200)
    ]
    assert betas[-1] is betas[-50]  # the same array: nothing to do any more
    jumps = np.abs(np.diff(betas, axis=0)).max(axis=1)
    assert jumps.max() < 0.15
    assert jumps[SAMPLES + 100 :].max() == 0


def test_legs_that_come_late_are_measured_too(open_body):
    truth = np.pad([0.0, 2.0, -1.0], (0, 7))
    rng = np.random.default_rng(3)
    attachments = attach_body(open_body)
    estimator = ShapeEstimator(open_body, attachments, None)
    waist_up = EVERYTHING.copy()
    waist_up[LEGS] = 0
    worlds = list(views(open_body, truth, 20, rng))
    for index in range(SAMPLES + 10):
        before = estimator.update(worlds[index % 20], waist_up, STEP_S)
    for index in range(100):
        after = estimator.update(worlds[index % 20], EVERYTHING, STEP_S)
    errors = [
        np.abs(lengths(attachments, betas) - lengths(attachments, truth))[2:4].mean()
        for betas in (before, after)
    ]
    assert errors[1] < 0.95 * errors[0]


@pytest.mark.parametrize("stature", [1.45, 1.6, 1.9, 2.05])
def test_a_given_stature_is_kept(open_body, stature):
    estimator = ShapeEstimator(open_body, attach_body(open_body), stature)
    for world in views(open_body, np.zeros(10), 30, np.random.default_rng(4), noise_m=0.01):
        betas = estimator.update(world, EVERYTHING, STEP_S)
    assert stature_m(open_body, betas) == pytest.approx(stature, abs=0.01)


@pytest.mark.parametrize(
    ("field", "value"), [("stature_m", 17.5), ("stature_m", 0.0), ("forget_after_s", 0.0)]
)
def test_unusable_options_are_named(field, value):
    with pytest.raises(ConfigError, match=f"{field}.*{value}"):
        LandmarkOptions(**{field: value})
