"""Sends the first person to a VMC receiver."""

from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.sinks.rate import RateCap
from app.sinks.target import Target
from app.sinks.udp import UdpSender, UdpStatus
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions


class VmcSink:
    """A VMC performer. Nobody need listen: what is lost is counted."""

    delivery: Final[Delivery] = "newest"

    def __init__(self, target: Target, options: VmcOptions) -> None:
        self.name = target.text
        """What the user calls it."""
        self._options = options
        self._encoder = VmcEncoder(options)
        self._rate = RateCap(options.rate_hz)
        self._udp = UdpSender(target)

    @property
    def status(self) -> UdpStatus:
        """What became of the datagrams so far."""
        return self._udp.status

    def open(self) -> None:
        """Open the socket. Raises `SinkError` for an unknown host."""
        self._udp.open()

    def consume(self, packet: Packet) -> None:
        """Send one packet, unless the rate says to leave it out."""
        if self._rate.is_due(packet.frame.timestamp_ns):
            self._udp.send(self._encoder.encode(packet))

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._udp.close()


def create(target: Target) -> VmcSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    return VmcSink(target, VmcOptions.from_target(target))
