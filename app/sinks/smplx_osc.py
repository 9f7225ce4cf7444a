"""Sends SMPL-X parameters as plain OSC, for scripts and patches: `/smplx/...`, documented in docs/streaming.md."""

from collections.abc import Iterator
from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.sinks.osc_bundles import BundleTemplates, MessageTemplate, message_template
from app.sinks.target import Target
from app.sinks.udp import SendStatus, UdpSender
from app.sinks.world import FIELDS, world_values

MAX_DATAGRAM_BYTES: Final = 1400
MAX_PERSONS: Final = 4


class SmplxOscSink:
    """Every person's numbers, between a message that opens a frame and one that closes it."""

    delivery: Final[Delivery] = "newest"

    def __init__(self, target: Target, *, persons: int) -> None:
        self.name = target.text
        """What the user calls it."""
        self._udp = UdpSender(target)
        self._persons = [
            BundleTemplates(_person_messages(place), max_bytes=MAX_DATAGRAM_BYTES)
            for place in range(persons)
        ]

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams so far."""
        return self._udp.status

    def open(self) -> None:
        """Open the socket. Raises `SinkError` for an unknown host."""
        self._udp.open()

    def consume(self, packet: Packet) -> None:
        """Send one packet."""
        people = packet.estimates[: len(self._persons)]
        seconds = packet.frame.timestamp_ns / 1e9
        opening = message_template("/smplx/frame", packet.frame.index, seconds, len(people))
        datagrams: list[bytes | bytearray] = [opening.message.dgram]
        for place, estimate in enumerate(people):
            track = message_template(f"/smplx/{place}/track", estimate.track_id)
            datagrams.append(track.message.dgram)
            values = world_values(estimate, packet.world_from_camera)
            datagrams += self._persons[place].fill(values)
        datagrams.append(message_template("/smplx/end", packet.frame.index).message.dgram)
        self._udp.send(datagrams)

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._udp.close()


def create(target: Target) -> SmplxOscSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    target.check_options(["persons"])
    persons = target.number("persons", 1, MAX_PERSONS) or MAX_PERSONS
    return SmplxOscSink(target, persons=int(persons))


def _person_messages(place: int) -> Iterator[MessageTemplate]:
    for name, count in FIELDS:
        yield message_template(f"/smplx/{place}/{name}", floats=count)
