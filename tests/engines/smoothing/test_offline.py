import numpy as np
import pytest

from engines.body.rotations import (
    axis_angle_from_quaternion,
    multiply_quaternions,
    quaternion_from_axis_angle,
    relative_angle,
)
from engines.smoothing.offline import (
    fill_rotations,
    fill_values,
    smooth_rotations,
    smooth_values,
)

RNG = np.random.default_rng(5)
TIMES = np.cumsum(RNG.uniform(0.025, 0.042, 400))
SURE = np.ones(len(TIMES))


def swing(times, hz=1.0, size=1.0):
    vectors = np.zeros((len(times), 2, 3))
    vectors[:, 0, 2] = size * np.sin(2 * np.pi * hz * times)
    vectors[:, 1] = size * np.cos(2 * np.pi * hz * times)[:, None] * (0.6, 0.0, 0.8)
    return quaternion_from_axis_angle(vectors)


def test_noise_is_halved_and_nothing_comes_late():
    truth = swing(TIMES)
    noise = quaternion_from_axis_angle(RNG.normal(scale=0.05, size=(len(TIMES), 2, 3)))
    noisy = multiply_quaternions(truth, noise)
    smoothed = smooth_rotations(TIMES, noisy, np.ones((len(TIMES), 2)), 0.1)
    inner = slice(10, -10)
    before = relative_angle(noisy, truth)[inner].mean()
    assert relative_angle(smoothed, truth)[inner].mean() < before / 2
    z = axis_angle_from_quaternion(smoothed[:, 0])[:, 2]
    lags = np.linspace(-0.05, 0.05, 41)
    errors = [np.abs(z - np.sin(2 * np.pi * (TIMES - lag)))[inner].mean() for lag in lags]
    assert abs(lags[np.argmin(errors)]) <= 0.005


def test_a_quick_movement_keeps_its_peak():
    sine = np.sin(2 * np.pi * 2.5 * TIMES)[:, None]
    smoothed = smooth_values(TIMES, sine, SURE, 0.06)
    assert np.abs(smoothed - sine)[10:-10].max() < 0.1


def test_what_moves_evenly_is_not_changed_at_all():
    line = 3.0 + 2.0 * TIMES[:, None] * (1.0, -2.0)
    np.testing.assert_allclose(smooth_values(TIMES, line, SURE, 0.1), line, atol=1e-4)
    vectors = TIMES[:, None, None] * np.array([0.3, 0.2, 0.1])
    turning = quaternion_from_axis_angle(vectors)
    smoothed = smooth_rotations(TIMES, turning, np.ones((len(TIMES), 1)), 0.1)
    assert relative_angle(smoothed, turning).max() < 1e-5


def test_the_sign_of_a_quaternion_does_not_matter():
    truth = swing(TIMES)
    flipped = truth * RNG.choice([-1, 1], size=(len(TIMES), 2, 1))
    trust = np.ones((len(TIMES), 2))
    a, b = (smooth_rotations(TIMES, q, trust, 0.1) for q in (truth, flipped))
    np.testing.assert_allclose(relative_angle(a, b), 0, atol=1e-6)


def test_a_wild_guess_yields_to_its_neighbours():
    values = np.zeros((len(TIMES), 1))
    values[200] = 10
    trust = SURE.copy()
    trust[200] = 0.01
    assert np.abs(smooth_values(TIMES, values, trust, 0.1)).max() < 0.1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_frames_are_no_trouble(count):
    turns = swing(TIMES[:count])
    smoothed = smooth_rotations(TIMES[:count], turns, np.ones((count, 2)), 0.1)
    assert np.isfinite(smoothed).all()
    assert relative_angle(smoothed, turns).max() < 0.2


def test_no_width_is_no_change():
    turns = swing(TIMES)
    assert smooth_rotations(TIMES, turns, np.ones((len(TIMES), 2)), 0.0) is turns


def test_a_gap_is_bridged_and_a_long_one_is_not():
    truth = swing(TIMES, hz=0.2)
    valid = np.ones((len(TIMES), 2), bool)
    valid[50:56, 0] = False
    valid[100:200, 0] = False
    valid[:3, 1] = False
    broken = np.where(valid[..., None], truth, [0, 0, 0, 1.0])
    filled, known = fill_rotations(TIMES, broken, valid, 1.0)
    assert relative_angle(filled[50:56], truth[50:56]).max() < 0.02
    assert known[50:56].all()
    np.testing.assert_array_equal(filled[100:200, 0], broken[100:200, 0])
    assert not known[100:200, 0].any()
    assert not known[:3, 1].any()
    values, known = fill_values(TIMES, TIMES[:, None] * valid[:, :1], valid[:, 0], 1.0)
    np.testing.assert_allclose(values[50:56, 0], TIMES[50:56])
    assert not known[150]
