"""`send-test`: a test pattern to receivers, with no camera; says where nobody listens."""

import argparse
import logging
import sys
import threading
from contextlib import ExitStack

from app.cli.flags import positive_int, positive_seconds
from app.cli.running import target_lines
from app.sinks.catalog import create_sink
from app.sinks.pattern_player import PatternPlayer
from app.sinks.test_pattern import PatternPart, PatternPerformer
from engines.body.model import load_body
from engines.model_store import model_path

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="vmc://, osc://, ws:// ... with host, port, options",
    )
    parser.add_argument("--duration", type=positive_seconds, metavar="SECONDS", help="then stop")
    parser.add_argument(
        "--fps", type=positive_int, default=60, metavar="N", help="frames a second (default 60)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Send until the time is up or Ctrl-C; 1 where a target could not be sent to at the end."""
    sinks = [create_sink(target) for target in arguments.targets]
    pattern = PatternPerformer(load_body(model_path("open_body")))
    with ExitStack() as opened:
        for sink in sinks:
            opened.callback(sink.close)
            sink.open()
        try:
            player = PatternPlayer(pattern, sinks, fps=arguments.fps)
            player.play(threading.Event(), duration_s=arguments.duration, on_part=_tell)
        except KeyboardInterrupt:
            logger.debug("ended by the user")
        for line in target_lines(sinks):
            print(line)
        return int(any(sink.status.problem is not None for sink in sinks))


def _tell(part: PatternPart) -> None:
    print(part.name, file=sys.stderr)
