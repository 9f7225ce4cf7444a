"""Which of the kit's things are for training and which for tests, and how one is picked."""

from typing import Final, Literal, TypeVar

import numpy as np

Split = Literal["train", "test"]
_T = TypeVar("_T")

FROZEN_SEED: Final = 20_261_122
"""Seed of all frozen test sets."""

_HELD_OUT: Final = 3
"""Every third item of a kind is kept for tests."""


def held_out(items: list[_T], split: Split) -> list[_T]:
    """Return every third item for tests, the others for training; all of them where there are only one or two."""
    if len(items) < _HELD_OUT:
        return items
    return [
        item
        for n, item in enumerate(items)
        if (n % _HELD_OUT == _HELD_OUT - 1) == (split == "test")
    ]


def pick(rng: np.random.Generator, items: list[_T] | tuple[_T, ...]) -> _T:
    """Return one of the items."""
    return items[int(rng.integers(len(items)))]
