"""Runs one command and turns every expected failure into one line and an exit code."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from app.cli.parser import COMMANDS, build_parser
from app.logs import start_logging
from app.numba_cache import use_own_cache
from engines.errors import MocapError

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130

logger = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 done, 1 failed while running, 2 wrong call or file."""
    # a quicker hand-over of the interpreter between threads: p95 12 -> 4 ms beside a busy thread
    sys.setswitchinterval(0.0005)
    use_own_cache()
    words = list(sys.argv[1:] if argv is None else argv)
    named = words[0] if words and words[0] in COMMANDS else None
    arguments = build_parser(named).parse_args(words)
    start_logging(debug=arguments.debug)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(arguments.run(arguments))
    except MocapError as error:
        _report(error, debug=arguments.debug)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output has gone; do not let the interpreter's last flush complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        _report(error, debug=arguments.debug)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED


def _report(error: Exception, *, debug: bool) -> None:
    if debug:
        logger.error("%s", error, exc_info=error)
        sys.excepthook(type(error), error, error.__traceback__)
    else:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        logging.getLogger("expose_live.errors").debug("command failed", exc_info=error)


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
