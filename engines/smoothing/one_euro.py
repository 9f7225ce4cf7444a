"""The One-Euro filter on vectors: steady at rest, quick in motion (Casiez, Roussel and Vogel, CHI 2012)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.smoothing.options import OneEuroSettings


@dataclass(frozen=True, slots=True, eq=False)
class OneEuroBank:
    """The settings of many channels, as arrays."""

    min_cutoff_hz: Float64[np.ndarray, "channels"]
    """Cut-off at rest of each channel."""
    beta: Float64[np.ndarray, "channels"]
    """Growth of the cut-off of each channel."""
    derivative_cutoff_hz: Float64[np.ndarray, "channels"]
    """Cut-off of the speed of each channel."""

    @classmethod
    def of(cls, settings: Sequence[OneEuroSettings]) -> Self:
        """Return the bank of one settings record for each channel."""
        return cls(
            np.array([s.min_cutoff_hz for s in settings]),
            np.array([s.beta for s in settings]),
            np.array([s.derivative_cutoff_hz for s in settings]),
        )

    def derivative_factor(self, dt_s: float) -> Float64[np.ndarray, "channels"]:
        """Return the share of a new speed that enters the smoothed speed."""
        return smoothing_factor(self.derivative_cutoff_hz, dt_s, 1.0)

    def value_factor(
        self, speed: NDArray[np.float64], dt_s: float, strength: NDArray[np.float64] | float
    ) -> Float64[np.ndarray, "channels"]:
        """Return the share of a new value that enters the smoothed value, at a speed per second."""
        return smoothing_factor(self.min_cutoff_hz + self.beta * speed, dt_s, strength)


def smoothing_factor(
    cutoff_hz: NDArray[np.float64], dt_s: float, strength: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return the share of the new value, in (0, 1], of a first-order low-pass with cut-off `cutoff_hz / strength`.

    A strength of 0 gives 1: no smoothing. `dt_s` must be above 0.
    """
    ratio = 2 * math.pi * cutoff_hz * dt_s
    return ratio / (ratio + strength)


class OneEuroVector:
    """One-Euro filters on independent channels.

    The speed is that of the input, as in the authors' first code, and not that from the last output to the input, as
    in the paper: the latter grows with the frame rate, so one setting would mean different things at 30 and 60 fps.
    """

    def __init__(self, bank: OneEuroBank, start: NDArray[np.floating]) -> None:
        """Begin at rest at `start` (channels,)."""
        self._bank = bank
        self._velocity = np.zeros(len(start))
        self._target = np.array(start, dtype=np.float64)
        self.value: NDArray[np.float64] = self._target
        """The smoothed value (channels,); replaced, never changed in place."""

    def step(
        self,
        target: NDArray[np.floating],
        dt_s: float,
        *,
        strength: NDArray[np.float64] | float = 1.0,
        observed: Bool[np.ndarray, "channels"] | bool = True,
    ) -> None:
        """Move towards `target` (channels,), `dt_s` > 0 after the last step; channels not observed stay at rest."""
        bank = self._bank
        rate = (target - self._target) / dt_s
        velocity = self._velocity + bank.derivative_factor(dt_s) * (rate - self._velocity)
        self._velocity = np.where(observed, velocity, 0.0)
        share = bank.value_factor(np.abs(self._velocity), dt_s, strength)
        self.value = self.value + np.where(observed, share * (target - self.value), 0.0)
        self._target = np.where(observed, target, self.value)

    def ease(self, rest: NDArray[np.floating], fraction: NDArray[np.floating] | float) -> None:
        """Move `fraction` (channels,) of the way to `rest`, past the filter."""
        self.value = self.value + fraction * (rest - self.value)
        self._target = np.where(np.asarray(fraction) > 0, self.value, self._target)
