"""Listens at a port and tells what comes in, decoded: for `monitor` and the window."""

import time

from app.sinks.arrivals import Arrival, Arrivals
from app.sinks.target import DEFAULT_HOST
from app.sinks.udp_listener import UdpListener


class PortMonitor:
    """A port and the count of what came there; asked from the thread that owns it."""

    def __init__(self, port: int, host: str = DEFAULT_HOST) -> None:
        """Take where to listen: a port of this computer, 0 for any that is free."""
        self._listener = UdpListener(host, port)
        self.arrivals = Arrivals()
        """Count of all that came: senders, addresses, rates, gaps."""

    @property
    def port(self) -> int:
        """Where it listens; where 0 was asked for, the port that was free."""
        return self._listener.port

    def open(self) -> None:
        """Begin to listen. Raises `SinkError` where the port is taken."""
        self._listener.open()

    def poll(self, timeout_s: float) -> list[Arrival]:
        """Wait until something comes, at most so long, and return what has come: at most 64 datagrams."""
        self._listener.wait(timeout_s)
        return [
            self.arrivals.note(datagram, sender, time.perf_counter_ns())
            for datagram, sender in self._listener.receive()
        ]

    def clear(self) -> None:
        """Begin to count anew."""
        self.arrivals = Arrivals()

    def close(self) -> None:
        """Free the port; may be called twice."""
        self._listener.close()
