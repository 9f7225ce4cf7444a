"""Tensors that lie together in memory, so that one copy moves them all to the GPU or back."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.runtime.cuda import CudaRuntime, Stream
from engines.runtime.device_network import TensorSpec

_ALIGNMENT: Final = 256  # what TensorRT asks of an address


class DeviceBlock:
    """Tensors on the device, one after the other."""

    def __init__(self, cuda: CudaRuntime, tensors: Sequence[TensorSpec]) -> None:
        self._cuda = cuda
        self._offsets: dict[str, int] = {}
        size = 0
        for tensor in tensors:
            self._offsets[tensor.name] = size
            size += -(-tensor.size // _ALIGNMENT) * _ALIGNMENT
        self.size = size
        """Bytes."""
        self._device = cuda.alloc(size)

    def address(self, name: str) -> int:
        """Return where a tensor is on the device."""
        return self._device.address + self._offsets[name]

    def free(self) -> None:
        """Give the memory back; nothing in a stream may use it any more."""
        self._cuda.free(self._device)


class TransferBlock(DeviceBlock):
    """Tensors on the device and, page-locked, here."""

    def __init__(self, cuda: CudaRuntime, tensors: Sequence[TensorSpec]) -> None:
        super().__init__(cuda, tensors)
        self._pinned = cuda.pinned(self.size)
        self.arrays: dict[str, NDArray[np.generic]] = {}
        """The tensors here."""
        for tensor in tensors:
            start = self._offsets[tensor.name]
            flat = self._pinned.array[start : start + tensor.size]
            self.arrays[tensor.name] = flat.view(tensor.dtype).reshape(tensor.shape)

    def upload(self, stream: Stream) -> None:
        """Copy all of them to the device."""
        self._cuda.upload(self._pinned, self._device, stream)

    def download(self, stream: Stream) -> None:
        """Copy all of them from the device."""
        self._cuda.download(self._device, self._pinned, stream)

    def free(self) -> None:
        """Give the memory back; the arrays are invalid from then on."""
        self.arrays.clear()
        self._cuda.free(self._pinned)
        super().free()
