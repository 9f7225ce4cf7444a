"""What the window costs the pipeline: the same recording with no window, with one, and with the 3D view."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
from PyQt5.QtCore import QEventLoop, QTimer
from PyQt5.QtWidgets import QApplication

from app.bench import read_frames
from app.config import AppConfig
from app.pipeline.stats import PipelineStats
from app.session import create_session
from app.viewer.apply import config_for, plan_for
from app.viewer.boot import Mistakes, create_application
from app.viewer.main_window import MainWindow
from app.viewer.settings import SourceSettings, ViewSettings, WindowSettings
from app.viewer.studio import Studio
from app.viewer.theme import apply_theme
from engines.body.model import load_body
from engines.errors import CaptureError
from engines.model_store import model_path

_WARM_UP_S: Final = 2.0
_START_TIMEOUT_S: Final = 120.0
_JPEG_LEVEL: Final = "4"
_CLIP_FRAMES: Final = 150

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WindowCost:
    """One arrangement, measured."""

    name: str
    """What was open."""
    fps: float
    """Bodies a second."""
    age_p50_ms: float
    """Median time from picture to body."""
    drawn_hz: float
    """Pictures a second that the window was allowed to draw in the end; 0 without a window."""
    ratio: float
    """Bodies a second, to those with no window in the same run."""


def measure_window(
    config: AppConfig,
    source: str,
    *,
    camera_fps: float,
    seconds: float,
    rounds: int,
    progress: Progress,
) -> tuple[WindowCost, ...]:
    """Run each arrangement in turn, several rounds, and return the medians; no window comes first.

    Args:
        config: The settings that the window does not show.
        source: Where the pictures come from; read once, before anything is measured.
        camera_fps: Rate at which they are played.
        seconds: How long each arrangement is measured in each round.
        rounds: How often; the arrangements take turns, because shared machines change.
        progress: Told what begins.

    Raises:
        MocapError: a source without pictures, no display, or an engine that fails.
    """
    application = create_application()
    apply_theme(application, "dark")
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "camera.mkv"
        _record(source, config, clip, camera_fps)
        settings = WindowSettings(
            first_run_done=True, source=SourceSettings(spec=str(clip), loop=True)
        )
        arrangements: dict[str, Callable[[], tuple[float, float, float]]] = {
            "no window": lambda: _without_window(settings, config, seconds),
            "window, 3D hidden": lambda: _with_window(settings, config, seconds, show_3d=False),
            "window, 3D shown": lambda: _with_window(settings, config, seconds, show_3d=True),
        }
        results: dict[str, list[tuple[float, float, float]]] = {name: [] for name in arrangements}
        for k in range(rounds):
            for name, run in arrangements.items():
                progress(f"{name}, camera at {camera_fps:g} fps, round {k + 1} of {rounds}")
                results[name].append(run())
    return _costs(results)


def _costs(results: dict[str, list[tuple[float, float, float]]]) -> tuple[WindowCost, ...]:
    costs = []
    baseline = 0.0
    for name, runs in results.items():
        fps, age_ms, drawn_hz = (
            sorted(values)[len(values) // 2] for values in zip(*runs, strict=True)
        )
        baseline = baseline or fps
        costs.append(WindowCost(name, fps, age_ms, drawn_hz, fps / baseline if baseline else 0.0))
    return tuple(costs)


def _without_window(
    settings: WindowSettings, config: AppConfig, seconds: float
) -> tuple[float, float, float]:
    session = create_session(plan_for(settings), config_for(settings, config))
    with session.pipeline as pipeline:
        while not pipeline.stats().published:
            time.sleep(0.05)
        time.sleep(_WARM_UP_S)
        before, start_s = pipeline.stats(), time.monotonic()
        time.sleep(seconds)
        return (*_rates(before, pipeline.stats(), time.monotonic() - start_s), 0.0)


def _with_window(
    settings: WindowSettings, config: AppConfig, seconds: float, *, show_3d: bool
) -> tuple[float, float, float]:
    settings = replace(settings, view=ViewSettings(show_3d=show_3d))
    with _window(settings, config) as window:
        stats = _stats_of(window.studio)
        before, start_s = stats(), time.monotonic()
        _let_run(seconds)
        rates = _rates(before, stats(), time.monotonic() - start_s)
        return (*rates, window.preview_rate_hz)


@contextmanager
def _window(settings: WindowSettings, config: AppConfig) -> Iterator[MainWindow]:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(settings, config)
        window = MainWindow(
            studio, Mistakes(), load_body(model_path("open_body")), Path(folder) / "window.toml"
        )
        try:
            window.show()
            studio.start()
            limit_s = time.monotonic() + _START_TIMEOUT_S
            while studio.newest is None:
                if time.monotonic() > limit_s:
                    raise CaptureError("window: the session gave no body; try 'main.py run'")
                _let_run(0.1)
            _let_run(_WARM_UP_S)
            yield window
        finally:
            window.close()
            window.deleteLater()
            QApplication.processEvents()


def _stats_of(studio: Studio) -> Callable[[], PipelineStats]:
    def stats() -> PipelineStats:
        found = studio.pipeline_stats()
        if found is None:
            raise CaptureError("window: the session ended while it was measured; try again")
        return found

    return stats


def _rates(before: PipelineStats, after: PipelineStats, elapsed_s: float) -> tuple[float, float]:
    return (after.published - before.published) / elapsed_s, after.age_p50_ms


def _let_run(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec_()


def _record(source_name: str, config: AppConfig, path: Path, fps: float) -> None:
    """Write the pictures of a source as JPEG, which a webcam sends, too, and costs as much to decode."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=round(fps))
        stream.pix_fmt = "yuvj422p"
        stream.codec_context.options = {"q:v": _JPEG_LEVEL}
        for index, frame in enumerate(read_frames(source_name, config, _CLIP_FRAMES)):
            if index == 0:
                stream.height, stream.width = frame.image.shape[:2]
            picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
