"""Listens at a port on a thread of its own, for the packet monitor. No Qt here."""

import threading
import time
from dataclasses import dataclass
from typing import Final

from app.sinks.arrivals import Arrivals
from app.sinks.port_monitor import PortMonitor

_WAIT_S: Final = 0.1
_TELL_EVERY_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class StreamView:
    """One address, or kind of message."""

    name: str
    """The address."""
    count: int
    """How many came."""
    rate_hz: int
    """At how many moments of the last second."""
    gaps: int
    """Pauses much longer than usual."""
    longest_gap_ms: float
    """The longest pause."""
    last: str
    """Types and arguments of the last one."""


@dataclass(frozen=True, slots=True)
class PortView:
    """What has come so far."""

    datagrams: int = 0
    """How many."""
    bytes: int = 0
    """Their sizes together."""
    largest: int = 0
    """Size of the largest."""
    damaged: int = 0
    """How many could not be read."""
    problem: str = ""
    """What was wrong with the last of these."""
    senders: tuple[tuple[str, int], ...] = ()
    """Who sent how many."""
    streams: tuple[StreamView, ...] = ()
    """What is sent."""


class PortWatch:
    """One port at a time."""

    def __init__(self) -> None:
        self._view = PortView()
        self._forget = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_listening(self) -> bool:
        """A port is open."""
        return self._thread is not None

    @property
    def view(self) -> PortView:
        """What has come, at most a quarter of a second ago."""
        return self._view

    def start(self, host: str, port: int) -> int:
        """Listen; return the port, which for 0 is one that was free.

        Raises:
            SinkError: another program has it, or the address is not this computer's.
        """
        self.stop()
        monitor = PortMonitor(port, host)
        monitor.open()
        self._view = PortView()
        self._forget.clear()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(monitor, self._stop), name=f"monitor {monitor.port}"
        )
        self._thread.start()
        return monitor.port

    def stop(self) -> None:
        """Close the port, and wait for it; may be called twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def clear(self) -> None:
        """Forget what has come."""
        self._forget.set()
        self._view = PortView()

    def _run(self, monitor: PortMonitor, stop: threading.Event) -> None:
        told_s = 0.0
        try:
            while not stop.is_set():
                monitor.poll(_WAIT_S)
                if self._forget.is_set():
                    self._forget.clear()
                    monitor.clear()
                if time.monotonic() - told_s >= _TELL_EVERY_S:
                    told_s = time.monotonic()
                    self._view = _view_of(monitor.arrivals, time.perf_counter_ns())
        finally:
            monitor.close()


def _view_of(arrivals: Arrivals, now_ns: int) -> PortView:
    return PortView(
        arrivals.datagrams,
        arrivals.bytes,
        arrivals.largest,
        arrivals.damaged,
        arrivals.last_problem,
        tuple((sender.name, sender.count) for sender in arrivals.senders.values()),
        tuple(
            StreamView(
                stream.name,
                stream.count,
                stream.rate_now_hz(now_ns),
                stream.gaps,
                stream.longest_gap_ns / 1e6,
                stream.last_words,
            )
            for stream in arrivals.streams.values()
        ),
    )
