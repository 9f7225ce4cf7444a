"""Stature, limb lengths and betas of a person from upright frames, by rays and quantiles over all of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from calibration.upright import STEP_LIFT_M, Proportions, UprightFrames
from engines.body.model import BodyModel
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.view import PersonView
from engines.types import BETA_COUNT

SEGMENTS: Final = {
    "upper_arm": ((11, 13), (12, 14)),
    "forearm": ((13, 15), (14, 16)),
    "trunk": ((11, 23), (12, 24)),
    "thigh": ((23, 25), (24, 26)),
    "shank": ((25, 27), (26, 28)),
    "shoulders": ((11, 12),),
    "hips": ((23, 24),),
}
"""Name -> pose landmarks at the ends of a segment, both sides."""

_SEEN: Final = 0.6
_MOST_DEPTH: Final = (
    0.5  # segments that point so much towards the camera, of their length, are not measured
)
_SYSTEMATIC_M: Final = 0.02
_NOISE_M: Final = 0.05
_STATURE_SIGMA_M: Final = 0.002
_LENGTH_QUANTILE: Final = 0.75  # limbs that are seen foreshortened come out too short
# Limbs of people of one height differ by 1 to 2 cm, those of the open body's shapes by 2 to 9 mm for betas of one
# standard deviation.
_PROPORTION_SIGMA: Final = 3.0
_STEPS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class ShapeFit:
    """A measured body."""

    betas: Float64[np.ndarray, "10"]
    """Coefficients of the body model."""
    lengths_m: dict[str, float]
    """Segment of `SEGMENTS` -> length between MediaPipe's landmarks; those never seen well are absent."""


def stature_on_floor(
    frames: UprightFrames,
    proportions: Proportions,
    up: NDArray[np.float64],
    camera_height_m: float,
) -> float:
    """Return the stature of a person on a floor that is known in metres, such as one measured with a board."""
    stature = 1.7
    for _ in range(3):  # the soles' landmarks are above the floor by a part of the stature
        soles = (proportions.soles * stature + STEP_LIFT_M * frames.steps).astype(np.float64)
        feet = _on_floor(frames.feet, up, camera_height_m - soles)
        ears = frames.tops[:, 1]
        # the height t above the feet that comes nearest to the ray r of the ears: (feet + t up) x r = 0
        across = np.cross(np.broadcast_to(up, ears.shape), ears)
        heights = -np.einsum("na,na->n", across, np.cross(feet, ears)) / (across**2).sum(axis=1)
        stature = float(np.median(heights + soles) / proportions.ears)
    return stature


