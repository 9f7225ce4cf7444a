"""What the engine gave of a person, frame by frame and not smoothed: it stands beside the take, for a second pass."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float16, Float32
from numpy.typing import NDArray

from app.takes.arrays import Arrays
from app.takes.header import TAKE_VERSION
from app.takes.recording import Recording, read_recording
from app.takes.take import Take
from engines.errors import TakeUnreadable
from engines.types import BLENDSHAPE_COUNT, EXPRESSION_COUNT, JOINT_COUNT

RAW_ENDING: Final = "_raw.npz"
"""What is put after the stem of an npz of a take for this file."""

_SHAPES: Final = {
    "seen": ("b", ()),
    "poses": ("f", (JOINT_COUNT * 3,)),
    "pelvis": ("f", (3,)),
    "confidence": ("f", (JOINT_COUNT,)),
    "expression": ("f", (EXPRESSION_COUNT,)),
    "blendshapes": ("f", (BLENDSHAPE_COUNT,)),
    "blendshapes_given": ("b", ()),
}
"""Field of `RawMotion` -> kind of number, and shape of a row."""


@dataclass(frozen=True, slots=True, eq=False)
class RawMotion:
    """One row for each frame of a take; zeros where the engine gave nothing."""

    seen: Bool[np.ndarray, "N"]
    """The engine gave a body for this frame."""
    poses: Float32[np.ndarray, "N 165"]
    """Axis-angle of the 55 joints, the root in the camera frame."""
    pelvis: Float32[np.ndarray, "N 3"]
    """Where the pelvis is: camera frame, metres."""
    confidence: Float16[np.ndarray, "N 55"]
    """In [0, 1]."""
    expression: Float16[np.ndarray, "N 10"]
    """Expression coefficients."""
    blendshapes: Float16[np.ndarray, "N 52"]
    """In [0, 1]."""
    blendshapes_given: Bool[np.ndarray, "N"]
    """The engine gave blendshapes for this frame."""


def raw_path(take_path: Path) -> Path:
    """Return where the raw motion of a take's npz is."""
    return take_path.with_name(take_path.stem + RAW_ENDING)


def raw_arrays(recording: Recording, track_id: int | None, rows: slice) -> Arrays | None:
    """Return the arrays of the npz of one person's raw motion; None where there is none.

    Args:
        recording: What was recorded.
        track_id: The person; None for a recording of nobody.
        rows: The frames to keep.
    """
    mine = np.flatnonzero(recording.raw["track_id"] == track_id)
    if track_id is None or len(mine) == 0:
        return None
    raw_of_frame = np.full(len(recording.frames), -1)
    raw_of_frame[recording.frame_of_raw[mine]] = mine
    raw_of_frame = raw_of_frame[rows]
    seen = raw_of_frame >= 0
    return {
        "take_version": np.array(TAKE_VERSION),
        "frame_index": recording.frames["frame_index"][rows],
        "seen": seen,
        "poses": _rows_of(recording.raw["pose"], raw_of_frame, seen).reshape(len(seen), -1),
        **{
            name: _rows_of(recording.raw[name], raw_of_frame, seen)
            for name in _SHAPES
            if name not in ("seen", "poses")
        },
    }


def _rows_of(
    values: NDArray[np.generic], rows: NDArray[np.int64], seen: NDArray[np.bool_]
) -> NDArray[np.generic]:
    """Return the rows of `values` that are asked for; zeros where nothing was seen."""
    kept = np.zeros((len(rows), *values.shape[1:]), values.dtype)
    kept[seen] = values[rows[seen]]
    return kept


def load_raw(take: Take) -> RawMotion | None:
    """Return the raw motion of a take; None where it has none: older takes, and those that nothing smoothed.

    Raises:
        TakeUnreadable: the file is damaged, or another take's.
    """
    if take.path.suffix != ".npz":
        return _from_log(take)
    path = raw_path(take.path)
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            return _checked({name: archive[name] for name in archive.files}, take)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise TakeUnreadable(
            f"{path}: not the raw data of this take ({error}); use a copy, or remove the file"
        ) from error


def _from_log(take: Take) -> RawMotion | None:
    with take.path.open("rb") as log:
        recording = read_recording(log)
    if recording is None:
        return None
    arrays = raw_arrays(recording, take.track_id, slice(0, len(recording.frames)))
    return None if arrays is None else _checked(arrays, take)


def _checked(arrays: Arrays, take: Take) -> RawMotion:
    if not np.array_equal(arrays["frame_index"], take.frame_index):
        raise ValueError("its frames are others")
    fields: dict[str, NDArray[np.generic]] = {}
    for name, (kind, shape) in _SHAPES.items():
        values = arrays[name]
        if values.dtype.kind != kind or values.shape != (len(take), *shape):
            raise ValueError(f"'{name}' is {values.dtype} {values.shape}")
        if kind == "f" and not np.isfinite(values).all():
            raise ValueError(f"'{name}' has values that are not numbers")
        fields[name] = values
    return RawMotion(**fields)
