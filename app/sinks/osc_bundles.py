"""OSC bundles encoded once, whose floats are overwritten for each frame.

python-osc takes about ten microseconds for a bone; a body is 55 of them with 385 floats in fixed places. OSC pads
everything to four bytes, so a datagram is an array of big-endian words and a frame is one assignment to some of them.
"""

from collections.abc import Iterable, Sequence
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
        self._datagrams: list[bytearray] = []
        self._words: list[NDArray[np.float32]] = []
        self._slots: list[NDArray[np.int64]] = []
        groups = _groups(messages, max_bytes) if bundled else ([each] for each in messages)
        for group in groups:
            datagram = bytearray(_bundle(group) if bundled else group[0].message.dgram)
            self._datagrams.append(datagram)
            self._words.append(np.frombuffer(datagram, ">f4"))
            start = _BUNDLE_HEAD_BYTES + _SIZE_BYTES if bundled else 0
            self._slots.append(_float_slots(group, start))
        self.float_count = sum(map(len, self._slots))
        """Number of floats that change."""

    def fill(self, values: NDArray[np.floating]) -> Sequence[bytearray]:
        """Return the datagrams with these floats, in order; they are overwritten by the next call."""
        start = 0
        for words, slots in zip(self._words, self._slots, strict=True):
            words[slots] = values[start : start + len(slots)]
            start += len(slots)
        return self._datagrams


def joined_bundles(datagrams: Iterable[bytes | bytearray], *, max_bytes: int) -> list[bytes]:
    """Return bundles of less than `max_bytes` with the messages of several, in order: each datagram has its price."""
    joined: list[bytes] = []
    waiting: list[bytes | bytearray] = []
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


def _joined(datagrams: Sequence[bytes | bytearray]) -> bytes:
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


def _float_slots(group: Iterable[MessageTemplate], start: int) -> NDArray[np.int64]:
    """Return which words of the group's datagram change; its first message begins at byte `start`."""
    slots: list[int] = []
    for template in group:
        end = start + template.message.size
        slots.extend(range(end // _WORD_BYTES - template.floats, end // _WORD_BYTES))
        start = end + _SIZE_BYTES
    return np.array(slots, np.int64)
