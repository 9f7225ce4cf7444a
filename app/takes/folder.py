"""The folder of a take: its name, its files, and the step from the log to the files."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from app.takes.arrays import Arrays, dropped_frames, take_arrays, unpaused_times_ns
from app.takes.files import sync_folder, write_atomically
from app.takes.raw import raw_arrays, raw_path
from app.takes.recording import Recording, read_recording

LOG_NAME: Final = "take.log"
"""The log: there while recording, and after a recording that was cut off."""
TAKE_NAME: Final = "take.npz"
"""The person seen longest. It is the last file written: where it is, the take is whole."""
SUMMARY_NAME: Final = "take.json"
"""What, when, with what."""
REFINED_ENDING: Final = "_refined.npz"
"""What is put after the stem of an npz of a take for its second pass."""
VIDEO_NAME: Final = "video.mkv"
"""The camera's pictures, where they were recorded."""
SMALL_VIDEO_NAME: Final = "video_small.mkv"
"""The same in little; need not be there."""

_UNSAFE: Final = re.compile(r"[^\w.-]+")


def create_take_folder(directory: Path, name: str, time_ns: int) -> Path:
    """Create and return a new folder `<local time>[_name]`; a second one of the same second gets a number.

    Raises:
        OSError: the folder cannot be made.
    """
    stem = time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(time_ns // 1_000_000_000))
    if safe_name(name):
        stem += f"_{safe_name(name)}"
    directory.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = directory / (stem if number == 1 else f"{stem}_{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def safe_name(name: str) -> str:
    """Return a name without the letters that not every system allows in files; may be empty."""
    return _UNSAFE.sub("-", name).strip("-.")


def read_summary(folder: Path) -> dict[str, Any] | None:
    """Return the table of a take.json; None where there is none.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no table.
    """
    path = folder / SUMMARY_NAME
    if not path.is_file():
        return None
    table = json.loads(path.read_bytes())
    if not isinstance(table, dict):
        raise ValueError(f"{SUMMARY_NAME} is no table")
    return table


def write_summary(folder: Path, table: dict[str, Any]) -> None:
    """Write a take.json, whole or not at all. Raises `OSError`."""
    text = json.dumps(table, indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / SUMMARY_NAME, lambda file: file.write(text.encode()))


def write_take(folder: Path, log: BinaryIO, *, recovered: bool = False) -> int:
    """Write the files of a take from its log, and return how many frames it has; 0 writes nothing.

    The log stays: `remove_log` when this has returned.

    Raises:
        OSError: a file could not be written.
        ValueError: the log has frames but cannot be understood.
    """
    recording = read_recording(log)
    if recording is None:
        return 0
    everything = slice(0, len(recording.frames))
    tracks: list[int | None] = [*recording.tracks()] or [None]
    _write_raw(folder / TAKE_NAME, raw_arrays(recording, tracks[0], everything))
    main = take_arrays(recording, tracks[0], everything)
    files = dict.fromkeys(tracks[:1], TAKE_NAME)
    for number, track in enumerate(tracks[1:], start=2):
        files[track] = f"take_person{number}.npz"
        span = _span(recording, track)
        _write_raw(folder / files[track], raw_arrays(recording, track, span))
        write_npz(folder / files[track], take_arrays(recording, track, span))
    write_summary(folder, _summary(recording, main, files, recovered=recovered))
    write_npz(folder / TAKE_NAME, main)
    return len(recording.frames)


def _write_raw(take_path: Path, arrays: Arrays | None) -> None:
    if arrays is not None:
        write_npz(raw_path(take_path), arrays)


def remove_log(folder: Path) -> None:
    """Remove the log of a take whose files are written, or of one without frames: then the folder goes too."""
    (folder / LOG_NAME).unlink()
    if not (folder / TAKE_NAME).exists() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
    sync_folder(folder)


def unfinished_takes(directory: Path) -> Iterator[Path]:
    """Give the take folders in `directory` that still have a log, in order of name."""
    if directory.is_dir():
        for folder in sorted(directory.iterdir()):
            if (folder / LOG_NAME).is_file():
                yield folder


def _span(recording: Recording, track: int | None) -> slice:
    """Return the frames from the first to the last sight of a person."""
    frames = recording.frame_of_person[recording.persons["track_id"] == track]
    return slice(int(frames[0]), int(frames[-1]) + 1)


def write_npz(path: Path, arrays: Arrays) -> None:
    """Write an npz. The same arrays give the same bytes: members are dated 1980 and stand in order.

    Raises:
        OSError: it could not be written; a file that was there is as it was.
    """
    write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def _summary(
    recording: Recording, main: Arrays, files: dict[int | None, str], *, recovered: bool
) -> dict[str, Any]:
    header = recording.header
    started = time.localtime(header.clock.time_ns // 1_000_000_000)
    return {
        **header.to_table(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z", started),
        "frames": len(recording.frames),
        "duration_s": float(main["mocap_time_length"]),
        "fps": float(main["mocap_frame_rate"]),
        "dropped_frames": dropped_frames(recording.frames["frame_index"]),
        "persons": [
            {"file": file, "track_id": track, "frames_seen": _frames_seen(recording, track)}
            for track, file in files.items()
        ],
        "pauses": _pauses(recording),
        "markers": [
            {"time_s": round(time_ns / 1e9, 6), "text": str(text)}
            for time_ns, text in zip(main["marker_times_ns"], main["marker_texts"], strict=True)
        ],
        "recovered": recovered,
        "damaged_bytes": recording.damaged_bytes,
    }


def _pauses(recording: Recording) -> list[dict[str, float]]:
    """Return where in the take it was paused, and for how long."""
    times, source_ns = unpaused_times_ns(recording), recording.frames["timestamp_ns"]
    return [
        {
            "time_s": round(int(times[row]) / 1e9, 6),
            "duration_s": round(int(source_ns[row] - source_ns[row - 1]) / 1e9, 6),
        }
        for row in recording.resumed_rows
    ]


def _frames_seen(recording: Recording, track: int | None) -> int:
    if track is None:
        return 0
    return int(np.count_nonzero(recording.persons["track_id"] == track))
