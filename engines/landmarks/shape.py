"""Body shape from segment lengths, gathered over the first seconds that a person is seen."""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.landmarks.attachments import BODY_LANDMARKS, Attachments
from engines.types import BETA_COUNT

SAMPLES: Final = 240
"""Frames gathered of each segment; they say no more after these."""
SAMPLE_STEP_S: Final = 1 / 30
"""Shortest time between two of them."""

# The sides of one kind of segment are pooled: people are symmetric, landmarks are not.
_SEGMENTS: Final = (
    ((11, 13), (12, 14)),
    ((13, 15), (14, 16)),
    ((23, 25), (24, 26)),
    ((25, 27), (26, 28)),
    ((11, 23), (12, 24)),
    ((11, 12),),
    ((23, 24),),
)
_SEEN: Final = 0.6  # segments with an end less likely seen than this are not measured
_SYSTEMATIC_M: Final = 0.02  # what landmarks are off however long one looks
_NOISE_M: Final = 0.06  # what they are off in one frame
_SCALE_SIGMA: Final = 0.03  # how well MediaPipe's metres are metres
_FREE_SCALE_SIGMA: Final = 0.3  # the same where the stature is known
_STATURE_SIGMA_M: Final = 0.002
_EASE_S: Final = 0.5  # the shape in use approaches the estimate in about this time
_SETTLED: Final = 1e-3
# a new estimate when one of the segments was seen so often
_MILESTONES: Final = frozenset(
    {1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 85, 112, 148, 190, SAMPLES}
)


class ShapeEstimator:
    """Betas from running medians of segment lengths, with a normal prior on betas and on the scale of the landmarks."""

    def __init__(self, model: BodyModel, attachments: Attachments, stature_m: float | None) -> None:
        self._attachments = attachments
        self._stature_m = stature_m
        points = {landmark: n for n, landmark in enumerate(BODY_LANDMARKS)}
        ends = np.array([group[0] for group in _SEGMENTS])
        self._ends = np.vectorize(points.__getitem__)(ends)
        top, bottom = model.v_template[:, 1].argmax(), model.v_template[:, 1].argmin()
        self._mean_stature = float(model.v_template[top, 1] - model.v_template[bottom, 1])
        self._stature_slope = (model.shapedirs[top, 1] - model.shapedirs[bottom, 1]).astype(
            np.float64
        )
        self._lengths: list[list[float]] = [[] for _ in _SEGMENTS]
        self._since_sample_s = np.inf
        self._target = self._estimate()
        self.betas = self._target
        """The shape to use, (10,): the same array as long as it does not change."""

    def update(
        self, world: Float64[np.ndarray, "33 3"], seen: Float64[np.ndarray, "33"], step_s: float
    ) -> Float64[np.ndarray, "10"]:
        """Take in the metric landmarks of one frame and return the shape to use for it."""
        self._since_sample_s += step_s
        if self._since_sample_s >= 0.99 * SAMPLE_STEP_S:
            self._since_sample_s = 0.0
            self._take(world, seen)
        if self.betas is not self._target:
            self._ease(step_s)
        return self.betas

    def _take(self, world: NDArray[np.float64], seen: NDArray[np.float64]) -> None:
        is_first = not any(self._lengths)
        reached = set()
        for segment, lengths in zip(_SEGMENTS, self._lengths, strict=True):
            length = None if len(lengths) >= SAMPLES else _segment_length(segment, world, seen)
            if length is not None:
                lengths.append(length)
                reached.add(len(lengths))
        if reached & _MILESTONES:
            self._target = self._estimate()
            if is_first:
                self.betas = self._target

    def _ease(self, step_s: float) -> None:
        difference = self._target - self.betas
        if np.abs(difference).max() < _SETTLED:
            self.betas = self._target
        else:
            self.betas = self.betas + (1 - np.exp(-step_s / _EASE_S)) * difference

    def _estimate(self) -> NDArray[np.float64]:
        """Return the most likely betas, by Gauss-Newton steps; the scale of the landmarks is found on the way."""
        measured, sigmas = self._medians()
        scale_sigma = _SCALE_SIGMA if self._stature_m is None else _FREE_SCALE_SIGMA
        unknowns = np.zeros(BETA_COUNT + 1)  # betas, then the scale's excess over 1
        prior = np.append(np.ones(BETA_COUNT), 1 / scale_sigma**2)
        for _ in range(3):
            rows, residuals = self._rows(unknowns, measured, sigmas)
            normal = rows.T @ rows + np.diag(prior)
            unknowns -= np.linalg.solve(normal, rows.T @ residuals + prior * unknowns)
        return unknowns[:BETA_COUNT]

    def _medians(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return segment lengths and their standard deviations; those never seen have length 0 and sigma infinite."""
        lengths = np.zeros(len(_SEGMENTS))
        sigmas = np.full(len(_SEGMENTS), np.inf)
        for n, values in enumerate(self._lengths):
            if values:
                lengths[n] = np.median(values)
                sigmas[n] = np.sqrt(_SYSTEMATIC_M**2 + _NOISE_M**2 / len(values))
        return lengths, sigmas

    def _rows(
        self,
        unknowns: NDArray[np.float64],
        measured: NDArray[np.float64],
        sigmas: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        betas, excess = unknowns[:BETA_COUNT], unknowns[BETA_COUNT]
        skeleton = self._attachments.skeleton(betas)
        places = skeleton.rest_joints[skeleton.point_joints] + skeleton.point_offsets
        directions = self._attachments.joint_directions[skeleton.point_joints]
        vectors = places[self._ends[:, 0]] - places[self._ends[:, 1]]
        slopes = directions[self._ends[:, 0]] - directions[self._ends[:, 1]]
        lengths = np.linalg.norm(vectors, axis=1)
        by_betas = np.einsum("sa,sab->sb", vectors / lengths[:, None], slopes)
        rows = np.hstack([by_betas, -measured[:, None]]) / sigmas[:, None]
        residuals = (lengths - (1 + excess) * measured) / sigmas
        if self._stature_m is None:
            return rows, residuals
        stature = self._mean_stature + self._stature_slope @ betas
        row = np.append(self._stature_slope, 0.0) / _STATURE_SIGMA_M
        residual = (stature - self._stature_m) / _STATURE_SIGMA_M
        return np.vstack([rows, row]), np.append(residuals, residual)


def _segment_length(
    group: tuple[tuple[int, int], ...], world: NDArray[np.float64], seen: NDArray[np.float64]
) -> float | None:
    lengths = [
        float(np.linalg.norm(world[a] - world[b]))
        for a, b in group
        if min(seen[a], seen[b]) > _SEEN
    ]
    return sum(lengths) / len(lengths) if lengths else None
