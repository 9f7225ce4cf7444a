"""Draws scenes on a GPU: the kernels of kernels/raster.cu with the arguments they take."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engines.runtime.cuda import CudaRuntime, Stream, open_cuda
from training.render.library import Library
from training.render.rasteriser import Buffers, Drawn, buffers
from training.render.scene import SHADOW_PX, Scene
from training.render.textures import TextureArrays

_PTX: Final = Path(__file__).with_name("kernels") / "raster.ptx"
_NAMES: Final = ("pose_vertices", "vertex_normals", "rasterise", "shade")
_ROW: Final = (128, 1, 1)
_TILE: Final = (16, 8, 1)
_STRIPS: Final = 4
"""Threads that share the rows of one triangle, so that a large one does not hold up its neighbours."""


class CudaRasteriser:
    """On a GPU, in order with what the stream is given before and after. Arrays stay there.

    Args:
        cuda: Starts the kernels.
        stream: Gives the stream to put them into.
        library: The items, on the GPU.
        textures: Their textures, on the GPU.
    """

    def __init__(
        self,
        cuda: CudaRuntime,
        stream: Callable[[], Stream],
        library: Library,
        textures: TextureArrays,
    ) -> None:
        self._cuda, self._stream = cuda, stream
        self._bound, self._textures = library.bound, textures
        self._kernels = cuda.kernels(_PTX.read_bytes(), _NAMES)

    def draw(self, scene: Scene, size: int, finer: int) -> Drawn:
        """See `Rasteriser`."""
        space = buffers(scene, size, finer)
        self._pose(scene, space)
        self._rasterise(scene, space.seen, space.keys)
        self._rasterise(scene, space.lit, space.shadow_keys)
        self._shade(scene, space, size, finer)
        return space.drawn()

    def _pose(self, scene: Scene, space: Buffers) -> None:
        bound, count = self._bound, len(scene.things)
        grid = (-(-scene.most[0] // _ROW[0]), count, 1)
        self._start(
            "pose_vertices", grid, _ROW,
            scene.things, count, scene.scales, bound.references, bound.shares, bound.offsets,
            bound.bones, bound.weights, scene.rest, scene.rest.shape[1], scene.bones,
            scene.cameras, scene.lights, space.points, space.seen, space.lit,
        )  # fmt: skip
        self._start(
            "vertex_normals", grid, _ROW,
            scene.things, count, bound.faces, bound.around_first, bound.around, space.points,
            space.normals,
        )  # fmt: skip

    def _rasterise(self, scene: Scene, seen: Tensor, keys: Tensor) -> None:
        bound, count = self._bound, len(scene.things)
        self._start(
            "rasterise", (-(-scene.most[1] // _ROW[0]), count, _STRIPS), _ROW,
            scene.things, count, bound.faces, bound.uv, bound.references, bound.hidden_by,
            scene.worn, *self._textures, seen, keys.shape[1], keys.shape[2], _STRIPS, keys,
        )  # fmt: skip

    def _shade(self, scene: Scene, space: Buffers, size: int, finer: int) -> None:
        bound = self._bound
        grid = (-(-size // _TILE[0]), -(-size // _TILE[1]), len(scene.cameras))
        self._start(
            "shade", grid, _TILE,
            scene.things, scene.gains, scene.first_thing, bound.faces, bound.uv, bound.parts,
            *self._textures, space.points, space.normals, space.seen, space.keys, scene.lights,
            space.shadow_keys, SHADOW_PX, scene.shadows, scene.harmonics, size, finer,
            space.colours, space.layers, space.labels,
        )  # fmt: skip

    def _start(
        self,
        name: str,
        grid: tuple[int, int, int],
        block: tuple[int, int, int],
        *arguments: Tensor | int,
    ) -> None:
        values: list[np.generic] = [
            np.uint64(a.data_ptr()) if isinstance(a, Tensor) else np.int32(a) for a in arguments
        ]
        self._cuda.launch(self._kernels[name], grid, block, values, self._stream())


def open_rasteriser(library: Library, textures: TextureArrays) -> CudaRasteriser:
    """Return the rasteriser of torch's first GPU, in torch's own stream and context.

    Raises:
        EngineUnavailable: nothing starts kernels there.
    """
    torch.empty(1, device="cuda")  # torch opens the context, which is shared
    return CudaRasteriser(open_cuda("cuda-python"), _torch_stream, library, textures)


def _torch_stream() -> Stream:
    return Stream(torch.cuda.current_stream().cuda_stream)
