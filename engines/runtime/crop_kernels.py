"""The kernels of kernels/crop.cu, with the arguments they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engines.runtime.cuda import CudaRuntime, Kernel, Stream

_PTX: Final = Path(__file__).with_name("kernels") / "crop.ptx"
_BLOCK: Final = (16, 16, 1)
_NAMES: Final = ("crop_body", "crop_parts", "parts_seen")


@dataclass(frozen=True, slots=True)
class DeviceFrame:
    """A BGR picture of 8 bits on the device, its rows without gaps."""

    address: int
    height: int
    width: int

    def arguments(self) -> list[np.generic]:
        """Return what every kernel takes first."""
        return [np.uint64(self.address), np.int32(self.height), np.int32(self.width)]


class CropKernels:
    """Cuts network inputs out of pictures on the device, as `engines.expose.crops` does on the CPU.

    Everything they read and write is on the device, given by its address; see crop.cu for what it is.
    """

    def __init__(self, cuda: CudaRuntime) -> None:
        self._cuda = cuda
        self._kernels = cuda.kernels(_PTX.read_bytes(), _NAMES)

    def body(
        self, frame: DeviceFrame, corners: int, colour: int, size: int, out: int, stream: Stream
    ) -> None:
        """Cut the body: float32 (3, size, size) out."""
        arguments = [*frame.arguments(), *_addresses(corners, colour)]
        arguments += [np.int32(size), np.uint64(out)]
        self._start(self._kernels["crop_body"], size, 1, arguments, stream)

    def hands(
        self, frame: DeviceFrame, boxes: int, colour: int, size: int, out: int, stream: Stream
    ) -> None:
        """Cut the right hand, and the left hand mirrored: float32 (2, 3, size, size) out."""
        self._parts(frame, (boxes, colour), range(2), size, out, stream)

    def head(
        self, frame: DeviceFrame, boxes: int, colour: int, size: int, out: int, stream: Stream
    ) -> None:
        """Cut the head: float32 (3, size, size) out."""
        self._parts(frame, (boxes, colour), range(2, 3), size, out, stream)

    def seen(self, frame: DeviceFrame, boxes: int, wanted: int, out: int, stream: Stream) -> None:
        """Say of each part whether it is wanted and its centre is in the picture: 3 bytes out."""
        _, height, width = frame.arguments()
        arguments = [np.uint64(boxes), height, width, *_addresses(wanted, out)]
        self._cuda.launch(self._kernels["parts_seen"], (1, 1, 1), (3, 1, 1), arguments, stream)

    def _parts(
        self,
        frame: DeviceFrame,
        boxes_and_colour: tuple[int, int],
        parts: range,
        size: int,
        out: int,
        stream: Stream,
    ) -> None:
        arguments = [*frame.arguments(), *_addresses(*boxes_and_colour)]
        arguments += [np.int32(parts.start), np.int32(size), np.uint64(out)]
        self._start(self._kernels["crop_parts"], size, len(parts), arguments, stream)

    def _start(
        self, kernel: Kernel, size: int, count: int, arguments: Sequence[np.generic], stream: Stream
    ) -> None:
        blocks = -(-size // _BLOCK[0])
        self._cuda.launch(kernel, (blocks, blocks, count), _BLOCK, arguments, stream)


def _addresses(*addresses: int) -> list[np.generic]:
    return [np.uint64(address) for address in addresses]
