"""An append-only file of checksummed records: what was written before a kill, a full disk or damage can be read back.

A record is a head of 16 bytes, little-endian (mark, kind, payload length, CRC-32 of kind, length and payload), and the
payload. A record is handed to the system as soon as it is appended, so a killed process loses none; `fsync` about once
a second bounds what a power cut takes.
"""

import errno
import os
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from app.takes.lock import try_lock

SYNC_INTERVAL_S: Final = 1.0
"""Time between two `fsync`."""

_MARK: Final = b"\xf5XLR"
_HEAD: Final = struct.Struct("<4sIII")
_CHECKED: Final = struct.Struct("<II")
_MAX_PAYLOAD_BYTES: Final = 1 << 24
_SEARCH_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a log."""

    kind: int
    """What the payload is; the log does not care."""
    payload: bytes
    """Its bytes, checked."""


class LogWriter:
    """Writes a new log. Raises `OSError`: what that means to the user is the caller's knowledge."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """Where the log is."""
        self.file: BinaryIO = path.open("x+b", buffering=0)
        """The open file, readable and locked."""
        if not try_lock(self.file):
            raise BlockingIOError(errno.EAGAIN, f"{path} is locked by another program")
        self._synced_s = time.monotonic()

    def append(self, kind: int, payload: bytes) -> None:
        """Write one record; `fsync` where one is due."""
        checksum = _checksum(kind, payload)
        rest = memoryview(_HEAD.pack(_MARK, kind, len(payload), checksum) + payload)
        while rest:  # an unbuffered write may take only a part
            rest = rest[self.file.write(rest) :]
        if time.monotonic() - self._synced_s >= SYNC_INTERVAL_S:
            self.sync()

    def sync(self) -> None:
        """Put everything written on the disk.

        Raises:
            FileNotFoundError: the log is no longer at its path; the open file still holds all records.
        """
        os.fsync(self.file.fileno())
        self._synced_s = time.monotonic()
        if not os.path.samestat(self.path.stat(), os.fstat(self.file.fileno())):
            raise FileNotFoundError(f"{self.path}: replaced by another file")

    def close(self) -> None:
        """Close the file; may be called twice."""
        self.file.close()


class LogReader:
    """Reads the records of a log that are whole, in order; skips torn and damaged ones."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.damaged_bytes = 0
        """Bytes that belong to no whole record, among those passed so far."""

    def __iter__(self) -> Iterator[Record]:
        """Give each whole record from the start."""
        self.damaged_bytes = 0
        end = self._file.seek(0, os.SEEK_END)
        position = 0
        while position < end:
            record = self._record_at(position)
            if record is not None:
                position += _HEAD.size + len(record.payload)
                yield record
            else:
                following = self._next_mark(position + 1, end)
                self.damaged_bytes += following - position
                position = following

    def _record_at(self, position: int) -> Record | None:
        self._file.seek(position)
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        mark, kind, length, checksum = _HEAD.unpack(head)
        if mark != _MARK or length > _MAX_PAYLOAD_BYTES:
            return None
        payload = self._file.read(length)
        if len(payload) < length or _checksum(kind, payload) != checksum:
            return None
        return Record(kind, payload)

    def _next_mark(self, position: int, end: int) -> int:
        while position < end:
            self._file.seek(position)
            chunk = self._file.read(_SEARCH_BYTES)
            found = chunk.find(_MARK)
            if found >= 0:
                return position + found
            if len(chunk) < len(_MARK):
                break
            position += len(chunk) - len(_MARK) + 1  # a mark may lie across two chunks
        return end


def _checksum(kind: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(_CHECKED.pack(kind, len(payload))))
