"""OSC bundles encoded once, whose floats are overwritten for each frame.

python-osc takes about ten microseconds for a bone; a body is 55 of them with 385 floats in fixed places. OSC pads
everything to four bytes, so a datagram is an array of big-endian words and a frame is one assignment to some of them.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    def fill(self, values: NDArray[np.floating]) -> list[bytes]:
        """Return the datagrams with these floats, in order."""
        self._words[self._slots] = values
        whole = bytes(self._bytes)
        return [whole[a:b] for a, b in itertools.pairwise((0, *self._ends))]


class BundleSections:
    """Named groups of messages of which each frame carries some: the bundles of every choice are laid out once."""

    def __init__(
        self,
        sections: Mapping[str, Iterable[MessageTemplate]],
        *,
        max_bytes: int,
        bundled: bool = True,
    ) -> None:
        """Take the messages of each section, and how `BundleTemplates` are to carry them."""
        self._sections = {name: tuple(messages) for name, messages in sections.items()}
        self._max_bytes = max_bytes
        self._bundled = bundled
        self._laid_out: dict[tuple[str, ...], BundleTemplates] = {}

    def fill(self, values: Mapping[str, NDArray[np.floating]]) -> list[bytes]:
        """Return the datagrams of some sections, in the order they are given, with their floats."""
        if not values:
            return []
        names = tuple(values)
        templates = self._laid_out.get(names)
        if templates is None:
            messages = (each for name in names for each in self._sections[name])
            templates = BundleTemplates(messages, max_bytes=self._max_bytes, bundled=self._bundled)
            self._laid_out[names] = templates
        return templates.fill(np.concatenate(list(values.values())))


def with_bundle_behind(datagrams: Sequence[bytes], bundle: bytes, *, max_bytes: int) -> list[bytes]:
    """Return bundles and one more, which goes into the last where that stays below `max_bytes`."""
    if not datagrams or len(datagrams[-1]) + len(bundle) - _BUNDLE_HEAD_BYTES >= max_bytes:
        return [*datagrams, bundle]
    return [*datagrams[:-1], datagrams[-1] + bundle[_BUNDLE_HEAD_BYTES:]]


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
