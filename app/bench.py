"""Measures the whole path on this computer against the landmark networks, and ExPose's runtimes against each other.

Absolute times on shared processors mean little; the ratios compare two things measured side by side.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from app.capture.catalog import create_source
from app.config import AppConfig
from app.paths import cache_folder
from app.pipeline.packet import Packet
from app.pipeline.pipeline import Pipeline
from app.pipeline.protocols import Stage
from app.pipeline.stats import PipelineStats
from app.session import create_stages
from engines.catalog import Engine
from engines.detect.persons import PersonDetector
from engines.errors import CaptureError
from engines.expose.comparison import RuntimeCosts, compare_runtimes, find_persons
from engines.expose.gpu_bench import GpuCost, bench_gpu
from engines.expose.stage_costs import Boxed
from engines.types import Camera, Frame

_Result = TypeVar("_Result")

CAMERA_FPS: Final = 30.0
"""Rate of the imitated camera."""
FLAT_OUT_FPS: Final = 120.0
"""Rate of a camera that no CPU engine follows."""
NETWORK_STAGES: Final = ("detect", "parts")
"""The stages that run the landmark networks: the baseline."""
_JPEG_QUALITY: Final = 90
_WARM_UP_FRAMES: Final = 10
_GPU_PERSONS: Final = 4


class JpegCamera:
    """A live source that decodes one JPEG a frame, as a webcam in MJPG mode costs; the recording is kept in memory."""

    def __init__(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        camera: Camera,
        *,
        fps: float | None,
        count: int,
    ) -> None:
        """Give `count` frames at a rate, or as fast as they can be decoded where `fps` is None."""
        self._pictures = pictures
        self._camera = camera
        self._period_ns = 0 if fps is None else round(1e9 / fps)
        self._count = count
        self._index = 0
        self._start_ns = 0

    is_live = True
    name = "imitated camera"
    frame_count = None

    def open(self) -> None:
        """Start the camera's clock."""
        self._start_ns = time.perf_counter_ns()

    def read(self) -> Frame | None:
        """Wait until the next frame is due, and decode it; skip those whose time has passed, as a camera would."""
        if self._index >= self._count:
            return None
        if self._period_ns:
            late = (time.perf_counter_ns() - self._start_ns) // self._period_ns
            self._index = max(self._index, int(late))
            due_ns = self._start_ns + self._index * self._period_ns
            time.sleep(max(0, due_ns - time.perf_counter_ns()) / 1e9)
        captured_ns = time.perf_counter_ns()
        jpeg = self._pictures[self._index % len(self._pictures)]
        image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        frame = Frame(self._index, captured_ns, captured_ns, np.asarray(image), self._camera)
        self._index += 1
        return frame

    def close(self) -> None:
        """Nothing to free."""


