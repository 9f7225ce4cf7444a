"""Where the stages end and the sinks begin."""

import dataclasses
import threading
from typing import Final

import numpy as np

from app.pipeline.packet import Packet
from app.pipeline.relay import SinkRelay
from app.pipeline.runners import ClockNs
from app.pipeline.shared_thread import SharedThread
from app.pipeline.stats import Meter


class Publisher:
    """Hands finished packets to all sinks."""

    def __init__(self, clock_ns: ClockNs) -> None:
        self.meter: Final = Meter()
        """Ages from capture to publication."""
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._is_closed = False
        self._shared = SharedThread()
        self.relays: tuple[SinkRelay, ...] = ()
        """The sinks now; replaced, never changed."""

    def add(self, relay: SinkRelay) -> bool:
        """Begin to serve a sink; return False after the end."""
        with self._lock:
            if not self._is_closed:
                self.relays = (*self.relays, relay)
                if relay.shares_thread:
                    self._shared.add(relay)
            return not self._is_closed

    def remove(self, relay: SinkRelay) -> None:
        """Serve a sink no more."""
        with self._lock:
            self.relays = tuple(other for other in self.relays if other is not relay)
            self._shared.remove(relay)

    def publish(self, packet: Packet) -> None:
        """Make a packet read-only and hand it to the sinks' threads."""
        self._finish(packet)
        for relay in self.relays:
            if not relay.shares_thread:
                relay.offer(packet)
        self._shared.offer(packet)

    def publish_here(self, packet: Packet) -> None:
        """Make a packet read-only and let every sink consume it on this thread."""
        self._finish(packet)
        for relay in self.relays:
            relay.consume_here(packet)

    def close(self) -> None:
        """Let every sink finish. May be called again."""
        with self._lock:
            self._is_closed = True
        for relay in self.relays:
            if not relay.shares_thread:
                relay.end()
        self._shared.end()

    def _finish(self, packet: Packet) -> None:
        make_read_only(packet)
        now_ns = self._clock_ns()
        self.meter.add(now_ns - packet.frame.captured_ns, ended_ns=now_ns)


def make_read_only(value: object) -> None:
    """Make an array, or every array in a record or tuple, read-only."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for part in value:
            make_read_only(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            make_read_only(getattr(value, field.name))
