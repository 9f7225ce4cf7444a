"""What happens to a part that nobody sees: it holds, then eases to rest; and when it is seen again, it flows back."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray


class Shares(NamedTuple):
    """Shares of their remaining way that channels go in one step."""

    rest: Float64[np.ndarray, "channels"]
    """To rest: 0 while seen or held."""
    arrival: Float64[np.ndarray, "channels"]
    """To where they are seen: above 0 only for those that were not seen until lately."""


class Presence:
    """How long each channel has not been seen, how far it eases to rest in this step, and how far back.

    Both ways follow a smooth step: no jump in speed at either end, and the same course at any frame rate. The way back
    takes as long as the channel was out of sight, but at most `return_s`.
    """

    def __init__(self, channels: int, *, hold_s: float, ease_s: float, return_s: float) -> None:
        """Begin with all channels just seen."""
        self._hold_s = hold_s
        self._ease_s = max(ease_s, 1e-6)
        self._return_s = return_s
        self._unseen_s = np.zeros(channels)
        self._way_back_s = np.zeros(channels)
        self._back_s = np.zeros(channels)

    def step(self, seen: Bool[np.ndarray, "channels"], dt_s: float) -> Shares:
        """Return how far each channel goes now."""
        begins = seen & (self._unseen_s > 0)
        if not begins.any() and seen.all() and (self._back_s >= self._way_back_s).all():
            return Shares(np.zeros(len(seen)), np.zeros(len(seen)))
        self._way_back_s[begins] = np.minimum(self._unseen_s[begins], self._return_s)
        self._back_s[begins] = 0.0
        before = _smooth_step((self._unseen_s - self._hold_s) / self._ease_s)
        self._unseen_s = np.where(seen, 0.0, self._unseen_s + dt_s)
        after = _smooth_step((self._unseen_s - self._hold_s) / self._ease_s)
        rest = np.where(seen, 0.0, _share(before, after))
        way = np.maximum(self._way_back_s, 1e-9)
        returning = seen & (self._back_s < self._way_back_s)
        before = _smooth_step(self._back_s / way)
        self._back_s = np.where(seen, self._back_s + dt_s, self._way_back_s)
        arrival = np.where(returning, _share(before, _smooth_step(self._back_s / way)), 0.0)
        return Shares(rest, arrival)


def _smooth_step(progress: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip(progress, 0.0, 1.0)
    return t * t * (3 - 2 * t)


def _share(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the way from `before` to 1 that leads to `after`; all of it where none is left."""
    left = 1 - before
    arrived = left < 1e-9
    return np.where(arrived, 1.0, (after - before) / np.where(arrived, 1.0, left))
