"""What runs a network where its inputs already are: on the GPU, in a stream, with nothing copied."""

from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np

from engines.runtime.cuda import Stream


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """An input or output of a network."""

    name: str
    shape: tuple[int, ...]
    """-1 for a size that is set before the first run."""
    dtype: np.dtype[np.generic]

    @property
    def size(self) -> int:
        """Bytes. Raises `ValueError` where a size is not set."""
        if min(self.shape, default=1) < 0:
            raise ValueError(f"{self.name}: its shape {self.shape} is not set")
        return prod(self.shape) * self.dtype.itemsize


class DeviceNetwork(Protocol):
    """A network on the GPU. Opened, used and closed on the thread of its `CudaRuntime`.

    Set the shapes that vary, bind every input and output to memory of the device, then enqueue as often as you like;
    once shapes or addresses change, graphs that contain the network have to be captured anew.
    """

    provider: str
    """Library and precision."""

    def inputs(self) -> tuple[TensorSpec, ...]:
        """Return the inputs."""

    def outputs(self) -> tuple[TensorSpec, ...]:
        """Return the outputs, for the shapes that are set."""

    def set_shape(self, name: str, shape: tuple[int, ...]) -> None:
        """Set an input's shape. Raises `StageError` where the network does not take it."""

    def bind(self, name: str, address: int) -> None:
        """Say where an input is read or an output is written."""

    def enqueue(self, stream: Stream) -> None:
        """Put the network into a stream. Raises `StageError`."""

    def close(self) -> None:
        """Free it; may be called twice."""
