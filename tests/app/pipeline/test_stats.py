import pytest

from app.pipeline.stats import Meter


def test_nothing_measured_is_zero():
    stats = Meter().stats("stage", dropped=0)
    assert (stats.frames, stats.median_ms, stats.p95_ms, stats.cpu_ms) == (0, 0.0, 0.0, 0.0)
    assert Meter().rate_hz() == 0


def test_percentiles_mean_and_rate():
    meter = Meter()
    for k in range(101):
        meter.add(k * 1_000_000, ended_ns=k * 20_000_000, cpu_ns=2_000_000)
    meter.skip()
    stats = meter.stats("stage", dropped=3)
    assert stats.median_ms == pytest.approx(50)
    assert stats.p95_ms == pytest.approx(95)
    assert stats.cpu_ms == pytest.approx(2)
    assert meter.rate_hz() == pytest.approx(50)
    assert (stats.name, stats.frames, stats.skipped, stats.dropped) == ("stage", 101, 1, 3)


def test_old_times_are_forgotten_but_counted():
    meter = Meter()
    for _ in range(500):
        meter.add(1_000_000_000, ended_ns=0)
    for k in range(2000):
        meter.add(1_000_000, ended_ns=k * 1_000_000)
    stats = meter.stats("stage", dropped=0)
    assert stats.frames == 2500
    assert stats.p95_ms == pytest.approx(1)
    assert meter.rate_hz() == pytest.approx(1000)
