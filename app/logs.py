"""Logging: short lines on stderr for the person, everything in a file for the report."""

import atexit
import faulthandler
import logging
import logging.handlers
import sys
from pathlib import Path
from typing import IO

from app.paths import log_folder

_FILE_SIZE_BYTES = 2_000_000
_FILE_COUNT = 3

logger = logging.getLogger(__name__)


class _ShortFormatter(logging.Formatter):
    """`message` for INFO, `warning: message` above."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            return f"{record.levelname.lower()}: {message}"
        return message


class _ProgressFriendlyHandler(logging.StreamHandler[IO[str]]):
    """Writes through tqdm, so that a line does not cut a progress bar in two."""

    def emit(self, record: logging.LogRecord) -> None:
        from tqdm import tqdm

        tqdm.write(self.format(record), file=sys.stderr)


def start_logging(*, debug: bool) -> None:
    """Send log records to stderr, and to a file where the platform keeps logs.

    A log folder that cannot be written costs the file only; it never stops the program.
    """
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    if any(isinstance(handler, _ProgressFriendlyHandler) for handler in root.handlers):
        return  # the commands may be called one after another in one process
    console = _ProgressFriendlyHandler()
    console.setFormatter(_ShortFormatter())
    console.setLevel(logging.DEBUG if debug else logging.INFO)
    root.addHandler(console)
    logging.captureWarnings(capture=True)
    for chatty in ("numba", "absl", "OpenGL", "matplotlib", "libav", "onnx_ir", "onnxscript"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        _add_file(root)
    except OSError as error:
        logger.debug("no log file: %s", error)


def log_file() -> Path:
    """Return where the log is, whether or not it exists."""
    return log_folder() / "expose-live.log"


def _add_file(root: logging.Logger) -> None:
    folder = log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        log_file(),
        maxBytes=_FILE_SIZE_BYTES,
        backupCount=_FILE_COUNT,
        encoding="utf-8",
        delay=True,
    )
    file.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root.addHandler(file)
    crash_log = (folder / "crash.log").open("a", encoding="utf-8")
    faulthandler.enable(crash_log)  # open to the end: a crash in native code writes its stacks here
    atexit.register(crash_log.close)
    atexit.register(faulthandler.disable)
