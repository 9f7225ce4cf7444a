"""`send-test`: a test pattern to receivers, with no camera; says where nobody listens."""

import argparse
import logging
import sys
import threading
import time
from contextlib import ExitStack

from app.cli.flags import positive_int, positive_seconds
from app.sinks.catalog import create_sink
from app.sinks.pace import NetworkSink
from app.sinks.test_pattern import PatternPerformer, part_at
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
            _send(pattern, sinks, arguments.fps, arguments.duration)
        except KeyboardInterrupt:
            logger.debug("ended by the user")
        return _report(sinks)


def _send(
    pattern: PatternPerformer, sinks: list[NetworkSink], fps: int, duration_s: float | None
) -> None:
    for sink in sinks:
        sink.consume(pattern.packet(0, 0.0, time.perf_counter_ns()))  # the first one takes longest
    pause = threading.Event()  # never set: its wait is a sleep that a signal ends
    shown = None
    start = due = time.perf_counter()
    index = 1
    while duration_s is None or due < start + duration_s:
        pause.wait(max(0.0, due - time.perf_counter()))
        part, _ = part_at(index / fps)
        if part is not shown:
            shown = part
            print(part.name, file=sys.stderr)
        packet = pattern.packet(index, index / fps, time.perf_counter_ns())
        for sink in sinks:
            sink.consume(packet)
        index += 1
        due = max(due + 1 / fps, time.perf_counter())  # what is late is not made up for in a burst


def _report(sinks: list[NetworkSink]) -> int:
    for sink in sinks:
        status = sink.status
        state = "ok" if status.problem is None else status.problem
        print(f"{sink.name}: {state}; {status.sent} sent, {status.failed} lost")
    return int(any(sink.status.problem is not None for sink in sinks))
