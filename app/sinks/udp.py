"""One UDP socket that a missing receiver or network cannot stop."""

import logging
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from app.sinks.target import Target
from engines.errors import SinkError

logger = logging.getLogger(__name__)

_WARNING_INTERVAL_S: Final = 5.0
_LOOK_UP_INTERVAL_S: Final = 10.0
"""A host that cannot be reached is looked up again, as its address may have changed, but no more often."""

_Address = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class SendStatus:
    """What became of the datagrams, or messages, so far."""

    sent: int
    """Handed to the network."""
    failed: int
    """Not handed to it, or refused by the receiver's computer."""
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
        self._looked_up_s = 0.0
        self._is_connected = False

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams so far."""
        return SendStatus(self._sent, self._failed, self._problem)

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
        self._is_connected = False
        self._looked_up_s = time.monotonic()

    def send(self, datagrams: Iterable[bytes]) -> None:
        """Send datagrams in order; what fails is counted and warned of at most every 5 s."""
        if self._socket is None:
            raise SinkError(f"{self._target.text}: not open")
        failed_before = self._failed
        waiting = list(datagrams)
        for place, datagram in enumerate(waiting):
            if not self._send_one(self._socket, datagram, is_first=place == 0):
                self._failed += (
                    len(waiting) - place - 1
                )  # the rest of the frame would go the same way
                break
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

    def _send_one(self, udp: socket.socket, datagram: bytes, *, is_first: bool) -> bool:
        """Send a datagram; return False where it is useless to send the next."""
        try:
            if not self._is_connected and self._address is not None:
                udp.connect(self._address)  # only a connected socket hears that nobody listens
                self._is_connected = True
            try:
                udp.send(datagram)
            except ConnectionRefusedError as error:
                self._note(error)  # it is about an earlier datagram; this one was not sent
                if not is_first:
                    return False
                udp.send(datagram)  # the earlier one was of an earlier frame: much may have changed
        except OSError as error:
            self._note(error)
            if not isinstance(error, (ConnectionRefusedError, BlockingIOError)):
                self._start_again(udp)
            return False
        self._sent += 1
        return True

    def _start_again(self, failed: socket.socket) -> None:
        """Take a new socket on the same port, as the old one keeps the address this computer had; look the host up."""
        family = failed.family
        fresh = socket.socket(family, socket.SOCK_DGRAM)
        fresh.setblocking(False)
        with suppress(OSError):  # without a port of its own it gets another
            port = failed.getsockname()[1]
            failed.close()
            fresh.bind(("", port))
        failed.close()
        self._socket = fresh
        self._is_connected = False
        if time.monotonic() - self._looked_up_s < _LOOK_UP_INTERVAL_S:
            return
        try:
            found = socket.getaddrinfo(
                self._target.host, self._target.port, family, socket.SOCK_DGRAM
            )
        except OSError as error:
            logger.debug("%s: %s", self._target.text, error)
        else:
            self._address = found[0][4]  # type: ignore[assignment]  # as in `open`
        self._looked_up_s = time.monotonic()

    def _note(self, error: OSError) -> None:
        self._failed += 1
        self._problem = (
            "nobody listens there"
            if isinstance(error, ConnectionRefusedError)
            else (error.strerror or str(error))
        )
