"""What a whole frame costs on the GPU: both forms in both precisions, with and without CUDA graphs, and torch's ways.

Whatever cannot be measured is a row with its reason, so the same command is a rehearsal where there is no GPU.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.errors import EngineUnavailable, StageError
from engines.expose.agreement import angles_between
from engines.expose.build_files import GPU_ONE_GRAPH, GPU_STAGES, ONE_GRAPH, STAGES, Build
from engines.expose.config import ExposeConfig
from engines.expose.crops import square_in_picture
from engines.expose.gpu import plan_opener, tensorrt_library
from engines.expose.gpu_forms import graphs_of, open_form
from engines.expose.gpu_frame import GpuFrame
from engines.expose.options import ExposeOptions, GpuForm
from engines.expose.release_files import find_release
from engines.expose.session_backend import SessionBackend
from engines.expose.stage_costs import Boxed
from engines.expose.stagewise import Stagewise
from engines.runtime.catalog import REFERENCE
from engines.runtime.cuda import open_cuda
from engines.runtime.plans import PlanJob, plan_job, run_plan_job

TorchMode = Literal["eager", "compiled", "graph"]
"""Every operation started on its own; fused by inductor; the eager ones repeated as a captured CUDA graph."""

Rotations = Float32[np.ndarray, "55 3 3"]
Solve = Callable[[Boxed], Rotations]
"""Solves one person; picture in, rotations out."""

_ALL: Final = np.array([True, True, True])
_WARM_UPS: Final = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GpuCost:
    """One way to run a frame; without figures where it could not be run."""

    name: str
    why_not: str | None = None
    """Why it was not run."""
    provider: str = ""
    """Library, precision, form and GPU that were really in use."""
    build_s: float | None = None
    """Making the plans that the cache lacked."""
    load_s: float | None = None
    """From plans or modules to the first answer: loading, compiling, choosing kernels."""
    frame_ms: float | None = None
    """Median time of a frame, from the picture here to the answer here."""
    frame_p99_ms: float | None = None
    device_ms: float | None = None
    """Median time between upload and download on the GPU, both included, by its own clock."""
    degrees: float | None = None
    """Largest angle of any joint to ONNX Runtime in float32 on the CPU."""


def bench_gpu(
    folder: Path,
    cache: Path,
    options: ExposeOptions,
    persons: Sequence[Boxed],
    *,
    frames: int,
    progress: Callable[[str], None],
) -> tuple[GpuCost, ...]:
    """Return what every way costs; the baseline, torch eager in float32, first.

    Args:
        folder: The official data folder.
        cache: Where builds are kept; networks that it lacks are built now.
        options: Which CUDA library.
        persons: Whom to solve, again and again, in pictures of one size.
        frames: How many runs are timed.
        progress: Told what begins.

    Raises:
        ModelError: the release cannot be used.
    """
    from engines.expose.export import build_release

    graphs = (*STAGES, ONE_GRAPH, *GPU_STAGES, *GPU_ONE_GRAPH)
    build = build_release(
        folder, cache, graphs=graphs, progress=lambda step, _share: progress(step)
    )
    config = find_release(folder).config
    progress(f"{len(persons)} persons in {REFERENCE.title}, to compare with")
    bench = _Bench(persons, _reference(build, config, persons), frames, progress)
    costs = [
        bench.torch(folder, mode, is_half=is_half)
        for is_half in (False, True)
        for mode in get_args(TorchMode)
    ]
    for form in get_args(GpuForm):
        for is_half in (False, True):
            costs += bench.tensorrt(build, config, options, form, is_half=is_half)
    return tuple(costs)


def _reference(build: Build, config: ExposeConfig, persons: Sequence[Boxed]) -> list[Rotations]:
    with closing(SessionBackend(build, REFERENCE.open)) as backend:
        stages = Stagewise(backend, config)
        answers = []
        for person in persons:
            view = stages.body(person.image, person.box)
            hands, head = stages.hands(person.image, view), stages.head(person.image, view)
            whole = stages.merge(view, hands, head, view.parts_in_picture)
            answers.append(whole.rotations)
    return answers


class _Bench:
    """Persons, what their answers should be, and how often they are solved."""

    def __init__(
        self,
        persons: Sequence[Boxed],
        wanted: Sequence[Rotations],
        frames: int,
        progress: Callable[[str], None],
    ) -> None:
        self._persons = persons
        self._wanted = wanted
        self._frames = frames
        self._progress = progress

    def torch(self, folder: Path, mode: TorchMode, *, is_half: bool) -> GpuCost:
        """Return what torch costs."""
        name = f"torch {mode}, {_precision(is_half)}"
        self._progress(name)
        if find_spec("torch") is None:
            return GpuCost(name, "the package torch is missing; run pip install '.[expose]'")
        import torch

        from engines.expose.checkpoint import load_release
        from engines.expose.torch_frame import TorchFrame

        if not torch.cuda.is_available():
            return GpuCost(name, f"torch {torch.__version__} finds no usable GPU")
        try:
            release = load_release(folder)
            start = time.perf_counter()
            frame = TorchFrame(release, mode, is_half=is_half)
            crop_size = release.config.body.crop_size

            def solve(person: Boxed) -> Rotations:
                square = square_in_picture(person.box, crop_size, *person.image.shape[:2])
                return frame.run(person.image, square, _ALL)

            solve(self._persons[0])
            load_s = time.perf_counter() - start
            times_ms, degrees = self._timed(solve)
        except RuntimeError as error:  # torch's own are RuntimeErrors
            return GpuCost(name, _line(error))
        return GpuCost(
            name,
            provider=f"torch {torch.__version__} on {torch.cuda.get_device_name()}",
            load_s=load_s,
            frame_ms=float(np.median(times_ms)),
            frame_p99_ms=float(np.percentile(times_ms, 99)),
            degrees=degrees,
        )

    def tensorrt(
        self,
        build: Build,
        config: ExposeConfig,
        options: ExposeOptions,
        form: GpuForm,
        *,
        is_half: bool,
    ) -> Iterator[GpuCost]:
        """Give what TensorRT costs in one form, call by call and as a CUDA graph."""
        for graphs in (False, True):
            name = f"TensorRT {form}, {_precision(is_half)}, {'CUDA graph' if graphs else 'calls'}"
            self._progress(name)
            try:
                yield self._tensorrt(name, build, config, options, form, is_half, graphs)
            except (EngineUnavailable, StageError) as error:
                yield GpuCost(name, _line(error))

    def _tensorrt(
        self,
        name: str,
        build: Build,
        config: ExposeConfig,
        options: ExposeOptions,
        form_name: GpuForm,
        is_half: bool,
        graphs: bool,
    ) -> GpuCost:
        library = tensorrt_library()
        clock = _BuildClock()
        if not library.is_tuned_to_gpu:  # needs no GPU to build
            shape = self._persons[0].image.shape
            for graph in graphs_of(form_name, is_half=is_half):
                shapes = {"frame": shape} if "frame" in graph.inputs else {}
                precision = "fp16" if graph.is_half else "fp32"
                path = build.path(graph)
                clock.build(
                    plan_job(
                        library, path, build.folder, precision=precision, gpu="", shapes=shapes
                    )
                )
        with ExitStack() as opened:
            cuda = opened.enter_context(closing(open_cuda(options.cuda)))
            start, before_s = time.perf_counter(), clock.seconds
            network = plan_opener(library, cuda, build.folder, clock.build)
            form = open_form(form_name, cuda, build, config, network, is_half=is_half)
            frame = opened.enter_context(closing(GpuFrame(cuda, form, graphs=graphs)))
            device_ms: list[float] = []

            def solve(person: Boxed) -> Rotations:
                size = person.image.shape[:2]
                square = square_in_picture(person.box, config.body.crop_size, *size)
                answer = frame.run(person.image, square, _ALL)
                device_ms.append(frame.device_ms())
                return answer.whole.rotations

            solve(self._persons[0])
            load_s = time.perf_counter() - start - (clock.seconds - before_s)
            times_ms, degrees = self._timed(solve)
            if graphs and not frame.has_graph:
                raise StageError("the CUDA graph could not be captured; see the log")
            return GpuCost(
                name,
                provider=f"{form.provider} on {cuda.device} ({cuda.name})",
                build_s=clock.seconds,
                load_s=load_s,
                frame_ms=float(np.median(times_ms)),
                frame_p99_ms=float(np.percentile(times_ms, 99)),
                device_ms=float(np.median(device_ms[-self._frames :])),
                degrees=degrees,
            )

    def _timed(self, solve: Solve) -> tuple[NDArray[np.float64], float]:
        """Return the time of each frame in milliseconds, and the largest angle to what the answers should be."""
        count = len(self._persons)
        for index in range(_WARM_UPS):
            solve(self._persons[index % count])
        times_ms = []
        for index in range(self._frames):
            start_ns = time.perf_counter_ns()
            solve(self._persons[index % count])
            times_ms.append((time.perf_counter_ns() - start_ns) * 1e-6)
        angles = [
            angles_between(solve(person), wanted).max()
            for person, wanted in zip(self._persons, self._wanted, strict=True)
        ]
        return np.array(times_ms), float(np.degrees(np.max(angles)))


class _BuildClock:
    """Builds plans, and knows how long that took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def build(self, job: PlanJob) -> None:
        start = time.perf_counter()
        run_plan_job(job, lambda _phase, _share: True)
        self.seconds += time.perf_counter() - start


def _precision(is_half: bool) -> str:
    return "float16" if is_half else "float32"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
