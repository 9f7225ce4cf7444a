"""Loading a take."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.takes.arrays import Arrays, take_arrays
from app.takes.folder import LOG_NAME, SUMMARY_NAME, TAKE_NAME
from app.takes.header import TAKE_VERSION, TakeHeader, check_version
from app.takes.recording import read_recording
from app.takes.take import Take, TimedMarker
from engines.errors import TakeUnreadable
from engines.types import Camera


def _from_version_1(arrays: Arrays) -> Arrays:
    """Version 1 knew neither pauses nor markers, and counted source times from the first frame."""
    return {
        **arrays,
        "source_timestamps_ns": arrays["timestamps_ns"],
        "marker_times_ns": np.zeros(0, np.int64),
        "marker_texts": np.zeros(0, np.str_),
    }


def _from_version_2(arrays: Arrays) -> Arrays:
    """Version 3 has a file more; those of version 2 are as they were."""
    return arrays


_MIGRATIONS: Final[dict[int, Callable[[Arrays], Arrays]]] = {
    1: _from_version_1,
    2: _from_version_2,
}
"""Version -> what makes its arrays into those of the next version."""

_SHAPES: Final[dict[str, tuple[str, tuple[int | str, ...]]]] = {
    "frame_index": ("i", ("N",)),
    "timestamps_ns": ("i", ("N",)),
    "source_timestamps_ns": ("i", ("N",)),
    "poses": ("f", ("N", 165)),
    "trans": ("f", ("N", 3)),
    "betas": ("f", (10,)),
    "rest_joints": ("f", (55, 3)),
    "expression": ("f", ("N", 10)),
    "joints": ("f", ("N", 55, 3)),
    "confidence": ("f", ("N", 55)),
    "blendshapes": ("f", ("N", 52)),
    "blendshapes_given": ("b", ("N",)),
    "left_hand_seen": ("b", ("N",)),
    "right_hand_seen": ("b", ("N",)),
    "face_seen": ("b", ("N",)),
    "global_orient_camera": ("f", ("N", 3)),
    "transl_camera": ("f", ("N", 3)),
    "betas_per_frame": ("f", ("N", 10)),
    "world_from_camera": ("f", ("N", 4, 4)),
}
"""Field of `Take` -> kind of number and shape of the array of that name."""

_OTHERS: Final = (
    "camera", "camera_distortion", "mocap_frame_rate", "expression_space", "body_model", "track_id", "take_version",
    "marker_times_ns", "marker_texts",
)  # fmt: skip


def load_take(path: Path) -> Take:
    """Load a take.

    Args:
        path: A take's folder, or an npz of one. The folder of a recording that was cut off is read from its log.

    Raises:
        TakeUnreadable: there is no take, or it is damaged.
    """
    return load_take_and_arrays(path)[0]


def load_take_and_arrays(path: Path) -> tuple[Take, Arrays]:
    """Load a take as `load_take` does, and the arrays of its npz in the present version. Raises `TakeUnreadable`."""
    try:
        if path.is_dir() and not (path / TAKE_NAME).exists():
            return _load_log(path)
        return _load_npz(path / TAKE_NAME if path.is_dir() else path)
    except FileNotFoundError as error:
        raise TakeUnreadable(
            f"{path}: no take there; give a folder that holds {TAKE_NAME}"
        ) from error
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TakeUnreadable(
            f"{path}: not a usable take ({error}); record it again or use a copy"
        ) from error


def _load_npz(path: Path) -> tuple[Take, Arrays]:
    with path.open("rb") as file:  # np.load would leave a torn file open
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("no npz file")
        arrays = _migrated({name: archive[name] for name in archive.files})
    summary = path.with_name(SUMMARY_NAME)
    header = TakeHeader.from_bytes(summary.read_bytes()) if summary.is_file() else None
    return _take_from_arrays(path, arrays, header), arrays


def _load_log(folder: Path) -> tuple[Take, Arrays]:
    path = folder / LOG_NAME
    with path.open("rb") as log:
        recording = read_recording(log)
    if recording is None:
        raise ValueError("nothing was recorded")
    track = next(iter(recording.tracks()), None)
    arrays = take_arrays(recording, track, slice(0, len(recording.frames)))
    return _take_from_arrays(path, arrays, recording.header), arrays


def _take_from_arrays(path: Path, arrays: Arrays, header: TakeHeader | None) -> Take:
    """Return the take of arrays of the present version. Raises `ValueError`."""
    missing = [name for name in (*_SHAPES, *_OTHERS) if name not in arrays]
    if missing:
        raise ValueError(f"it has no '{missing[0]}'")
    count = len(np.atleast_1d(arrays["frame_index"]))
    fields = {
        name: _checked(name, arrays[name], kind, tuple(count if n == "N" else n for n in shape))
        for name, (kind, shape) in _SHAPES.items()
    }
    frame_rate = float(_checked("mocap_frame_rate", arrays["mocap_frame_rate"], "f", ()))
    if count == 0 or not frame_rate > 0:
        raise ValueError(f"it has {count} frames at {frame_rate} a second")
    fx, fy, cx, cy, width, height = _checked("camera", arrays["camera"], "f", (6,)).tolist()
    distortion = tuple(np.atleast_1d(arrays["camera_distortion"]).tolist())
    return Take(
        path=path,
        header=header,
        frame_rate=frame_rate,
        expression_space=str(arrays["expression_space"]),
        body_model=str(arrays["body_model"]),
        camera=Camera(int(width), int(height), fx, fy, cx, cy, distortion),
        markers=_markers(arrays),
        track_id=int(_checked("track_id", arrays["track_id"], "i", ())),
        **fields,
    )


def _markers(arrays: Arrays) -> tuple[TimedMarker, ...]:
    texts = np.atleast_1d(arrays["marker_texts"])
    times = _checked("marker_times_ns", arrays["marker_times_ns"], "i", texts.shape)
    return tuple(
        TimedMarker(time_ns, str(text)) for time_ns, text in zip(times.tolist(), texts, strict=True)
    )


def _migrated(arrays: Arrays) -> Arrays:
    if "take_version" not in arrays:
        raise ValueError("it has no 'take_version'")
    written = int(_checked("take_version", arrays["take_version"], "i", ()))
    check_version(written)
    for version in range(written, TAKE_VERSION):
        arrays = _MIGRATIONS[version](arrays)
    return arrays


def _checked(
    name: str, array: NDArray[Any], kind: str, shape: tuple[int | str, ...]
) -> NDArray[Any]:
    if array.shape != shape or array.dtype.kind != kind:
        raise ValueError(f"'{name}' is {array.dtype} {array.shape}, not {kind} {shape}")
    if kind == "f" and name != "joints" and not np.isfinite(array).all():
        raise ValueError(f"'{name}' has values that are not numbers")
    array = np.asarray(array, order="C")
    array.flags.writeable = False
    return array
