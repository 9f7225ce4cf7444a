"""Measures the whole path on this computer, against the landmark networks alone in the same run.

Absolute times on shared processors mean little; the ratios compare two things measured side by side.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from app.capture.catalog import create_source
from app.config import AppConfig
from app.pipeline.pipeline import Pipeline
from app.pipeline.stats import PipelineStats
from app.session import create_stages
from engines.catalog import Engine
from engines.errors import CaptureError
from engines.types import Camera, Frame

CAMERA_FPS: Final = 30.0
"""Rate of the imitated camera."""
_JPEG_QUALITY: Final = 90
_WARM_UP_FRAMES: Final = 10


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
class BenchReport:
    """What one run measured."""

    inline: PipelineStats
    """Every stage, one after another on one thread: the true cost of each."""
    live: PipelineStats
    """All threads, an imitated camera at `CAMERA_FPS`, newest wins: the age that a user sees."""
    flat_out: PipelineStats
    """All threads, a camera that is always faster: the highest rate."""
    networks_ms: float
    """Median time of the detection networks alone, one thread: the baseline."""
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

    def measure(fps: float | None, what: str, *, inline: bool = False) -> PipelineStats:
        progress(what)
        count = frames + _WARM_UP_FRAMES
        pipeline = Pipeline(
            JpegCamera(pictures, camera, fps=fps, count=count),
            create_stages(make_engine(), config),
            drop_frames=not inline,
        )
        if inline:
            return pipeline.run_inline()
        with pipeline:
            pipeline.wait()
        return pipeline.stats()

    inline = measure(None, "every stage on one thread", inline=True)
    live = measure(CAMERA_FPS, f"all threads, camera at {CAMERA_FPS:g} fps")
    flat_out = measure(None, "all threads, camera as fast as it goes")
    networks_ms = sum(s.median_ms for s in inline.stages if s.name in ("detect", "parts"))
    return BenchReport(inline, live, flat_out, networks_ms, _ratios(inline, live, flat_out))


def _record(
    source_name: str, config: AppConfig, frames: int
) -> tuple[list[NDArray[np.uint8]], Camera]:
    source = create_source(source_name, replace(config.capture, realtime=False))
    pictures: list[NDArray[np.uint8]] = []
    camera = None
    source.open()
    try:
        while len(pictures) < frames and (frame := source.read()) is not None:
            quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
            pictures.append(cv2.imencode(".jpg", frame.image, quality)[1].astype(np.uint8))
            camera = frame.camera
    finally:
        source.close()
    if camera is None:
        raise CaptureError(f"{source_name}: gives no picture; name another source")
    return pictures, camera


def _ratios(
    inline: PipelineStats, live: PipelineStats, flat_out: PipelineStats
) -> dict[str, float]:
    networks = sum(s.cpu_ms for s in inline.stages if s.name in ("detect", "parts"))
    rest = sum(s.cpu_ms for s in inline.stages if s.name in ("regress", "refine"))
    serial_ms = sum(s.median_ms for s in inline.stages)
    return {
        "solver and smoothing cpu / networks cpu": rest / networks,
        "threaded fps / one-thread fps": flat_out.fps * serial_ms / 1000.0,
        "live age p50 / camera period": live.age_p50_ms * CAMERA_FPS / 1000.0,
    }
