"""All textures of a part of the kit in one array, each with its smaller copies, so that one loop can read any."""

from typing import Final, NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import UInt8
from numpy.typing import NDArray
from torch import Tensor

PLAIN: Final = -1
"""Number of no texture: the item has one colour."""
LEVELS: Final = 6
"""A texture and its copies of half, quarter... the size; a small one repeats its last."""
_SMALLEST_PX: Final = 4


class TextureArrays(NamedTuple):
    """What the kernels read; row `LEVELS * texture + level` of the table is one picture."""

    texels: Tensor
    """(texels, 4) uint8: RGBA, row by row, one picture after the other."""
    table: Tensor
    """(pictures, 3) int32: first texel, width, height."""


class Textures:
    """A growing collection of textures."""

    def __init__(self) -> None:
        self._pictures: list[NDArray[np.uint8]] = []

    def __len__(self) -> int:
        return len(self._pictures)

    def add(self, rgba: UInt8[np.ndarray, "height width 4"]) -> int:
        """Take in a texture; return its number."""
        self._pictures.append(np.ascontiguousarray(rgba))
        return len(self._pictures) - 1

    def sizes(self) -> NDArray[np.float32]:
        """Return the geometric mean of width and height of each texture."""
        sides = [float(np.sqrt(p.shape[0] * p.shape[1])) for p in self._pictures]
        return np.array(sides, np.float32)

    def arrays(self, device: torch.device) -> TextureArrays:
        """Return all of them on a device."""
        every = [level for picture in self._pictures for level in _levels(picture)]
        flat = [picture.reshape(-1, 4) for picture in every]
        first = np.cumsum([0, *(len(texels) for texels in flat)])
        table = [
            (start, p.shape[1], p.shape[0]) for start, p in zip(first[:-1], every, strict=True)
        ]
        return TextureArrays(
            torch.from_numpy(np.concatenate(flat)).to(device),
            torch.from_numpy(np.array(table, np.int32)).to(device),
        )


def _levels(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    levels = [picture]
    while len(levels) < LEVELS:
        height, width = levels[-1].shape[:2]
        if min(height, width) < 2 * _SMALLEST_PX:
            levels.append(levels[-1])
            continue
        half = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        levels.append(half.astype(np.uint8, copy=False))
    return levels
