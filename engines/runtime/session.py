"""What every runtime offers: one network on one device."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


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
