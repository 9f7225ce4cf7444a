"""How far bodies lie from their pictures: their landmarks against those that the detector saw. Needs no truth.

In shares of the width of the body's shoulders at its distance, so that near and far, turned and frontal people count
alike. Small offsets remain of any body: the detector's points are not those of one skeleton.
"""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.skeleton import JOINT_INDEX
from engines.landmarks.synthesis import landmark_places
from engines.landmarks.view import PersonView
from engines.types import PoseEstimate

_SEEN: Final = 0.5
"""Landmarks less likely in view than this are guesses."""
_NECK: Final = JOINT_INDEX["neck"]
_SHOULDERS: Final = [JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]]
_PARTS: Final = {
    "head": [0, 2, 5, 7, 8],
    "shoulders": [11, 12],
    "elbows": [13, 14],
    "wrists": [15, 16],
}


def picture_offsets(
    model: BodyModel, estimate: PoseEstimate, view: PersonView
) -> Float64[np.ndarray, "33 2"]:
    """Return how far a body's landmarks lie right of and below those seen, in widths of its shoulders.

    NaN for landmarks that were not seen, or have no place on the body.
    """
    places = landmark_places(model, estimate.params)
    rays = places[:, :2] / places[:, 2:]
    left, right = estimate.joints[_SHOULDERS].astype(np.float64)
    width = np.linalg.norm(left - right) / float(estimate.joints[_NECK, 2])
    offsets: NDArray[np.float64] = np.where(
        view.seen[:, None] > _SEEN, (rays - view.rays) / width, np.nan
    )
    return offsets


def picture_measures(offsets: Float64[np.ndarray, "N 33 2"]) -> dict[str, float]:
    """Return mean distances of parts, and to which side head and shoulders lie, in per cent of the shoulders' width."""
    measures = {}
    for part, landmarks in _PARTS.items():
        away = 100 * np.linalg.norm(offsets[:, landmarks], axis=2)
        if np.isfinite(away).any():
            measures[f"off_{part}_pct"] = float(np.nanmean(away))
    trunk = offsets[:, _PARTS["head"] + _PARTS["shoulders"]]
    if np.isfinite(trunk).any():
        right, down = 100 * np.nanmean(trunk, axis=(0, 1))
        measures |= {"off_right_pct": float(right), "off_down_pct": float(down)}
    return measures
