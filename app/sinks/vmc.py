"""Sends the first person to a VMC receiver, and heeds what it asks for."""

import dataclasses

from app.pipeline.packet import Packet
from app.sinks.target import Target
from app.sinks.udp_sink import UdpSink
from app.sinks.vmc_commands import VmcCommands
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import ASSISTANT_PORT, VmcOptions
from app.sinks.vrm_fit import VrmFit
from app.sinks.vrm_skeleton import read_vrm


class VmcSink(UdpSink):
    """A VMC performer, or an assistant. Nobody need listen: what is lost is counted."""

    def __init__(self, target: Target, options: VmcOptions) -> None:
        super().__init__(target, options.receive_at)
        self._commands = VmcCommands()
        fit = None if options.vrm is None else VrmFit(read_vrm(options.vrm))
        self._encoder = VmcEncoder(options, self._commands, fit)

    def consume(self, packet: Packet) -> None:
        """Heed what came in, and send one packet."""
        for datagram, _ in self._received():
            self._commands.feed(datagram)
        self._udp.send(self._encoder.encode(packet, self._commands.next_frame()))


def create(target: Target) -> VmcSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    options = VmcOptions.from_target(target)
    if options.is_assistant and not target.port_given:
        target = dataclasses.replace(target, port=ASSISTANT_PORT)
    return VmcSink(target, options)
