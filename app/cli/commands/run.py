"""`run`: capture, solve, stream and record."""

import argparse
import sys
from pathlib import Path

from app.cli.flags import add_engine_flags, config_from, positive_int, positive_seconds
from app.cli.running import run_to_the_end, stage_lines, target_lines
from app.session import SessionPlan, create_session
from engines.errors import UsageError


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--source",
        default="camera:0",
        metavar="S",
        help="camera:0, camera:NAME-PART, a video file, a folder of pictures, an http/rtsp/udp address, "
        "or synthetic:NAME (default camera:0)",
    )
    parser.add_argument(
        "--send", action="append", default=[], metavar="TARGET", help="vmc://host:port?...; repeat"
    )
    parser.add_argument("--record", type=Path, metavar="DIR", help="record a take into this folder")
    parser.add_argument(
        "--video", action="store_true", help="record the camera's pictures beside the take, too"
    )
    parser.add_argument(
        "--profile", default="", metavar="NAME", help="calibration profile: its name, or its path"
    )
    parser.add_argument("--name", default="", help="name of the take")
    parser.add_argument(
        "--boxes",
        type=Path,
        metavar="FILE.json",
        help="person boxes of each frame, for --engine expose",
    )
    parser.add_argument("--duration", type=positive_seconds, metavar="SECONDS", help="then stop")
    parser.add_argument("--max-frames", type=positive_int, metavar="N", help="then stop")
    order = parser.add_mutually_exclusive_group()
    order.add_argument(
        "--realtime",
        action="store_true",
        default=None,
        help="newest frame wins, files at their own speed (default for cameras and streams)",
    )
    order.add_argument(
        "--every-frame",
        dest="realtime",
        action="store_false",
        help="no frame is dropped, same input gives same bytes (default for files)",
    )
    parser.add_argument(
        "--headless", action="store_true", help="no window; this command never opens one"
    )
    add_engine_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run until the source ends, the time is up, or Ctrl-C."""
    if arguments.video and arguments.record is None:
        raise UsageError("--video: goes with a take; add --record DIR")
    plan = SessionPlan(
        source=arguments.source,
        engine=arguments.engine,
        device=arguments.device,
        realtime=arguments.realtime,
        max_frames=arguments.max_frames,
        targets=arguments.send,
        record_to=arguments.record,
        take_name=arguments.name,
        profile=arguments.profile,
        record_video=arguments.video,
        boxes=arguments.boxes,
    )
    session = create_session(plan, config_from(arguments))
    run_to_the_end(session, duration_s=arguments.duration)
    stats = session.pipeline.stats()
    for line in stage_lines(stats):
        print(line, file=sys.stderr)
    for line in target_lines(session.targets):
        print(line, file=sys.stderr)
    failed = [sink for sink in stats.sinks if sink.state == "failed"]
    for sink in failed:
        print(f"error: {sink.name}: {sink.error}", file=sys.stderr)
    if session.recorder is not None and session.recorder.folder is not None:
        print(session.recorder.folder)
    return int(bool(failed))
