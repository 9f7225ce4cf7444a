"""Sends the first person to a VMC receiver, and heeds what it asks for."""

import dataclasses
from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.sinks.target import Target
from app.sinks.udp import SendStatus, UdpSender
from app.sinks.udp_listener import UdpListener
from app.sinks.vmc_commands import VmcCommands
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import ASSISTANT_PORT, VmcOptions
from app.sinks.vrm_fit import VrmFit
from app.sinks.vrm_skeleton import read_vrm


class VmcSink:
    """A VMC performer, or an assistant. Nobody need listen: what is lost is counted."""

    delivery: Final[Delivery] = "newest"

    def __init__(self, target: Target, options: VmcOptions) -> None:
        self.name = target.text
        """What the user calls it."""
        self._commands = VmcCommands()
        fit = None if options.vrm is None else VrmFit(read_vrm(options.vrm))
        self._encoder = VmcEncoder(options, self._commands, fit)
        self._udp = UdpSender(target)
        self._listener = None if options.receive_at is None else UdpListener(*options.receive_at)

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams so far."""
        return self._udp.status

    def open(self) -> None:
        """Open the sockets. Raises `SinkError` for an unknown host, or a port to listen at that is taken."""
        self._udp.open()
        if self._listener is not None:
            self._listener.open()

    def consume(self, packet: Packet) -> None:
        """Heed what came in, and send one packet."""
        if self._listener is not None:
            for datagram, _ in self._listener.receive():
                self._commands.feed(datagram)
        self._udp.send(self._encoder.encode(packet, self._commands.next_frame()))

    def close(self) -> None:
        """Close the sockets; may be called twice."""
        self._udp.close()
        if self._listener is not None:
            self._listener.close()


def create(target: Target) -> VmcSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    options = VmcOptions.from_target(target)
    if options.is_assistant and not target.port_given:
        target = dataclasses.replace(target, port=ASSISTANT_PORT)
    return VmcSink(target, options)
