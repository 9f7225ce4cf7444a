"""Opens a built release on an NVIDIA GPU: CUDA, the plans of its networks, and one frame to compare."""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from engines.errors import EngineUnavailable
from engines.expose.build_files import STAGES, Build, Graph
from engines.expose.config import ExposeConfig
from engines.expose.gpu_forms import OpenNetwork, graphs_of, open_form
from engines.expose.gpu_solver import GpuSolver, WrongAnswers, check_gpu
from engines.expose.options import ExposeOptions, GpuPrecision
from engines.expose.session_backend import SessionBackend
from engines.runtime.catalog import REFERENCE
from engines.runtime.cuda import CudaRuntime, find_gpu, open_cuda
from engines.runtime.device_network import DeviceNetwork
from engines.runtime.plans import PlanJob, open_plan, plan_job, run_plan_job
from engines.runtime.tensorrt_library import TENSORRTS, TensorRt
from engines.runtime.tensorrt_network import load_plan

_PRECISIONS: Final[dict[GpuPrecision, tuple[str, ...]]] = {
    "auto": ("float16", "float32"),
    "float16": ("float16",),
    "float32": ("float32",),
}
"""What is tried, the faster first."""

BuildPlan = Callable[[PlanJob], None]
"""Builds a plan and puts it into the cache; takes seconds (TensorRT-RTX) or minutes."""

logger = logging.getLogger(__name__)


def why_no_tensorrt(cuda: str = "auto") -> str | None:
    """Return what TensorRT lacks here, GPU and driver included; None when nothing.

    Args:
        cuda: The CUDA library, see `open_cuda`.
    """
    try:
        find_gpu(cuda)
        tensorrt_library()
    except EngineUnavailable as error:
        return str(error)
    return None


def build_here(job: PlanJob) -> None:
    """Build a plan in this process."""
    logger.info("building %s for %s; this is done once", job.network.name, job.library)
    run_plan_job(job, lambda _phase, _share: True)


def open_gpu_solver(
    build: Build,
    config: ExposeConfig,
    options: ExposeOptions,
    *,
    build_plan: BuildPlan = build_here,
) -> GpuSolver:
    """Return a release on the GPU, once it has given ONNX Runtime's answers to one frame.

    Args:
        build: Holds the networks for the CPU and those of the form.
        config: The release's configuration.
        options: The user's settings.
        build_plan: Builds plans that are not in the cache, the build's own folder.

    Raises:
        EngineUnavailable: no GPU, driver or TensorRT that can be used, no plan, or other answers.
        ModelError: a network file cannot be used.
    """
    library = tensorrt_library()
    *faster, last = _PRECISIONS[options.gpu_precision]
    for precision in faster:
        try:
            return _opened(library, build, config, options, build_plan, precision)
        except WrongAnswers as error:
            logger.warning("not using %s: %s", precision, error)
    return _opened(library, build, config, options, build_plan, last)


def _opened(
    library: TensorRt,
    build: Build,
    config: ExposeConfig,
    options: ExposeOptions,
    build_plan: BuildPlan,
    precision: str,
) -> GpuSolver:
    """Return a release in one precision. Raises like `open_gpu_solver`; `WrongAnswers` for other answers."""
    is_half = precision == "float16"
    with ExitStack() as opened:
        cuda = opened.enter_context(closing(open_cuda(options.cuda)))
        network = plan_opener(library, cuda, build.folder, build_plan)
        form = opened.enter_context(
            closing(open_form(options.gpu_form, cuda, build, config, network, is_half=is_half))
        )
        solver = GpuSolver(cuda, form, config, options, precision=precision)
        agreement = check_gpu(solver, lambda: SessionBackend(build, REFERENCE.open), config)
        logger.info("%s agrees with %s: %s", solver.provider, REFERENCE.title, agreement)
        opened.pop_all()
    return solver


def gpu_graphs(options: ExposeOptions) -> tuple[Graph, ...]:
    """Return the networks that the GPU may need, those of the comparison on the CPU among them."""
    wanted = [
        graph
        for precision in _PRECISIONS[options.gpu_precision]
        for graph in graphs_of(options.gpu_form, is_half=precision == "float16")
    ]
    return tuple(dict.fromkeys([*STAGES, *wanted]))


def plan_opener(
    library: TensorRt, cuda: CudaRuntime, folder: Path, build_plan: BuildPlan
) -> OpenNetwork:
    """Return what opens ONNX files as plans of a library, kept in a folder."""
    major, minor = cuda.compute_capability
    gpu = f"{cuda.device} sm_{major}{minor}"

    def open_network(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> DeviceNetwork:
        precision = "fp16" if path.stem.endswith("_fp16") else "fp32"
        job = plan_job(library, path, folder, precision=precision, gpu=gpu, shapes=shapes)
        kernels = folder / f"{job.key.name}.jit"
        return open_plan(job, build_plan, lambda plan: load_plan(library, plan, kernels=kernels))

    return open_network


def tensorrt_library() -> TensorRt:
    """Return the first TensorRT that loads. Raises `EngineUnavailable`."""
    reasons = []
    for library in TENSORRTS:
        if library.why_not is None:
            return library
        reasons.append(str(library.why_not))
    raise EngineUnavailable("; ".join(reasons))
