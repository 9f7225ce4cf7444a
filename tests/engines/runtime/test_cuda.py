"""CUDA by each library on a driver whose GPU is this computer, and what is said where there is none."""

import re
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import pytest

from engines.errors import EngineUnavailable
from engines.runtime import cuda
from engines.runtime.cuda import CUDA_LIBRARIES, check_driver, open_cuda
from engines.runtime.cuda_pycuda import PycudaRuntime
from tests.engines.runtime.host_cuda import run_in_driver

libraries = pytest.mark.parametrize(
    "library",
    [
        pytest.param(
            each.name,
            marks=pytest.mark.skipif(not each.is_installed, reason=f"{each.name} is not installed"),
        )
        for each in CUDA_LIBRARIES
    ],
)

OPEN = """
from engines.errors import EngineUnavailable
from engines.runtime.cuda import open_cuda
try:
    cuda = open_cuda(NAME)
    print(cuda.device)
    cuda.close()
except EngineUnavailable as error:
    print(error)
"""


@libraries
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "this computer"),
        (
            {"version": 11080},
            "no CUDA: the NVIDIA driver knows CUDA 11.8, and 12.0 is needed; update the driver",
        ),
        ({"devices": 0}, "no CUDA: the NVIDIA driver finds no GPU; use --device cpu"),
    ],
)
def test_what_the_driver_says(cuda_driver, library, settings, said):
    code = f"NAME = {library!r}\n{OPEN}"
    assert run_in_driver(cuda_driver, code, **settings) == said + "\n"


WORK = """
import ctypes
from pathlib import Path
import numpy as np
from engines.runtime import crop_kernels
from engines.errors import StageError
from engines.runtime.cuda import open_cuda

driver = ctypes.CDLL("libcuda.so.1")
cuda = open_cuda(NAME)
assert cuda.compute_capability == (9, 0)
stream, memory = cuda.stream(), cuda.alloc(64)
given, got = cuda.pinned(64), cuda.pinned(64)
assert memory.address % 256 == 0

def there_and_back():
    cuda.upload(given, memory, stream)
    cuda.download(memory, got, stream)

given.array[:] = np.arange(64)
there_and_back()
assert (got.array == given.array).all()

graph = cuda.capture(stream, there_and_back)
given.array[:] = 5
assert got.array[63] == 63, "captured work was done"
graph.launch(stream)
assert (got.array == 5).all()

def fails():
    raise ZeroDivisionError
try:
    cuda.capture(stream, fails)
except ZeroDivisionError:
    pass
there_and_back()  # the stream is as before
graph.close()
graph.close()
try:
    graph.launch(stream)
except StageError as error:
    print(error)

first, second = cuda.event(), cuda.event()
for event in (first, second):
    event.record(stream)
    event.wait()
assert second.elapsed_ms(first) >= 0
cuda.wait_for(stream, second)

try:
    cuda.alloc(1 << 20)
except StageError as error:
    print(error)
try:
    cuda.kernels(b"not ptx", ["crop_body"])
except StageError as error:
    print(error)

ptx = Path(crop_kernels.__file__).with_name("kernels") / "crop.ptx"
seen = cuda.kernels(ptx.read_bytes(), ["parts_seen"])["parts_seen"]
question, answer = cuda.pinned(64), cuda.pinned(64)
question.array[:36] = np.array([5, 5, 1, -5, 5, 1, 9, 9, 1], np.float32).view(np.uint8)
question.array[36:39] = 1
cuda.upload(question, memory, stream)
where = [np.uint64(memory.address), np.int32(10), np.int32(10)]
where += [np.uint64(memory.address + 36), np.uint64(memory.address + 40)]
cuda.launch(seen, (1, 1, 1), (3, 1, 1), where, stream)
cuda.download(memory, answer, stream)
print(answer.array[40:43].tolist())
cuda.free(got)
cuda.free(answer)
print(driver.host_cuda_allocations())
cuda.close()
cuda.close()
print(driver.host_cuda_allocations())
"""


