"""`engines`: what can run here, and what each of the others lacks."""

import argparse
import dataclasses
import json
from pathlib import Path

from app.cli.flags import add_config_flags, config_from
from app.session import engine_options
from engines.catalog import report_engines


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--checkpoint", type=Path, metavar="DIR", help="the official ExPose data folder"
    )
    add_config_flags(parser)
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print one row an engine and device, best first."""
    reports = report_engines(engine_options(config_from(arguments)))
    if arguments.json:
        print(json.dumps([dataclasses.asdict(report) for report in reports]))
        return 0
    for report in reports:
        state = "usable" if report.why_not is None else f"not usable: {report.why_not}"
        print(f"{report.name:<10} {report.device:<5} {state}")
    return 0
