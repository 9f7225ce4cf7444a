"""What a user can set about the landmark engine."""

from dataclasses import dataclass
from typing import Literal

from engines.errors import ConfigError
from engines.types import BETA_COUNT

_STATURE_RANGE_M = (0.8, 2.5)


@dataclass(frozen=True, slots=True)
class LandmarkOptions:
    """Settings of the landmark engine."""

    solver: Literal["least_squares", "lifter", "analytic"] = "least_squares"
    """How the body is solved: by least squares over the landmarks, by the same about the pose that a learned lifter
    expects, or from the directions of the bones alone, for comparison (docs/benchmarks.md has all three)."""
    hands: Literal["lifter", "least_squares"] = "lifter"
    """How wrists and fingers are solved: by least squares over the landmarks about the hand that a learned lifter
    expects, or about a relaxed one, whose fists stay half open (docs/training.md compares the two)."""
    stature_m: float | None = None
    """Body height of the performer in metres, which one picture cannot tell; unset: estimated."""
    betas: tuple[float, ...] = ()
    """Body shape of the performer, ten coefficients, as a calibration measures them; empty: estimated."""
    forget_after_s: float = 2.0
    """A person out of sight for this many seconds is solved afresh on return."""

    def __post_init__(self) -> None:
        low, high = _STATURE_RANGE_M
        if self.stature_m is not None and not low <= self.stature_m <= high:
            raise ConfigError(f"stature_m: {self.stature_m} is not between {low} and {high} metres")
        if len(self.betas) not in (0, BETA_COUNT):
            raise ConfigError(f"betas: {len(self.betas)} numbers given; use {BETA_COUNT}, or none")
        if not self.forget_after_s > 0:
            raise ConfigError(f"forget_after_s: {self.forget_after_s} is not above 0 seconds")
