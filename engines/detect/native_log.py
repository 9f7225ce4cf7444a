"""Keeps what MediaPipe's C++ code writes to the terminal while it starts for our own log."""

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

logger = logging.getLogger(__name__)

_STDERR: Final = 2
_ONE_AT_A_TIME: Final = threading.Lock()
"""The standard error stream is the whole process's, and two detectors may open at once on two threads."""


@contextmanager
def native_stderr_to_log() -> Iterator[None]:
    """Send what is written to the standard error stream's file descriptor meanwhile to the log.

    MediaPipe 1.2 has no switch for it. Failures are raised as exceptions and are not touched by this; lines that
    MediaPipe marks as errors come as warnings, the rest (which models use which instructions) for debugging.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as captured:
        if sys.stderr is not None:  # as it is in a program without a console
            sys.stderr.flush()
        try:
            saved = os.dup(_STDERR)
        except OSError:  # no such stream: nothing to divert
            yield
            return
        os.dup2(captured.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(saved, _STDERR)
            os.close(saved)
            captured.seek(0)
            _log(captured.read().decode(errors="replace"))


def _log(text: str) -> None:
    for line in text.splitlines():
        is_error = line.startswith(("E0", "F0", "ERROR"))
        logger.log(logging.WARNING if is_error else logging.DEBUG, "MediaPipe: %s", line)
