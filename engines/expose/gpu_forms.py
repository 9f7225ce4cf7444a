"""ExPose on the GPU in two forms: one network for everything, or one for each step with our own crops between them.

Both read and write the same tensors on the device, and both exist until a GPU has shown which is faster.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engines.expose.build_files import (
    BODY,
    GPU_ONE_GRAPH,
    GPU_STAGES,
    HANDS,
    HEAD,
    ONE_GRAPH,
    STAGES,
    Build,
    Graph,
)
from engines.expose.config import ExposeConfig
from engines.expose.options import GpuForm as FormName
from engines.runtime.crop_kernels import CropKernels, DeviceFrame
from engines.runtime.cuda import CudaRuntime, Stream
from engines.runtime.device_block import DeviceBlock, TransferBlock
from engines.runtime.device_network import DeviceNetwork, TensorSpec

OpenNetwork = Callable[[Path, Mapping[str, tuple[int, ...]]], DeviceNetwork]
"""Loads an ONNX file on the GPU, with sizes for the inputs that it leaves open.

Raises:
    ModelError: the file cannot be used.
    EngineUnavailable: nothing here can run it.
"""

_FLOAT: Final = np.dtype(np.float32)
_BOOL: Final = np.dtype(np.bool_)

ANSWER: Final = (
    TensorSpec("rotations", (1, 55, 3, 3), _FLOAT),
    TensorSpec("shape", (1, 20), _FLOAT),
    TensorSpec("scale", (1, 1), _FLOAT),
    TensorSpec("translation", (1, 2), _FLOAT),
    TensorSpec("seen", (3,), _BOOL),
)
"""What comes back of one person: 2.2 kB, 3 with the gaps."""


def question(height: int, width: int) -> tuple[TensorSpec, ...]:
    """Return what goes to the GPU for one person, see `OneGraph.forward`."""
    return (
        TensorSpec("corners", (2, 2), _FLOAT),
        TensorSpec("image_from_crop", (3, 3), _FLOAT),
        TensorSpec("side", (1,), _FLOAT),
        TensorSpec("wanted", (3,), _BOOL),
        TensorSpec("frame", (height, width, 3), np.dtype(np.uint8)),
    )


class GpuForm(Protocol):
    """The networks of a release on the GPU."""

    @property
    def provider(self) -> str:
        """Library, precision and form."""

    def bind(self, question: TransferBlock, answer: TransferBlock) -> None:
        """Say where the question will be and the answer is wanted; again when the picture's size changes.

        Raises like `OpenNetwork`: a form may need other networks for another size.
        """

    def enqueue(self, stream: Stream) -> None:
        """Put everything between question and answer into a stream. Raises `StageError`."""

    def close(self) -> None:
        """Free the networks; may be called twice."""


def graphs_of(name: FormName, *, is_half: bool) -> tuple[Graph, ...]:
    """Return the graphs of a form, image networks in float16 or all in float32."""
    if name == "one-graph":
        return GPU_ONE_GRAPH if is_half else (ONE_GRAPH,)
    return GPU_STAGES if is_half else STAGES


def open_form(
    name: FormName,
    cuda: CudaRuntime,
    build: Build,
    config: ExposeConfig,
    network: OpenNetwork,
    *,
    is_half: bool = True,
) -> GpuForm:
    """Return a form of a build that holds its graphs. Raises what `network` raises."""
    graphs = graphs_of(name, is_half=is_half)
    if name == "one-graph":
        return OneGraphForm(lambda shapes: network(build.path(graphs[0]), shapes))
    with ExitStack() as opened:
        networks = [
            opened.enter_context(closing(network(build.path(graph), {}))) for graph in graphs
        ]
        form = StagesForm(cuda, config, networks)
        opened.pop_all()
    return form


class OneGraphForm:
    """Everything in one network, which is opened for one size of pictures.

    Args:
        open_network: Loads it for the shapes of its open inputs.
    """

    def __init__(
        self, open_network: Callable[[Mapping[str, tuple[int, ...]]], DeviceNetwork]
    ) -> None:
        self._open_network = open_network
        self._network: DeviceNetwork | None = None

    @property
    def provider(self) -> str:
        """Library, precision and form."""
        return f"{self._network.provider if self._network else 'nothing yet'}, one graph"

    def bind(self, question: TransferBlock, answer: TransferBlock) -> None:
        """Open the network for the picture's size, and bind it."""
        self.close()
        shape = question.arrays["frame"].shape
        network = self._network = self._open_network({"frame": shape})
        network.set_shape("frame", shape)
        for tensor in network.inputs():
            network.bind(tensor.name, question.address(tensor.name))
        for tensor in network.outputs():
            network.bind(tensor.name, answer.address(tensor.name))

    def enqueue(self, stream: Stream) -> None:
        """Put the network into a stream."""
        assert self._network is not None
        self._network.enqueue(stream)

    def close(self) -> None:
        """Free the network."""
        if self._network is not None:
            self._network.close()
            self._network = None


