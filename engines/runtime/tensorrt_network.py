"""A network in TensorRT or TensorRT-RTX, by names of its inputs and outputs."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engines.errors import EngineUnavailable, StageError
from engines.runtime.cuda import Stream
from engines.runtime.device_network import TensorSpec
from engines.runtime.tensorrt_library import TensorRt, make_logger
from engines.whole_files import renamed_when_done

logger = logging.getLogger(__name__)


class TensorRtNetwork:
    """A plan on the GPU. See `DeviceNetwork`."""

    def __init__(
        self, library: TensorRt, trt: Any, engine: Any, context: Any, keep: Callable[[], None]
    ) -> None:
        """Take over what `load_plan` made; `keep` is called when it is closed."""
        self.provider = f"{library.title} {trt.__version__}"
        """Library and precision."""
        self._title = library.title
        self._trt = trt
        self._engine = engine
        self._context = context
        self._keep = keep

    def inputs(self) -> tuple[TensorSpec, ...]:
        """Return the inputs."""
        return self._tensors(self._trt.TensorIOMode.INPUT)

    def outputs(self) -> tuple[TensorSpec, ...]:
        """Return the outputs, for the shapes that are set."""
        return self._tensors(self._trt.TensorIOMode.OUTPUT)

    def set_shape(self, name: str, shape: tuple[int, ...]) -> None:
        """Set an input's shape. Raises `StageError` where the network does not take it."""
        if not self._opened().set_input_shape(name, shape):
            raise StageError(f"{self._title}: input {name} cannot have the shape {shape}")

    def bind(self, name: str, address: int) -> None:
        """Say where an input is read or an output is written. Raises `StageError`."""
        if not self._opened().set_tensor_address(name, address):
            raise StageError(f"{self._title}: no tensor {name}, or no memory at {address:#x}")

    def enqueue(self, stream: Stream) -> None:
        """Put the network into a stream. Raises `StageError`."""
        if not self._opened().execute_async_v3(stream.handle):
            raise StageError(f"{self._title}: the network could not be started; see the log")

    def close(self) -> None:
        """Free it; may be called twice."""
        if self._context is not None:
            self._keep()
        self._context = None  # before the engine that it belongs to
        self._engine = None

    def _opened(self) -> Any:
        if self._context is None:
            raise StageError(f"{self._title}: used after close")
        return self._context

    def _tensors(self, mode: Any) -> tuple[TensorSpec, ...]:
        context, engine = self._opened(), self._engine
        names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
        return tuple(
            TensorSpec(
                name,
                tuple(context.get_tensor_shape(name)),
                np.dtype(self._trt.nptype(engine.get_tensor_dtype(name))),
            )
            for name in names
            if engine.get_tensor_mode(name) == mode
        )


def load_plan(
    library: TensorRt, plan: bytes, *, kernels: Path | None = None
) -> TensorRtNetwork | None:
    """Return the network of a plan; None where the library refuses it: another version, another GPU.

    Args:
        library: What built it.
        plan: Its bytes.
        kernels: File of the kernels that TensorRT-RTX compiles at the first load, kept for the next one; one of
            another version or GPU is ignored by the library.

    Raises:
        EngineUnavailable: the library cannot be used, or the GPU has no memory left for it.
    """
    trt = library.load()
    runtime = trt.Runtime(make_logger(trt))
    engine = None if runtime is None else runtime.deserialize_cuda_engine(plan)
    if engine is None:
        return None
    if library.is_tuned_to_gpu:
        context, compiled = engine.create_execution_context(), None
    else:
        context, compiled = _compiling_context(engine, kernels)
    if context is None:
        raise EngineUnavailable(f"{library.title}: no room on the GPU; close other programs")

    def keep() -> None:
        if compiled is not None and kernels is not None:
            _write(kernels, bytes(compiled.serialize()))

    return TensorRtNetwork(library, trt, engine, context, keep)


def _compiling_context(engine: Any, kernels: Path | None) -> tuple[Any, Any]:
    """Return a context of TensorRT-RTX and its compiled kernels, begun with those of a file."""
    runtime_config = engine.create_runtime_config()
    compiled = runtime_config.create_runtime_cache()
    if kernels is not None and kernels.is_file():
        compiled.deserialize(kernels.read_bytes())
    runtime_config.set_runtime_cache(compiled)
    return engine.create_execution_context(runtime_config), compiled


def _write(path: Path, content: bytes) -> None:
    """Write a file that saves time, where that can be done."""
    try:
        with renamed_when_done(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        logger.info("%s: not kept (%s); the next start compiles again", path, error)
