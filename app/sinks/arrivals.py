"""What arrives at a port: who sends, which addresses with what, how often, and where it stops."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from app.sinks.ifacialmocap import read_face_message
from app.sinks.live_link_face import read_live_link_face
from app.sinks.osc_reader import OscError, OscMessage, OscValue, read_osc

_MOST: Final = 256
"""Senders, addresses and names that are told apart; the others are counted together: memory has an end."""
_LONGEST: Final = 64
_OTHERS: Final = "(others)"
_GAP: Final = 3.0
"""A pause is longer than this many usual intervals."""
_WORDS_WIDTH: Final = 60
WHOLE_DATAGRAM_BYTES: Final = 1472
"""A larger datagram travels in pieces on most networks, and is lost with any of them."""
_JUDGED_FROM: Final = 8
"""Intervals by which what is usual is known."""
_MOMENT_NS: Final = 2_000_000
"""The datagrams of one frame arrive within it; no sender makes 500 frames a second."""
_NOW_NS: Final = 1_000_000_000
"""What counts as now: a second."""
_MOMENTS: Final = 512


@dataclass(frozen=True, slots=True)
class Arrival:
    """One datagram, decoded."""

    sender: str
    """Address:port it came from."""
    size: int
    """Its bytes."""
    messages: tuple[OscMessage, ...]
    """What it says; what is not OSC is given an address in brackets. Empty where it could not be read."""
    problem: str | None
    """Why it could not be read; None where it could."""


@dataclass(slots=True)
class Stream:
    """One address, or one sender."""

    name: str
    """The address, or address:port of the sender."""
    count: int = 0
    """How many came."""
    first_ns: int = 0
    """When the first came."""
    last_ns: int = 0
    """When the last came."""
    longest_gap_ns: int = 0
    """The longest time between two moments; what comes within 2 ms is of one moment, as datagrams of a frame are."""
    gaps: int = 0
    """Times between two moments of more than three usual ones."""
    moments: int = 0
    """Times between two moments so far."""
    tags: str = ""
    """Types of the arguments of the last one."""
    arguments: tuple[OscValue, ...] = ()
    """Arguments of the last one."""
    names: set[str] = field(default_factory=set)
    """Different first arguments that are strings: bones, expressions."""
    _recent_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_MOMENTS))

    @property
    def rate_hz(self) -> float:
        """How many moments a second something came, on average."""
        span_s = (self._recent_ns[-1] - self.first_ns) / 1e9 if self._recent_ns else 0.0
        return self.moments / span_s if span_s > 0 else 0.0

    @property
    def last_words(self) -> str:
        """Types and arguments of the last one on one short line, and how many names there are; safe to print."""
        words = [
            f"{value:.3f}" if isinstance(value, float) else str(value) for value in self.arguments
        ]
        text = f"{self.tags} {' '.join(words)}"[:_WORDS_WIDTH]
        text = "".join(letter if letter.isprintable() else "?" for letter in text)
        return f"{text} [{len(self.names)} names]" if len(self.names) > 1 else text

    def rate_now_hz(self, now_ns: int) -> int:
        """Return at how many moments of the last second something came, at most 512."""
        return sum(moment > now_ns - _NOW_NS for moment in self._recent_ns)

    def note(self, now_ns: int) -> None:
        """Count one that came now."""
        self.count += 1
        self.last_ns = now_ns
        if not self._recent_ns:
            self.first_ns = now_ns
            self._recent_ns.append(now_ns)
            return
        gap = now_ns - self._recent_ns[-1]
        if gap < _MOMENT_NS:
            return
        if self.moments >= _JUDGED_FROM:
            usual = (self._recent_ns[-1] - self.first_ns) / self.moments
            self.gaps += gap > _GAP * usual
        self.longest_gap_ns = max(self.longest_gap_ns, gap)
        self.moments += 1
        self._recent_ns.append(now_ns)


class Arrivals:
    """Decodes datagrams and keeps count of them, in bounded memory."""

    def __init__(self) -> None:
        self.senders: dict[str, Stream] = {}
        """Address:port -> its datagrams."""
        self.streams: dict[str, Stream] = {}
        """Address of OSC, or the kind of another protocol -> its messages."""
        self.datagrams = 0
        """How many came."""
        self.bytes = 0
        """Their sizes together."""
        self.largest = 0
        """Size of the largest, bytes."""
        self.damaged = 0
        """How many could not be read."""
        self.last_problem = ""
        """What was wrong with the last of these."""

    def note(self, datagram: bytes, sender: tuple[str, int], now_ns: int) -> Arrival:
        """Count one datagram that came now, and return what it says."""
        name = f"{sender[0]}:{sender[1]}"
        self.datagrams += 1
        self.bytes += len(datagram)
        self.largest = max(self.largest, len(datagram))
        _stream(self.senders, name).note(now_ns)
        try:
            messages = read_any(datagram)
        except OscError as error:
            self.damaged += 1
            self.last_problem = str(error)
            return Arrival(name, len(datagram), (), str(error))
        for message in messages:
            self._count(message, now_ns)
        return Arrival(name, len(datagram), tuple(messages), None)

    def _count(self, message: OscMessage, now_ns: int) -> None:
        stream = _stream(self.streams, message.address)
        stream.note(now_ns)
        stream.tags, stream.arguments = message.tags, message.arguments
        if message.tags.startswith("s") and len(stream.names) < _MOST:
            stream.names.add(str(message.arguments[0]))


def read_any(datagram: bytes) -> list[OscMessage]:
    """Return the messages of a datagram of any protocol we send; those that are not OSC are given an address.

    Raises:
        OscError: it is of none of them.
    """
    face = read_live_link_face(datagram)
    if face is not None:
        subject, values = face
        return [OscMessage(f"(Live Link Face) {subject[:_LONGEST]}", "f" * len(values), values)]
    actions = read_face_message(datagram)
    if actions is not None:
        return [OscMessage("(iFacialMocap)", "f" * len(actions), tuple(actions.values()))]
    return read_osc(datagram)


def _stream(streams: dict[str, Stream], name: str) -> Stream:
    if name not in streams and len(streams) >= _MOST:
        name = _OTHERS
    return streams.setdefault(name, Stream(name))
