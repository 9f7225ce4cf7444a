"""The commands and flags, as docs/cli in one place: a table of modules, each with `add` and `run`."""

import argparse
import importlib
import sys
from typing import Final, NoReturn

from app.paths import version

COMMANDS: Final[dict[str, str]] = {
    "demo": "run the whole path on the shipped clip: take, exports, overlay video, summary",
    "run": "capture, solve, stream and record",
    "replay": "send a take through the sinks at its own time",
    "export": "write takes in other tools' formats",
    "refine": "a second pass over a take: gaps bridged, no lag, standing feet in place",
    "regress": "run ExPose on one picture and one box",
    "build": "prepare an official ExPose release for this computer",
    "evaluate": "measure the engines against truth: the paper's data sets, clips, synthetic motion",
    "transfer": "fit SMPL-X to SMPL meshes",
    "send-test": "send a test pattern to receivers, with no camera",
    "monitor": "show what arrives at a port, decoded, with rates and gaps",
    "calibrate": "measure camera, floor and performer into a profile",
    "engines": "list engines and devices, and why one is not usable here",
    "devices": "list cameras and their modes",
    "doctor": "check this computer and this checkout",
    "bench": "measure every stage on this computer",
}
"""Name -> one-line help; each has its module in app.cli.commands (a dash is an underscore there), imported on use."""


_DEBUG_HELP: Final = "log more, and show tracebacks of errors"


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line on stderr, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Print the error and the way to the help, and leave."""
        print(f"error: {message}; see 'python main.py{self._help_path()} --help'", file=sys.stderr)
        raise SystemExit(2)

    def _help_path(self) -> str:
        return self.prog.removeprefix("main.py")


def build_parser(command: str | None) -> OneLineParser:
    """Return the parser; only the flags of `command` are loaded, to start quickly."""
    parser = OneLineParser(
        prog="main.py",
        description="Live whole-body motion capture from one webcam. Without a command: the window.",
        allow_abbrev=False,
    )
    if command is None:
        window = importlib.import_module("app.cli.commands.window")
        window.add(parser)
        parser.set_defaults(run=window.run)
        parser.add_argument("--debug", action="store_true", help=_DEBUG_HELP)
    parser.add_argument("--version", action="version", version=f"ExPose Live {version()}")
    subparsers = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=OneLineParser
    )
    for name, summary in COMMANDS.items():
        child = subparsers.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name == command:
            module = importlib.import_module(f"app.cli.commands.{name.replace('-', '_')}")
            module.add(child)
            child.set_defaults(run=module.run)
        child.add_argument("--debug", action="store_true", help=_DEBUG_HELP)
    return parser
