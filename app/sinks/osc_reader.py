"""Reads OSC 1.0 packets that come from anybody: bounded work, one error for all that is wrong."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

OscValue = str | int | float | bool | bytes | None
"""What an argument can be; strings are s, S and c; a time tag is an int."""

_MAX_DEPTH: Final = 4
"""Bundles within bundles; nobody sends more."""
_MAX_MESSAGES: Final = 4096
"""In one packet; the smallest message has 8 bytes, and a packet 64 KiB."""
_BUNDLE: Final = b"#bundle\0"
_HEAD_BYTES: Final = 16

_INT: Final = struct.Struct(">i")
_NUMBERS: Final = {
    "i": _INT, "f": struct.Struct(">f"), "d": struct.Struct(">d"), "h": struct.Struct(">q"), "t": struct.Struct(">Q"),
}  # fmt: skip
_CONSTANTS: Final[dict[str, OscValue]] = {"T": True, "F": False, "N": None, "I": None}


class OscError(ValueError):
    """Bytes that are no OSC packet."""


@dataclass(frozen=True, slots=True)
class OscMessage:
    """One message."""

    address: str
    """Begins with a slash."""
    tags: str
    """Type of each argument, without the comma."""
    arguments: tuple[OscValue, ...]
    """Their values, in order; brackets of arrays have none."""


def read_osc(packet: bytes) -> list[OscMessage]:
    """Return the messages of a packet, bundles opened, in order.

    Raises:
        OscError: it is damaged, or no OSC at all.
    """
    messages: list[OscMessage] = []
    _read_element(packet, 0, messages)
    return messages


def _read_element(element: bytes, depth: int, messages: list[OscMessage]) -> None:
    if not element.startswith(_BUNDLE):
        if len(messages) == _MAX_MESSAGES:
            raise OscError(f"more than {_MAX_MESSAGES} messages")
        messages.append(_read_message(element))
        return
    if depth == _MAX_DEPTH:
        raise OscError(f"more than {_MAX_DEPTH} bundles within each other")
    if len(element) < _HEAD_BYTES:
        raise OscError("a bundle without a time tag")
    place = _HEAD_BYTES
    while place < len(element):
        size = _size(element, place)
        place += _INT.size
        if size <= 0 or size % 4 or place + size > len(element):
            raise OscError(f"an element of {size} bytes in a bundle of {len(element)}")
        _read_element(element[place : place + size], depth + 1, messages)
        place += size


def _read_message(element: bytes) -> OscMessage:
    address, place = _string(element, 0)
    if not address.startswith("/"):
        raise OscError("an address that does not begin with a slash")
    if place == len(element):
        return OscMessage(
            address, "", ()
        )  # old senders leave the tags out where there are no arguments
    tags, place = _string(element, place)
    if not tags.startswith(","):
        raise OscError("no type tags")
    values: list[OscValue] = []
    for tag in tags[1:]:
        if tag in _NUMBERS:
            values.append(_unpack(_NUMBERS[tag], element, place))
            place += _NUMBERS[tag].size
        elif tag in _CONSTANTS:
            values.append(_CONSTANTS[tag])
        elif tag in _READERS:
            value, place = _READERS[tag](element, place)
            values.append(value)
        elif tag not in "[]":
            raise OscError(f"an argument of unknown type {tag!r}")
    return OscMessage(address, tags[1:], tuple(values))


def _unpack(form: struct.Struct, data: bytes, place: int) -> int | float:
    try:
        value: int | float = form.unpack_from(data, place)[0]
    except struct.error as error:
        raise OscError("cut off within a number") from error
    return value


def _size(data: bytes, place: int) -> int:
    return int(_unpack(_INT, data, place))


def _string(data: bytes, place: int) -> tuple[str, int]:
    end = data.find(b"\0", place)
    if end < 0:
        raise OscError("a string without an end")
    after = (end // 4 + 1) * 4
    if after > len(data):
        raise OscError("cut off within a string")
    return data[place:end].decode("utf-8", "replace"), after


def _blob(data: bytes, place: int) -> tuple[bytes, int]:
    size = _size(data, place)
    start = place + _INT.size
    after = start + (size + 3) // 4 * 4
    if size < 0 or after > len(data):
        raise OscError(f"a blob of {size} bytes in a message of {len(data)}")
    return data[start : start + size], after


def _four_bytes(data: bytes, place: int) -> tuple[bytes, int]:
    value = data[place : place + 4]
    if len(value) < 4:
        raise OscError("cut off within four bytes")
    return value, place + 4


def _character(data: bytes, place: int) -> tuple[OscValue, int]:
    value, after = _four_bytes(data, place)
    return value[-1:].decode("ascii", "replace"), after


_READERS: Final[dict[str, Callable[[bytes, int], tuple[OscValue, int]]]] = {
    "s": _string, "S": _string, "b": _blob, "r": _four_bytes, "m": _four_bytes, "c": _character,
}  # fmt: skip
