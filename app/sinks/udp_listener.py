"""Datagrams that come in, read without waiting: what nobody fetches waits, and is dropped, in the system's buffer."""

import contextlib
import select
import socket
from collections.abc import Iterator
from typing import Final

from engines.errors import SinkError

_AT_ONCE: Final = 64
"""Datagrams taken at one time: a flood costs a frame no more than their reading."""
_LARGEST: Final = 65_536


class UdpListener:
    """A bound socket that is asked now and then, from the thread that owns it."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int:
        """Where it listens; where 0 was asked for, the port that was free."""
        return self._place[1] if self._socket is None else int(self._socket.getsockname()[1])

    def open(self) -> None:
        """Bind. Raises `SinkError` where the port is taken or the address is not this computer's."""
        host, port = self._place
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            self._socket.bind(address)
        except (OSError, UnicodeError) as error:
            self.close()
            raise SinkError(
                f"{host}:{port}: cannot listen there ({error}); close the program that does, or name another port"
            ) from error

    def wait(self, timeout_s: float) -> bool:
        """Wait until something has come; return False where nothing has in this time."""
        return self._socket is not None and bool(
            select.select([self._socket], [], [], timeout_s)[0]
        )

    def receive(self) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Give the datagrams that wait, at most 64, each with its sender's address and port."""
        if self._socket is None:
            return
        # what an earlier answer of ours met (a refusal, on Windows a reset) is no news here
        with contextlib.suppress(OSError):
            for _ in range(_AT_ONCE):
                data, sender = self._socket.recvfrom(_LARGEST)
                yield data, (sender[0], sender[1])

    def send_to(self, data: bytes, address: tuple[str, int]) -> bool:
        """Answer from this socket; return whether the network took it."""
        if self._socket is None:
            return False
        try:
            self._socket.sendto(data, address)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Free the port; may be called twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
