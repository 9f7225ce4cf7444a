"""What happens to a part that nobody sees: it holds, then eases to rest; and when it is seen again, it flows back."""

from typing import NamedTuple

import numba
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
        shares = Shares(np.zeros(len(seen)), np.zeros(len(seen)))
        _step(
            seen, dt_s, self._hold_s, self._ease_s, self._return_s,
            self._unseen_s, self._way_back_s, self._back_s, shares.rest, shares.arrival,
        )  # fmt: skip
        return shares


@numba.njit(cache=True)
def _step(
    seen: NDArray[np.bool_],
    dt_s: float,
    hold_s: float,
    ease_s: float,
    return_s: float,
    unseen_s: NDArray[np.float64],
    way_back_s: NDArray[np.float64],
    back_s: NDArray[np.float64],
    rest: NDArray[np.float64],
    arrival: NDArray[np.float64],
) -> None:
    """Write the shares, which are zero, and move the times (channels,) on."""
    for i in range(len(seen)):
        if not seen[i]:
            before = _smooth_step((unseen_s[i] - hold_s) / ease_s)
            unseen_s[i] += dt_s
            rest[i] = _share(before, _smooth_step((unseen_s[i] - hold_s) / ease_s))
            back_s[i] = way_back_s[i]
            continue
        if unseen_s[i] > 0:
            way_back_s[i] = min(unseen_s[i], return_s)
            back_s[i] = unseen_s[i] = 0.0
        if back_s[i] < way_back_s[i]:
            before = _smooth_step(back_s[i] / way_back_s[i])
            back_s[i] += dt_s
            arrival[i] = _share(before, _smooth_step(back_s[i] / way_back_s[i]))


@numba.njit(cache=True)
def _smooth_step(progress: float) -> float:
    t = min(max(progress, 0.0), 1.0)
    return t * t * (3 - 2 * t)


@numba.njit(cache=True)
def _share(before: float, after: float) -> float:
    """Return the share of the way from `before` to 1 that leads to `after`; all of it where none is left."""
    left = 1 - before
    return 1.0 if left < 1e-9 else (after - before) / left
