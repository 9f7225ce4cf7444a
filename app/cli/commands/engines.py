"""`engines`: what can run here, and what each of the others lacks."""

import argparse
import dataclasses
import json

from engines.catalog import report_engines


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print one row an engine and device, best first."""
    reports = report_engines()
    if arguments.json:
        print(json.dumps([dataclasses.asdict(report) for report in reports]))
        return 0
    for report in reports:
        state = "usable" if report.why_not is None else f"not usable: {report.why_not}"
        print(f"{report.name:<10} {report.device:<5} {state}")
    return 0
