"""Sends SMPL-X parameters as plain OSC, for scripts and patches: `/smplx/...`, documented in docs/streaming.md."""

import struct
from collections.abc import Iterator
from typing import Final

from app.pipeline.packet import Packet
from app.sinks.osc_bundles import BundleTemplates, MessageTemplate, message_template
from app.sinks.target import Target
from app.sinks.udp_sink import UdpSink
from app.sinks.world import FIELDS, world_values

MAX_DATAGRAM_BYTES: Final = 1400
MAX_PERSONS: Final = 4

_INT: Final = struct.Struct(">i")
_FRAME_VALUES: Final = struct.Struct(">ifi")
_LARGEST_INT: Final = 0x7FFFFFFF


def _without_values(address: str, *values: float) -> bytes:
    """Return a message up to its values: python-osc takes longer to make one than the rest of a frame takes."""
    message = message_template(address, *values).message.dgram
    return bytes(message[: -4 * len(values)])


_FRAME: Final = _without_values("/smplx/frame", 0, 0.0, 0)
_TRACKS: Final = [_without_values(f"/smplx/{place}/track", 0) for place in range(MAX_PERSONS)]
_END: Final = _without_values("/smplx/end", 0)


class SmplxOscSink(UdpSink):
    """Every person's numbers, between a message that opens a frame and one that closes it."""

    def __init__(self, target: Target, *, persons: int) -> None:
        super().__init__(target)
        self._persons = [
            BundleTemplates(_person_messages(place), max_bytes=MAX_DATAGRAM_BYTES)
            for place in range(persons)
        ]

    def consume(self, packet: Packet) -> None:
        """Send one packet."""
        people = packet.estimates[: len(self._persons)]
        seconds = packet.frame.timestamp_ns / 1e9
        index = packet.frame.index & _LARGEST_INT
        datagrams = [_FRAME + _FRAME_VALUES.pack(index, seconds, len(people))]
        for place, estimate in enumerate(people):
            datagrams.append(_TRACKS[place] + _INT.pack(estimate.track_id))
            values = world_values(estimate, packet.world_from_camera)
            datagrams += self._persons[place].fill(values)
        datagrams.append(_END + _INT.pack(index))
        self._udp.send(datagrams)


def create(target: Target) -> SmplxOscSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    target.check_options(["persons"])
    persons = target.number("persons", 1, MAX_PERSONS) or MAX_PERSONS
    return SmplxOscSink(target, persons=int(persons))


def _person_messages(place: int) -> Iterator[MessageTemplate]:
    for name, count in FIELDS:
        yield message_template(f"/smplx/{place}/{name}", floats=count)
