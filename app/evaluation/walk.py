"""Scores a take against 3D points triangulated from several cameras, as the walk clip's truth is.

The truth comes from the same detector's 2D points in four calibrated views (leave-one-camera-out spread 22 mm median),
one subject: differences of a few millimetres mean little, and errors in the picture plane come out too small.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from app.takes.take import Take
from engines.body.metrics import similarity
from engines.body.skeleton import JOINT_INDEX
from engines.errors import DatasetError

_LIMBS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
LIMB_JOINTS: Final = [
    JOINT_INDEX[f"{side}_{limb}"] for limb in _LIMBS for side in ("left", "right")
]
LIMB_LANDMARKS: Final = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
"""The same twelve points among MediaPipe's 33 pose landmarks."""
LIMB_HIPS: Final = slice(6, 8)


@dataclass(frozen=True, slots=True, eq=False)
class WalkTruth:
    """Triangulated points of a clip."""

    frames: Int64[np.ndarray, "F"]
    """Numbers of the clip's frames."""
    points: Float64[np.ndarray, "F 12 3"]
    """Shoulders, elbows, wrists, hips, knees, ankles, left then right; metres, camera frame."""


@dataclass(frozen=True, slots=True)
class JointScore:
    """Mean errors over frames and the twelve joints, in mm."""

    frames: int
    """Frames of the truth."""
    missing: int
    """Frames in which nobody was found; they are in no mean."""
    mpjpe_mm: float
    """Distance after moving the hips' middle onto the truth's."""
    pa_mpjpe_mm: float
    """Distance after the best similarity transform of each frame."""
    depth_mm: float
    """Part of the first along the camera's axis."""
    in_plane_mm: float
    """Part of the first across it."""
    jitter_m_s2: float
    """Mean acceleration of the joints about the hips' middle."""


def load_walk_truth(path: Path) -> WalkTruth:
    """Load `frames` and `points` (33 landmarks) of an npz.

    Raises:
        DatasetError: no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            points = archive["points"][:, LIMB_LANDMARKS].astype(np.float64)
            return WalkTruth(archive["frames"].astype(np.int64), points)
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise DatasetError(f"{path}: not a truth of the walk clip ({error})") from error


def score_take(take: Take, truth: WalkTruth) -> JointScore:
    """Return how far a take of the clip is from the truth.

    Raises:
        DatasetError: the take has none of the truth's frames.
    """
    rows = {int(frame): row for row, frame in enumerate(take.frame_index)}
    known = np.array([rows.get(int(frame), -1) for frame in truth.frames])
    found = (known >= 0) & take.seen[known]
    if not found.any():
        raise DatasetError(f"{take.path}: has none of the frames of the truth; is it of that clip?")
    joints = take.joints[known[found]][:, LIMB_JOINTS].astype(np.float64)
    target = truth.points[found]
    centred = _about_hips(joints)
    difference = centred - _about_hips(target)
    aligned = np.stack([similarity(j, t).apply(j) - t for j, t in zip(joints, target, strict=True)])
    acceleration = np.diff(centred, n=2, axis=0) * take.frame_rate**2
    return JointScore(
        frames=len(known),
        missing=int(np.sum(~found)),
        mpjpe_mm=_mean_length_mm(difference),
        pa_mpjpe_mm=_mean_length_mm(aligned),
        depth_mm=1e3 * float(np.abs(difference[..., 2]).mean()),
        in_plane_mm=_mean_length_mm(difference[..., :2]),
        jitter_m_s2=1e-3 * _mean_length_mm(acceleration) if len(acceleration) else 0.0,
    )


def _about_hips(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points - points[:, LIMB_HIPS].mean(axis=1, keepdims=True)


def _mean_length_mm(vectors: NDArray[np.float64]) -> float:
    return 1e3 * float(np.linalg.norm(vectors, axis=-1).mean())
