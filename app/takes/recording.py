"""The contents of a log, in memory."""

from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, Final

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from app.takes.header import TakeHeader
from app.takes.log import LogReader
from app.takes.rows import FRAME, PERSON, RAW, PacketRows, decode_packet

_PACKETS_AT_ONCE: Final = 512


class RecordKind(IntEnum):
    """What a record of a take's log is."""

    HEADER = 1
    """A `TakeHeader`; the first record."""
    PACKET = 2
    """A packet, as `rows.encode_packet` writes it."""
    RESUME = 3
    """The recording was paused before the next packet; no payload."""
    MARKER = 4
    """A `Marker`; belongs to the next packet, or to the last where none follows."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that the user marked while recording."""

    row: int
    """The frame it belongs to."""
    text: str
    """What the user called it; may be empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """All whole records of a log."""

    header: TakeHeader
    """What the take says about itself."""
    frames: NDArray[np.void]
    """Of dtype `rows.FRAME`, in recorded order."""
    persons: NDArray[np.void]
    """Of dtype `rows.PERSON`, of all frames, in recorded order."""
    frame_of_person: Int64[np.ndarray, "persons"]
    """Row in `frames` of each person."""
    raw: NDArray[np.void]
    """Of dtype `rows.RAW`, of all frames, in recorded order; none where nothing smoothed, and before version 3."""
    frame_of_raw: Int64[np.ndarray, "raw"]
    """Row in `frames` of each of these."""
    damaged_bytes: int
    """Bytes of the log that could not be read."""
    resumed_rows: tuple[int, ...] = ()
    """Rows in `frames` before which the recording was paused."""
    markers: tuple[Marker, ...] = ()
    """In recorded order."""

    def tracks(self) -> list[int]:
        """Return the track ids, the one seen in most frames first, of equals the one seen earlier."""
        ids, first, counts = np.unique(
            self.persons["track_id"], return_index=True, return_counts=True
        )
        return [int(track) for track in ids[np.lexsort((first, -counts))]]


def read_recording(file: BinaryIO) -> Recording | None:
    """Return what a log holds; None where it holds no frame.

    Raises:
        ValueError: it is damaged so much that it cannot be understood, or of a newer version.
    """
    header: TakeHeader | None = None
    packets = _Rows()
    resumed: list[int] = []
    markers: list[Marker] = []
    reader = LogReader(file)
    for record in reader:
        if record.kind == RecordKind.HEADER:
            header = TakeHeader.from_bytes(record.payload)
        elif record.kind == RecordKind.PACKET:
            packets.add(decode_packet(record.payload))
        elif record.kind == RecordKind.RESUME:
            resumed.append(packets.count)
        elif record.kind == RecordKind.MARKER:
            markers.append(Marker(packets.count, record.payload.decode(errors="replace")))
    if not packets.count and not reader.damaged_bytes:
        return None
    if not packets.count:
        raise ValueError("no frame in it can be read")
    if header is None:
        raise ValueError("its header is damaged")
    frames, persons, raw = packets.joined()
    return Recording(
        header=header,
        frames=frames,
        persons=persons,
        frame_of_person=np.repeat(np.arange(len(frames)), packets.person_counts),
        raw=raw,
        frame_of_raw=np.repeat(np.arange(len(frames)), packets.raw_counts),
        damaged_bytes=reader.damaged_bytes,
        resumed_rows=tuple(row for row in resumed if 0 < row < len(frames)),
        markers=tuple(Marker(min(each.row, len(frames) - 1), each.text) for each in markers),
    )


class _Rows:
    """Collects the rows of packets, joined as they come: the payloads of a long log are not kept beside them."""

    def __init__(self) -> None:
        self.count = 0
        """Packets added."""
        self.person_counts: list[int] = []
        """Persons of each."""
        self.raw_counts: list[int] = []
        """Raw estimates of each."""
        self._blocks: list[PacketRows] = []
        self._latest: list[PacketRows] = []

    def add(self, rows: PacketRows) -> None:
        """Add those of one packet."""
        self.count += 1
        self.person_counts.append(len(rows.persons))
        self.raw_counts.append(len(rows.raw))
        self._latest.append(rows)
        if len(self._latest) == _PACKETS_AT_ONCE:
            self._blocks.append(
                PacketRows(*(np.concatenate(rows) for rows in zip(*self._latest, strict=True)))
            )
            self._latest = []

    def joined(self) -> PacketRows:
        """Return all rows; nothing can be added after that."""
        blocks, self._blocks = [*self._blocks, *self._latest], []
        self._latest = []
        frames = [each.frame for each in blocks]
        persons = [each.persons for each in blocks]
        raw = [each.raw for each in blocks]
        del blocks
        return PacketRows(_joined(frames, FRAME), _joined(persons, PERSON), _joined(raw, RAW))


def _joined(blocks: list[NDArray[np.void]], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Return several blocks of rows as one, and forget them."""
    whole = np.concatenate(blocks, dtype=dtype)
    blocks.clear()
    return whole
