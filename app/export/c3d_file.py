"""The C3D file format: one block of head, parameters in groups, points as 32-bit floats (C3D user guide, c3d.org)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from app.takes.watch import Watch

MOST_FRAMES: Final = 65_535
"""The head counts frames in 16 bits."""

_BLOCK: Final = 512
_KEY: Final = 0x50
_INTEL: Final = 84
_FLOATS: Final = -1.0
"""A negative scale says that points are floats."""
_TEXT, _INT16, _FLOAT = -1, 2, 4
_INVALID: Final = -1.0
"""In the place of a residual."""
_FRAMES_AT_ONCE: Final = 2048


@dataclass(frozen=True, slots=True)
class Event:
    """A moment with a name."""

    time_s: float
    """Since the first frame."""
    label: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class C3dHead:
    """What a file says of its points."""

    labels: Sequence[str]
    """Names of the points."""
    units: str
    """Their unit of length."""
    rate_hz: float
    """Frames per second."""
    frames: int
    """How many; `MOST_FRAMES` at most."""
    software: str
    """Who wrote it."""
    events: Sequence[Event] = ()
    """Moments with names."""


def write_c3d(
    file: BinaryIO,
    head: C3dHead,
    points: NDArray[np.floating],
    valid: NDArray[np.bool_],
    watch: Watch,
) -> None:
    """Write a file.

    Args:
        file: Where to.
        head: What it says of its points.
        points: (frames, points, 3), in `head.units`.
        valid: (frames,): the points of the other frames are invalid.
        watch: Is told how far the writing is.
    """
    parameters = _parameters(head, data_block=0)
    data_block = 2 + len(parameters) // _BLOCK
    file.write(_head_block(head, data_block))
    file.write(_parameters(head, data_block))
    for rows in watch.parts(head.frames, _FRAMES_AT_ONCE):
        block = np.zeros((*points[rows].shape[:2], 4), "<f4")
        block[..., :3] = np.where(valid[rows, None, None], points[rows], 0)
        block[..., 3] = np.where(valid[rows], 0, _INVALID)[:, None]
        file.write(block.tobytes())
    file.write(bytes(-file.tell() % _BLOCK))


def _head_block(head: C3dHead, data_block: int) -> bytes:
    words = struct.pack(
        "<BBHHHHHfHHf", 2, _KEY, len(head.labels), 0, 1, head.frames, 0, _FLOATS, data_block, 0,
        head.rate_hz,
    )  # fmt: skip
    return words.ljust(_BLOCK, b"\0")


def _parameters(head: C3dHead, data_block: int) -> bytes:
    """Return the section of parameters, whole blocks."""
    groups = {
        "POINT": [
            _integers("USED", [len(head.labels)]),
            _integers("FRAMES", [head.frames]),
            _integers("DATA_START", [data_block]),
            _floats("SCALE", [_FLOATS]),
            _floats("RATE", [head.rate_hz]),
            _texts("UNITS", [head.units]),
            _texts("LABELS", head.labels),
            _texts("DESCRIPTIONS", [""] * len(head.labels)),
        ],
        "ANALOG": [
            _integers("USED", [0]),
            _floats("GEN_SCALE", [1.0]),
            _floats("RATE", [0.0]),
        ],
        "FORCE_PLATFORM": [_integers("USED", [0])],
        "TRIAL": [
            _integers("ACTUAL_START_FIELD", [1, 0]),
            _integers("ACTUAL_END_FIELD", [head.frames, 0]),
        ],
        "MANUFACTURER": [_texts("SOFTWARE", [head.software])],
    }
    if head.events:
        times = [value for each in head.events for value in divmod(each.time_s, 60)]
        groups["EVENT"] = [
            _integers("USED", [len(head.events)]),
            _texts("CONTEXTS", ["General"] * len(head.events)),
            _texts("LABELS", [each.label for each in head.events]),
            _record("TIMES", _FLOAT, (2, len(head.events)), struct.pack(f"<{len(times)}f", *times)),
        ]
    records = b""
    for number, (name, parameters) in enumerate(groups.items(), start=1):
        records += struct.pack("<bb", len(name), -number) + name.encode() + struct.pack("<HB", 3, 0)
        for parameter_name, body in parameters:
            encoded = parameter_name.encode()
            records += struct.pack("<bb", len(encoded), number) + encoded
            records += struct.pack("<H", 2 + len(body)) + body
    records += b"\0\0"  # no more groups
    blocks = -(-(4 + len(records)) // _BLOCK)
    return (struct.pack("<BBBB", 1, _KEY, blocks, _INTEL) + records).ljust(blocks * _BLOCK, b"\0")


def _record(name: str, kind: int, shape: tuple[int, ...], content: bytes) -> tuple[str, bytes]:
    """Return a parameter's name and what follows the offset to the next: kind, shape, values, no description."""
    sizes = struct.pack(f"<bB{len(shape)}B", kind, len(shape), *shape)
    return name, sizes + content + b"\0"


def _integers(name: str, values: Sequence[int]) -> tuple[str, bytes]:
    shape = (len(values),) if len(values) > 1 else ()
    return _record(name, _INT16, shape, struct.pack(f"<{len(values)}H", *values))


def _floats(name: str, values: Sequence[float]) -> tuple[str, bytes]:
    return _record(name, _FLOAT, (), struct.pack(f"<{len(values)}f", *values))


def _texts(name: str, values: Sequence[str]) -> tuple[str, bytes]:
    """Return a table of texts, each filled up with blanks; one text is a table of its own letters."""
    encoded = [value.encode()[:127] for value in values]
    width = max(map(len, encoded))
    shape = (width, len(encoded)) if len(encoded) > 1 else (width,)
    return _record(name, _TEXT, shape, b"".join(each.ljust(width) for each in encoded))
