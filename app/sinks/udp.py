"""One UDP socket that a missing receiver, network or name server cannot stop, or hold up."""

import logging
import socket
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from app.sinks.host import Host, Place
from app.sinks.target import Target
from engines.errors import SinkError

logger = logging.getLogger(__name__)

_FIRST_WARNING_S: Final = 5.0
_LAST_WARNING_S: Final = 320.0
"""Time between two warnings: of a target that stays away, it doubles from the first to the last."""
_REFUSED: Final = (ConnectionRefusedError, ConnectionResetError)
"""Nobody listens there, said of an earlier datagram: by Linux and macOS the one, by Windows the other."""
_FIRST_LOOK_UP_S: Final = 2.0
"""So long a target may hold up the start."""


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
    """Sends datagrams to one target from one socket, as receivers tell senders apart by their port. Nothing waits."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._host: Host | None = None
        self._socket: socket.socket | None = None
        self._connected_to: Place | None = None
        self._sent = 0
        self._failed = 0
        self._problem: str | None = None
        self._warn_from_s = 0.0
        self._quiet_s = _FIRST_WARNING_S

    @property
    def status(self) -> SendStatus:
        """What became of the datagrams so far."""
        return SendStatus(self._sent, self._failed, self._problem)

    def open(self) -> None:
        """Look the host up, and wait 2 s for that; one that is not known yet is tried again while sending."""
        self._host = Host(self._target)
        self._host.look_up()
        self._host.wait(_FIRST_LOOK_UP_S)
        if self._host.place is None:
            self._problem = self._host.problem
            self._warn(self._problem)

    def send(self, datagrams: Iterable[bytes]) -> None:
        """Send datagrams in order; what fails is counted and warned of, less and less often."""
        if self._host is None:
            raise SinkError(f"{self._target.text}: not open")
        waiting = list(datagrams)
        failed_before = self._failed
        place = self._host.place
        if place is None:
            self._failed += len(waiting)
            self._problem = self._host.problem
        else:
            self._send_to(place, waiting)
        if self._failed == failed_before:
            self._problem = None
            self._quiet_s = _FIRST_WARNING_S
            return
        self._host.look_up()
        self._warn(f"{self._problem}; {self._failed} datagrams lost so far, going on")

    def close(self) -> None:
        """Close the socket; may be called twice."""
        self._host = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send_to(self, place: Place, datagrams: Sequence[bytes]) -> None:
        if self._socket is None or self._connected_to not in (None, place):
            self._socket = self._fresh_socket(place)
        for index, datagram in enumerate(datagrams):
            if not self._send_one(self._socket, place, datagram, is_first=index == 0):
                # the rest of the frame would go the same way
                self._failed += len(datagrams) - index - 1
                return

    def _send_one(
        self, udp: socket.socket, place: Place, datagram: bytes, *, is_first: bool
    ) -> bool:
        """Send a datagram; return False where it is useless to send the next."""
        try:
            if self._connected_to is None:
                udp.connect(place.address)  # only a connected socket hears that nobody listens
                self._connected_to = place
            try:
                udp.send(datagram)
            except _REFUSED as error:
                self._note(error)  # it is about an earlier datagram; this one was not sent
                if not is_first:
                    return False
                udp.send(datagram)  # the earlier one was of an earlier frame: much may have changed
        except OSError as error:
            self._note(error)
            if not isinstance(error, (*_REFUSED, BlockingIOError)):
                self._socket = self._fresh_socket(place)
            return False
        self._sent += 1
        return True

    def _fresh_socket(self, place: Place) -> socket.socket:
        """Return a new socket on the port of the old one, which would keep the address this computer had."""
        fresh = socket.socket(place.family, socket.SOCK_DGRAM)
        fresh.setblocking(False)
        old, self._connected_to = self._socket, None
        if old is not None:
            with suppress(OSError):  # without a port of its own it gets another
                port = old.getsockname()[1]
                old.close()
                fresh.bind(("", port))
            old.close()
        return fresh

    def _note(self, error: OSError) -> None:
        self._failed += 1
        self._problem = (
            "nobody listens there"
            if isinstance(error, _REFUSED)
            else (error.strerror or str(error))
        )

    def _warn(self, words: str) -> None:
        now_s = time.monotonic()
        if now_s >= self._warn_from_s:
            self._warn_from_s = now_s + self._quiet_s
            self._quiet_s = min(2 * self._quiet_s, _LAST_WARNING_S)
            logger.warning("%s: %s", self._target.text, words)
