"""The paper's error measures, one value a point, in the unit of the points.

Choutas et al., Monocular Expressive Body Regression through Body-Driven Attention, ECCV 2020, section 4. The paper's
figure is the mean of these values over all points of all pictures.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.surface import Surface, nearest_distances
from engines.errors import MocapError

_Points = NDArray[np.floating]


class AlignmentError(MocapError):
    """A prediction that cannot be aligned: all of its points are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """A rotation, a scale and a translation: x -> scale R x + t."""

    scale: float
    """Positive."""
    rotation: Float64[np.ndarray, "3 3"]
    """A proper rotation, never a reflection."""
    translation: Float64[np.ndarray, "3"]
    """Added last."""

    def apply(self, points: _Points) -> Float64[np.ndarray, "points 3"]:
        """Return the moved points."""
        return self.scale * np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def inverse(self) -> "Similarity":
        """Return the way back."""
        back = self.rotation.T / self.scale
        return Similarity(1 / self.scale, self.rotation.T, -back @ self.translation)


def similarity(
    source: _Points, target: _Points, weights: NDArray[np.floating] | None = None
) -> Similarity:
    """Return the similarity that brings the source points closest to the target's (Umeyama, 1991).

    Args:
        source: (N, 3) points to move.
        target: (N, 3) where each shall be.
        weights: (N,) how much each counts, not negative; all alike when None.

    Raises:
        AlignmentError: the source, or the target, is one single point, so there is no scale.
        ValueError: the points are not pairs, or no weight is positive.
    """
    a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
    if a.shape != b.shape or a.ndim != 2 or a.shape[1] != 3:
        raise ValueError(f"points of shapes {a.shape} and {b.shape} are not pairs")
    share = np.ones(len(a)) if weights is None else np.asarray(weights, np.float64)
    if share.shape != (len(a),) or share.min(initial=0) < 0 or share.sum() <= 0:
        raise ValueError("weights must be one a point, not negative, and not all zero")
    share = share / share.sum()
    a_mean, b_mean = share @ a, share @ b
    a, b = a - a_mean, b - b_mean
    variance, target_variance = share @ (a**2).sum(axis=1), share @ (b**2).sum(axis=1)
    if min(variance, target_variance) <= np.finfo(np.float64).tiny:
        raise AlignmentError("all points are in one place, so there is nothing to align by")
    left, stretch, right = np.linalg.svd(b.T @ (share[:, None] * a))
    sign = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    rotation = (left * sign) @ right
    scale = float(stretch @ sign / variance)
    return Similarity(scale, rotation, b_mean - scale * rotation @ a_mean)


def point_errors(prediction: _Points, truth: _Points) -> Float64[np.ndarray, "points"]:
    """Return the distance of each point to its true place."""
    return np.linalg.norm(np.asarray(prediction, np.float64) - truth, axis=1)


def mpjpe(
    prediction: _Points, truth: _Points, roots: tuple[int, ...]
) -> Float64[np.ndarray, "joints"]:
    """Return joint errors after a translation that brings the means of the root joints together."""
    anchors = list(roots)
    moved = prediction - prediction[anchors].mean(axis=0) + truth[anchors].mean(axis=0)
    return point_errors(moved, truth)


def pa_mpjpe(prediction: _Points, truth: _Points) -> Float64[np.ndarray, "joints"]:
    """Return joint errors after the best similarity (Procrustes alignment)."""
    return point_errors(similarity(prediction, truth).apply(prediction), truth)


def v2v(
    prediction: _Points,
    truth: _Points,
    move: NDArray[np.floating],
    ids: NDArray[np.integer] | None = None,
) -> Float64[np.ndarray, "vertices"]:
    """Return vertex errors, of the vertices `ids` or all, after moving the prediction by the vector `move`."""
    chosen = slice(None) if ids is None else ids
    return point_errors(prediction[chosen] + move, truth[chosen])


def pa_v2v(
    prediction: _Points, truth: _Points, ids: NDArray[np.integer] | None = None
) -> Float64[np.ndarray, "vertices"]:
    """Return vertex errors after the best similarity of just these vertices: a part is aligned by itself."""
    chosen = slice(None) if ids is None else ids
    return pa_mpjpe(prediction[chosen], truth[chosen])


def point_to_surface(
    points: _Points, vertices: _Points, faces: NDArray[np.integer]
) -> Float64[np.ndarray, "points"]:
    """Return the distance of each true point to the predicted surface: for meshes without common vertices."""
    return Surface(vertices, faces).closest(points).distances


def f_score(prediction: _Points, truth: _Points, threshold: float) -> float:
    """Return the harmonic mean of precision and recall at a distance (Knapitsch et al., SIGGRAPH 2017).

    Precision is the share of predicted points with a true point nearer than the threshold, recall the share of true
    points with a predicted one. 0 when both are 0. FreiHAND's evaluation uses 5 and 15 mm on aligned vertices.
    """
    precision = float((nearest_distances(prediction, truth) < threshold).mean())
    recall = float((nearest_distances(truth, prediction) < threshold).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
