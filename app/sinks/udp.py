"""One UDP socket that a missing receiver, network or name server cannot stop, or hold up."""

import logging
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

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


class _Host:
    """A host and its newest known address. It is looked up again on another thread: that may take half a minute."""

    def __init__(self, target: Target) -> None:
        """Look it up, and wait for it. Raises `SinkError`."""
        self._target = target
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            raise SinkError(
                f"{target.text}: host '{target.host}' is not known ({error}); check the name or give its address"
            ) from error
        self.family = found[0][0]
        """Of the address, and of every later one."""
        self.address = _datagram_address(found[0][4])
        """Where to send; the look-up's thread changes it."""
        self._looked_up_s = time.monotonic()
        self._thread: threading.Thread | None = None

    def look_up_again(self) -> None:
        """Begin to look it up; nothing happens less than 10 s after the last time, or while that is under way."""
        now_s = time.monotonic()
        is_under_way = self._thread is not None and self._thread.is_alive()
        if is_under_way or now_s - self._looked_up_s < _LOOK_UP_INTERVAL_S:
            return
        self._looked_up_s = now_s
        self._thread = threading.Thread(
            target=self._look_up, name=f"look up {self._target.host}", daemon=True
        )
        self._thread.start()

    def _look_up(self) -> None:
        host, port = self._target.host, self._target.port
        try:
            found = socket.getaddrinfo(host, port, self.family, socket.SOCK_DGRAM)
        except OSError as error:
            logger.debug("%s: %s", self._target.text, error)
        else:
            self.address = _datagram_address(found[0][4])


class UdpSender:
    """Sends datagrams to one target from one socket, as receivers tell senders apart by their port. Nothing waits."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._host: _Host | None = None
        self._socket: socket.socket | None = None
        self._connected_to: _Address | None = None
        self._sent = 0
        self._failed = 0
        self._problem: str | None = None
        self._warned_s: float | None = None

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams so far."""
        return SendStatus(self._sent, self._failed, self._problem)

    def open(self) -> None:
        """Find the host and open the socket; may wait for a name server. Raises `SinkError`."""
        self._host = _Host(self._target)
        self._socket = _unblocking_socket(self._host.family)
        self._connected_to = None

    def send(self, datagrams: Iterable[bytes]) -> None:
        """Send datagrams in order; what fails is counted and warned of at most every 5 s."""
        if self._socket is None or self._host is None:
            raise SinkError(f"{self._target.text}: not open")
        if self._connected_to not in (None, self._host.address):
            self._start_again(self._socket)
        failed_before = self._failed
        waiting = list(datagrams)
        for place, datagram in enumerate(waiting):
            if not self._send_one(self._socket, self._host, datagram, is_first=place == 0):
                # the rest of the frame would go the same way
                self._failed += len(waiting) - place - 1
                break
        if self._failed == failed_before:
            self._problem = None
            return
        self._host.look_up_again()
        if self._warned_s is None or time.monotonic() - self._warned_s >= _WARNING_INTERVAL_S:
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

    def _send_one(
        self, udp: socket.socket, host: _Host, datagram: bytes, *, is_first: bool
    ) -> bool:
        """Send a datagram; return False where it is useless to send the next."""
        try:
            if self._connected_to is None:
                address = host.address
                udp.connect(address)  # only a connected socket hears that nobody listens
                self._connected_to = address
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
        """Take a new socket on the same port, as the old one keeps the address this computer had."""
        fresh = _unblocking_socket(failed.family)
        with suppress(OSError):  # without a port of its own it gets another
            port = failed.getsockname()[1]
            failed.close()
            fresh.bind(("", port))
        failed.close()
        self._socket = fresh
        self._connected_to = None

    def _note(self, error: OSError) -> None:
        self._failed += 1
        self._problem = (
            "nobody listens there"
            if isinstance(error, ConnectionRefusedError)
            else (error.strerror or str(error))
        )


def _unblocking_socket(family: int) -> socket.socket:
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.setblocking(False)
    return udp


def _datagram_address(address: object) -> _Address:
    """Return an address of `getaddrinfo` as what it is for a datagram: an internet address."""
    return cast("_Address", address)
