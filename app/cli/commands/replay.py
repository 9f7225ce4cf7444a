"""`replay`: a take through the sinks, at its own time."""

import argparse
import logging
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from app.cli.flags import positive_seconds
from app.cli.running import target_lines
from app.sinks.catalog import create_sink
from app.takes.load import load_take
from app.takes.replay import replay
from engines.errors import UsageError

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("take", type=Path, metavar="TAKE", help="folder of a take, or its take.npz")
    parser.add_argument(
        "--send", action="append", default=[], metavar="TARGET", help="vmc://host:port?...; repeat"
    )
    parser.add_argument("--loop", action="store_true", help="begin again at the end")
    parser.add_argument("--duration", type=positive_seconds, metavar="SECONDS", help="then stop")


def run(arguments: argparse.Namespace) -> int:
    """Send until the take ends, the time is up, or Ctrl-C."""
    if not arguments.send:
        raise UsageError("replay: nowhere to send to; name a target, such as --send vmc://")
    take = load_take(arguments.take)
    sinks = [create_sink(target) for target in arguments.send]
    deadline = None if arguments.duration is None else time.monotonic() + arguments.duration
    with ExitStack() as opened:
        for sink in sinks:
            opened.callback(sink.close)
            sink.open()
        logger.info("replaying %s to %s", take.path, ", ".join(sink.name for sink in sinks))
        try:
            for packet in replay(take, loop=arguments.loop):
                for sink in sinks:
                    sink.consume(packet)
                if deadline is not None and time.monotonic() > deadline:
                    break
        except KeyboardInterrupt:
            logger.debug("ended by the user")
        for line in target_lines(sinks):
            print(line, file=sys.stderr)
    return 0
