"""`bench`: every stage on this computer, and ratios against a baseline in the same run."""

import argparse
import json
import logging
import os
import platform

from app.bench import BenchReport, run_bench
from app.cli.flags import add_engine_flags, config_from, positive_int
from app.cli.running import stage_lines
from app.session import engine_options
from engines.catalog import Engine, create_engine

_DEFAULT_SOURCE = "synthetic:hands"

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--source",
        default=_DEFAULT_SOURCE,
        metavar="S",
        help=f"where the pictures come from (default {_DEFAULT_SOURCE}: body, hands and face at 720p)",
    )
    parser.add_argument(
        "--frames", type=positive_int, default=150, metavar="N", help="frames for each part"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    add_engine_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print tables or one JSON object."""
    config = config_from(arguments)
    options = engine_options(config)

    def make_engine() -> Engine:
        return create_engine(arguments.engine, arguments.device, options)

    report = run_bench(
        make_engine,
        config,
        arguments.source,
        frames=arguments.frames,
        progress=lambda what: logger.info("bench: %s", what),
    )
    engine = make_engine()
    if arguments.json:
        print(json.dumps(_as_table(report, engine)))
        return 0
    print("Each stage, one after another")
    for cost in report.costs:
        print(
            f"  {cost.name:<9} median {cost.median_ms:6.1f} ms   p95 {cost.p95_ms:6.1f} ms   "
            f"cpu {cost.cpu_ms:5.1f} ms"
        )
    for title, stats in (
        ("All threads, camera at 30 fps, newest wins", report.live),
        ("All threads, camera as fast as it goes", report.flat_out),
    ):
        print(title)
        for line in stage_lines(stats):
            print(f"  {line}")
    print("Ratios")
    for what, value in report.ratios.items():
        print(f"  {what:<46} {value:.2f}")
    return 0


def _as_table(report: BenchReport, engine: Engine) -> dict[str, object]:
    return {
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "engine": engine.name,
        "device": engine.device,
        "stages": {
            cost.name: {
                "median_ms": cost.median_ms,
                "p95_ms": cost.p95_ms,
                "cpu_ms": cost.cpu_ms,
            }
            for cost in report.costs
        },
        "fps": report.flat_out.fps,
        "live_fps": report.live.fps,
        "age_ms": {"p50": report.live.age_p50_ms, "p95": report.live.age_p95_ms},
        "ratios": report.ratios,
    }