@libraries
def test_memory_streams_events_kernels_and_graphs(cuda_driver, library):
    code = f"NAME = {library!r}\n{WORK}"
    lines = run_in_driver(cuda_driver, code, memory=1 << 16).splitlines()
    assert lines[0] == "CUDA graph: launch after close"
    assert re.match("CUDA: (CUDA_ERROR_OUT_OF_MEMORY|.*out of memory)", lines[1])
    assert re.match("CUDA: (CUDA_ERROR_INVALID_PTX|.*failed)", lines[2])
    assert lines[3:] == ["[1, 0, 1]", "3", "0"]


@pytest.mark.skipif(find_spec("pycuda") is not None, reason="pycuda is installed")
def test_what_is_not_installed_is_said():
    with pytest.raises(EngineUnavailable, match=r"pycuda is missing; run pip install pycuda"):
        open_cuda("pycuda")
    with pytest.raises(EngineUnavailable, match="known are auto, pycuda, cuda-python"):
        open_cuda("opencl")


def test_auto_gives_every_reason(monkeypatch):
    class Refusing:
        def __init__(self, name):
            self.name = name

        def open(self):
            raise EngineUnavailable(f"{self.name} is broken")

    monkeypatch.setattr(cuda, "CUDA_LIBRARIES", (Refusing("a"), Refusing("b"), Refusing("a")))
    with pytest.raises(EngineUnavailable, match=r"^no CUDA: a is broken; b is broken$"):
        open_cuda()


@pytest.mark.parametrize(("version", "is_old"), [(11080, True), (12000, False), (13010, False)])
def test_old_drivers(version, is_old):
    if is_old:
        with pytest.raises(EngineUnavailable, match=r"knows CUDA 11\.8, and 12\.0 is needed"):
            check_driver(version)
    else:
        check_driver(version)


class DriverError(Exception):
    pass


def pycuda_with(monkeypatch, **driver):
    """Put a pycuda in place of the real one."""
    names = {"Error": DriverError, "get_driver_version": lambda: 13000, "init": lambda: None}
    module = ModuleType("pycuda")
    module.driver = SimpleNamespace(**(names | driver))
    monkeypatch.setitem(sys.modules, "pycuda", module)
    monkeypatch.setitem(sys.modules, "pycuda.driver", module.driver)


def raising(error):
    def call(*_arguments):
        raise error

    return call


class Device:
    def __init__(self, log):
        self.log = log

    def name(self):
        return "GPU"

    def compute_capability(self):
        return (8, 9)

    def retain_primary_context(self):
        return self

    def push(self):
        self.log.append("push")

    def pop(self):
        self.log.append("pop")

    def detach(self):
        self.log.append("detach")


def test_pycuda_pushes_the_primary_context_and_pops_it_once(monkeypatch):
    log = []

    def device(_index):
        return Device(log)

    device.count = lambda: 1
    pycuda_with(monkeypatch, Device=device)
    runtime = PycudaRuntime()
    assert (runtime.device, runtime.compute_capability) == ("GPU", (8, 9))
    assert log == ["push"]
    runtime.close()
    runtime.close()
    assert log == ["push", "pop", "detach"]


@pytest.mark.parametrize(
    ("driver", "said"),
    [
        ({"get_driver_version": lambda: 11040}, r"knows CUDA 11\.4"),
        (
            {"init": raising(DriverError("cuInit failed: no CUDA-capable device is detected"))},
            "finds no GPU",
        ),
        (
            {"init": raising(DriverError("cuInit failed: unknown error"))},
            r"does not start \(cuInit failed: unknown",
        ),
        ({"Device": SimpleNamespace(count=lambda: 0)}, "finds no GPU"),
    ],
)
def test_why_pycuda_is_not_usable(monkeypatch, driver, said):
    pycuda_with(monkeypatch, **driver)
    with pytest.raises(EngineUnavailable, match=said):
        PycudaRuntime()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("libcuda.so.1: cannot open shared object file", "no NVIDIA driver"),
        ("undefined symbol: x", r"pycuda cannot be loaded \(undefined symbol"),
    ],
)
def test_pycuda_without_its_libraries(monkeypatch, error, said):
    class Package(ModuleType):
        def __getattr__(self, name):
            raise ImportError(error)

    monkeypatch.setitem(sys.modules, "pycuda", Package("pycuda"))
    with pytest.raises(EngineUnavailable, match=said):
        PycudaRuntime()
