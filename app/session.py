"""Builds one pipeline from what the user asked for: the one place where all parts meet."""

import importlib.metadata
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.capture.catalog import create_source
from app.capture.devices import list_cameras
from app.capture.identity import ListCameras, is_camera, is_same_device
from app.config import AppConfig
from app.inference.plan_build import PlanBuilder
from app.inference.standby import Candidate, EngineChange, StandbyRegressor
from app.paths import cache_folder, version
from app.pipeline.controls import Controls
from app.pipeline.pipeline import Pipeline, PipelineEvent
from app.pipeline.protocols import Sink, Source, Stage
from app.pipeline.stages import DetectStage, PartsStage, RefineStage, RegressStage
from app.profiles import load_profile
from app.sinks.catalog import create_sink
from app.sinks.pace import NetworkSink
from app.sinks.recorder import TakeRecorder
from app.sinks.video import camera_video
from app.takes.folder import VIDEO_NAME
from app.takes.header import TakeInfo
from calibration.correction import PerformerCorrection
from calibration.placement import Placement
from calibration.profile import Profile
from engines.catalog import Device, Engine, EngineOptions, create_engine
from engines.detect.box_file import BoxFileDetector
from engines.errors import StageError, TakeError, UsageError
from engines.smoothing.ground import Ground
from engines.smoothing.smoother import EstimateSmoother

_DECIDING_PACKAGES = ("mediapipe", "numba", "numpy")
"""Packages whose version may change the numbers in a take."""

_HANG_S = 1.5
"""After this time without an answer a GPU hangs: a frame takes it some milliseconds."""

_PATIENCE_S = 15.0
"""After this time the next engine runs until the GPU's is open: loading takes seconds, building minutes."""

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
    boxes: Path | None = None
    """File of person boxes, in place of the detector; for engines that need no landmarks."""
    profile: str = ""
    """Calibration profile, as `load_profile` takes it; empty for none."""


@dataclass(frozen=True, slots=True)
class Session:
    """A pipeline, not yet started, and the parts of it that its owner asks about."""

    pipeline: Pipeline
    """Owns the threads."""
    source: Source
    """Where the frames come from."""
    engine: Engine
    """The engine that was chosen."""
    recorder: TakeRecorder | None
    """The take recorder, where one was asked for."""
    refine: RefineStage
    """Has the live controls."""
    placement: Placement
    """Can be told to take the performer's place as the origin."""
    take_info: TakeInfo
    """What is known of takes that are recorded of it."""
    max_frames: int | None = None
    """After how many frames it stops; None for never."""
    standby: StandbyRegressor | None = None
    """Which regressor runs now, and `retry` for those that failed; None where nothing can stand in."""
    builder: PlanBuilder | None = None
    """Builds what a GPU needs, and says how far it is."""
    targets: tuple[NetworkSink, ...] = ()
    """The network targets of the plan; they know what became of what was sent."""

    @property
    def device(self) -> str:
        """Where the engine runs now; empty while a failed one's successor is being opened."""
        return self.engine.device if self.standby is None else self.standby.device

    @property
    def frame_count(self) -> int | None:
        """How many frames will come, where that is known; a file knows once it is open."""
        counts = [n for n in (self.source.frame_count, self.max_frames) if n is not None]
        return min(counts, default=None)


def create_session(
    plan: SessionPlan,
    config: AppConfig,
    on_event: Callable[[PipelineEvent], None] | None = None,
) -> Session:
    """Return a session, not yet started; `on_event` is called on the pipeline's threads.

    Raises:
        MocapError: a wrong name or setting, or an engine that cannot run here.
    """
    profile = load_profile(plan.profile) if plan.profile else Profile("")
    profile = _of_this_camera(profile, plan.source)
    config = _calibrated(config, profile)
    source = create_source(plan.source, replace(config.capture, realtime=bool(plan.realtime)))
    drop_frames = source.is_live if plan.realtime is None else plan.realtime
    builder = PlanBuilder(_log_progress)
    engine = _create_engine(plan, config, builder, live=drop_frames)
    standby = _with_spares(engine, on_event, builder)
    if standby is not None:
        engine = replace(engine, regressor=standby)
    targets = tuple(create_sink(target) for target in plan.targets)
    sinks: list[Sink] = [*targets]
    recorder = None
    info = _take_info(plan, source, engine)
    if plan.record_to is not None:
        recorder = TakeRecorder(plan.record_to, info)
        sinks.append(recorder)
        if plan.record_video:
            sinks.append(take_video(recorder))
    refine, placement = _create_refine(engine, config, profile)
    pipeline = Pipeline(
        source,
        [*_engine_stages(engine), refine],
        sinks,
        drop_frames=drop_frames,
        max_frames=plan.max_frames,
        on_event=on_event,
    )
    return Session(
        pipeline,
        source,
        engine,
        recorder,
        refine,
        placement,
        info,
        plan.max_frames,
        standby,
        builder,
        targets,
    )


def create_stages(engine: Engine, config: AppConfig) -> list[Stage]:
    """Return the stages of an engine, in order, for a camera and a performer that nobody measured."""
    refine, _ = _create_refine(engine, config, Profile(""))
    return [*_engine_stages(engine), refine]


