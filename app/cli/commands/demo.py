"""`demo`: the whole path on the shipped clip, with no window: take, exports, overlay video, summary."""

import argparse
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.cli.flags import add_config_flags, config_from
from app.cli.running import run_to_the_end, stage_lines
from app.export.catalog import export_take
from app.paths import DEMO_CLIP, DEMO_PROFILE
from app.session import Session, SessionPlan, create_session
from app.sinks.video import overlay_video
from app.takes.load import load_take
from app.takes.take import Take
from engines.errors import TakeError

EXIT_INTERRUPTED = 130
_FORMATS = ("npz", "bvh", "glb")

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("demo-output"),
        metavar="DIR",
        help="where to write (default demo-output)",
    )
    add_config_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the clip, write everything, and print a summary."""
    start = time.monotonic()
    output: Path = arguments.output
    _make_folder(output)
    plan = SessionPlan(
        source=str(DEMO_CLIP), profile=str(DEMO_PROFILE), record_to=output, take_name="demo"
    )
    logger.info("loading the models; the first run also compiles the solver, about a minute")
    session = create_session(plan, config_from(arguments))
    overlay = output / "overlay.mp4"
    session.pipeline.add_sink(overlay_video(overlay, session.engine.body))
    if not run_to_the_end(session):
        return EXIT_INTERRUPTED
    folder = _recorded(session)
    take = load_take(folder)
    files = [folder / "take.npz", folder / "take.json"]
    for name in _FORMATS:
        logger.info("writing %s", name)
        files.append(export_take(take, name))
    for line in _summary(session, take, [*files, overlay], time.monotonic() - start):
        print(line)
    return 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise TakeError(f"{folder}: cannot be made ({reason}); choose another with -o") from error


def _recorded(session: Session) -> Path:
    for sink in session.pipeline.stats().sinks:
        if sink.state == "failed":
            raise TakeError(f"{sink.name}: {sink.error}")
    if session.recorder is None or session.recorder.folder is None:
        raise TakeError(f"{DEMO_CLIP}: no frame was recorded; run 'main.py doctor'")
    return session.recorder.folder


def _summary(session: Session, take: Take, files: list[Path], elapsed_s: float) -> Iterator[str]:
    yield ""
    yield from stage_lines(session.pipeline.stats())
    seen = take.seen
    yield ""
    yield f"{'frames':<22} {len(take)} at {take.frame_rate:.1f} fps, a person in {seen.sum()}"
    for what, where in (
        ("left hand seen", take.left_hand_seen),
        ("right hand seen", take.right_hand_seen),
        ("face seen", take.face_seen),
    ):
        yield f"{what:<22} {where.sum()} frames"
    if seen.any():
        yield f"{'mean joint confidence':<22} {np.mean(take.confidence[seen]):.2f}"
    yield ""
    for file in files:
        yield f"{file.stat().st_size / 1000:>9.0f} kB  {file}"
    yield f"done in {elapsed_s:.0f} s"
    sys.stdout.flush()
