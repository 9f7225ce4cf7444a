"""Builds one pipeline from what the user asked for: the one place where all parts meet."""

import importlib.metadata
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.capture.catalog import create_source
from app.config import AppConfig
from app.paths import cache_folder, version
from app.pipeline.controls import Controls
from app.pipeline.pipeline import Pipeline
from app.pipeline.protocols import Sink, Source, Stage
from app.pipeline.stages import DetectStage, PartsStage, RefineStage, RegressStage
from app.sinks.catalog import create_sink
from app.sinks.recorder import TakeRecorder
from app.sinks.video import camera_video
from app.takes.header import TakeInfo
from calibration.placement import Placement
from engines.catalog import Device, Engine, EngineOptions, create_engine
from engines.errors import TakeError
from engines.smoothing.smoother import EstimateSmoother

_DECIDING_PACKAGES = ("mediapipe", "numba", "numpy")
"""Packages whose version may change the numbers in a take."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the user asked for."""

    source: str
    """As `create_source` takes it."""
    engine: str = "auto"
    """Engine name, or `auto`."""
    device: Device = "auto"
    """Where its networks run."""
    realtime: bool | None = None
    """Newest frame wins; None for what suits the source: cameras and streams yes, files no."""
    max_frames: int | None = None
    """Stop after so many frames."""
    targets: Sequence[str] = ()
    """Network targets, as `create_sink` takes them."""
    record_to: Path | None = None
    """Folder of takes; None for no recording."""
    take_name: str = ""
    """The user's name for the take."""
    record_video: bool = False
    """Record the camera's pictures beside the take."""


@dataclass(frozen=True, slots=True)
class Session:
    """A pipeline, not yet started, and the parts of it that its owner asks about."""

    pipeline: Pipeline
    """Owns the threads."""
    source: Source
    """Where the frames come from."""
    engine: Engine
    """The engine in use."""
    recorder: TakeRecorder | None
    """The take recorder, where one was asked for."""
    frame_count: int | None
    """How many frames will come, where that is known."""


def create_session(plan: SessionPlan, config: AppConfig) -> Session:
    """Return a session, not yet started.

    Raises:
        MocapError: a wrong name or setting, or an engine that cannot run here.
    """
    source = create_source(plan.source, replace(config.capture, realtime=bool(plan.realtime)))
    engine = _create_engine(plan, config)
    sinks: list[Sink] = [create_sink(target) for target in plan.targets]
    recorder = None
    if plan.record_to is not None:
        recorder = TakeRecorder(plan.record_to, _take_info(plan, source, engine))
        sinks.append(recorder)
        if plan.record_video:
            sinks.append(_camera_video(recorder))
    pipeline = Pipeline(
        source,
        create_stages(engine, config),
        sinks,
        drop_frames=source.is_live if plan.realtime is None else plan.realtime,
        max_frames=plan.max_frames,
    )
    counts = [count for count in (source.frame_count, plan.max_frames) if count is not None]
    return Session(pipeline, source, engine, recorder, min(counts, default=None))


def create_stages(engine: Engine, config: AppConfig) -> list[Stage]:
    """Return the stages of an engine, in order."""
    stages: list[Stage] = [DetectStage(engine.detector)]
    if engine.parts_detector is not None:
        stages.append(PartsStage(engine.parts_detector))
    smoother = EstimateSmoother(engine.body, config.smoothing)
    placement = Placement(engine.body, config.placement)
    refine = RefineStage(
        engine.body, smoother, placement, Controls(smoothing_strength=smoother.strength)
    )
    return [*stages, RegressStage(engine.regressor), refine]


def engine_options(config: AppConfig) -> EngineOptions:
    """Return what the engines need of the settings; long work is reported in the log."""
    return EngineOptions(
        detect=config.detect,
        landmarks=config.landmarks,
        expose=config.expose,
        cache=cache_folder(),
        progress=_log_progress,
    )


def _create_engine(plan: SessionPlan, config: AppConfig) -> Engine:
    engine = create_engine(plan.engine, plan.device, engine_options(config))
    chosen = " (the best usable one; see 'main.py engines')" if plan.engine == "auto" else ""
    logger.info("engine: %s on %s%s", engine.name, engine.device, chosen)
    return engine


def _log_progress(step: str, share: float) -> None:
    logger.info("%3.0f %%  %s", 100 * share, step)


def _camera_video(recorder: TakeRecorder) -> Sink:
    """Return a sink for the camera's pictures that is paused with the recorder."""
    locate = partial(_video_path, recorder)
    return camera_video(locate, is_wanted=lambda: recorder.state != "paused")


def _video_path(recorder: TakeRecorder) -> Path:
    if recorder.folder is None:
        raise TakeError("video: the take could not be begun, and so its video neither")
    return recorder.folder / "video.mkv"


def _take_info(plan: SessionPlan, source: Source, engine: Engine) -> TakeInfo:
    return TakeInfo(
        source=source.name,
        engine=engine.name,
        body_model=engine.body.name,
        expression_space=engine.body.expression_space,
        app_version=version(),
        versions={name: importlib.metadata.version(name) for name in _DECIDING_PACKAGES},
        name=plan.take_name,
    )
