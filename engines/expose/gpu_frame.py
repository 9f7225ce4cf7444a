"""A whole frame on the GPU: the picture goes there, about 2 kB come back, and nothing in between touches the computer.

All of it is one CUDA graph where graphs can be captured: one call in place of some hundred.
"""

import logging
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, UInt8

from engines.errors import StageError
from engines.expose.backend import WholeBody
from engines.expose.crops import BodySquare
from engines.expose.gpu_forms import ANSWER, GpuForm, question
from engines.runtime.cuda import CudaRuntime, Graph
from engines.runtime.device_block import TransferBlock
from engines.types import BETA_COUNT

WARM_UPS: Final = 2
"""Runs before the capture: libraries load and compile what they need in the first ones, which cannot be captured."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class GpuAnswer:
    """One person."""

    whole: WholeBody
    """Pose, shape and camera."""
    seen: Bool[np.ndarray, "3"]
    """Right hand, left hand and head come from their own networks."""


class GpuFrame:
    """Answers for one person in one picture at a time. Opened, used and closed on the runtime's thread.

    Args:
        cuda: The GPU.
        form: The networks.
        graphs: Capture a CUDA graph; else every call is made again for each frame.
    """

    def __init__(self, cuda: CudaRuntime, form: GpuForm, *, graphs: bool = True) -> None:
        self._cuda = cuda
        self._form = form
        self._stream = cuda.stream()
        self._begun, self._done = cuda.event(), cuda.event()
        self._answer = TransferBlock(cuda, ANSWER)
        self._question: TransferBlock | None = None
        self._graph: Graph | None = None
        self._wants_graph = graphs
        self._runs = 0
        self._image: UInt8[np.ndarray, "height width 3"] | None = None

    @property
    def has_graph(self) -> bool:
        """Whether frames run as one CUDA graph by now."""
        return self._graph is not None

    def run(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        square: BodySquare,
        wanted: Bool[np.ndarray, "3"],
    ) -> GpuAnswer:
        """Return the body of one person in a BGR picture, which is not written to any more.

        Args:
            image: The picture.
            square: Where the body crop is cut.
            wanted: Parts whose own networks count, where their centre is in the picture.

        Raises:
            StageError: the GPU could not do it.
        """
        block = self._prepared(image)
        block.arrays["corners"][...] = square.corners
        block.arrays["image_from_crop"][...] = square.image_from_crop
        block.arrays["side"][...] = square.side
        block.arrays["wanted"][...] = wanted
        if self._wants_graph and self._graph is None and self._runs >= WARM_UPS:
            self._capture()
        self._begun.record(self._stream)
        if self._graph is None:
            self._enqueue()
        else:
            self._graph.launch(self._stream)
        self._done.record(self._stream)
        self._done.wait()
        self._runs += 1
        return self._read()

    def device_ms(self) -> float:
        """Return how long the last run took on the GPU, the copies included."""
        return self._done.elapsed_ms(self._begun)

    def close(self) -> None:
        """Free the graph and the networks; the memory goes with the runtime. May be called twice."""
        self._drop_graph()
        self._form.close()

    def _prepared(self, image: UInt8[np.ndarray, "height width 3"]) -> TransferBlock:
        """Return the block with the picture in it."""
        block = self._question
        if block is None or block.arrays["frame"].shape != image.shape:
            self._drop_graph()
            if block is not None:
                block.free()
            block = self._question = TransferBlock(self._cuda, question(*image.shape[:2]))
            self._form.bind(block, self._answer)
            self._runs = 0
            self._image = None
        if image is not self._image:  # the next person of the same frame needs no new copy here
            np.copyto(block.arrays["frame"], image)
            self._image = image
        return block

    def _enqueue(self) -> None:
        assert self._question is not None
        self._question.upload(self._stream)
        self._form.enqueue(self._stream)
        self._answer.download(self._stream)

    def _capture(self) -> None:
        """Make the graph; without one, go on as before."""
        try:
            self._graph = self._cuda.capture(self._stream, self._enqueue)
            reason = "needs the package cuda-bindings"
        except StageError as error:
            reason = str(error)
        if self._graph is None:
            self._wants_graph = False
            logger.warning("no CUDA graph, so every frame costs 1 to 2 ms more: %s", reason)

    def _drop_graph(self) -> None:
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    def _read(self) -> GpuAnswer:
        arrays = {name: np.array(array) for name, array in self._answer.arrays.items()}
        shape = arrays["shape"][0].astype(np.float32, copy=False)
        whole = WholeBody(
            rotations=arrays["rotations"][0].astype(np.float32, copy=False),
            betas=shape[:BETA_COUNT],
            expression=shape[BETA_COUNT:],
            scale=arrays["scale"].item(),
            translation=arrays["translation"][0].astype(np.float32, copy=False),
        )
        return GpuAnswer(whole, arrays["seen"].astype(np.bool_, copy=False))
