"""What is in view, steadily: parts that come and go are faded, not switched."""

from typing import Final

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

_LEVELS: Final = ((23, 24), (25, 26), (27, 28), (29, 30, 31, 32))  # hips, knees, ankles, feet


class LegGate:
    """Trust in hips, knees, ankles and feet, from 0 to 1: MediaPipe invents legs that are out of view.

    The two sides count as one: a leg hidden behind the other is still told well by what is seen of the body.
    """

    def __init__(self) -> None:
        self._seen: NDArray[np.bool_] | None = None
        self._trust = np.zeros(len(_LEVELS))

    def update(self, view: PersonView, step_s: float) -> Float64[np.ndarray, "33"]:
        """Return the trust in each of the 33 landmarks; always 1 above the hips."""
        evidence = np.array([view.seen[list(level)].max() for level in _LEVELS])
        evidence = np.minimum.accumulate(evidence)  # no foot without its knee
        if self._seen is None:
            self._seen = evidence > APPEAR_ABOVE
            self._trust = self._seen.astype(np.float64)
        else:
            self._seen = np.where(self._seen, evidence >= VANISH_BELOW, evidence > APPEAR_ABOVE)
            fade = step_s / FADE_S
            self._trust += np.clip(self._seen - self._trust, -fade, fade)
        trust = np.ones(33)
        for level, value in zip(_LEVELS, self._trust, strict=True):
            trust[list(level)] = value
        return trust
