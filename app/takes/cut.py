"""Parts of a take."""

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.takes.take import Take
from engines.errors import UsageError

_OF_THE_WHOLE: Final = ("betas", "rest_joints")
"""Arrays that have no row for each frame."""


def cut_take(take: Take, start_s: float = 0.0, end_s: float | None = None) -> Take:
    """Return the frames of a take between two of its times, both kept; time stamps stay as they are.

    Args:
        take: The take.
        start_s: Time since the recording's first frame.
        end_s: The same; None for the end of the take.

    Raises:
        UsageError: no frame lies between them.
    """
    times = take.timestamps_ns / 1e9
    last = np.inf if end_s is None else end_s
    kept = np.flatnonzero((times >= start_s) & (times <= last))
    if len(kept) == len(take):
        return take
    if len(kept) == 0:
        asked = f"{start_s:g} s to " + ("the end" if end_s is None else f"{end_s:g} s")
        raise UsageError(
            f"{take.path}: no frame from {asked}; the take goes from {times[0]:.2f} to {times[-1]:.2f} s"
        )
    return rows_of_take(take, kept)


def rows_of_take(take: Take, rows: NDArray[np.intp]) -> Take:
    """Return some frames of a take, in the order given."""
    arrays = {
        each.name: getattr(take, each.name)[rows]
        for each in dataclasses.fields(take)
        if isinstance(getattr(take, each.name), np.ndarray) and each.name not in _OF_THE_WHOLE
    }
    return dataclasses.replace(take, **arrays)