@dataclass(frozen=True, slots=True)
class StageCost:
    """What one stage costs a frame, the stages running one after another."""

    name: str
    """Name of the stage; `capture` is the decoding."""
    median_ms: float
    """Median time."""
    p95_ms: float
    """95th percentile of it."""
    cpu_ms: float
    """Mean processor time of the whole process: the networks compute on threads of their own."""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What one run measured."""

    costs: tuple[StageCost, ...]
    """Every stage, one after another: the true cost of each."""
    live: PipelineStats
    """All threads, an imitated camera at `CAMERA_FPS`, newest wins: the age that a user sees."""
    flat_out: PipelineStats
    """All threads, a camera at `FLAT_OUT_FPS`: the highest rate."""
    ratios: dict[str, float]
    """What each is compared to, and how it compares."""


def run_bench(
    make_engine: Callable[[], Engine],
    config: AppConfig,
    source: str,
    *,
    frames: int,
    progress: Callable[[str], None],
) -> BenchReport:
    """Measure an engine on pictures of a source.

    Args:
        make_engine: Gives a fresh engine for each part of the measurement.
        config: The settings.
        source: Where the pictures come from; read once, before anything is measured.
        frames: Frames for each part.
        progress: Told what begins.

    Raises:
        MocapError: a source without pictures, or an engine that fails.
    """
    progress(f"reading pictures of {source}")
    pictures, camera = _record(source, config, frames)

    def camera_of(fps: float | None) -> JpegCamera:
        duration = 1.0 if fps is None else fps / CAMERA_FPS
        count = round(duration * (frames + _WARM_UP_FRAMES))
        return JpegCamera(pictures, camera, fps=fps, count=count)

    def run_threads(fps: float) -> PipelineStats:
        stages = create_stages(make_engine(), config)
        with Pipeline(camera_of(fps), stages, drop_frames=True) as pipeline:
            pipeline.wait()
        return pipeline.stats()

    progress("every stage, one after another")
    costs = _stage_costs(camera_of(None), create_stages(make_engine(), config))
    progress(f"all threads, camera at {CAMERA_FPS:g} fps")
    live = run_threads(CAMERA_FPS)
    progress(f"all threads, camera at {FLAT_OUT_FPS:g} fps")
    flat_out = run_threads(FLAT_OUT_FPS)
    return BenchReport(costs, live, flat_out, _ratios(costs, live, flat_out))


def run_runtime_bench(
    config: AppConfig,
    source: str,
    *,
    device: str,
    frames: int,
    progress: Callable[[str], None],
) -> tuple[RuntimeCosts, ...]:
    """Measure ExPose's steps in every runtime of a device, on the same persons; the baseline comes first.

    Args:
        config: The settings; they name the release, which has been built.
        source: Where the pictures come from.
        device: `cpu` or `cuda`.
        frames: Pictures to find persons in, and persons to solve.
        progress: Told what begins.

    Raises:
        MocapError: a source without persons, or a release that cannot be used.
    """
    persons = _persons(config, source, frames, progress)
    folder = Path(config.expose.checkpoint)
    return compare_runtimes(folder, cache_folder(), device, persons, progress)


def run_gpu_bench(
    config: AppConfig, source: str, *, frames: int, progress: Callable[[str], None]
) -> tuple[GpuCost, ...]:
    """Measure whole ExPose frames on the GPU in every way there is; those that cannot be run say why.

    Args:
        config: The settings; they name the release.
        source: Where the pictures come from.
        frames: How many frames are timed.
        progress: Told what begins.

    Raises:
        MocapError: a source without persons, or a release that cannot be used.
    """
    persons = _persons(config, source, _GPU_PERSONS, progress)
    folder = Path(config.expose.checkpoint)
    return bench_gpu(
        folder, cache_folder(), config.expose, persons, frames=frames, progress=progress
    )


def _persons(
    config: AppConfig, source: str, limit: int, progress: Callable[[str], None]
) -> list[Boxed]:
    progress(f"finding persons in {source}")
    pictures, camera = _record(source, config, limit)
    taken = JpegCamera(pictures, camera, fps=None, count=len(pictures))
    return find_persons(PersonDetector(config.detect), list(iter(taken.read, None)), limit)


def _stage_costs(source: JpegCamera, stages: Sequence[Stage]) -> tuple[StageCost, ...]:
    times_ms: dict[str, list[float]] = {}
    cpu_ms: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], _Result]) -> _Result:
        start_ns, start_cpu_ns = time.perf_counter_ns(), time.process_time_ns()
        result = work()
        times_ms.setdefault(name, []).append((time.perf_counter_ns() - start_ns) * 1e-6)
        cpu_ms.setdefault(name, []).append((time.process_time_ns() - start_cpu_ns) * 1e-6)
        return result

    with ExitStack() as opened:
        for stage in stages:
            opened.callback(stage.close)
            stage.open()
        source.open()
        while (frame := timed("capture", source.read)) is not None:
            packet = Packet(frame)
            for stage in stages:
                packet = timed(stage.name, partial(stage.process, packet))
    return tuple(
        StageCost(
            name,
            median_ms=float(np.median(times[_WARM_UP_FRAMES:])),
            p95_ms=float(np.percentile(times[_WARM_UP_FRAMES:], 95)),
            cpu_ms=float(np.mean(cpu_ms[name][_WARM_UP_FRAMES:])),
        )
        for name, times in times_ms.items()
    )


def _record(
    source_name: str, config: AppConfig, frames: int
) -> tuple[list[NDArray[np.uint8]], Camera]:
    pictures: list[NDArray[np.uint8]] = []
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    for frame in read_frames(source_name, config, frames):
        pictures.append(cv2.imencode(".jpg", frame.image, quality)[1].astype(np.uint8))
        camera = frame.camera
    return pictures, camera


def read_frames(source_name: str, config: AppConfig, limit: int) -> Iterator[Frame]:
    """Give the first frames of a source, once, as fast as they come; at least one.

    Raises:
        CaptureError: the source cannot be read, or gives no picture.
    """
    source = create_source(source_name, replace(config.capture, realtime=False))
    count = 0
    source.open()
    try:
        while count < limit and (frame := source.read()) is not None:
            count += 1
            yield frame
    finally:
        source.close()
    if not count:
        raise CaptureError(f"{source_name}: gives no picture; name another source")


def _ratios(
    costs: Sequence[StageCost], live: PipelineStats, flat_out: PipelineStats
) -> dict[str, float]:
    networks = sum(cost.cpu_ms for cost in costs if cost.name in NETWORK_STAGES)
    solver = sum(cost.cpu_ms for cost in costs if cost.name in ("regress", "refine"))
    one_after_another_ms = sum(cost.median_ms for cost in costs)
    return {
        "solver and smoothing / landmark networks, cpu": solver / networks,
        "threads / one after another, fps": flat_out.fps * one_after_another_ms / 1000.0,
        "live age p50 / camera period": live.age_p50_ms * CAMERA_FPS / 1000.0,
    }
