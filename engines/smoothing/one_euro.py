"""The One-Euro filter on vectors: steady at rest, quick in motion (Casiez, Roussel and Vogel, CHI 2012).

Three things are not as in the paper. The speed is that of the input, as in the authors' first code, and not that from
the last output to the input: the latter grows with the frame rate, so one setting would mean different things at 30 and
60 fps. A speed below `still_speed` counts as none: what trembles by less is noise of the detector, which would
otherwise hold the filter open, so that a person at rest is never quite still. And staying behind counts as speed:
somebody who drifts slower than that, or has just stopped, would else be followed as one at rest is, for seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numba
import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.smoothing.options import OneEuroSettings

CATCH_UP_S: Final = 0.06
"""Staying behind by as much as a speed goes in this time counts as that speed. White noise of the input trembles in the
low-passed speed and, over this time, in the low-passed way that the output stays behind by about the same."""


@dataclass(frozen=True, slots=True, eq=False)
class OneEuroBank:
    """The settings of many channels, as arrays."""

    min_cutoff_hz: Float64[np.ndarray, "channels"]
    """Cut-off at rest of each channel."""
    beta: Float64[np.ndarray, "channels"]
    """Growth of the cut-off of each channel."""
    still_speed: Float64[np.ndarray, "channels"]
    """Speed of each channel that counts as none."""
    derivative_cutoff_hz: Float64[np.ndarray, "channels"]
    """Cut-off of the speed of each channel."""

    @classmethod
    def of(cls, settings: Sequence[OneEuroSettings]) -> Self:
        """Return the bank of one settings record for each channel."""
        return cls(
            np.array([s.min_cutoff_hz for s in settings]),
            np.array([s.beta for s in settings]),
            np.array([s.still_speed for s in settings]),
            np.array([s.derivative_cutoff_hz for s in settings]),
        )

    def channels(
        self,
        strength: NDArray[np.float64] | float,
        arrival: NDArray[np.float64] | float,
        doubt: NDArray[np.float64] | float,
    ) -> Float64[np.ndarray, "channels 6"]:
        """Return all that the kernels need to know of the channels for one step, one row each."""
        rows = np.empty((len(self.beta), 6))
        rows[:, 0], rows[:, 1] = self.min_cutoff_hz, self.beta
        rows[:, 2], rows[:, 3] = self.still_speed * doubt, self.derivative_cutoff_hz
        rows[:, 4], rows[:, 5] = strength * doubt, arrival
        return rows


@numba.njit(cache=True, inline="always")
def smoothing_factor(cutoff_hz: float, dt_s: float, strength: float) -> float:
    """Return the share of the new value, in (0, 1], of a first-order low-pass with cut-off `cutoff_hz / strength`.

    A strength of 0 gives 1: no smoothing. `dt_s` must be above 0.
    """
    ratio = 2 * math.pi * cutoff_hz * dt_s
    return ratio / (ratio + strength)


@numba.njit(cache=True, inline="always")
def value_factor(speed: float, dt_s: float, channel: NDArray[np.float64]) -> float:
    """Return the share of a new value that enters the smoothed value of a channel at a speed per second."""
    if channel[5] > 0:
        return channel[5]
    cutoff_hz = channel[0] + channel[1] * max(speed - channel[2], 0.0)
    return smoothing_factor(cutoff_hz, dt_s, channel[4])


class OneEuroVector:
    """One-Euro filters on independent channels."""

    def __init__(self, bank: OneEuroBank, start: NDArray[np.floating]) -> None:
        """Begin at rest at `start` (channels,)."""
        self._bank = bank
        self._velocity = np.zeros(len(start))
        self._behind = np.zeros(len(start))
        self._target = np.array(start, dtype=np.float64)
        self.value: NDArray[np.float64] = self._target.copy()
        """The smoothed value (channels,); replaced, never changed in place."""

    def step(
        self,
        target: NDArray[np.floating],
        dt_s: float,
        *,
        strength: NDArray[np.float64] | float = 1.0,
        observed: Bool[np.ndarray, "channels"] | bool = True,
        arrival: NDArray[np.float64] | float = 0.0,
        doubt: NDArray[np.float64] | float = 1.0,
    ) -> None:
        """Move towards a target.

        Args:
            target: Where to (channels,).
            dt_s: Time since the last step, above 0.
            strength: Scale of the smoothing, of each channel or all; 0 for none.
            observed: Channels that are not observed stay, and are at rest.
            arrival: Where above 0, the share of the way to go, in place of the filter's: for channels that come back.
            doubt: How many times noisier than usual the target is: scales `strength` and the speed that counts as none.
        """
        self.value = self.value.copy()
        _step(
            np.asarray(target, np.float64),
            dt_s,
            observed if isinstance(observed, np.ndarray) else np.full(len(self.value), observed),
            self._bank.channels(strength, arrival, doubt),
            self._target,
            self._velocity,
            self._behind,
            self.value,
        )

    def ease(self, rest: NDArray[np.floating], fraction: NDArray[np.floating] | float) -> None:
        """Move `fraction` (channels,) of the way to `rest`, past the filter."""
        self.value = self.value + fraction * (rest - self.value)

    def shift(self, by: NDArray[np.float64]) -> None:
        """Count all values from a new origin: `by` (channels,) is added to where the filters are and came from."""
        self.value = self.value + by
        self._target = self._target + by

    def ahead(self, horizon_s: float) -> Float64[np.ndarray, "channels"]:
        """Return the value as it will be if the motion goes on for `horizon_s`; what stands still stays."""
        still = self._bank.still_speed
        moving = np.sign(self._velocity) * np.maximum(np.abs(self._velocity) - still, 0)
        return self.value + horizon_s * moving


@numba.njit(cache=True)
def _step(
    target: NDArray[np.float64],
    dt_s: float,
    observed: NDArray[np.bool_],
    channels: NDArray[np.float64],
    previous: NDArray[np.float64],
    velocity: NDArray[np.float64],
    behind: NDArray[np.float64],
    value: NDArray[np.float64],
) -> None:
    """Move `previous` targets, `velocity`, how far the value is `behind`, and `value` (channels,) on by one step."""
    for i in range(len(target)):
        if observed[i]:
            rate = (target[i] - previous[i]) / dt_s
            if math.isnan(rate):  # seen for the first time since it was lost
                rate = 0.0
            way = target[i] - value[i]
            share = smoothing_factor(channels[i, 3], dt_s, 1.0)
            velocity[i] += share * (rate - velocity[i])
            behind[i] += share * (way - behind[i])
            speed = max(abs(velocity[i]), abs(behind[i]) / CATCH_UP_S)
            value[i] += value_factor(speed, dt_s, channels[i]) * way
            previous[i] = target[i]
        else:
            velocity[i] = 0.0
            behind[i] = 0.0
            previous[i] = math.nan
