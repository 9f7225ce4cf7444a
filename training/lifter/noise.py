"""What a detector makes of true landmarks: a model fitted to real detections, and its random draws.

Landmarks are those of `training.lifter.body.LANDMARKS`, in the sight frame (z runs from the camera through the middle
of the hips) about that middle, scaled so that the person is of mean stature. The errors e of a frame are 75 of the
metric landmarks (metres), 50 of the rays (metres at the hips' depth) and 25 visibilities (logits). They are modelled as

    e = [1, x] slopes + level * factor n,   n ~ N(0, 1),   log level ~ N(log_level, log_level_spread)

with x the 75 true coordinates: the linear part is what a detector gets wrong in the same way each time (MediaPipe
stands people upright, for one), the second what it gets wrong together. From frame to frame a share of each error's
variance stays (`slow_shares`, with the time constant `slow_s`) and the rest is drawn anew.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor

from engines.errors import ModelError
from training.lifter.body import LANDMARKS

COUNT: Final = len(LANDMARKS)
WORLD: Final = slice(0, 3 * COUNT)
RAYS: Final = slice(3 * COUNT, 5 * COUNT)
VISIBILITY: Final = slice(5 * COUNT, 6 * COUNT)
FITTED: Final = Path(__file__).with_name("noise.npz")
"""The fitted parameters; `python -m training.lifter.fit_noise` makes them."""
RENDERED: Final = FITTED.with_suffix(".csv")
"""Manifest of the files of the kit that were rendered for them."""


@dataclass(frozen=True, slots=True, eq=False)
class NoiseParameters:
    """The fitted numbers."""

    slopes: Float32[np.ndarray, "76 150"]
    """Mean errors of a body at the origin, then their change with each true coordinate."""
    factor: Float32[np.ndarray, "150 150"]
    """A square root of the covariance of what remains."""
    log_level: float
    """Mean of the logarithm of a frame's noise level..."""
    log_level_spread: float
    """...and its standard deviation."""
    slow_shares: Float32[np.ndarray, "150"]
    """Share of each error's variance that stays from frame to frame..."""
    slow_s: float
    """...for about this time, seconds."""
    pictures: int
    """Number of detections they were fitted to."""


class Detected(NamedTuple):
    """What the detector says."""

    world: Float[Tensor, "batch 25 3"]
    """Metres about the hips, the person of about mean stature."""
    ray_errors: Float[Tensor, "batch 25 2"]
    """Metres at the hips' depth, of a person of mean stature."""
    visibility: Float[Tensor, "batch 25"]
    """In [0, 1]."""


def load_noise(path: Path = FITTED) -> NoiseParameters:
    """Return stored parameters.

    Raises:
        ModelError: no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {field.name: archive[field.name] for field in fields(NoiseParameters)}
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: not a landmark noise model ({error}); fit it again") from error
    if arrays["slopes"].shape != (3 * COUNT + 1, 6 * COUNT):
        raise ModelError(f"{path}: 'slopes' is {arrays['slopes'].shape}; fit it again")
    return NoiseParameters(
        slopes=arrays["slopes"].astype(np.float32),
        factor=arrays["factor"].astype(np.float32),
        log_level=float(arrays["log_level"]),
        log_level_spread=float(arrays["log_level_spread"]),
        slow_shares=arrays["slow_shares"].astype(np.float32),
        slow_s=float(arrays["slow_s"]),
        pictures=int(arrays["pictures"]),
    )


class LandmarkNoise:
    """Draws detections of known bodies."""

    def __init__(self, parameters: NoiseParameters) -> None:
        self._slopes = torch.from_numpy(parameters.slopes)
        self._factor = torch.from_numpy(parameters.factor)
        self._parameters = parameters

    def draw(
        self,
        landmarks: Float[Tensor, "batch 25 3"],
        generator: torch.Generator,
        *,
        level_spread: float = 0.0,
        noise: Float[Tensor, "batch 150"] | None = None,
    ) -> Detected:
        """Return a detection of each body.

        Args:
            landmarks: True places about the hips, sight frame, scaled to mean stature, metres.
            generator: Source of all randomness.
            level_spread: Standard deviation of a further factor on each level, as a logarithm: clips differ.
            noise: Standard normal draws to use, from `correlated` say; unset: drawn here.
        """
        count = len(landmarks)
        if noise is None:
            noise = torch.randn(count, 6 * COUNT, generator=generator)
        spread = (self._parameters.log_level_spread**2 + level_spread**2) ** 0.5
        level = torch.exp(
            self._parameters.log_level + spread * torch.randn(count, 1, generator=generator)
        )
        true = torch.cat([torch.ones(count, 1), landmarks.flatten(1)], dim=1)
        errors = true @ self._slopes + level * (noise @ self._factor.T)
        return Detected(
            landmarks + errors[:, WORLD].reshape(count, COUNT, 3),
            errors[:, RAYS].reshape(count, COUNT, 2),
            torch.sigmoid(errors[:, VISIBILITY]),
        )

    def correlated(
        self, frames: int, step_s: float, generator: torch.Generator
    ) -> Float[Tensor, "frames 150"]:
        """Return standard normal draws for the frames of one clip, part of each staying from frame to frame.

        Shares are of the errors, draws of their uncorrelated causes; the causes get the mean share.
        """
        share = float(self._parameters.slow_shares.mean())
        keep = float(np.exp(-step_s / self._parameters.slow_s))
        slow = torch.randn(6 * COUNT, generator=generator)
        rows = []
        for _ in range(frames):
            fresh = torch.randn(6 * COUNT, generator=generator)
            slow = keep * slow + (1 - keep**2) ** 0.5 * fresh
            white = torch.randn(6 * COUNT, generator=generator)
            rows.append(share**0.5 * slow + (1 - share) ** 0.5 * white)
        return torch.stack(rows)
