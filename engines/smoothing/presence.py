"""What happens to a part that nobody sees: it holds, then eases to rest."""

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray


class Presence:
    """How long each channel has not been seen, and how far it must ease in this step.

    The way to rest follows a smooth step: no jump in speed at either end, and the same course at any frame rate.
    """

    def __init__(self, channels: int, *, hold_s: float, ease_s: float) -> None:
        """Begin with all channels just seen."""
        self._hold_s = hold_s
        self._ease_s = max(ease_s, 1e-6)
        self._unseen_s = np.zeros(channels)

    def step(
        self, seen: Bool[np.ndarray, "channels"], dt_s: float
    ) -> Float64[np.ndarray, "channels"]:
        """Return the share of the remaining way to rest that each channel goes now: 0 while seen or held."""
        before = self._progress()
        self._unseen_s = np.where(seen, 0.0, self._unseen_s + dt_s)
        after = self._progress()
        remaining = 1 - before
        arrived = remaining < 1e-9
        share = np.where(arrived, 1.0, (after - before) / np.where(arrived, 1.0, remaining))
        return np.where(seen, 0.0, share)

    def _progress(self) -> NDArray[np.float64]:
        """Return how far each channel is on its way from held (0) to rest (1)."""
        t = np.clip((self._unseen_s - self._hold_s) / self._ease_s, 0.0, 1.0)
        return t * t * (3 - 2 * t)