def _engine_stages(engine: Engine) -> list[Stage]:
    stages: list[Stage] = [DetectStage(engine.detector)]
    if engine.parts_detector is not None:
        stages.append(PartsStage(engine.parts_detector))
    return [*stages, RegressStage(engine.regressor)]


def _create_refine(
    engine: Engine, config: AppConfig, profile: Profile
) -> tuple[RefineStage, Placement]:
    smoother = EstimateSmoother(engine.body, config.smoothing)
    world = None if profile.floor is None else profile.floor.matrix
    placement = Placement(engine.body, config.placement, world_from_camera=world)
    correction = None
    if profile.performer is not None:
        correction = PerformerCorrection(engine.body, profile.performer, world)
    refine = RefineStage(
        engine.body,
        smoother,
        placement,
        Controls(smoothing_strength=config.smoothing.strength),
        correction=correction,
        ground=Ground(engine.body, config.smoothing.ground),
    )
    return refine, placement


def is_of_another_camera(
    profile: Profile, source: str, cameras: ListCameras = list_cameras
) -> bool:
    """Whether a profile was measured with another live camera than a source; a recording may be of any.

    Asks the drivers for the cameras that are there, unless `cameras` tells.
    """
    camera = profile.camera
    if camera is None or not is_camera(camera.source) or not is_camera(source):
        return False
    return not is_same_device(
        camera.source, camera.device_name, camera.device_path, source, cameras
    )


def _of_this_camera(profile: Profile, source: str) -> Profile:
    """Return the profile without what was measured with another camera."""
    if profile.camera is None or not is_of_another_camera(profile, source):
        return profile
    logger.warning(
        "profile %s was measured with %s, this is %s: lens and floor are not used; calibrate again",
        profile.name, profile.camera.source, source,
    )  # fmt: skip
    return replace(profile, camera=None, floor=None)


def _calibrated(config: AppConfig, profile: Profile) -> AppConfig:
    """Return the settings with what a profile knows of camera and performer."""
    if profile.camera is not None:
        config = replace(config, capture=replace(config.capture, camera=profile.camera.camera))
    if profile.performer is not None:
        performer = profile.performer
        known = replace(config.landmarks, stature_m=performer.stature_m, betas=performer.betas)
        config = replace(config, landmarks=known)
    return config


def engine_options(config: AppConfig, *, live: bool = False) -> EngineOptions:
    """Return what the engines need of the settings, for a live source or a file; long work is reported in the log."""
    detect = config.detect
    if detect.hands_in_turn is None:
        detect = replace(detect, hands_in_turn=live)
    return EngineOptions(
        detect=detect,
        landmarks=config.landmarks,
        expose=config.expose,
        cache=cache_folder(),
        progress=_log_progress,
    )


def _create_engine(
    plan: SessionPlan, config: AppConfig, builder: PlanBuilder, *, live: bool
) -> Engine:
    options = replace(engine_options(config, live=live), build_plan=builder.build)
    engine = create_engine(plan.engine, plan.device, options)
    chosen = " (the best usable one; see 'main.py engines')" if plan.engine == "auto" else ""
    logger.info("engine: %s on %s%s", engine.name, engine.device, chosen)
    if plan.boxes is None:
        return engine
    if engine.parts_detector is not None:
        raise UsageError(f"--boxes: the engine {engine.name} needs landmarks; add --engine expose")
    return replace(engine, detector=BoxFileDetector(plan.boxes))


def _with_spares(
    engine: Engine, on_event: Callable[[PipelineEvent], None] | None, builder: PlanBuilder
) -> StandbyRegressor | None:
    """Return the engine's regressor with those that take over when it fails; None where there are none."""
    if not engine.spares:
        return None

    def tell(change: EngineChange) -> None:
        if on_event is not None and change.reason:
            error = StageError(change.reason) if change.is_failure else None
            on_event(PipelineEvent("engine_changed", change.name, error))

    own = Candidate(
        f"{engine.name} on {engine.device}",
        lambda: engine.regressor,
        _HANG_S,
        _PATIENCE_S,
        builder.cancel,
        engine.device,
    )
    spares = [
        Candidate(f"{engine.name} on {spare.device}", spare.create, device=spare.device)
        for spare in engine.spares
    ]
    return StandbyRegressor([own, *spares], tell)


def _log_progress(step: str, share: float) -> None:
    logger.info("%3.0f %%  %s", 100 * share, step)


def take_video(recorder: TakeRecorder) -> Sink:
    """Return a sink for the camera's pictures, beside the take that is being recorded and paused with it."""
    locate = partial(_video_path, recorder)
    return camera_video(locate, is_wanted=lambda: recorder.state not in ("waiting", "paused"))


def _video_path(recorder: TakeRecorder) -> Path:
    if recorder.folder is None:
        raise TakeError("video: the take could not be begun, and so its video neither")
    return recorder.folder / VIDEO_NAME


def _take_info(plan: SessionPlan, source: Source, engine: Engine) -> TakeInfo:
    return TakeInfo(
        source=source.name,
        engine=engine.name,
        body_model=engine.body.name,
        expression_space=engine.body.expression_space,
        app_version=version(),
        versions={name: importlib.metadata.version(name) for name in _DECIDING_PACKAGES},
        name=plan.take_name,
        profile=plan.profile,
    )
