"""The takes in a folder: what there is, told without reading it all; other names, and parts as takes of their own."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

import numpy as np

from app.takes.files import sync_folder
from app.takes.folder import (
    LOG_NAME,
    REFINED_ENDING,
    SUMMARY_NAME,
    TAKE_NAME,
    VIDEO_NAME,
    read_summary,
    safe_name,
    write_summary,
)
from app.takes.header import TakeHeader
from app.takes.lock import try_lock
from app.takes.log import LogReader
from app.takes.recording import RecordKind
from engines.errors import TakeError, TakeUnreadable

TakeState = Literal["whole", "recording", "cut off", "damaged"]
"""Whole; still being recorded; cut off, which `recover_takes` mends; damaged, which nothing here mends."""

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class TakeSummary:
    """What a list says of a take."""

    folder: Path
    """Its folder."""
    state: TakeState
    """Whether it can be used."""
    problem: str = ""
    """What is wrong with a damaged one, and the way out; else empty."""
    name: str = ""
    """The user's name for it; may be empty."""
    started: str = ""
    """Local time with its zone, ISO 8601; empty where it is not known."""
    duration_s: float = 0.0
    """Pauses left out."""
    frames: int = 0
    """Recorded frames."""
    fps: float = 0.0
    """Mean frames per second."""
    persons: int = 0
    """How many were recorded."""
    dropped: int = 0
    """Frames of the source that are missing in between."""
    markers: int = 0
    """How many moments the user marked."""
    source: str = ""
    """What the user called the source."""
    engine: str = ""
    """Who solved it."""
    profile: str = ""
    """The calibration profile in use; empty for none."""
    has_video: bool = False
    """The camera's pictures are there."""
    is_refined: bool = False
    """There is a second pass."""
    is_recovered: bool = False
    """The recording was cut off, and the take made of what was left."""
    size_bytes: int = 0
    """Of all its files."""


def list_takes(directory: Path) -> tuple[TakeSummary, ...]:
    """Return the takes in `directory`, the newest name first; folders that are no takes are passed over.

    Reads a few kilobytes of each take, however long it is. A folder that is not there holds none.

    Raises:
        TakeError: the folder cannot be read.
    """
    try:
        folders = sorted(filter(is_take_folder, directory.iterdir()), reverse=True)
    except FileNotFoundError:
        return ()
    except OSError as error:
        reason = error.strerror or error
        raise TakeError(f"{directory}: cannot be read ({reason}); choose another folder") from error
    return tuple(map(summarise, folders))


def is_take_folder(folder: Path) -> bool:
    """Return whether there is a take, a part of one, or a recording with something in it."""
    if folder.name.startswith("."):  # a new take that is being put together
        return False
    if any((folder / name).is_file() for name in (TAKE_NAME, SUMMARY_NAME)):
        return True
    return (folder / LOG_NAME).is_file() and (folder / LOG_NAME).stat().st_size > 0


def summarise(folder: Path) -> TakeSummary:
    """Return what there is to say of a take; one that cannot be read is `damaged`, with its problem."""
    try:
        if (folder / TAKE_NAME).is_file():
            return _summary(folder, "whole", read_summary(folder) or _counted(folder))
        if (folder / LOG_NAME).is_file():
            return _of_log(folder)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        return _summary(folder, "damaged", {}, f"{folder}: cannot be read ({error}); use a copy")
    problem = f"{folder}: its {TAKE_NAME} is missing; put it back or use a copy"
    return _summary(folder, "damaged", {}, problem)


