"""What MediaPipe makes of true hands: a linear model fitted to pairs, and its random draws.

Hands are left ones, as a camera that looks straight at them sees them, about the wrist, in units of `scale` (the true
distance to the middle knuckle), upright. The errors e of a picture are 63 of the landmarks and 63 of the metric ones;

    e = [1, x] slopes + level(size) * factor n,   n ~ N(0, 1)

with x the 63 true metric coordinates. Small hands are read worse: the level is a power of the size in pixels.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

_RIDGE: Final = 3.0
_USUAL_PX: Final = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class HandNoise:
    """The fitted numbers."""

    slopes: Float64[np.ndarray, "64 126"]
    """Mean errors, then their change with each true coordinate."""
    factor: Float64[np.ndarray, "126 126"]
    """A square root of the covariance of what remains, of a hand of 60 px."""
    power: float
    """The level goes with the size in pixels to this."""
    level_spread: float
    """Standard deviation of the logarithm of a picture's level."""

    def draw(
        self, true: "TrueHands", size_px: NDArray[np.floating], rng: np.random.Generator
    ) -> Float64[np.ndarray, "n 126"]:
        """Return detections of hands: landmarks as seen, then metric ones."""
        level = (size_px / _USUAL_PX) ** self.power
        level = level * np.exp(rng.normal(0, self.level_spread, len(size_px)))
        noise = rng.normal(size=(len(size_px), 126)) @ self.factor.T
        errors = _with_one(true.metric) @ self.slopes + level[:, None] * noise
        return true.both() + errors


class TrueHands(NamedTuple):
    """True landmarks about the wrist."""

    seen: Float64[np.ndarray, "n 63"]
    """In perspective, as a detector sees them."""
    metric: Float64[np.ndarray, "n 63"]
    """In space."""

    def both(self) -> Float64[np.ndarray, "n 126"]:
        """Return both side by side: what a perfect detector would say."""
        return np.concatenate(self, axis=1)


def fit_hand_noise(
    true: TrueHands, detected: Float64[np.ndarray, "n 126"], size_px: NDArray[np.floating]
) -> HandNoise:
    """Return the model of what a detector made of hands."""
    errors = detected - true.both()
    features = _with_one(true.metric)
    penalty = _RIDGE * np.eye(features.shape[1])
    penalty[0, 0] = 0
    slopes = np.linalg.solve(features.T @ features + penalty, features.T @ errors)
    rest = errors - features @ slopes
    size = np.log(np.sqrt((rest**2).mean(axis=1)))
    relative = np.log(size_px / _USUAL_PX)
    power, usual = np.polyfit(relative, size, 1)
    spread = float(np.std(size - usual - power * relative))
    evened = rest / np.exp(size)[:, None] * np.exp(usual)  # all as a usual hand of 60 px
    values, vectors = np.linalg.eigh(evened.T @ evened / len(evened))
    return HandNoise(slopes, vectors * np.sqrt(np.maximum(values, 0)), float(power), spread)


def _with_one(true: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.ones((len(true), 1)), true], axis=1)
