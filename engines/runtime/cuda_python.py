"""CUDA by NVIDIA's cuda-python: wheels for every system, nothing to compile, graphs.

Its lower layer, `cuda.bindings`, is used: the driver's own functions. `cuda.core`, the layer above, has no public
exception for what the driver refuses.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from cuda.bindings import driver

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
from engines.runtime.cuda_graph import CapturedGraph

_C_TYPES: Final = {
    np.dtype(np.uint64): ctypes.c_uint64,
    np.dtype(np.int32): ctypes.c_int32,
    np.dtype(np.float32): ctypes.c_float,
}


class _Event:
    def __init__(self) -> None:
        flags = driver.CUevent_flags.CU_EVENT_BLOCKING_SYNC
        self.handle = _checked(driver.cuEventCreate(flags.value))

    def record(self, stream: Stream) -> None:
        _checked(driver.cuEventRecord(self.handle, stream.handle))

    def wait(self) -> None:
        _checked(driver.cuEventSynchronize(self.handle))

    def elapsed_ms(self, earlier: Event) -> float:
        assert isinstance(earlier, _Event)
        return float(_checked(driver.cuEventElapsedTime(earlier.handle, self.handle)))


class CudaPythonRuntime:
    """The first GPU. See `CudaRuntime`.

    Raises:
        EngineUnavailable: no driver, a driver that is too old, no GPU, or one that cannot be used.
    """

    name = "cuda-python"

    def __init__(self) -> None:
        self._freed_by: dict[object, Callable[[], object]] = {}
        gpu = find_gpu()
        device, self.device, self.compute_capability = gpu.handle, gpu.name, gpu.compute_capability
        try:
            context = _checked(driver.cuDevicePrimaryCtxRetain(device))
            self._freed_by["context"] = lambda: driver.cuDevicePrimaryCtxRelease(device)
            _checked(driver.cuCtxPushCurrent(context))
            self._freed_by["current context"] = driver.cuCtxPopCurrent
        except StageError as error:
            self.close()
            raise EngineUnavailable(f"{self.device}: {error}; use --device cpu") from error

    def alloc(self, size: int) -> DeviceMemory:
        """Return so many bytes of the GPU's memory."""
        address = int(_checked(driver.cuMemAlloc(size)))
        memory = DeviceMemory(address, size)
        self._freed_by[memory] = lambda: driver.cuMemFree(address)
        return memory

    def pinned(self, size: int) -> PinnedMemory:
        """Return so many bytes of page-locked memory."""
        address = int(_checked(driver.cuMemAllocHost(size)))
        memory = PinnedMemory(np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address)))
        self._freed_by[memory] = lambda: driver.cuMemFreeHost(address)
        return memory

    def free(self, memory: DeviceMemory | PinnedMemory) -> None:
        """Give memory back."""
        self._freed_by.pop(memory)()

    def stream(self) -> Stream:
        """Return a stream that waits for no other."""
        flags = driver.CUstream_flags.CU_STREAM_NON_BLOCKING
        handle = int(_checked(driver.cuStreamCreate(flags.value)))
        stream = Stream(handle)
        self._freed_by[stream] = lambda: driver.cuStreamDestroy(handle)
        return stream

    def event(self) -> Event:
        """Return an event with a time."""
        event = _Event()
        self._freed_by[event] = lambda: driver.cuEventDestroy(event.handle)
        return event

    def upload(self, source: PinnedMemory, target: DeviceMemory, stream: Stream) -> None:
        """Copy to the GPU."""
        address = source.array.ctypes.data
        _checked(driver.cuMemcpyHtoDAsync(target.address, address, target.size, stream.handle))

    def download(self, source: DeviceMemory, target: PinnedMemory, stream: Stream) -> None:
        """Copy from the GPU."""
        address = target.array.ctypes.data
        _checked(driver.cuMemcpyDtoHAsync(address, source.address, source.size, stream.handle))

    def kernels(self, ptx: bytes, names: Sequence[str]) -> dict[str, Kernel]:
        """Return functions of a PTX file by name."""
        module = _checked(driver.cuModuleLoadData(ptx + b"\0"))
        self._freed_by[object()] = lambda: driver.cuModuleUnload(module)
        return {name: _checked(driver.cuModuleGetFunction(module, name.encode())) for name in names}

    def launch(
        self,
        kernel: Kernel,
        grid: GridSize,
        block: GridSize,
        arguments: Sequence[np.generic],
        stream: Stream,
    ) -> None:
        """Start a function."""
        values = tuple(argument.item() for argument in arguments)
        types = tuple(_C_TYPES[argument.dtype] for argument in arguments)
        _checked(driver.cuLaunchKernel(kernel, *grid, *block, 0, stream.handle, (values, types), 0))

    def wait_for(self, stream: Stream, event: Event) -> None:
        """Let a stream wait for an event."""
        assert isinstance(event, _Event)
        _checked(driver.cuStreamWaitEvent(stream.handle, event.handle, 0))

    def capture(self, stream: Stream, record: Callable[[], None]) -> Graph | None:
        """Return what `record` puts into the stream as a graph."""
        return CapturedGraph(stream, record)

    def close(self) -> None:
        """Free everything; may be called twice."""
        while self._freed_by:
            self._freed_by.popitem()[1]()


def find_gpu() -> FoundGpu:
    """Return the first GPU, without occupying it. Raises `EngineUnavailable`."""
    try:
        code, version = driver.cuDriverGetVersion()
    except RuntimeError as error:  # the driver's library is looked for in the first call
        raise EngineUnavailable(NO_DRIVER) from error
    if code == driver.CUresult.CUDA_SUCCESS:
        check_driver(version)
    (code,) = driver.cuInit(0)
    if code == driver.CUresult.CUDA_ERROR_NO_DEVICE:
        raise EngineUnavailable(NO_GPU)
    try:
        _checked((code,))
        device = _checked(driver.cuDeviceGet(0))
        name = _checked(driver.cuDeviceGetName(128, device))
        attribute = driver.CUdevice_attribute
        major, minor = (
            int(_checked(driver.cuDeviceGetAttribute(which, device)))
            for which in (
                attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
            )
        )
    except StageError as error:
        raise EngineUnavailable(f"the NVIDIA driver does not start ({error})") from error
    return FoundGpu(device, name.partition(b"\0")[0].decode(), (major, minor))


def _checked(answer: tuple[Any, ...]) -> Any:
    """Return the value in a driver's answer. Raises `StageError` where it is an error."""
    code = answer[0]
    if code != driver.CUresult.CUDA_SUCCESS:
        raise StageError(f"CUDA: {code.name}")
    return answer[1] if len(answer) > 1 else None
