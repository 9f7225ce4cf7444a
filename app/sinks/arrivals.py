"""What arrives at a port: who sends, which addresses with what, how often, and where it stops."""

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
    """The longest time between two arrivals."""
    gaps: int = 0
    """Times between two arrivals of more than three usual ones."""
    moments: int = 0
    """Intervals between arrivals at different times."""
    tags: str = ""
    """Types of the arguments of the last one."""
    arguments: tuple[OscValue, ...] = ()
    """Arguments of the last one."""
    names: set[str] = field(default_factory=set)
    """Different first arguments that are strings: bones, expressions."""

    @property
    def rate_hz(self) -> float:
        """How many came in a second, on average; several of one moment are one."""
        span_s = (self.last_ns - self.first_ns) / 1e9
        return self.moments / span_s if span_s > 0 else 0.0

    def note(self, now_ns: int) -> None:
        """Count one that came now."""
        if self.count == 0:
            self.first_ns = now_ns
        elif now_ns > self.last_ns:
            gap = now_ns - self.last_ns
            usual = (self.last_ns - self.first_ns) / self.moments if self.moments else gap
            self.gaps += gap > _GAP * usual
            self.longest_gap_ns = max(self.longest_gap_ns, gap)
            self.moments += 1
        self.count += 1
        self.last_ns = now_ns


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
        """Size of the largest: more than 1472 bytes travel in pieces."""
        self.damaged = 0
        """How many could not be read."""
        self.last_problem = ""
        """What was wrong with the last of these."""

    def note(self, datagram: bytes, sender: tuple[str, int], now_ns: int) -> None:
        """Take one datagram that came now."""
        self.datagrams += 1
        self.bytes += len(datagram)
        self.largest = max(self.largest, len(datagram))
        _stream(self.senders, f"{sender[0]}:{sender[1]}").note(now_ns)
        try:
            messages = read_any(datagram)
        except OscError as error:
            self.damaged += 1
            self.last_problem = str(error)
            return
        for message in messages:
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
