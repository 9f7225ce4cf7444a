import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.errors import ConfigError
from engines.smoothing.one_euro import OneEuroBank, OneEuroVector, smoothing_factor
from engines.smoothing.options import OneEuroSettings

values = arrays(np.float64, 3, elements=st.floats(-10, 10))
intervals = st.floats(0.004, 0.2)
strengths = st.floats(0, 4)
BANK = OneEuroBank.of([OneEuroSettings(1.5, 4.0)] * 3)


@given(values, st.lists(intervals, min_size=1, max_size=10), strengths)
def test_at_rest_stays_at_rest(start, steps, strength):
    vector = OneEuroVector(BANK, start)
    for dt_s in steps:
        vector.step(start, dt_s, strength=strength)
    np.testing.assert_array_equal(vector.value, start)


@given(values, values, intervals, strengths)
def test_result_lies_between_old_and_new(start, target, dt_s, strength):
    vector = OneEuroVector(BANK, start)
    vector.step(target, dt_s, strength=strength)
    low, high = np.minimum(start, target), np.maximum(start, target)
    assert (vector.value >= low - 1e-12).all()
    assert (vector.value <= high + 1e-12).all()


@given(values, values, intervals)
def test_no_strength_is_no_smoothing(start, target, dt_s):
    vector = OneEuroVector(BANK, start)
    vector.step(target, dt_s, strength=0.0)
    np.testing.assert_allclose(vector.value, target, atol=1e-12)


@given(st.floats(0.05, 50), intervals, strengths, st.floats(1.01, 4))
def test_factor_grows_with_cutoff_and_falls_with_strength(cutoff_hz, dt_s, strength, more):
    cutoff = np.array([cutoff_hz])
    factor = smoothing_factor(cutoff, dt_s, strength + 0.1)
    assert 0 < factor < 1
    assert smoothing_factor(cutoff * more, dt_s, strength + 0.1) > factor
    assert smoothing_factor(cutoff, dt_s, (strength + 0.1) * more) < factor


def test_step_response_reaches_63_percent_after_the_stated_delay():
    settings = OneEuroSettings(2.0, 0.0)
    vector = OneEuroVector(OneEuroBank.of([settings]), np.zeros(1))
    dt_s = 1e-4
    for _ in range(round(settings.delay_ms(0) * 1e-3 / dt_s)):
        vector.step(np.ones(1), dt_s)
    assert vector.value[0] == pytest.approx(1 - np.exp(-1), abs=1e-3)


def test_lag_in_steady_motion_does_not_depend_on_the_frame_rate():
    lags = []
    for fps in (30, 120):
        vector = OneEuroVector(OneEuroBank.of([OneEuroSettings(1.0, 1.0)]), np.zeros(1))
        for k in range(1, 5 * fps + 1):
            vector.step(np.array([2.0 * k / fps]), 1 / fps)
        lags.append((2.0 * 5 - vector.value[0]) / 2.0 + 1 / (2 * fps))
    expected_s = 1 / (2 * np.pi * (1.0 + 1.0 * 2.0))
    np.testing.assert_allclose(lags, expected_s, rtol=0.4)
    assert lags[0] == pytest.approx(lags[1], rel=0.3)


def test_faster_motion_lags_less():
    def lag_s(beta):
        vector = OneEuroVector(OneEuroBank.of([OneEuroSettings(1.0, beta)]), np.zeros(1))
        for k in range(1, 121):
            vector.step(np.array([3.0 * k / 60]), 1 / 60)
        return (6.0 - vector.value[0]) / 3.0

    assert lag_s(5.0) < 0.2 * lag_s(0.0)


def test_noise_at_rest_is_reduced():
    rng = np.random.default_rng(0)
    vector = OneEuroVector(BANK, np.zeros(3))
    out = []
    for _ in range(600):
        vector.step(rng.normal(0, 0.02, 3), 1 / 60)
        out.append(vector.value)
    assert np.std(out[60:]) < 0.5 * 0.02


def test_channels_not_observed_stay_and_flow_back():
    vector = OneEuroVector(BANK, np.zeros(3))
    observed = np.array([True, False, True])
    vector.step(np.ones(3), 1 / 60, observed=observed)
    assert vector.value[1] == 0
    before = vector.value
    vector.step(np.ones(3), 1 / 60)
    assert (vector.value > before).all()
    assert vector.value[1] < 1


def test_ease_ends_at_rest():
    vector = OneEuroVector(BANK, np.ones(3))
    vector.ease(np.zeros(3), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(vector.value, [1.0, 0.5, 0.0])


@pytest.mark.parametrize(
    "numbers", [(0, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, 0), (float("nan"), 1, 1)]
)
def test_settings_without_a_meaning_are_refused(numbers):
    with pytest.raises(ConfigError, match="smoothing"):
        OneEuroSettings(*numbers)
