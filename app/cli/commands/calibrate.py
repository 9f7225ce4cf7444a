"""`calibrate`: measure camera, floor and performer, and keep the result in a profile."""

import argparse
import json
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2

from app.calibrate.camera import measure_camera, measure_floor_with_board
from app.calibrate.cues import beep
from app.calibrate.frames import OnProgress, Progress
from app.calibrate.person import measure_floor_with_person, measure_performer
from app.capture.catalog import create_source
from app.cli.flags import add_config_flags, config_from, positive_seconds
from app.config import AppConfig
from app.pipeline.protocols import Source
from app.profiles import (
    DEFAULT_PROFILE,
    list_profiles,
    load_or_new,
    load_profile,
    save_profile,
    undo_profile,
)
from calibration.board import DEFAULT_BOARD, FORMS, BoardSpec, draw_board, parse_board
from calibration.board_print import board_pdf
from calibration.camera import guessed_calibration
from calibration.camera_guess import DIAGONAL_FOV_DEG, camera_of_fov, guess_camera
from calibration.performer import STATURES_M
from calibration.profile import Profile, profile_to_toml
from calibration.quality import Quality
from engines.catalog import Engine, EngineOptions, create_engine
from engines.errors import CalibrationError, ConfigError

_STEPS: Final = {
    "camera": "lens, with a board that is moved about (or --kind, --fov for a guess)",
    "floor": "floor and gravity, with a board that lies on it (--board) or a person who walks",
    "performer": "height, limbs, lean, face and hands of the person",
    "board": "write a board as .pdf to print or as .png to show on a screen",
    "list": "names of the profiles",
    "show": "what is in a profile",
    "undo": "take the last change of a profile back; again: bring it back",
}
_SCREEN_SQUARE_PX: Final = 160


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "what", choices=tuple(_STEPS), help="; ".join(f"{k}: {v}" for k, v in _STEPS.items())
    )
    parser.add_argument("--source", default="camera:0", metavar="S", help="camera or recording")
    parser.add_argument(
        "--board", metavar="SPEC", help=f"{FORMS}; default of 'camera' and 'board': {DEFAULT_BOARD}"
    )
    parser.add_argument(
        "-o",
        "--profile",
        metavar="PROFILE",
        help=f"name or path of the profile, default '{DEFAULT_PROFILE}'; for 'board' the file",
    )
    parser.add_argument(
        "--height", type=_stature, metavar="M", help="height of the person in metres, such as 1.78"
    )
    parser.add_argument("--kind", choices=tuple(DIAGONAL_FOV_DEG), help="guess: kind of camera")
    parser.add_argument(
        "--fov", type=float, metavar="DEG", help="guess: field of view across the diagonal"
    )
    parser.add_argument(
        "--duration", type=positive_seconds, metavar="SECONDS", help="end after this time"
    )
    parser.add_argument(
        "--force", action="store_true", help="let a doubtful (red) result replace an earlier one"
    )
    parser.add_argument("--silent", action="store_true", help="no countdown beeps")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    add_config_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do one step; the profile changes only when it succeeds."""
    what = arguments.what
    name = arguments.profile or DEFAULT_PROFILE
    if what == "board":
        return _write_board(arguments)
    if what == "list":
        print("\n".join(list_profiles()))
    elif what == "show":
        print(profile_to_toml(load_profile(name)), end="")
    elif what == "undo":
        print(undo_profile(name))
    else:
        _measure(arguments, what, name)
    return 0


def _measure(arguments: argparse.Namespace, what: str, name: str) -> None:
    before = load_or_new(name)
    config = config_from(arguments)
    measured = _STEP_OF[what](arguments, config, before)
    part = getattr(measured, what)
    _refuse_doubtful(part.quality, getattr(before, what), what, arguments.force)
    if what == "camera" and before.floor is not None and measured.floor is None:
        print(
            "the camera is another one: its floor is forgotten, measure it again", file=sys.stderr
        )
    path = save_profile(measured, name)
    quality = part.quality
    print(f"{quality.mark}: {quality.reason}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_result(measured, what, path)))
    else:
        print(path)


def _camera(arguments: argparse.Namespace, config: AppConfig, before: Profile) -> Profile:
    source = _source(arguments, config, None)
    if arguments.kind is not None or arguments.fov is not None:
        width, height = _picture_size(source)
        camera = (
            guess_camera(width, height, arguments.kind)
            if arguments.fov is None
            else camera_of_fov(width, height, arguments.fov)
        )
        return before.with_camera(guessed_calibration(camera, source=source.name))
    board = parse_board(arguments.board or DEFAULT_BOARD)
    with_bar = _progress(arguments.silent)
    return before.with_camera(
        measure_camera(source, board, with_bar, duration_s=arguments.duration)
    )


def _floor(arguments: argparse.Namespace, config: AppConfig, before: Profile) -> Profile:
    source = _source(arguments, config, before)
    on_progress = _progress(arguments.silent)
    if arguments.board is not None:
        board = parse_board(arguments.board)
        floor = measure_floor_with_board(source, board, on_progress, duration_s=arguments.duration)
        return before.with_floor(floor)
    fit = measure_floor_with_person(
        source,
        _engine(config),
        on_progress,
        stature_m=_known_stature(arguments, before),
        duration_s=arguments.duration,
    )
    return before.with_floor(fit.floor)


def _performer(arguments: argparse.Namespace, config: AppConfig, before: Profile) -> Profile:
    performer = measure_performer(
        _source(arguments, config, before),
        _engine(config),
        _progress(arguments.silent),
        stature_m=_known_stature(arguments, before),
        floor=before.floor,
        duration_s=arguments.duration,
    )
    return before.with_performer(performer)


_STEP_OF: Final = {"camera": _camera, "floor": _floor, "performer": _performer}


def _known_stature(arguments: argparse.Namespace, before: Profile) -> float | None:
    if arguments.height is not None:
        return float(arguments.height)
    performer = before.performer
    return performer.stature_m if performer is not None and performer.stature_given else None


def _source(arguments: argparse.Namespace, config: AppConfig, profile: Profile | None) -> Source:
    known = None if profile is None or profile.camera is None else profile.camera.camera
    return create_source(arguments.source, replace(config.capture, camera=known, realtime=False))


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
        raise CalibrationError(f"{source.name}: holds no pictures; check --source")
    return frame.camera.width, frame.camera.height


def _refuse_doubtful(quality: Quality, earlier: object, what: str, force: bool) -> None:
    if quality.mark == "red" and earlier is not None and not force:
        raise CalibrationError(
            f"{what}: {quality.reason}; the earlier {what} stays, --force replaces it all the same"
        )


def _progress(silent: bool) -> OnProgress:
    last = [""]

    def show(progress: Progress) -> None:
        if progress.tone_hz and not silent:
            print("\a", end="", file=sys.stderr)
            beep(progress.tone_hz)
        if progress.message == last[0]:
            return
        last[0] = progress.message
        total = "" if progress.total is None else f"/{progress.total}"
        line = f"{progress.frames}{total}: {progress.message}"
        if sys.stderr.isatty() and not progress.tone_hz:
            print(f"\r{line:<100}", end="", file=sys.stderr, flush=True)
        elif progress.tone_hz:
            print(f"\n{line}", file=sys.stderr, flush=True)

    return show


def _result(profile: Profile, what: str, path: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(profile_to_toml(profile))[what]
    return {"profile": str(path), what: table}


def _write_board(arguments: argparse.Namespace) -> int:
    spec = parse_board(arguments.board or DEFAULT_BOARD)
    path = Path(arguments.profile or "board.pdf")
    if path.suffix.lower() == ".pdf":
        path.write_bytes(board_pdf(spec))
    elif path.suffix.lower() == ".png":
        path.write_bytes(_board_png(spec))
        print(
            "show it full screen, measure one square with a ruler, and give its size in --board",
            file=sys.stderr,
        )
    else:
        raise ConfigError(f"{path}: a board is written as .pdf or .png; name the file so with -o")
    print(path)
    return 0


def _board_png(spec: BoardSpec) -> bytes:
    done, data = cv2.imencode(".png", draw_board(spec, _SCREEN_SQUARE_PX, _SCREEN_SQUARE_PX // 2))
    if not done:
        raise ConfigError(f"board {spec}: cannot be drawn; use fewer squares")
    return bytes(data)


def _stature(text: str) -> float:
    low, high = STATURES_M
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is no height in metres, {low} to {high}")
    return value
