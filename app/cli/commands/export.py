"""`export`: a take in another tool's format."""

import argparse
from pathlib import Path

from app.export.catalog import EXPORTERS, export_take
from app.export.options import ExportOptions
from app.takes.load import load_take


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("take", type=Path, metavar="TAKE", help="folder of a take, or its take.npz")
    parser.add_argument(
        "--to",
        required=True,
        choices=tuple(EXPORTERS),
        help="; ".join(f"{name}: {exporter.summary}" for name, exporter in EXPORTERS.items()),
    )
    parser.add_argument("--fps", type=int, choices=(30, 60, 120), help="resample to exactly this")
    parser.add_argument(
        "--up", choices=("y", "z"), help="axis that points up, where there is a choice"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: beside the take"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file and print its path."""
    options = ExportOptions(fps=arguments.fps, up=arguments.up)
    take = load_take(arguments.take)
    print(export_take(take, arguments.to, options, output=arguments.output))
    return 0
