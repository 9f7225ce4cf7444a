"""Blinks, squints and wide eyes, measured at the eyelids."""

import math
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray

_CORNERS: Final = {"Left": (263, 362), "Right": (33, 133)}
_UPPER: Final = {"Left": (385, 386, 387), "Right": (158, 159, 160)}
_LOWER: Final = {"Left": (380, 374, 373), "Right": (153, 145, 144)}

_OPEN: Final = 0.30
"""Usual opening of an open eye, in widths of the eye."""
_NARROWEST: Final = 0.22
"""No open eye is narrower, in widths of the eye: who comes with closed eyes is not taken to have narrow ones."""
_LOWER_LID: Final = -0.11
"""Usual height of the lower lid above the line of the corners, in widths of the eye."""
_BLINK_BEGINS: Final = 0.8
"""Opening, as a part of the person's own, from which a blink counts: a smile narrows the eyes to this."""
_CLOSED: Final = 0.5
"""Usual opening of closed eyes, as a part of the person's own: the face mesh never closes them quite."""
_MOST_CLOSED, _LEAST_CLOSED = 0.35, 0.62
"""Bounds of the same for a person: half-shut eyes are not a blink."""
_LEARN_BLINK: Final = 0.25
"""Weight of the newest blink in what a person's closed eyes are like."""
_WIDE_BEGINS, _WIDE_ENDS = 1.08, 1.4
_SQUINT_BEGINS, _SQUINT_ENDS = 0.02, 0.07
"""Rise of the lower lid in a squint, in widths of the eye; below the first it is noise."""
_LID_RISE_OF_BLINK: Final = 0.05
"""Rise of the lower lid in a full blink, in widths of the eye."""
_LEARN_UP_FRAMES: Final = 45
_LEARN_DOWN_FRAMES: Final = 600
_TRUST_IN_USUAL_FRAMES: Final = 6
_TINY: Final = 1e-9


@dataclass(slots=True)
class _Eye:
    """What one eye is like when it is open and at ease."""

    opening: float = _OPEN
    lower_lid: float = _LOWER_LID
    closed: float = _CLOSED
    """Part of the opening that is left in a blink."""
    lowest: float = 1.0
    """Smallest part of the opening since the eye was open last."""


class EyelidReader:
    """Reads the eyelids of one person; learns how far this person's eyes are open.

    The open eye's reference follows larger openings within a second or two, and smaller ones within half a minute, so
    that blinks and laughter do not move it; the closed eye's follows the blinks.
    """

    def __init__(self) -> None:
        self._eyes = {"Left": _Eye(), "Right": _Eye()}
        self._frames = 0

    def read(self, points: NDArray[np.float64]) -> dict[str, float]:
        """Return eyeBlink, eyeSquint and eyeWide of both sides, in [0, 1].

        Args:
            points: The face mesh (468, 3) turned upright: y up; any unit of length.
        """
        self._frames += 1
        actions: dict[str, float] = {}
        for side, eye in self._eyes.items():
            opening, lower_lid = _measure(points, _CORNERS[side], _UPPER[side], _LOWER[side])
            self._learn(eye, opening, lower_lid)
            ratio = opening / eye.opening
            self._learn_blink(eye, ratio)
            blink = _ramp(ratio, _BLINK_BEGINS, eye.closed)
            rise = lower_lid - eye.lower_lid - blink * _LID_RISE_OF_BLINK
            actions[f"eyeBlink{side}"] = blink
            actions[f"eyeSquint{side}"] = _ramp(rise, _SQUINT_BEGINS, _SQUINT_ENDS)
            actions[f"eyeWide{side}"] = _ramp(ratio, _WIDE_BEGINS, _WIDE_ENDS)
        return actions

    def _learn(self, eye: _Eye, opening: float, lower_lid: float) -> None:
        early = 1 / (self._frames + _TRUST_IN_USUAL_FRAMES)
        up, down = max(early, 1 / _LEARN_UP_FRAMES), max(early, 1 / _LEARN_DOWN_FRAMES)
        eye.opening += (up if opening > eye.opening else down) * (opening - eye.opening)
        eye.opening = max(eye.opening, _NARROWEST)
        is_lower = lower_lid < eye.lower_lid
        eye.lower_lid += (up if is_lower else down) * (lower_lid - eye.lower_lid)

    def _learn_blink(self, eye: _Eye, ratio: float) -> None:
        """Take in how far the eye closed, when it opens again."""
        if ratio < _BLINK_BEGINS:
            eye.lowest = min(eye.lowest, ratio)
        elif eye.lowest < 1:
            if eye.lowest < _LEAST_CLOSED:
                eye.closed += _LEARN_BLINK * (max(eye.lowest, _MOST_CLOSED) - eye.closed)
            eye.lowest = 1.0


@numba.njit(cache=True)
def _measure(
    points: NDArray[np.float64],
    corners: tuple[int, int],
    upper: tuple[int, int, int],
    lower: tuple[int, int, int],
) -> tuple[float, float]:
    """Return the opening of an eye and the height of its lower lid, in widths of the eye."""
    outer, inner = points[corners[0]], points[corners[1]]
    x, y, z = outer[0] - inner[0], outer[1] - inner[1], outer[2] - inner[2]
    width = max(math.sqrt(x * x + y * y + z * z), _TINY)
    middle = 0.5 * (outer[1] + inner[1])
    above = below = 0.0
    for k in range(3):
        above += points[upper[k], 1] / 3
        below += points[lower[k], 1] / 3
    return (above - below) / width, (below - middle) / width


def _ramp(value: float, start: float, end: float) -> float:
    """Return 0 at `start`, 1 at `end`, linear between, clamped beyond."""
    return min(max((value - start) / (end - start), 0.0), 1.0)
