"""A whole frame in torch on the GPU, in the ways that torch offers: the baselines that TensorRT is measured against."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Bool, Float32, UInt8
from torch import Tensor

from engines.expose.checkpoint import Release
from engines.expose.crops import BodySquare
from engines.expose.half import halve_image_networks
from engines.expose.one_graph import OneGraph

_WARM_UPS: Final = 3


class TorchFrame:
    """All networks of a release in torch, for pictures of one size.

    Args:
        release: The release.
        mode: See `engines.expose.gpu_bench.TorchMode`.
        is_half: Image networks in float16; else all in float32, without TensorFloat-32.
    """

    def __init__(self, release: Release, mode: str, *, is_half: bool = False) -> None:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = True
        module = OneGraph(release).eval()
        if is_half:
            halve_image_networks(module)
        module = module.cuda()
        self._answer: Callable[..., tuple[Tensor, ...]] = (
            torch.compile(module) if mode == "compiled" else module
        )
        self._wants_graph = mode == "graph"
        self._graph: torch.cuda.CUDAGraph | None = None
        self._inputs: list[Tensor] = []
        self._outputs: tuple[Tensor, ...] = ()

    def run(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        square: BodySquare,
        wanted: Bool[np.ndarray, "3"],
    ) -> Float32[np.ndarray, "55 3 3"]:
        """Return the rotations of one person; picture in and answer out are part of it."""
        given = [
            torch.from_numpy(array)
            for array in (
                image,
                square.corners.astype(np.float32),
                square.image_from_crop,
                np.array([square.side], np.float32),
                wanted,
            )
        ]
        with torch.inference_mode():
            if not self._inputs:
                self._inputs = [tensor.cuda() for tensor in given]
                if self._wants_graph:
                    self._capture()
            for own, tensor in zip(self._inputs, given, strict=True):
                own.copy_(tensor, non_blocking=True)
            if self._graph is None:
                self._outputs = self._answer(*self._inputs)
            else:
                self._graph.replay()
            return self._outputs[0].cpu().numpy()

    def _capture(self) -> None:
        """Record the eager operations, once they have run and chosen their kernels."""
        beside: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(_WARM_UPS):
                self._answer(*self._inputs)
        torch.cuda.current_stream().wait_stream(beside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._outputs = self._answer(*self._inputs)