def _on_floor(
    rays: NDArray[np.float64], up: NDArray[np.float64], height: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where rays meet planes so far under the camera; rays that miss them end far away."""
    down = np.maximum(-rays @ up, 0.02)
    points: NDArray[np.float64] = rays * (height / down)[:, None]
    return points


def fit_shape(model: BodyModel, views: Sequence[PersonView], stature_m: float) -> ShapeFit:
    """Return betas and segment lengths of a person of known stature.

    The landmarks of each frame are put on their rays: directions come from the picture, MediaPipe's metres give only
    depths, and count for little where segments lie across the view, as in the N-pose and the T-pose.
    """
    samples = np.array([_lengths(view) for view in views]).reshape(-1, len(SEGMENTS))  # any scale
    counts = np.isfinite(samples).sum(axis=0)
    seen = counts > 0
    relative = np.full(samples.shape[1], np.nan)
    relative[seen] = np.nanquantile(samples[:, seen], _LENGTH_QUANTILE, axis=0)
    sigmas = np.full(len(relative), np.inf)
    sigmas[seen] = np.sqrt(_SYSTEMATIC_M**2 + _NOISE_M**2 / counts[seen])
    betas, scale = _solve(model, np.nan_to_num(relative), sigmas, stature_m)
    lengths = {
        name: float(scale * length)
        for name, length in zip(SEGMENTS, relative, strict=True)
        if np.isfinite(length)
    }
    return ShapeFit(betas, lengths)


def _lengths(view: PersonView) -> NDArray[np.float64]:
    """Return the segment lengths in units that are the same for all frames: MediaPipe's metres."""
    points = _on_rays(view)
    lengths = []
    for pairs in SEGMENTS.values():
        sides = []
        for a, b in pairs:
            vector = points[a] - points[b]
            length = float(np.linalg.norm(vector))
            if min(view.seen[a], view.seen[b]) > _SEEN and abs(vector[2]) < _MOST_DEPTH * length:
                sides.append(length)
        lengths.append(float(np.mean(sides)) if sides else np.nan)
    return np.array(lengths)


def _on_rays(view: PersonView) -> NDArray[np.float64]:
    """Return the landmarks (33, 3) on their rays, where MediaPipe's metres fit the rays best."""
    seen = view.seen > _SEEN
    rays, world = view.rays[seen], view.world[seen]
    # rays * (world z + tz) = world xy + t: three unknowns, two rows for each landmark
    rows = np.zeros((2 * len(rays), 3))
    rows[0::2, 0] = rows[1::2, 1] = 1
    rows[:, 2] = -rays.ravel()
    values = (rays * world[:, 2:] - world[:, :2]).ravel()
    place = np.linalg.lstsq(rows, values, rcond=None)[0]
    depth = view.world[:, 2:] + place[2]
    return np.hstack([view.rays * depth, depth])


def _solve(
    model: BodyModel, relative: NDArray[np.float64], sigmas: NDArray[np.float64], stature_m: float
) -> tuple[NDArray[np.float64], float]:
    """Return the most likely betas, and metres for one unit of `relative`, by Gauss-Newton steps."""
    ends, slopes = _ends(model)
    top, bottom = model.v_template[:, 1].argmax(), model.v_template[:, 1].argmin()
    mean_stature = float(model.v_template[top, 1] - model.v_template[bottom, 1])
    stature_slope = (model.shapedirs[top, 1] - model.shapedirs[bottom, 1]).astype(np.float64)
    unknowns = np.append(np.zeros(BETA_COUNT), 1.0)
    prior = np.append(np.full(BETA_COUNT, 1 / _PROPORTION_SIGMA**2), 1 / 0.3**2)
    prior[0] = 1.0  # the first is little else than stature
    start = unknowns.copy()
    for _ in range(_STEPS):
        betas, scale = unknowns[:BETA_COUNT], unknowns[BETA_COUNT]
        vectors = ends + slopes @ betas  # (segments, 3)
        lengths = np.linalg.norm(vectors, axis=1)
        by_betas = np.einsum("sa,sab->sb", vectors / lengths[:, None], slopes)
        rows = np.hstack([by_betas, -relative[:, None]]) / sigmas[:, None]
        errors = (lengths - scale * relative) / sigmas
        rows = np.vstack([rows, np.append(stature_slope, 0.0) / _STATURE_SIGMA_M])
        error = (mean_stature + stature_slope @ betas - stature_m) / _STATURE_SIGMA_M
        errors = np.append(errors, error)
        normal = rows.T @ rows + np.diag(prior)
        unknowns = unknowns - np.linalg.solve(normal, rows.T @ errors + prior * (unknowns - start))
    return unknowns[:BETA_COUNT], float(unknowns[BETA_COUNT])


def _ends(model: BodyModel) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the vectors (segments, 3) between the ends at rest, and their change with the betas (segments, 3, 10)."""
    attachments = attach_body(model)
    points = dict(
        zip(
            BODY_LANDMARKS,
            attachments.joints[attachments.point_joints] + attachments.point_offsets,
            strict=True,
        )
    )
    slopes = dict(
        zip(BODY_LANDMARKS, attachments.joint_directions[attachments.point_joints], strict=True)
    )
    pairs = list(itertools.chain.from_iterable(pairs[:1] for pairs in SEGMENTS.values()))
    return (
        np.array([points[a] - points[b] for a, b in pairs]),
        np.array([slopes[a] - slopes[b] for a, b in pairs]),
    )
