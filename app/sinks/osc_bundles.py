"""OSC bundles encoded once, whose floats are overwritten for each frame.

python-osc takes about ten microseconds for a bone; a body is 55 of them with 385 floats in fixed places. OSC pads
everything to four bytes, so a datagram is an array of big-endian words and a frame is one assignment to some of them.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

_BUNDLE_HEAD: Final = bytes(OscBundleBuilder(IMMEDIATELY).build().dgram)
_BUNDLE_HEAD_BYTES: Final = len(_BUNDLE_HEAD)
_SIZE_BYTES: Final = 4
_WORD_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A message whose last arguments are floats that change."""

    message: OscMessage
    """The message, the changing floats being zero."""
    floats: int
    """How many of its last arguments change."""


def message_template(address: str, *fixed: str | int | float, floats: int = 0) -> MessageTemplate:
    """Return the template of a message with some fixed arguments (s, i or f by their type) and some floats."""
    builder = OscMessageBuilder(address)
    for argument in (*fixed, *[0.0] * floats):
        builder.add_arg(argument)
    return MessageTemplate(builder.build(), floats)


class BundleTemplates:
    """One or more bundles, each one datagram, that carry messages in order."""

    def __init__(
        self, messages: Iterable[MessageTemplate], *, max_bytes: int, bundled: bool = True
    ) -> None:
        """Spread the messages over as few bundles of less than `max_bytes` as their order allows.

        Without bundles each message is a datagram of its own.
        """
        groups = _groups(messages, max_bytes) if bundled else ([each] for each in messages)
        self._ends: list[int] = []
        self._bytes = bytearray()
        slots: list[int] = []
        for group in groups:
            start = len(self._bytes) + (_BUNDLE_HEAD_BYTES + _SIZE_BYTES if bundled else 0)
            slots.extend(_float_slots(group, start))
            self._bytes += _bundle(group) if bundled else group[0].message.dgram
            self._ends.append(len(self._bytes))
        self._words = np.frombuffer(self._bytes, ">f4")
        self._slots = np.array(slots, np.int64)
        self.float_count = len(slots)
        """Number of floats that change."""

    def fill(self, values: NDArray[np.floating]) -> list[bytes]:
        """Return the datagrams with these floats, in order; where there are none, as they were the last time."""
        if len(values):
            self._words[self._slots] = values
        whole = bytes(self._bytes)
        return [whole[a:b] for a, b in itertools.pairwise((0, *self._ends))]


def joined_bundles(datagrams: Iterable[bytes], *, max_bytes: int) -> list[bytes]:
    """Return bundles of less than `max_bytes` with the messages of several, in order: each datagram has its price."""
    joined: list[bytes] = []
    waiting: list[bytes] = []
    size = _BUNDLE_HEAD_BYTES
    for datagram in datagrams:
        content = len(datagram) - _BUNDLE_HEAD_BYTES
        if waiting and size + content >= max_bytes:
            joined.append(_joined(waiting))
            waiting, size = [], _BUNDLE_HEAD_BYTES
        waiting.append(datagram)
        size += content
    if waiting:
        joined.append(_joined(waiting))
    return joined


def _joined(datagrams: Sequence[bytes]) -> bytes:
    first, *others = datagrams
    if not others:
        return bytes(first)
    return b"".join([first, *(datagram[_BUNDLE_HEAD_BYTES:] for datagram in others)])


def _groups(messages: Iterable[MessageTemplate], max_bytes: int) -> Iterable[list[MessageTemplate]]:
    group: list[MessageTemplate] = []
    size = _BUNDLE_HEAD_BYTES
    for template in messages:
        needed = _SIZE_BYTES + template.message.size
        if group and size + needed >= max_bytes:
            yield group
            group, size = [], _BUNDLE_HEAD_BYTES
        group.append(template)
        size += needed
    if group:
        yield group


def _bundle(group: Iterable[MessageTemplate]) -> bytes:
    builder = OscBundleBuilder(IMMEDIATELY)
    for template in group:
        builder.add_content(template.message)
    return bytes(builder.build().dgram)


def _float_slots(group: Iterable[MessageTemplate], start: int) -> Iterator[int]:
    """Give the words that change, of messages of which the first begins at byte `start`."""
    for template in group:
        end = start + template.message.size
        yield from range(end // _WORD_BYTES - template.floats, end // _WORD_BYTES)
        start = end + _SIZE_BYTES
