from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import ModelError
from training.lifter.fit_noise import Samples, fit, save
from training.lifter.noise import COUNT, LandmarkNoise, NoiseParameters, load_noise


def _bodies(count: int) -> torch.Tensor:
    return 0.3 * torch.randn(count, COUNT, 3, generator=torch.Generator().manual_seed(0))


def test_same_seed_same_detection() -> None:
    noise = LandmarkNoise(load_noise())
    draws = [noise.draw(_bodies(5), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert all(torch.equal(a, b) for a, b in zip(draws[0], draws[1], strict=True))
    assert not torch.equal(draws[0].world, draws[2].world)


def test_depth_is_the_worst_of_the_shipped_model() -> None:
    errors = LandmarkNoise(load_noise()).draw(_bodies(2000), torch.Generator().manual_seed(1))
    spread = (errors.world - _bodies(2000)).std(dim=(0, 1))
    assert spread[2] > 1.3 * spread[:2].max()
    assert ((errors.visibility > 0) & (errors.visibility < 1)).all()


def test_fit_finds_the_slopes_and_spreads_that_made_the_samples() -> None:
    rng = np.random.default_rng(3)
    true = 0.3 * rng.normal(size=(3000, 3 * COUNT))
    depth = np.arange(2, 3 * COUNT, 3)
    errors = 0.01 * rng.normal(size=(3000, 6 * COUNT))
    errors[:, depth] -= 0.5 * true[:, depth]  # everything looks half as deep as it is
    found = fit(Samples(true, errors, np.zeros(3000, np.int64), np.arange(3000) / 30))
    assert np.allclose(found.slopes[1 + depth, depth], -0.5, atol=0.02)
    level = np.exp(found.log_level)
    assert np.allclose(level * np.sqrt((found.factor**2).sum(axis=1)), 0.01, rtol=0.15)
    assert found.log_level_spread < 0.1
    assert found.slow_shares.mean() < 0.1


def test_fit_sees_what_stays_from_picture_to_picture() -> None:
    rng = np.random.default_rng(4)
    slow = np.zeros((4000, 6 * COUNT))
    for n in range(1, len(slow)):
        slow[n] = np.exp(-1 / 6) * slow[n - 1] + np.sqrt(1 - np.exp(-2 / 6)) * rng.normal(
            size=6 * COUNT
        )
    errors = np.sqrt(0.8) * slow + np.sqrt(0.2) * rng.normal(size=slow.shape)
    true = 0.3 * rng.normal(size=(len(slow), 3 * COUNT))
    found = fit(Samples(true, errors, np.zeros(len(slow), np.int64), np.arange(len(slow)) / 30))
    assert found.slow_shares.mean() == pytest.approx(0.8, abs=0.1)
    assert found.slow_s == pytest.approx(6 / 30, rel=0.3)


def test_parameters_survive_saving(tmp_path: Path) -> None:
    shipped = load_noise()
    save(shipped, tmp_path / "noise.npz")
    again = load_noise(tmp_path / "noise.npz")
    assert np.array_equal(again.slopes, shipped.slopes)  # they were half-precision numbers before
    assert again.slow_s == shipped.slow_s


def test_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "noise.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match="not a landmark noise model"):
        load_noise(path)


def test_correlated_draws_are_normal_and_alike_from_frame_to_frame() -> None:
    parameters = load_noise()
    steady = NoiseParameters(
        parameters.slopes, parameters.factor, 0.0, 0.0, np.full(6 * COUNT, 0.9, np.float32), 0.5, 1
    )
    rows = LandmarkNoise(steady).correlated(400, 1 / 30, torch.Generator().manual_seed(5))
    assert rows.std() == pytest.approx(1, abs=0.15)
    alike = (rows[1:] * rows[:-1]).mean() / (rows**2).mean()
    assert 0.75 < alike < 0.95
