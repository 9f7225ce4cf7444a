"""What all sinks have in common that send by UDP: a target, its socket, and perhaps a port where they listen."""

from collections.abc import Iterator
from typing import Final

from app.pipeline.protocols import Delivery
from app.sinks.target import Target
from app.sinks.udp import SendStatus, UdpSender
from app.sinks.udp_listener import UdpListener


class UdpSink:
    """Opens and closes the sockets; what is sent is the subclasses' `consume`, which never waits."""

    delivery: Final[Delivery] = "prompt"

    def __init__(self, target: Target, listen_at: tuple[str, int] | None = None) -> None:
        """Take where to send, and where to listen; None for nowhere."""
        self.name = target.text
        """What the user calls it."""
        self._udp = UdpSender(target)
        self._listener = None if listen_at is None else UdpListener(*listen_at)

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams to the target so far."""
        return self._udp.status

    def open(self) -> None:
        """Open the sockets. Raises `SinkError` where the port to listen at is taken."""
        self._udp.open()
        if self._listener is not None:
            self._listener.open()

    def close(self) -> None:
        """Close the sockets; may be called twice."""
        self._udp.close()
        if self._listener is not None:
            self._listener.close()

    def _received(self) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Give the datagrams that have come in, at most 64, each with its sender's address and port."""
        return iter(()) if self._listener is None else self._listener.receive()
