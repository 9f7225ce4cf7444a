"""`calibrate`: measure camera, floor and performer, and keep the result in a profile."""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import cv2

from app.calibrate.cues import beep
from app.calibrate.frames import OnProgress, Progress
from app.calibrate.steps import (
    CameraGuess,
    Step,
    StepPlan,
    is_doubtful,
    measure_step,
    measurement,
)
from app.cli.flags import add_config_flags, config_from, positive_seconds
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
from calibration.camera_guess import DIAGONAL_FOV_DEG
from calibration.performer import STATURES_M
from calibration.profile import Profile, profile_to_toml
from engines.errors import CalibrationError, ConfigError

_STEPS: Final = {
    "camera": "lens, with a board that is moved about (or --kind, --fov, --distance for a guess)",
    "floor": "floor and gravity, with a board that lies on it (--board) or a person who walks",
    "performer": "height, limbs, lean, face and hands of the person",
    "board": "write a board as .pdf to print or as .png to show on a screen",
    "list": "names of the profiles",
    "show": "what is in a profile",
    "undo": "take the last change of a profile back; again: bring it back",
}
_SCREEN_SQUARE_PX: Final = 160
_DISTANCES_M: Final = (0.5, 20.0)


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
        "--distance",
        type=_distance,
        metavar="M",
        help="guess: a person of --height stands so far from the lens",
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


def _measure(arguments: argparse.Namespace, step: Step, name: str) -> None:
    before = load_or_new(name)
    progress = _progress(arguments.silent)
    measured = measure_step(_plan(arguments, step), config_from(arguments), before, progress)
    part = measurement(measured, step)
    if part is None:
        raise CalibrationError(f"{step}: gave no result; measure again")
    if is_doubtful(measured, before, step) and not arguments.force:
        raise CalibrationError(
            f"{step}: {part.quality.reason}; the earlier {step} stays, --force replaces it all the same"
        )
    if step == "camera" and before.floor is not None and measured.floor is None:
        print(
            "the camera is another one: its floor is forgotten, measure it again", file=sys.stderr
        )
    path = save_profile(measured, name)
    print(f"{part.quality.mark}: {part.quality.reason}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_result(measured, step, path)))
    else:
        print(path)


def _plan(arguments: argparse.Namespace, step: Step) -> StepPlan:
    guess = CameraGuess(arguments.distance, arguments.fov, arguments.kind or "")
    return StepPlan(
        step,
        arguments.source,
        board=arguments.board or "",
        guess=None if guess == CameraGuess() else guess,
        stature_m=arguments.height,
        duration_s=arguments.duration,
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
    return _metres(text, STATURES_M, "height")


def _distance(text: str) -> float:
    return _metres(text, _DISTANCES_M, "distance")


def _metres(text: str, between: tuple[float, float], what: str) -> float:
    low, high = between
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what} in metres, {low} to {high}")
    return value
