"""A learned first guess of the body: a small network that knows how MediaPipe errs and how people stand.

The network is made by the package `training` (training/lifter/MODEL_CARD.md); it is asked once a frame. Of its answers
the shape and the doubt about left and right are not used.
"""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64

from engines.errors import ModelError, StageError
from engines.landmarks.lifter_network import Network, network_of, run_network
from engines.landmarks.view import PersonView
from engines.model_store import model_path
from engines.runtime.onnx_weights import read_weights

MODEL: Final = "lifter"
"""Name of its card in assets/models.toml."""


class LiftedBody(NamedTuple):
    """What the network makes of one frame."""

    rotations: Float64[np.ndarray, "22 3 3"]
    """Parent-relative rotations, the pelvis in the camera frame."""
    sigmas: Float64[np.ndarray, "22"]
    """Standard deviation of each rotation about each axis, radians, as far as the network can tell."""


class Lifter:
    """The network on one thread of the CPU. Opened, used and closed on one thread of the program."""

    def __init__(self) -> None:
        self._network: Network | None = None

    def open(self) -> None:
        """Load the network, and compile it or load it from numba's cache.

        Raises:
            ModelMissing: its file is not there.
            ModelError: the file is damaged.
        """
        path = model_path(MODEL)
        try:
            self._network = network_of(read_weights(path))
        except (KeyError, ValueError) as error:
            raise ModelError(f"{path}: not a lifter ({error}); get it again") from error
        nothing = np.zeros((33, 3))
        self.lift(PersonView(nothing[:, :2].copy(), nothing, nothing[:, 0].copy(), np.eye(3)[2]))

    def lift(self, view: PersonView) -> LiftedBody:
        """Return the body that the landmarks of one frame suggest."""
        if self._network is None:
            raise StageError("the lifter is not open; call open() first")
        return LiftedBody(*run_network(self._network, view.rays, view.world, view.seen, view.sight))

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._network = None
