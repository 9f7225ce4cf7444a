"""A learned first guess of the body: a small network that knows how MediaPipe errs and how people stand.

The network is made by the package `training` (training/lifter/MODEL_CARD.md); it is asked once a frame. Of its answers
the shape and the doubt about left and right are not used.
"""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64

from engines.errors import StageError
from engines.landmarks.view import PersonView
from engines.model_store import model_path
from engines.runtime.catalog import REFERENCE
from engines.runtime.session import Session

MODEL: Final = "lifter"
"""Name of its card in assets/models.toml."""

_INPUTS: Final = {"rays": (1, 33, 2), "world": (1, 33, 3), "seen": (1, 33), "sight": (1, 3)}


class LiftedBody(NamedTuple):
    """What the network makes of one frame."""

    rotations: Float64[np.ndarray, "22 3 3"]
    """Parent-relative rotations, the pelvis in the camera frame."""
    sigmas: Float64[np.ndarray, "22"]
    """Standard deviation of each rotation about each axis, radians, as far as the network can tell."""


class Lifter:
    """The network on one thread of the CPU. Opened, used and closed on one thread of the program."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._inputs = {name: np.zeros(shape, np.float32) for name, shape in _INPUTS.items()}

    def open(self) -> None:
        """Load the network and run it once.

        Raises:
            ModelMissing: its file is not there.
            ModelError: the file is damaged.
        """
        self._session = REFERENCE.open(model_path(MODEL), threads=1)
        self._inputs["sight"][0] = 0, 0, 1
        self._session.run(self._inputs)

    def lift(self, view: PersonView) -> LiftedBody:
        """Return the body that the landmarks of one frame suggest."""
        if self._session is None:
            raise StageError("the lifter is not open; call open() first")
        for name, values in self._inputs.items():
            values[0] = getattr(view, name)
        outputs = self._session.run(self._inputs)
        return LiftedBody(
            rotations=outputs["rotations"][0].astype(np.float64),
            sigmas=outputs["sigmas"][0].astype(np.float64),
        )

    def close(self) -> None:
        """Free the network; may be called twice."""
        if self._session is not None:
            self._session.close()
            self._session = None
