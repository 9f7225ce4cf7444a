"""How MediaPipe's face mesh shows each face action, learnt from rendered faces."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.model_store import model_path

COSTS: Final[dict[str, float]] = {
    "jawOpen": 1, "jawLeft": 2.8, "jawRight": 2.8,
    "mouthSmileLeft": 1.5, "mouthSmileRight": 1.5, "mouthFrownLeft": 3, "mouthFrownRight": 3,
    "mouthPucker": 5, "mouthFunnel": 4.5, "mouthLeft": 2.9, "mouthRight": 2.9, "mouthClose": 4.5,
    "mouthRollLower": 2.5, "mouthRollUpper": 3.5, "mouthShrugLower": 2.7,
    "mouthUpperUpLeft": 7, "mouthUpperUpRight": 7, "mouthLowerDownLeft": 3.5, "mouthLowerDownRight": 3.5,
    "mouthStretchLeft": 3.5, "mouthStretchRight": 3.5,
    "browDownLeft": 2.3, "browDownRight": 2.3, "browInnerUp": 3, "browOuterUpLeft": 1.9, "browOuterUpRight": 1.9,
    "noseSneerLeft": 2.3, "noseSneerRight": 2.3,
}  # fmt: skip
"""Price of a full action; a movement of one standard deviation that is left unexplained costs a half. Many actions
look alike on the mesh: of two that do, the dearer is taken only where it explains what the cheaper cannot. Chosen on
rendered people of the training part and on films of real faces (docs/training.md)."""

ACTIONS: Final = tuple(COSTS)
"""Actions found by least squares, in the order of the columns."""
LIDS: Final = ("eyeBlinkLeft", "eyeBlinkRight")
"""Columns after those of the actions: the mesh moves brows and cheeks with a blink, and no action shall explain that.
Blinks themselves are measured at the lids."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceActions:
    """What the detector makes of faces. Lengths in millimetres, head frame, points of the mesh one after the other."""

    mean: NDArray[np.float64]
    """Difference (468, 3) of the usual person's mesh at rest from the open body's."""
    columns: NDArray[np.float64]
    """Movement (1404, n) of the mesh at coefficient 1, for `ACTIONS` and `LIDS`."""
    pull: NDArray[np.float64]
    """Transposed columns (n, 1404) times the inverse covariance of what the detector does beside the actions; times a
    movement, they are the right-hand side of the normal equations."""
    stranger_pull: NDArray[np.float64]
    """The same for somebody whose face at rest is not known: people differ, too."""


def load_face_actions() -> FaceActions:
    """Load the shipped file, which `python -m training.heads.fit` makes.

    Raises:
        ModelMissing: it is not there.
        ModelError: it holds something else.
    """
    path = model_path("face_actions")
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = tuple(archive["names"].tolist())
            mean, columns, pull, stranger_pull = (
                archive[name].astype(np.float64)
                for name in ("mean", "columns", "pull", "stranger_pull")
            )
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: not what the face mesh shows of actions ({error})") from error
    if names != (*ACTIONS, *LIDS):
        raise ModelError(f"{path}: is of other face actions; make it with training.heads.fit")
    return FaceActions(mean, columns, pull, stranger_pull)
