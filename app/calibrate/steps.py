"""One calibration step from what the user asked for to the changed profile: for the command line and the window."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from app.calibrate.camera import measure_camera, measure_floor_with_board
from app.calibrate.frames import OnProgress
from app.calibrate.person import (
    guess_camera_from_person,
    measure_floor_with_person,
    measure_performer,
)
from app.capture.catalog import create_source
from app.capture.identity import device_of
from app.config import AppConfig
from app.pipeline.protocols import Source
from calibration.board import DEFAULT_BOARD, parse_board
from calibration.camera import CameraCalibration, guessed_calibration
from calibration.camera_guess import camera_of_fov, guess_camera
from calibration.floor import FloorCalibration
from calibration.performer import PerformerCalibration
from calibration.profile import Profile
from engines.catalog import Engine, EngineOptions, create_engine
from engines.errors import CalibrationError, ConfigError
from engines.types import Camera

Step = Literal["camera", "floor", "performer"]
STEPS: Final[tuple[Step, ...]] = ("camera", "floor", "performer")
"""In the order in which they are done: each uses what those before it measured."""

Measurement = CameraCalibration | FloorCalibration | PerformerCalibration


@dataclass(frozen=True, slots=True)
class CameraGuess:
    """What a camera is guessed by; the first that is given."""

    distance_m: float | None = None
    """A person of known height stands so far from the lens."""
    fov_deg: float | None = None
    """Field of view across the diagonal."""
    kind: str = ""
    """One of `DIAGONAL_FOV_DEG`."""


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What the user asked for."""

    step: Step
    """What to measure."""
    source: str
    """As `create_source` takes it."""
    board: str = ""
    """The board; empty for the usual one, and for a floor that a person tells."""
    guess: CameraGuess | None = None
    """Guess the camera instead of measuring it."""
    stature_m: float | None = None
    """Height of the person; None for as said before, or unknown."""
    duration_s: float | None = None
    """End after so many seconds; None for what suits the step."""


def measure_step(
    plan: StepPlan,
    config: AppConfig,
    before: Profile,
    on_progress: OnProgress,
    watch: Callable[[Source], Source] = lambda source: source,
) -> Profile:
    """Return the profile with one part measured anew; nothing is written.

    Args:
        plan: What to do.
        config: Settings of capture and detection.
        before: What is known already.
        on_progress: Hears how it goes, on the caller's thread.
        watch: Wraps the source, such as in a `WatchedSource`.

    Raises:
        CalibrationError: the pictures do not tell; the message says what to do.
        CaptureError: the source cannot be opened or read.
        ConfigError: a board, kind or height that is none.
    """
    stature_m = plan.stature_m if plan.stature_m is not None else _stature_said(before)
    plan = replace(plan, stature_m=stature_m)
    known = None if plan.step == "camera" else _camera_of(before)
    options = replace(config.capture, camera=known, realtime=False, loop=False)
    source = watch(create_source(plan.source, options))
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    if plan.step == "camera":
        camera = _camera(plan, source, config, on_progress)
        device = device_of(plan.source)
        if device is not None:
            camera = replace(camera, device_name=device.name, device_path=device.path)
        return before.with_camera(replace(camera, measured_at=now))
    if plan.step == "floor":
        floor = _floor(plan, source, config, on_progress)
        return before.with_floor(replace(floor, measured_at=now))
    performer = measure_performer(
        source,
        _engine(config),
        on_progress,
        stature_m=plan.stature_m,
        floor=before.floor,
        duration_s=plan.duration_s,
    )
    return before.with_performer(replace(performer, measured_at=now))


def measurement(profile: Profile, step: Step) -> Measurement | None:
    """Return the part of a profile that a step measures."""
    parts: dict[Step, Measurement | None] = {
        "camera": profile.camera,
        "floor": profile.floor,
        "performer": profile.performer,
    }
    return parts[step]


def is_doubtful(measured: Profile, before: Profile, step: Step) -> bool:
    """Whether a result should replace an earlier one only if the user insists."""
    part = measurement(measured, step)
    return part is not None and part.quality.mark == "red" and measurement(before, step) is not None


def _camera(
    plan: StepPlan, source: Source, config: AppConfig, on_progress: OnProgress
) -> CameraCalibration:
    if plan.guess is None:
        board = parse_board(plan.board or DEFAULT_BOARD)
        return measure_camera(source, board, on_progress, duration_s=plan.duration_s)
    guess = plan.guess
    if guess.distance_m is not None:
        if plan.stature_m is None:
            raise ConfigError("camera: the person's height is not known; give it in metres")
        return guess_camera_from_person(
            source,
            _engine(config),
            on_progress,
            stature_m=plan.stature_m,
            distance_m=guess.distance_m,
            duration_s=plan.duration_s,
        )
    width, height = _picture_size(source)
    camera = (
        guess_camera(width, height, guess.kind)
        if guess.fov_deg is None
        else camera_of_fov(width, height, guess.fov_deg)
    )
    return guessed_calibration(camera, source=source.name)


def _floor(
    plan: StepPlan, source: Source, config: AppConfig, on_progress: OnProgress
) -> FloorCalibration:
    if plan.board:
        board = parse_board(plan.board)
        return measure_floor_with_board(source, board, on_progress, duration_s=plan.duration_s)
    fit = measure_floor_with_person(
        source,
        _engine(config),
        on_progress,
        stature_m=plan.stature_m,
        duration_s=plan.duration_s,
    )
    return fit.floor


def _stature_said(profile: Profile) -> float | None:
    performer = profile.performer
    return performer.stature_m if performer is not None and performer.stature_given else None


def _camera_of(profile: Profile) -> Camera | None:
    return None if profile.camera is None else profile.camera.camera


def _engine(config: AppConfig) -> Engine:
    detect = replace(config.detect, max_persons=2)
    return create_engine(
        "landmarks", "auto", EngineOptions(detect=detect, landmarks=config.landmarks)
    )


def _picture_size(source: Source) -> tuple[int, int]:
    source.open()
    try:
        frame = source.read()
    finally:
        source.close()
    if frame is None:
        raise CalibrationError(f"{source.name}: holds no pictures; check the source")
    return frame.camera.width, frame.camera.height
