"""All textures of a scene in one array, so that one compiled loop can read any of them."""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Int64, UInt8

PLAIN: Final = -1
"""Index of no texture: the part has one colour."""


class TextureArrays(NamedTuple):
    """What the compiled loops read."""

    texels: UInt8[np.ndarray, "texels 4"]
    """RGBA of all textures, row by row, one texture after the other."""
    first: Int64[np.ndarray, " textures"]
    """Index of each texture's first texel."""
    sizes: Int64[np.ndarray, "textures 2"]
    """Width and height of each."""


class Textures:
    """A growing collection of textures."""

    def __init__(self) -> None:
        self._pictures: list[UInt8[np.ndarray, "height width 4"]] = []
        self._arrays: TextureArrays | None = None

    def add(self, rgba: UInt8[np.ndarray, "height width 4"]) -> int:
        """Take in a texture; return its index."""
        self._pictures.append(np.ascontiguousarray(rgba))
        self._arrays = None
        return len(self._pictures) - 1

    def replace(self, index: int, rgba: UInt8[np.ndarray, "height width 4"]) -> None:
        """Write another texture of the same size over one."""
        if rgba.shape != self._pictures[index].shape:
            raise ValueError(f"texture of {rgba.shape} in place of {self._pictures[index].shape}")
        self._pictures[index] = np.ascontiguousarray(rgba)
        if self._arrays is not None:
            first = self._arrays.first[index]
            flat = rgba.reshape(-1, 4)
            self._arrays.texels[first : first + len(flat)] = flat

    def arrays(self) -> TextureArrays:
        """Return all textures in one array."""
        if self._arrays is None:
            flat = [picture.reshape(-1, 4) for picture in self._pictures]
            ends = np.cumsum([len(texels) for texels in flat])
            self._arrays = TextureArrays(
                np.concatenate(flat),
                np.concatenate([[0], ends[:-1]]).astype(np.int64),
                np.array([picture.shape[1::-1] for picture in self._pictures], np.int64),
            )
        return self._arrays
