"""`engines`: which engines, and which runtimes for ExPose, can run here; and what each of the others lacks."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.cli.flags import add_config_flags, config_from
from app.session import engine_options
from engines.catalog import EngineReport, report_engines
from engines.expose.runtime_reports import RuntimeReport, report_runtimes


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--checkpoint", type=Path, metavar="DIR", help="the official ExPose data folder"
    )
    add_config_flags(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print one row an engine and device, best first, then one a runtime."""
    options = engine_options(config_from(arguments))
    engines, runtimes = report_engines(options), report_runtimes(options.expose, options.cache)
    if arguments.json:
        tables = {
            "engines": [asdict(row) for row in engines],
            "runtimes": [asdict(row) for row in runtimes],
        }
        print(json.dumps(tables))
        return 0
    _print_rows(engines)
    print("\nruntimes for the networks of expose:")
    _print_rows(runtimes)
    return 0


def _print_rows(rows: Sequence[EngineReport | RuntimeReport]) -> None:
    for row in rows:
        state = "usable" if row.why_not is None else f"not usable: {row.why_not}"
        print(f"{row.name:<14} {row.device:<5} {state}")
