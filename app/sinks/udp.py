"""One UDP socket that a missing receiver or network cannot stop."""

import logging
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.sinks.target import Target
from engines.errors import SinkError

logger = logging.getLogger(__name__)

_WARNING_INTERVAL_S: Final = 5.0

_Address = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class UdpStatus:
    """What became of the datagrams so far."""

    sent: int
    """Datagrams handed to the network."""
    failed: int
    """Datagrams that were not, or that the receiver's computer refused."""
    problem: str | None
    """Why the last one failed; None while it goes well."""


class UdpSender:
    """Sends datagrams to one address from one socket, as receivers tell senders apart by their port."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._socket: socket.socket | None = None
        self._address: _Address | None = None
        self._sent = 0
        self._failed = 0
        self._problem: str | None = None
        self._warned_s: float | None = None

    @property
    def status(self) -> UdpStatus:
        """What became of the datagrams so far."""
        return UdpStatus(self._sent, self._failed, self._problem)

    def open(self) -> None:
        """Find the host and open the socket. Raises `SinkError`."""
        host, port = self._target.host, self._target.port
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            raise SinkError(
                f"{self._target.text}: host '{host}' is not known ({error}); check the name or give its address"
            ) from error
        family, kind, protocol, _, address = found[0]
        self._socket = socket.socket(family, kind, protocol)
        self._socket.setblocking(False)
        self._address = address  # type: ignore[assignment]  # a datagram's address is an internet address

    def send(self, datagrams: Iterable[bytes | bytearray]) -> None:
        """Send datagrams in order; what fails is counted and warned of at most every 5 s."""
        if self._socket is None:
            raise SinkError(f"{self._target.text}: not open")
        failed_before = self._failed
        for datagram in datagrams:
            self._send_one(self._socket, datagram)
        if self._failed == failed_before:
            self._problem = None
        elif self._warned_s is None or time.monotonic() - self._warned_s >= _WARNING_INTERVAL_S:
            self._warned_s = time.monotonic()
            logger.warning(
                "%s: %s; %d datagrams lost so far, going on",
                self._target.text, self._problem, self._failed,
            )  # fmt: skip

    def close(self) -> None:
        """Close the socket; may be called twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send_one(self, udp: socket.socket, datagram: bytes | bytearray) -> None:
        try:
            if self._address is not None:
                udp.connect(self._address)  # only a connected socket hears that nobody listens
                self._address = None
            try:
                udp.send(datagram)
            except (
                ConnectionRefusedError
            ) as error:  # about an earlier datagram; this one was not sent
                self._note(error)
                udp.send(datagram)
        except OSError as error:
            self._note(error)
        else:
            self._sent += 1

    def _note(self, error: OSError) -> None:
        self._failed += 1
        self._problem = (
            "nobody listens there"
            if isinstance(error, ConnectionRefusedError)
            else (error.strerror or str(error))
        )
