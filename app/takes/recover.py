"""Making takes of recordings that were cut off: by a kill, a power cut, a full disk."""

import logging
from dataclasses import dataclass
from pathlib import Path

from app.takes.folder import LOG_NAME, remove_log, unfinished_takes, write_take
from app.takes.lock import try_lock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of one recording that was cut off."""

    folder: Path
    """Its folder."""
    frames: int
    """Frames in the take now; 0 where nothing had been recorded, or where it failed."""
    problem: str | None = None
    """Why it could not be recovered; the log stays as it is."""


def recover_takes(directory: Path) -> tuple[Recovery, ...]:
    """Make a take of each cut-off recording in `directory`; those still being recorded are left alone."""
    recoveries = []
    for folder in unfinished_takes(directory):
        try:
            recovery = _recover(folder)
        except (OSError, ValueError) as error:
            recovery = Recovery(folder, 0, problem=f"{folder / LOG_NAME}: {error}; left as it is")
        if recovery is not None:
            recoveries.append(recovery)
            _report(recovery)
    return tuple(recoveries)


def _recover(folder: Path) -> Recovery | None:
    with (folder / LOG_NAME).open("r+b") as log:
        if not try_lock(log):
            return None
        frames = write_take(folder, log, recovered=True)
    remove_log(folder)
    return Recovery(folder, frames)


def _report(recovery: Recovery) -> None:
    if recovery.problem is not None:
        logger.warning("%s", recovery.problem)
    elif recovery.frames:
        logger.info(
            "%s: %d frames of a cut-off recording recovered", recovery.folder, recovery.frames
        )
