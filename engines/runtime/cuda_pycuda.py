"""CUDA by pycuda: the device's primary context, pushed where the runtime is opened and popped where it is closed.

Not pycuda.autoinit: its own context would keep TensorRT and torch out of our memory. pycuda has no graphs; with
cuda-bindings beside it, its streams are captured all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import numpy as np

from engines.errors import EngineUnavailable, StageError
from engines.runtime.cuda import (
    NO_DRIVER,
    NO_GPU,
    DeviceMemory,
    Event,
    FoundGpu,
    Graph,
    GridSize,
    Kernel,
    PinnedMemory,
    Stream,
    check_driver,
)
from engines.runtime.cuda_graph import CapturedGraph, can_capture

_NON_BLOCKING: Final = 1  # CU_STREAM_NON_BLOCKING, which pycuda does not name

_Kept = TypeVar("_Kept")


class _Event:
    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.event = driver.Event(driver.event_flags.BLOCKING_SYNC)

    def record(self, stream: Stream) -> None:
        with _stage_errors(self._driver):
            self.event.record(_own(stream))

    def wait(self) -> None:
        with _stage_errors(self._driver):
            self.event.synchronize()

    def elapsed_ms(self, earlier: Event) -> float:
        assert isinstance(earlier, _Event)
        return float(self.event.time_since(earlier.event))


class PycudaRuntime:
    """The first GPU. See `CudaRuntime`.

    Raises:
        EngineUnavailable: no driver, a driver that is too old, no GPU, or one that cannot be used.
    """

    name = "pycuda"

    def __init__(self) -> None:
        self._driver = _pycuda_driver()
        self._freed_by: dict[object, Callable[[], object]] = {}
        gpu = find_gpu()
        self.device, self.compute_capability = gpu.name, gpu.compute_capability
        try:
            context = gpu.handle.retain_primary_context()
            context.push()
        except self._driver.Error as error:
            raise EngineUnavailable(f"{self.device}: {error}; use --device cpu") from error
        self._context: Any = context

    def alloc(self, size: int) -> DeviceMemory:
        """Return so many bytes of the GPU's memory."""
        with _stage_errors(self._driver):
            allocation = self._driver.mem_alloc(size)
        memory = DeviceMemory(int(allocation), size)
        self._freed_by[memory] = allocation.free
        return memory

    def pinned(self, size: int) -> PinnedMemory:
        """Return so many bytes of page-locked memory."""
        with _stage_errors(self._driver):
            array: Any = self._driver.pagelocked_empty((size,), np.uint8)
        memory = PinnedMemory(array)
        self._freed_by[memory] = array.base.free
        return memory

    def free(self, memory: DeviceMemory | PinnedMemory) -> None:
        """Give memory back."""
        self._freed_by.pop(memory)()

    def stream(self) -> Stream:
        """Return a stream that waits for no other."""
        with _stage_errors(self._driver):
            own = self._driver.Stream(_NON_BLOCKING)
        return Stream(int(own.handle), self._keep(own))

    def event(self) -> Event:
        """Return an event with a time."""
        with _stage_errors(self._driver):
            return self._keep(_Event(self._driver))

    def upload(self, source: PinnedMemory, target: DeviceMemory, stream: Stream) -> None:
        """Copy to the GPU."""
        with _stage_errors(self._driver):
            self._driver.memcpy_htod_async(target.address, source.array, _own(stream))

    def download(self, source: DeviceMemory, target: PinnedMemory, stream: Stream) -> None:
        """Copy from the GPU."""
        with _stage_errors(self._driver):
            self._driver.memcpy_dtoh_async(target.array, source.address, _own(stream))

    def kernels(self, ptx: bytes, names: Sequence[str]) -> dict[str, Kernel]:
        """Return functions of a PTX file by name."""
        with _stage_errors(self._driver):
            module = self._keep(self._driver.module_from_buffer(ptx + b"\0"))
            return {name: module.get_function(name) for name in names}

    def launch(
        self,
        kernel: Kernel,
        grid: GridSize,
        block: GridSize,
        arguments: Sequence[np.generic],
        stream: Stream,
    ) -> None:
        """Start a function."""
        start: Any = kernel
        with _stage_errors(self._driver):
            start(*arguments, grid=grid, block=block, stream=_own(stream))

    def wait_for(self, stream: Stream, event: Event) -> None:
        """Let a stream wait for an event."""
        assert isinstance(event, _Event)
        with _stage_errors(self._driver):
            _own(stream).wait_for_event(event.event)

    def capture(self, stream: Stream, record: Callable[[], None]) -> Graph | None:
        """Return what `record` puts into the stream as a graph; None without cuda-bindings."""
        return CapturedGraph(stream, record) if can_capture() else None

    def close(self) -> None:
        """Free everything and pop the context; may be called twice."""
        while self._freed_by:
            self._freed_by.popitem()[1]()
        if self._context is not None:
            self._context.pop()
            self._context.detach()
            self._context = None

    def _keep(self, thing: _Kept) -> _Kept:
        """Hold what is freed with its last reference, until the runtime is closed."""
        self._freed_by[object()] = lambda: thing
        return thing


def find_gpu() -> FoundGpu:
    """Return the first GPU, without occupying it. Raises `EngineUnavailable`."""
    driver = _pycuda_driver()
    check_driver(driver.get_driver_version())
    try:
        driver.init()
        if not driver.Device.count():
            raise EngineUnavailable(NO_GPU)
        device = driver.Device(0)
        return FoundGpu(device, str(device.name()), device.compute_capability())
    except driver.Error as error:
        is_absent = "no device" in str(error) or "no CUDA-capable" in str(error)
        reason = NO_GPU if is_absent else f"the NVIDIA driver does not start ({error})"
        raise EngineUnavailable(reason) from error


def _pycuda_driver() -> Any:
    try:
        from pycuda import driver
    except ImportError as error:
        reason = NO_DRIVER if "libcuda" in str(error) else f"pycuda cannot be loaded ({error})"
        raise EngineUnavailable(reason) from error
    return driver


def _own(stream: Stream) -> Any:
    assert stream.own is not None, "a stream of another library"
    return stream.own


@contextmanager
def _stage_errors(driver: Any) -> Iterator[None]:
    try:
        yield
    except driver.Error as error:
        raise StageError(f"CUDA: {error}") from error
