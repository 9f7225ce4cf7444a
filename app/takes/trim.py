"""A part of a take as a take of its own; the whole one stays."""

import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.takes.arrays import Arrays, dropped_frames, rate_arrays
from app.takes.folder import (
    SMALL_VIDEO_NAME,
    TAKE_NAME,
    VIDEO_NAME,
    read_summary,
    write_npz,
    write_summary,
)
from app.takes.header import TAKE_VERSION
from app.takes.library import check_whole, named_folder
from app.takes.load import load_take_and_arrays
from app.takes.raw import raw_path
from app.takes.take import Take
from app.takes.video import cut_video
from engines.errors import TakeError, UsageError

_OF_THE_WHOLE: Final = frozenset(
    {
        "betas", "num_betas", "gender", "surface_model_type", "up_axis", "rest_joints", "mocap_frame_rate",
        "mocap_framerate", "mocap_time_length", "marker_times_ns", "marker_texts", "blendshape_names",
        "num_expressions", "expression_space", "body_model", "camera", "camera_distortion", "take_version", "track_id",
    }
)  # fmt: skip
"""Arrays that have no row for each frame."""


def trim_take(
    folder: Path, start_s: float = 0.0, end_s: float | None = None, *, name: str | None = None
) -> Path:
    """Write the frames between two times of a take, both kept, into a new take beside it; return its folder.

    All persons and the camera's video come along, the video from the key frame before the first picture on; a second
    pass does not: refine the new take. Times of the new take count from its own first frame.

    Args:
        folder: The take; it stays as it is.
        start_s: Time since the take's first frame.
        end_s: The same; None for the end of the take.
        name: The user's name of the new take; the old name and "part", where not given.

    Raises:
        UsageError: no frame lies between the times.
        TakeUnreadable: there is no take, or it is damaged.
        TakeError: the take is still being recorded, or the new one cannot be written; then nothing of it is left.
    """
    check_whole(folder)
    take, arrays = load_take_and_arrays(folder)
    span_ns = round(start_s * 1e9), (1 << 62) if end_s is None else round(end_s * 1e9)
    rows = _rows(take.timestamps_ns, span_ns)
    if len(rows) == 0:
        asked = f"{start_s:g} s to " + ("the end" if end_s is None else f"{end_s:g} s")
        length_s = int(take.timestamps_ns[-1]) / 1e9
        raise UsageError(f"{folder}: no frame from {asked}; the take goes to {length_s:.2f} s")
    try:
        table = read_summary(folder)
        new_name = f"{(table or {}).get('name', '')} part".strip() if name is None else name
        target = named_folder(folder, new_name)
        work = target.with_name(f".{target.name}.part")
        work.mkdir()
        try:
            files = _write_persons(folder, work, take, arrays, rows)
            for video in (VIDEO_NAME, SMALL_VIDEO_NAME):
                _write_video(folder / video, work / video, take, rows)
            if table is not None:
                table = {**table, "name": new_name, "trimmed_from": folder.name}
                write_summary(work, _cut_summary(table, take, files, rows))
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)  # there only where something failed
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TakeError(f"{folder}: cannot be trimmed ({reason}); check the free space") from error
    return target


def _rows(times_ns: NDArray[np.int64], span_ns: tuple[int, int]) -> NDArray[np.intp]:
    return np.flatnonzero((times_ns >= span_ns[0]) & (times_ns <= span_ns[1]))


def _write_persons(
    folder: Path, work: Path, take: Take, arrays: Arrays, rows: NDArray[np.intp]
) -> dict[str, Arrays]:
    """Write the npz of each person who is there between the times; return file name -> arrays."""
    zero_ns, last_ns = int(take.timestamps_ns[rows[0]]), int(take.timestamps_ns[rows[-1]])
    files = {TAKE_NAME: _cut(arrays, rows, zero_ns)}
    for path in sorted(folder.glob("take_person*[0-9].npz")):
        _, others = load_take_and_arrays(path)
        other_rows = _rows(
            _whole_numbers(others["timestamps_ns"]), (zero_ns, last_ns)
        )  # on the axis of the take
        if len(other_rows):
            files[path.name] = _cut(others, other_rows, zero_ns)
    for name, cut in files.items():
        write_npz(work / name, cut)
        _write_raw(raw_path(folder / name), raw_path(work / name), cut["frame_index"])
    return files


def _write_raw(source: Path, target: Path, frame_index: NDArray[np.generic]) -> None:
    """Write the rows of a person's raw motion that belong to these frames."""
    if not source.is_file():
        return
    with np.load(source, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    kept = np.isin(arrays["frame_index"], frame_index)
    write_npz(target, {name: each[kept] if each.ndim else each for name, each in arrays.items()})


def _cut(arrays: Arrays, rows: NDArray[np.intp], zero_ns: int) -> Arrays:
    """Return some rows of a take's arrays, with times that count from `zero_ns`."""
    count = len(arrays["frame_index"])
    cut = {
        name: each[rows] if name not in _OF_THE_WHOLE and each.shape[:1] == (count,) else each
        for name, each in arrays.items()
    }
    times = _whole_numbers(cut["timestamps_ns"]) - zero_ns
    marked = _whole_numbers(arrays["marker_times_ns"]) - zero_ns
    inside = (marked >= times[0]) & (marked <= times[-1])
    return {
        **cut,
        "timestamps_ns": times,
        "marker_times_ns": marked[inside],
        "marker_texts": arrays["marker_texts"][inside],
        **rate_arrays(times),
    }


def _whole_numbers(array: NDArray[np.generic]) -> NDArray[np.int64]:
    return array.astype(np.int64)


def _write_video(source: Path, target: Path, take: Take, rows: NDArray[np.intp]) -> None:
    if source.is_file():
        times = take.source_timestamps_ns
        cut_video(
            source,
            target,
            first_ns=int(times[rows[0]]),
            last_ns=int(times[rows[-1]]),
            default_start_ns=int(times[0]),
        )


def _cut_summary(
    table: dict[str, Any], take: Take, files: dict[str, Arrays], rows: NDArray[np.intp]
) -> dict[str, Any]:
    """Return the take.json of a part."""
    main = files[TAKE_NAME]
    zero_ns, source_ns = int(take.timestamps_ns[rows[0]]), take.source_timestamps_ns
    zero_s, length_s = zero_ns / 1e9, int(main["timestamps_ns"][-1]) / 1e9
    return {
        **table,
        "version": TAKE_VERSION,
        "first_captured_ns": table["first_captured_ns"] + int(source_ns[rows[0]] - source_ns[0]),
        "frames": len(rows),
        "duration_s": float(main["mocap_time_length"]),
        "fps": float(main["mocap_frame_rate"]),
        "dropped_frames": dropped_frames(_whole_numbers(main["frame_index"])),
        "persons": [
            {**each, "frames_seen": _frames_seen(files[each["file"]])}
            for each in table["persons"]
            if each["file"] in files
        ],
        "pauses": [
            {**each, "time_s": round(each["time_s"] - zero_s, 6)}
            for each in table.get("pauses", ())
            if 0 < each["time_s"] - zero_s <= length_s
        ],
        "markers": [
            {"time_s": round(int(time_ns) / 1e9, 6), "text": str(text)}
            for time_ns, text in zip(main["marker_times_ns"], main["marker_texts"], strict=True)
        ],
    }


def _frames_seen(arrays: Arrays) -> int:
    return int(np.count_nonzero(np.isfinite(arrays["joints"][:, 0, 0])))
