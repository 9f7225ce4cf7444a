"""What is in view, steadily: parts that come and go are faded, not switched."""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.view import PersonView

APPEAR_ABOVE: Final = 0.5
"""A hidden part counts as seen once its likelihood is above this."""
VANISH_BELOW: Final = 0.3
"""A seen part counts as hidden once its likelihood is below this."""
FADE_S: Final = 0.3
"""Time from hidden to fully trusted, and back."""

_LEVELS: Final = (
    (23, 24),
    (25, 26),
    (27, 28),
    (29, 32),
)  # first and last landmark of hips, knees, ankles, feet


class LegGate:
    """Trust in hips, knees, ankles and feet, from 0 to 1: MediaPipe invents legs that are out of view.

    The two sides count as one: a leg hidden behind the other is still told well by what is seen of the body.
    """

    def __init__(self) -> None:
        self._is_first = True
        self._seen = np.zeros(len(_LEVELS), np.bool_)
        self._trust = np.zeros(len(_LEVELS))

    def update(self, view: PersonView, step_s: float) -> Float64[np.ndarray, "33"]:
        """Return the trust in each of the 33 landmarks; always 1 above the hips."""
        trust = np.ones(33)
        _fade(view.seen, step_s / FADE_S, self._is_first, self._seen, self._trust, trust)
        self._is_first = False
        return trust


@numba.njit(cache=True)
def _fade(
    likely: NDArray[np.float64],
    longest: float,
    is_first: bool,
    seen: NDArray[np.bool_],
    level_trust: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> None:
    """Move what is seen, and the trust in each level, on by one step; write the trust in the landmarks."""
    evidence = 1.0
    for level, (first, last) in enumerate(_LEVELS):
        best = 0.0
        for landmark in range(first, last + 1):
            best = max(best, likely[landmark])
        evidence = min(evidence, best)  # no foot without its knee
        if is_first:
            seen[level] = evidence > APPEAR_ABOVE
        else:
            seen[level] = evidence >= VANISH_BELOW if seen[level] else evidence > APPEAR_ABOVE
        way = (1.0 if seen[level] else 0.0) - level_trust[level]
        level_trust[level] += way if is_first else min(max(way, -longest), longest)
        trust[first : last + 1] = level_trust[level]
