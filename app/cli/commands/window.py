"""No command: the window."""

import argparse
import importlib.util
from pathlib import Path

from app.cli.flags import add_config_flags, config_from, positive_seconds
from engines.errors import EngineUnavailable


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--source", default="", metavar="S", help="what to open at once, as in 'run --source'"
    )
    parser.add_argument(
        "--duration", type=positive_seconds, metavar="SECONDS", help="then close the window"
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="write a picture of the window, then close"
    )
    add_config_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the window until it is closed."""
    if importlib.util.find_spec("PyQt5") is None:
        raise EngineUnavailable(
            "window: the package PyQt5 is missing; run 'pip install .' in the checkout, or use 'main.py run'"
        )
    from app.viewer.application import WindowPlan, run_window

    config = config_from(arguments)
    return run_window(
        WindowPlan(arguments.source, arguments.duration, arguments.screenshot), config
    )