def rename_take(folder: Path, name: str) -> Path:
    """Give a take another name, in its folder's name and in its take.json, and return the folder.

    The date in front of the folder's name stays. Letters that not every system allows become '-'. A name that is
    taken gets a number.

    Raises:
        TakeUnreadable: there is no take.
        TakeError: it is being recorded or was cut off, or the folder cannot be renamed.
    """
    check_whole(folder)
    target = folder if folder.name == _stem(folder, name) else named_folder(folder, name)
    try:
        table = read_summary(folder)
        if table is not None:
            write_summary(folder, {**table, "name": name})
        folder.rename(target)
        sync_folder(folder.parent)
    except (OSError, ValueError) as error:
        raise TakeError(
            f"{folder}: cannot be renamed ({error}); close what uses it, and try again"
        ) from error
    return target


def check_whole(folder: Path) -> None:
    """Refuse what is no take, or not yet.

    Raises:
        TakeUnreadable: there is no take.
        TakeError: it is being recorded, or was cut off.
    """
    if (folder / LOG_NAME).is_file():
        if _is_locked(folder):
            raise TakeError(f"{folder}: is being recorded; stop the recording first")
        raise TakeError(f"{folder}: was cut off; the next recording beside it makes the take of it")
    if not (folder / TAKE_NAME).is_file():
        raise TakeUnreadable(f"{folder}: no take there; give a folder that holds {TAKE_NAME}")


def named_folder(folder: Path, name: str) -> Path:
    """Return a folder beside a take's that is not there yet, with the take's date and this name."""
    stem = _stem(folder, name)
    number, free = 1, folder.with_name(stem)
    while free.exists():
        number += 1
        free = folder.with_name(f"{stem}_{number}")
    return free


def _stem(folder: Path, name: str) -> str:
    date = _DATE.match(folder.name)
    return "_".join(part for part in (date[0] if date else "", safe_name(name)) if part) or "take"


def _summary(
    folder: Path, state: TakeState, table: dict[str, Any], problem: str = ""
) -> TakeSummary:
    files = [each for each in folder.iterdir() if each.is_file()]
    return TakeSummary(
        folder=folder,
        state=state,
        problem=problem,
        name=str(table.get("name", "")),
        started=str(table.get("started", "")),
        duration_s=float(table.get("duration_s", 0)),
        frames=int(table.get("frames", 0)),
        fps=float(table.get("fps", 0)),
        persons=len([each for each in table.get("persons", ()) if each.get("frames_seen")]),
        dropped=int(table.get("dropped_frames", 0)),
        markers=len(table.get("markers", ())),
        source=str(table.get("source", "")),
        engine=str(table.get("engine", "")),
        profile=str(table.get("profile", "")),
        has_video=(folder / VIDEO_NAME).is_file(),
        is_refined=any(each.name.endswith(REFINED_ENDING) for each in files),
        is_recovered=bool(table.get("recovered", False)),
        size_bytes=sum(each.stat().st_size for each in files),
    )


def _counted(folder: Path) -> dict[str, Any]:
    """Return what the npz alone tells of a take that lost its take.json; only small arrays of it are read."""
    with np.load(folder / TAKE_NAME, allow_pickle=False) as archive:
        return {
            "frames": len(archive["frame_index"]),
            "duration_s": float(archive["mocap_time_length"]),
            "fps": float(archive["mocap_frame_rate"]),
            "persons": [{"frames_seen": int(archive["track_id"] >= 0)}],
        }


def _of_log(folder: Path) -> TakeSummary:
    """Return what the head of a log tells."""
    state: TakeState = "recording" if _is_locked(folder) else "cut off"
    with (folder / LOG_NAME).open("rb") as log:
        header = _header(log)
    return _summary(folder, state, {} if header is None else header.to_table())


def _header(log: BinaryIO) -> TakeHeader | None:
    first = next(iter(LogReader(log)), None)
    if first is None or first.kind != RecordKind.HEADER:
        return None
    return TakeHeader.from_bytes(first.payload)


def _is_locked(folder: Path) -> bool:
    """Return whether a recorder holds the log. It locks a log before it writes: one without a byte is left alone."""
    path = folder / LOG_NAME
    if path.stat().st_size == 0:
        return True
    with path.open("rb") as log:
        return not try_lock(log)
