"""What every runtime offers: one network on one device."""

from collections.abc import Mapping
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Precision = Literal["float32", "bfloat16"]
"""What a network computes in up to its `FEATURES`; the rest is always single precision."""

FEATURES: Final = "features"
"""Name of the tensor, in the files of `engines.expose.export`, where an image network ends: what comes after it turns
numbers into rotations, and needs single precision."""


class Session(Protocol):
    """A loaded network. Opened, used and closed on one thread."""

    provider: str
    """Library and device that are really in use."""

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
        """Return the outputs by name.

        The caller may keep them; they are not written to by later runs.

        Raises:
            StageError: the network could not be run.
        """

    def close(self) -> None:
        """Free the network; may be called twice."""
