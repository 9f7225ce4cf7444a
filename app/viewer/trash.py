"""Takes and profiles into the system's trash, and takes back."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QFile, QStandardPaths

from engines.errors import TakeError

_NOTE_FOLDER: Final = "info"
_NOTE_ENDING: Final = ".trashinfo"
"""Where Linux desktops note of each thing in the trash where it came from."""


@dataclass(frozen=True, slots=True)
class Trashed:
    """A take in the trash."""

    folder: Path
    """Where it was."""
    place: Path | None
    """Where it is now; None where the system does not tell."""


def move_to_trash(path: Path) -> Trashed:
    """Move a take's folder, or a file, to the trash.

    Raises:
        TakeError: there is no trash for this disk, or something uses what is to go there.
    """
    _make_home_of_trash()
    was_moved, place = QFile.moveToTrash(str(path))
    if was_moved and place and not Path(place).is_absolute():
        _undo_stray_move(Path(place), path)
        was_moved = False
    if not was_moved:
        raise TakeError(
            f"{path}: cannot be moved to the trash; delete it for good, or close what uses it"
        )
    return Trashed(path, Path(place) if place else None)


def _make_home_of_trash() -> None:
    """Make the folder that Linux's trash lies in: Qt does not, and then looks for a trash at the root of the disk."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    with contextlib.suppress(OSError):  # then there is no trash, which is told
        Path(home).mkdir(parents=True, exist_ok=True)


def _undo_stray_move(place: Path, path: Path) -> None:
    """Undo what Qt 5.15 does on Linux where it can make no trash: it moves things to where the program was started."""
    place.rename(path)
    note = place.parent.with_name(_NOTE_FOLDER) / f"{place.name}{_NOTE_ENDING}"
    note.unlink(missing_ok=True)
    for made in (place.parent, note.parent):
        with contextlib.suppress(OSError):  # it held something before
            made.rmdir()


def restore(trashed: Trashed) -> Path:
    """Bring a take back from the trash and return its folder.

    Raises:
        TakeError: it is not where it was put, or its old place is taken.
    """
    folder, place = trashed.folder, trashed.place
    if place is None or not place.is_dir():
        raise TakeError(f"{folder.name}: is not to be found in the trash; look there yourself")
    if folder.exists():
        raise TakeError(f"{folder}: is there again; rename it, and restore the other by hand")
    try:
        shutil.move(place, folder)
        note = place.parent.with_name(_NOTE_FOLDER) / f"{place.name}{_NOTE_ENDING}"
        note.unlink(missing_ok=True)
    except OSError as error:
        raise TakeError(f"{folder}: cannot be restored ({error.strerror or error})") from error
    return folder


def delete_for_good(folder: Path) -> None:
    """Delete a take's folder. Raises `TakeError`."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise TakeError(f"{folder}: cannot be deleted ({error.strerror or error})") from error
