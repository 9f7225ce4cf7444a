import numpy as np
import pytest

from app.sinks.rate import RateCap


def sent(rate, times_s):
    cap = RateCap(rate)
    return [t for t in times_s if cap.is_due(round(t * 1e9))]


def test_without_a_rate_everything_is_sent():
    times = np.arange(100) / 240
    assert len(sent(None, times)) == 100


@pytest.mark.parametrize(("source", "rate"), [(60, 30), (50, 30), (120, 60), (45, 30), (30, 10)])
def test_the_mean_rate_is_the_cap(source, rate):
    times = np.arange(source * 20) / source
    assert len(sent(rate, times)) == pytest.approx(rate * 20, abs=2)


@pytest.mark.parametrize("rate", [30, 60])
def test_a_camera_at_the_rate_with_uneven_time_stamps_loses_nothing(rate):
    jitter = np.random.default_rng(0).uniform(-0.1, 0.1, 300)
    times = (np.arange(300) + jitter) / 30
    assert len(sent(rate, times)) == 300


def test_after_a_pause_at_most_one_frame_is_made_up_for():
    times = np.r_[0.0, 10 + np.arange(240) / 240]
    after_pause = len(sent(30, times)) - 1
    assert 30 <= after_pause <= 30 + 2


def test_time_set_back_does_not_stop_it():
    times = [*(np.arange(30) / 30), *(np.arange(30) / 30)]
    assert len(sent(30, times)) == 60