class StagesForm:
    """One network for each step; crops are cut by our own kernels, and head runs beside hands.

    Args:
        cuda: The GPU.
        config: The release's configuration.
        networks: Body, hands, head, merge.
    """

    def __init__(
        self, cuda: CudaRuntime, config: ExposeConfig, networks: list[DeviceNetwork]
    ) -> None:
        self._body, self._hands, self._head, self._merge = networks
        self.provider = f"{self._body.provider}, stages"
        self._config = config
        self._crops = CropKernels(cuda)
        self._cuda = cuda
        self._beside = cuda.stream()
        self._body_done, self._head_done = cuda.event(), cuda.event()
        self._between = DeviceBlock(cuda, self._tensors_between())
        self._colour = _constant(cuda, np.array([*config.mean, *config.std], np.float32))
        self._bind_between()
        self._frame = DeviceFrame(0, 0, 0)
        self._places: dict[str, int] = {}

    def bind(self, question: TransferBlock, answer: TransferBlock) -> None:
        """Say where the question will be and the answer is wanted."""
        height, width, _ = question.arrays["frame"].shape
        self._frame = DeviceFrame(question.address("frame"), height, width)
        self._places = {name: question.address(name) for name in ("corners", "wanted")}
        self._places["seen"] = answer.address("seen")
        for name in ("image_from_crop", "side"):
            self._body.bind(name, question.address(name))
        self._merge.bind("use", answer.address("seen"))
        for tensor in self._merge.outputs():
            self._merge.bind(tensor.name, answer.address(tensor.name))

    def enqueue(self, stream: Stream) -> None:
        """Put all steps into a stream; the head's part of it goes through another one and comes back."""
        between, colour, frame = self._between.address, self._colour.address("value"), self._frame
        body, hand, head = (
            branch.crop_size for branch in (self._config.body, self._config.hand, self._config.head)
        )
        self._crops.body(frame, self._places["corners"], colour, body, between("crop"), stream)
        self._body.enqueue(stream)
        boxes = between("boxes")
        if self._config.use_head_network:
            self._body_done.record(stream)
            self._cuda.wait_for(self._beside, self._body_done)
            self._crops.head(frame, boxes, colour, head, between("head_crop"), self._beside)
            self._head.enqueue(self._beside)
            self._head_done.record(self._beside)
        if self._config.use_hand_network:
            self._crops.hands(frame, boxes, colour, hand, between("hand_crops"), stream)
            self._hands.enqueue(stream)
        self._crops.seen(frame, boxes, self._places["wanted"], self._places["seen"], stream)
        if self._config.use_head_network:
            self._cuda.wait_for(stream, self._head_done)
        self._merge.enqueue(stream)

    def close(self) -> None:
        """Free the networks."""
        for network in (self._body, self._hands, self._head, self._merge):
            network.close()

    def _tensors_between(self) -> list[TensorSpec]:
        """Return what one step writes and the next one reads."""
        return [
            *(tensor for tensor in self._body.inputs() if tensor.name == "crop"),
            *self._body.outputs(),
            *_renamed(self._hands, {"crops": "hand_crops", "vectors": "hands"}),
            *_renamed(self._head, {"crops": "head_crop", "vectors": "head"}),
        ]

    def _bind_between(self) -> None:
        between = self._between.address
        for name in BODY.outputs:
            self._body.bind(name, between(name))
        self._body.bind("crop", between("crop"))
        for network, graph, crops, own in (
            (self._hands, HANDS, "hand_crops", "hands"),
            (self._head, HEAD, "head_crop", "head"),
        ):
            places = (crops, "hand_start" if graph is HANDS else "head_start", own)
            for name, place in zip((*graph.inputs, *graph.outputs), places, strict=True):
                network.bind(name, between(place))
        self._merge.bind("vector", between("vector"))
        # a part whose network is left out is never seen; what merging then reads of it has to be a vector all the same
        config = self._config
        self._merge.bind("hands", between("hands" if config.use_hand_network else "hand_start"))
        self._merge.bind("head", between("head" if config.use_head_network else "head_start"))


def _renamed(network: DeviceNetwork, names: dict[str, str]) -> list[TensorSpec]:
    return [
        TensorSpec(names[tensor.name], tensor.shape, tensor.dtype)
        for tensor in (*network.inputs(), *network.outputs())
        if tensor.name in names
    ]


def _constant(cuda: CudaRuntime, value: NDArray[np.float32]) -> TransferBlock:
    """Return an array on the device under the name `value`."""
    block = TransferBlock(cuda, [TensorSpec("value", value.shape, value.dtype)])
    block.arrays["value"][...] = value
    stream, done = cuda.stream(), cuda.event()
    block.upload(stream)
    done.record(stream)
    done.wait()
    return block
