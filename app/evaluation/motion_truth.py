"""What is true of a clip: the form in which a user gives it, and how it is read.

A truth is an npz with `frames` (F,), the numbers of the clip's frames it tells about, and at least one of

- `points` (F, 33, 3): places in the order of MediaPipe's pose landmarks, as triangulation from several cameras gives;
- `joints` (F, 55, 3): places of the SMPL-X joints;
- `global_orient` (F, 3), `body_pose` (F, 21, 3), `left_hand_pose` and `right_hand_pose` (F, 15, 3), `jaw_pose`,
  `leye_pose`, `reye_pose` (F, 3), `betas` (10,) or (F, 10), `expression` (F, 10), `transl` (F, 3): SMPL-X parameters on
  the body model that is evaluated. Absent hands, jaw, eyes and expression are at rest, and not measured.

All in metres, in the camera frame: x right, y down, z forward. Other arrays are not read.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from app.evaluation.walk import LIMB_JOINTS, LIMB_LANDMARKS
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.errors import DatasetError
from engines.types import BETA_COUNT, EXPRESSION_COUNT, SmplxParams

_SHAPES = {
    "global_orient": (3,),
    "body_pose": (21, 3),
    "left_hand_pose": (15, 3),
    "right_hand_pose": (15, 3),
    "jaw_pose": (3,),
    "leye_pose": (3,),
    "reye_pose": (3,),
    "betas": (BETA_COUNT,),
    "expression": (EXPRESSION_COUNT,),
    "transl": (3,),
}
_NEEDED = ("global_orient", "body_pose", "betas", "transl")


@dataclass(frozen=True, slots=True, eq=False)
class MotionTruth:
    """The truth of a clip."""

    frames: Int64[np.ndarray, "F"]
    """Numbers of the clip's frames, rising."""
    limbs: Float64[np.ndarray, "F 12 3"]
    """Shoulders, elbows, wrists, hips, knees, ankles, left then right; metres, camera frame."""
    toes: Float64[np.ndarray, "F 2 3"]
    """Ball of the left and the right foot."""
    params: tuple[SmplxParams, ...] = ()
    """The whole body in each frame, where it is known."""
    has_hands: bool = False
    """The fingers of `params` are true, and not just at rest."""


def truth_of_params(
    model: BodyModel,
    frames: NDArray[np.int64],
    params: tuple[SmplxParams, ...],
    *,
    has_hands: bool = True,
) -> MotionTruth:
    """Return the truth of bodies that are known wholly."""
    joints = np.array([posed_joints(model, each) for each in params], np.float64)
    return MotionTruth(frames, joints[:, LIMB_JOINTS], joints[:, [10, 11]], params, has_hands)


def load_motion_truth(path: Path, model: BodyModel) -> MotionTruth:
    """Load a truth; see the head of this module for its form.

    Raises:
        DatasetError: no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: cannot be read as an npz ({error})") from error
    frames = arrays.get("frames")
    if frames is None or frames.ndim != 1 or len(frames) == 0:
        raise DatasetError(f"{path}: has no 'frames', the numbers of the clip's frames")
    frames = frames.astype(np.int64)
    if all(name in arrays for name in _NEEDED):
        has_hands = "left_hand_pose" in arrays and "right_hand_pose" in arrays
        params = _params(path, arrays, len(frames))
        return truth_of_params(model, frames, params, has_hands=has_hands)
    for name, count, limbs, toes in (
        ("joints", 55, LIMB_JOINTS, [10, 11]),
        ("points", 33, LIMB_LANDMARKS, [31, 32]),
    ):
        if name in arrays:
            points = arrays[name].astype(np.float64)
            if points.shape != (len(frames), count, 3):
                raise DatasetError(
                    f"{path}: '{name}' is of shape {points.shape}, not {(len(frames), count, 3)}"
                )
            return MotionTruth(frames, points[:, limbs], points[:, toes])
    raise DatasetError(
        f"{path}: has neither 'points', 'joints' nor {', '.join(_NEEDED)}; see docs/evaluate.md"
    )


def _params(
    path: Path, arrays: dict[str, NDArray[np.generic]], count: int
) -> tuple[SmplxParams, ...]:
    full: dict[str, NDArray[np.float32]] = {}
    for name, shape in _SHAPES.items():
        array = np.asarray(arrays.get(name, np.zeros(shape)), np.float32)
        try:
            full[name] = np.broadcast_to(array, (count, *shape))
        except ValueError as error:
            raise DatasetError(
                f"{path}: '{name}' is of shape {array.shape}, not {(count, *shape)}"
            ) from error
    return tuple(
        SmplxParams(**{name: array[row] for name, array in full.items()}) for row in range(count)
    )
