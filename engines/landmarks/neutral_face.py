"""What a person's face is like at rest, learnt while watching."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SELECTIVITY_MM: Final = 0.4
"""A picture that is this much livelier than the calmest one counts e times less."""
_FORGET_FRAMES: Final = 3000
"""Pictures count for about this long: light and glasses change."""
_BELIEF_FRAMES: Final = 2.0
"""So many calm pictures count as much as the usual face."""
_CALM_MM, _LIVELY_MM = 1.0, 2.5
"""Faces that move the mesh by less than the first are at rest, by more than the second are not."""
_PATIENCE_FRAMES: Final = 900
"""After about this long, the calmest face seen is taken to be at rest, however lively it looks."""


class NeutralFace:
    """The difference between a person's face mesh at rest and the body model's.

    The mean over the calmest pictures so far: each counts by how little expression it shows when it is taken for a
    face of the model. Somebody who smiles from the start is not taken to be at rest: of such a face only what no
    action explains is held to be the person's own, until a calmer picture comes.
    """

    def __init__(self, points: int) -> None:
        self._difference = np.zeros((points, 3))
        self._motion = np.zeros((points, 3))
        self._count = 0.0
        self._calmest_mm = math.inf
        self._frames = 0

    @property
    def belief(self) -> float:
        """How well the face at rest is known, 0 to 1."""
        return self._count / (self._count + _BELIEF_FRAMES)

    @property
    def offset(self) -> NDArray[np.float64]:
        """Movement (points, 3) from the model's face to the person's, both at rest, mm."""
        if self._frames == 0:
            return self._difference
        explained = min(max((self._calmest_mm - _CALM_MM) / (_LIVELY_MM - _CALM_MM), 0.0), 1.0)
        explained *= math.exp(-self._frames / _PATIENCE_FRAMES)
        return self.belief * (self._difference - explained * self._motion)

    def learn(self, difference: NDArray[np.float64], motion: NDArray[np.float64]) -> None:
        """Take in one picture.

        Args:
            difference: How the points (points, 3) differ from the model's face at rest, mm.
            motion: The part of it that face actions explain.
        """
        lively_mm = float(np.sqrt((motion**2).sum(axis=1).mean()))
        weight = math.exp(-max(lively_mm - self._calmest_mm, 0.0) / _SELECTIVITY_MM)
        kept = 1 - 1 / _FORGET_FRAMES
        if lively_mm < self._calmest_mm:
            kept *= math.exp((lively_mm - self._calmest_mm) / _SELECTIVITY_MM)
            self._calmest_mm = lively_mm
        self._count = kept * self._count + weight
        self._difference += (weight / self._count) * (difference - self._difference)
        self._motion += (weight / self._count) * (motion - self._motion)
        self._frames += 1
