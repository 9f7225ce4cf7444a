"""Draws scenes: on the processor with numba, on a GPU with the project's own CUDA kernels, to the same pictures."""

from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from training.render import numba_pixels, numba_posing
from training.render.library import Library
from training.render.scene import SHADOW_PX, Scene
from training.render.textures import TextureArrays

LAYERS: Final = 6
"""Planes of a picture beside its colours."""


class Drawn(NamedTuple):
    """The people of `n` pictures, without what is before and behind them."""

    colours: Float[Tensor, "n 3 size size"]
    """Linear RGB times share."""
    share: Float[Tensor, "n size size"]
    """Share of each pixel that shows somebody."""
    light: Float[Tensor, "n size size"]
    """Luminance of the light on it, times share."""
    inverse_depth: Float[Tensor, "n size size"]
    """1 / depth of the nearest surface, 1/m; 0 where nobody is."""
    normals: Float[Tensor, "n 3 size size"]
    """Unit normals in the camera frame; 0 where nobody is."""
    parts: UInt8[Tensor, "n size size"]
    """1 + joint; 0 where nobody is."""


class Buffers(NamedTuple):
    """What is between the steps of drawing, on the scene's device."""

    points: Tensor
    """(vertices, 3) float32: places in the camera frame."""
    normals: Tensor
    """(vertices, 3) float32: unit normals."""
    seen: Tensor
    """(vertices, 3) float32: column, row, depth in samples of the picture."""
    lit: Tensor
    """(vertices, 3) float32: the same in the picture that the light sees."""
    keys: Tensor
    """(n, samples, samples) int64: nearest triangle of each sample."""
    shadow_keys: Tensor
    """(n, shadow, shadow) int64: the same as the light sees it."""
    colours: Tensor
    """(n, 3, size, size) float32."""
    layers: Tensor
    """(n, 6, size, size) float32."""
    labels: Tensor
    """(n, size, size) uint8."""

    def drawn(self) -> Drawn:
        """Return the result."""
        share, light, inverse_depth = self.layers[:, 0], self.layers[:, 1], self.layers[:, 2]
        return Drawn(self.colours, share, light, inverse_depth, self.layers[:, 3:], self.labels)


def buffers(scene: Scene, size: int, finer: int) -> Buffers:
    """Return empty buffers for a scene."""
    device, count, side = scene.rest.device, len(scene.cameras), size * finer

    def floats(*shape: int) -> Tensor:
        return torch.empty(shape, dtype=torch.float32, device=device)

    def nothing(side: int) -> Tensor:
        return torch.zeros((count, side, side), dtype=torch.int64, device=device)

    points, normals, seen, lit = (floats(scene.vertices, 3) for _ in range(4))
    return Buffers(
        points,
        normals,
        seen,
        lit,
        nothing(side),
        nothing(SHADOW_PX),
        floats(count, 3, size, size),
        floats(count, LAYERS, size, size),
        torch.empty((count, size, size), dtype=torch.uint8, device=device),
    )


class Rasteriser(Protocol):
    """Draws scenes whose arrays are on its device."""

    def draw(self, scene: Scene, size: int, finer: int) -> Drawn:
        """Return square pictures of `size` pixels with `finer` samples along each side of a pixel."""


class NumbaRasteriser:
    """On the processor, on the calling thread."""

    def __init__(self, library: Library, textures: TextureArrays) -> None:
        bound = library.bound
        self._bound = tuple(_array(array) for array in bound[:5])
        self._faces, self._uv, self._parts = (_array(a) for a in bound[5:8])
        self._around_first, self._around, self._hidden_by = (_array(a) for a in bound[8:])
        self._textures = _array(textures.texels), _array(textures.table)

    def draw(self, scene: Scene, size: int, finer: int) -> Drawn:
        """See `Rasteriser`."""
        space = buffers(scene, size, finer)
        points, normals, seen, lit = (_array(array) for array in space[:4])
        keys, shadow_keys = (_array(array).view(np.uint64) for array in space[4:6])
        things, gains, scales, first_thing, worn, rest, bones, cameras = (
            _array(array) for array in scene[:8]
        )
        lights, harmonics, shadows = (_array(array) for array in scene[8:11])
        numba_posing.pose_vertices(
            things, scales, self._bound, rest, bones, cameras, lights, points, seen, lit
        )
        numba_posing.vertex_normals(
            things, self._faces, self._around_first, self._around, points, normals
        )
        covered = self._bound[0], self._hidden_by, worn
        for places, where in ((seen, keys), (lit, shadow_keys)):
            numba_pixels.rasterise(
                things, self._faces, self._uv, *covered, *self._textures, places, where
            )
        colours, layers, labels = (_array(array) for array in space[6:])
        numba_pixels.shade(
            (things, gains, first_thing), (self._faces, self._uv, self._parts), self._textures,
            (points, normals, seen), keys, (lights, shadow_keys, shadows, harmonics), finer,
            colours, layers, labels,
        )  # fmt: skip
        return space.drawn()


def _array(tensor: Tensor) -> NDArray[Any]:
    array: NDArray[Any] = tensor.numpy()
    return array
