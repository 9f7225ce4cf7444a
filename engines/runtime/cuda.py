"""What we need of CUDA, behind one small protocol, and which library gives it: pycuda or cuda-python.

Everything happens on the thread that opened the runtime, in the device's primary context, which TensorRT and torch use
too. Memory is plain; streams keep order; a graph repeats what a stream was given once, with one call.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from engines.errors import EngineUnavailable

OLDEST_DRIVER: Final = 12000
"""CUDA version of the oldest driver that is supported: 12.0, driver 525."""

GridSize = tuple[int, int, int]

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, eq=False)
class DeviceMemory:
    """Memory of the GPU."""

    address: int
    """Where it begins."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class PinnedMemory:
    """Memory of the computer that the GPU reads and writes by itself."""

    array: NDArray[np.uint8]
    """Its bytes (size,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Work in order."""

    handle: int
    """The driver's CUstream."""
    own: object = None
    """What the library knows it by, where that is not the handle."""


class Event(Protocol):
    """A point in a stream."""

    def record(self, stream: Stream) -> None:
        """Put the point behind what the stream was given so far."""

    def wait(self) -> None:
        """Sleep until the stream has come to the point. Raises `StageError`."""

    def elapsed_ms(self, earlier: "Event") -> float:
        """Return the time since an earlier event of the same stream; both have been waited for."""


class Kernel(Protocol):
    """A function on the GPU."""


class Graph(Protocol):
    """Recorded work."""

    def launch(self, stream: Stream) -> None:
        """Put the work into a stream. Raises `StageError`."""

    def close(self) -> None:
        """Free it; may be called twice."""


class CudaRuntime(Protocol):
    """One GPU. Opened, used and closed on one thread. Whatever the driver refuses is a `StageError`."""

    name: str
    """Name of the library."""
    device: str
    """Name of the GPU."""
    compute_capability: tuple[int, int]

    def alloc(self, size: int) -> DeviceMemory:
        """Return so many bytes of the GPU's memory; 256 bytes are aligned. Raises `StageError` when it is full."""

    def pinned(self, size: int) -> PinnedMemory:
        """Return so many bytes of page-locked memory."""

    def free(self, memory: DeviceMemory | PinnedMemory) -> None:
        """Give memory back, once nothing in a stream uses it any more; its array is invalid from then on."""

    def stream(self) -> Stream:
        """Return a stream that waits for no other."""

    def event(self) -> Event:
        """Return an event with a time, which the waiting thread sleeps on."""

    def upload(self, source: PinnedMemory, target: DeviceMemory, stream: Stream) -> None:
        """Copy to the GPU; both have one size."""

    def download(self, source: DeviceMemory, target: PinnedMemory, stream: Stream) -> None:
        """Copy from the GPU; both have one size."""

    def kernels(self, ptx: bytes, names: Sequence[str]) -> dict[str, Kernel]:
        """Return functions of a PTX file by name."""

    def launch(
        self,
        kernel: Kernel,
        grid: GridSize,
        block: GridSize,
        arguments: Sequence[np.generic],
        stream: Stream,
    ) -> None:
        """Start a function; addresses are uint64."""

    def wait_for(self, stream: Stream, event: Event) -> None:
        """Let a stream wait for an event of another one, without the computer."""

    def capture(self, stream: Stream, record: Callable[[], None]) -> Graph | None:
        """Return what `record` puts into the stream as a graph, without doing it; None where nothing can capture.

        Raises:
            StageError: something in it cannot be captured.
        """

    def close(self) -> None:
        """Free everything that is left and let go of the GPU; may be called twice."""


@dataclass(frozen=True, slots=True)
class FoundGpu:
    """A GPU that can be opened."""

    handle: Any
    """What the library knows it by."""
    name: str
    compute_capability: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CudaLibrary:
    """A library that gives the protocol."""

    name: str
    """As in settings."""
    package: str
    """What has to be installed."""
    remedy: str
    """How."""
    module: str
    """Where its runtime is..."""
    runtime: str
    """...and the name of the class."""

    @property
    def is_installed(self) -> bool:
        """Whether the package is there."""
        try:
            return find_spec(self.package) is not None
        except ModuleNotFoundError:  # of the package above it
            return False

    def find_gpu(self) -> str:
        """Return the first GPU's name, without occupying it.

        Raises:
            EngineUnavailable: there is no usable one; the message says why.
        """
        return str(self._module().find_gpu().name)

    def open(self) -> CudaRuntime:
        """Return the first GPU. Raises like `find_gpu`."""
        return cast(Callable[[], CudaRuntime], getattr(self._module(), self.runtime))()

    def _module(self) -> ModuleType:
        if not self.is_installed:
            raise EngineUnavailable(f"{self.name} is missing; {self.remedy}")
        return importlib.import_module(self.module)


CUDA_LIBRARIES: Final = (
    CudaLibrary(
        "pycuda",
        "pycuda",
        "run pip install pycuda (it is compiled: needs the CUDA toolkit)",
        "engines.runtime.cuda_pycuda",
        "PycudaRuntime",
    ),
    CudaLibrary(
        "cuda-python",
        "cuda.bindings",
        "run pip install '.[gpu]'",
        "engines.runtime.cuda_python",
        "CudaPythonRuntime",
    ),
)
"""In the order in which `auto` tries them: one that had to be compiled was put there on purpose."""


def open_cuda(name: str = "auto") -> CudaRuntime:
    """Return the first GPU by the named library; `auto` takes the first library that works.

    Raises:
        EngineUnavailable: none does; the message has every reason.
    """
    return _first_that_works(name, lambda library: library.open())


def find_gpu(name: str = "auto") -> str:
    """Return the name of the GPU that `open_cuda` would open, without occupying it. Raises like it."""
    return _first_that_works(name, lambda library: library.find_gpu())


def _first_that_works(name: str, attempt: Callable[[CudaLibrary], _Result]) -> _Result:
    reasons = []
    for library in CUDA_LIBRARIES:
        if name not in ("auto", library.name):
            continue
        try:
            return attempt(library)
        except EngineUnavailable as error:
            reasons.append(str(error))
    if not reasons:
        known = ", ".join(library.name for library in CUDA_LIBRARIES)
        raise EngineUnavailable(f"CUDA library {name}: unknown; known are auto, {known}")
    raise EngineUnavailable("no CUDA: " + "; ".join(dict.fromkeys(reasons)))


def check_driver(version: int) -> None:
    """Raise `EngineUnavailable` for a driver that is too old.

    Args:
        version: The CUDA version that it brings, as the driver says it: 13.0 is 13000.
    """
    if version < OLDEST_DRIVER:
        raise EngineUnavailable(
            f"the NVIDIA driver knows CUDA {_dotted(version)}, and {_dotted(OLDEST_DRIVER)} is needed; "
            "update the driver"
        )


NO_DRIVER: Final = "no NVIDIA driver (libcuda is not there); install it, or use --device cpu"
NO_GPU: Final = "the NVIDIA driver finds no GPU; use --device cpu"


def _dotted(version: int) -> str:
    return f"{version // 1000}.{version % 1000 // 10}"
