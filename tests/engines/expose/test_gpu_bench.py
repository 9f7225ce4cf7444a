"""What `bench --device cuda` measures, on a GPU that is this computer, and what it says where there is none."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engines.errors import EngineUnavailable
from engines.expose import export, gpu_bench
from engines.expose.gpu_bench import bench_gpu
from engines.expose.options import ExposeOptions
from engines.expose.stage_costs import Boxed
from engines.expose.torch_backend import TorchBackend
from tests.engines.expose.host_networks import HostModules
from tests.engines.expose.small import small_release
from tests.engines.expose.test_gpu import BOX, BUILD, picture
from tests.engines.runtime.fake_cuda import FakeCuda
from tests.engines.runtime.host_cuda import build_driver
from tests.host_kernels import HostKernels

PERSONS = [Boxed(picture(seed=seed), np.array(BOX)) for seed in (1, 2)]
TORCH = [
    f"torch {mode}, {precision}"
    for precision in ("float32", "float16")
    for mode in ("eager", "compiled", "graph")
]
TENSORRT = [
    f"TensorRT {form}, {precision}, {how}"
    for form in ("stages", "one-graph")
    for precision in ("float32", "float16")
    for how in ("calls", "CUDA graph")
]

without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="here torch has a GPU")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return small_release(tmp_path_factory.mktemp("release"))


@pytest.fixture
def bench(monkeypatch, release):
    """Runs it for the small release, which needs no export."""
    monkeypatch.setattr(export, "build_release", lambda *_arguments, **_settings: BUILD)
    monkeypatch.setattr(gpu_bench, "find_release", lambda _folder: release.files)
    monkeypatch.setattr(gpu_bench, "SessionBackend", lambda *_arguments: TorchBackend(release))

    def run():
        told = []
        folder = BUILD.folder
        costs = bench_gpu(folder, folder, ExposeOptions(), PERSONS, frames=3, progress=told.append)
        assert [cost.name for cost in costs] == TORCH + TENSORRT
        assert told[1:] == TORCH + TENSORRT
        return costs

    return run


@without_gpu
def test_every_way_that_cannot_be_run_says_why(bench, monkeypatch):
    def no_library():
        raise EngineUnavailable("the package tensorrt is missing")

    monkeypatch.setattr(gpu_bench, "tensorrt_library", no_library)
    costs = bench()
    assert all(cost.frame_ms is None for cost in costs)
    reasons = [cost.why_not for cost in costs]
    assert all("finds no usable GPU" in reason for reason in reasons[: len(TORCH)])
    assert set(reasons[len(TORCH) :]) == {"the package tensorrt is missing"}


@pytest.fixture
def with_tensorrt(monkeypatch, release, tmp_path_factory):
    """TensorRT whose plans need a GPU, and a GPU; gives what was opened on it."""
    kernels = HostKernels(build_driver(tmp_path_factory.mktemp("driver")))
    modules, cudas = HostModules(release), []

    def open_cuda(_name):
        cudas.append(FakeCuda(kernels))
        return cudas[-1]

    monkeypatch.setattr(
        gpu_bench, "tensorrt_library", lambda: SimpleNamespace(is_tuned_to_gpu=True)
    )
    monkeypatch.setattr(gpu_bench, "open_cuda", open_cuda)
    monkeypatch.setattr(
        gpu_bench, "plan_opener", lambda _library, cuda, _folder, _build: modules.opener(cuda)
    )
    return cudas


@without_gpu
def test_every_way_of_tensorrt_is_measured(bench, with_tensorrt):
    costs = bench()[len(TORCH) :]
    assert [cost.why_not for cost in costs] == [None] * len(TENSORRT)
    for cost in costs:
        assert 0 < cost.frame_ms <= cost.frame_p99_ms
        assert cost.device_ms == 1.0  # what the fake's events say
        assert cost.load_s > 0
        assert cost.degrees <= (1 if "float16" in cost.name else 0.01)
        assert "this computer (fake)" in cost.provider
    assert [bool(cuda.graphs) for cuda in with_tensorrt] == [False, True] * 4
    assert all(cuda.is_closed for cuda in with_tensorrt)
