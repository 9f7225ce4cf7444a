"""Where the stages end and the sinks begin: each sink behind a channel and on a thread of its own."""

import dataclasses
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from app.pipeline.channel import Channel, ChannelClosed
from app.pipeline.packet import Packet
from app.pipeline.protocols import Sink
from app.pipeline.runners import ClockNs
from app.pipeline.stats import Meter, SinkState, SinkStatus
from app.pipeline.workers import Worker, guard
from engines.errors import MocapError, SinkError

_EVERY_CAPACITY: Final = 256
"""Packets that wait for an `every` sink: some 8 s at 30 fps."""

logger = logging.getLogger(__name__)


class SinkRelay:
    """One sink: its channel, its thread and what became of it.

    A sink that wants only the newest never holds up the path. One that wants every packet does so where no frame may
    be lost; live, it loses the oldest of 256 when it falls so far behind, and that is counted. A failure closes the
    sink and is kept in its status; the others go on.
    """

    def __init__(
        self, sink: Sink, *, drop_frames: bool, on_failure: Callable[[MocapError], None]
    ) -> None:
        self.sink: Final = sink
        """The sink itself."""
        self.what: Final = f"sink {sink.name}"
        """Name for people."""
        capacity = _EVERY_CAPACITY if sink.delivery == "every" else 1
        waits = sink.delivery == "every" and not drop_frames
        self._channel: Channel[Packet] = Channel(capacity, "wait" if waits else "drop_oldest")
        self.worker: Final = Worker(self, self._work, self._fail, error_class=SinkError)
        """The sink's thread; not started where the pipeline runs inline."""
        self._on_failure = on_failure
        self._state: SinkState = "waiting"
        self._error: MocapError | None = None
        self._consumed = 0

    def open(self) -> None:
        """Open the sink."""
        with guard(self.what, SinkError):
            self.sink.open()
        self._state = "running"

    def offer(self, packet: Packet) -> None:
        """Hand a packet to the sink's thread; nothing happens where the sink has ended."""
        with suppress(ChannelClosed):
            self._channel.put(packet)

    def end(self) -> None:
        """Let the sink finish what is in its channel, and then close."""
        self._channel.close()

    def consume_here(self, packet: Packet) -> None:
        """Let the sink consume a packet on this thread, unless it has failed."""
        if self._state != "running":
            return
        try:
            self._consume(packet)
        except MocapError as error:
            self._fail(error)

    def close_here(self) -> None:
        """Close the sink on this thread."""
        try:
            self.close()
        except MocapError as error:
            self._fail(error)

    def close(self) -> None:
        """Close the sink."""
        with guard(self.what, SinkError):
            self.sink.close()
        if self._error is None:
            self._state = "closed"

    def status(self) -> SinkStatus:
        """Return a snapshot."""
        return SinkStatus(
            name=self.sink.name,
            delivery=self.sink.delivery,
            state=self._state,
            error=None if self._error is None else str(self._error),
            consumed=self._consumed,
            dropped=self._channel.dropped,
        )

    def _work(self) -> None:
        for packet in self._channel:
            self._consume(packet)

    def _consume(self, packet: Packet) -> None:
        with guard(self.what, SinkError):
            self.sink.consume(packet)
        self._consumed += 1

    def _fail(self, error: MocapError) -> None:
        """Take the sink out of service; its worker, or the inline run, closes it."""
        self._channel.close(discard=True)
        if self._error is None:
            self._error = error
            self._state = "failed"
            logger.error("%s stopped: %s", self.what, error)
            self._on_failure(error)


class Publisher:
    """Hands finished packets to all sinks."""

    def __init__(self, clock_ns: ClockNs) -> None:
        self.meter: Final = Meter()
        """Ages from capture to publication."""
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._is_closed = False
        self.relays: tuple[SinkRelay, ...] = ()
        """The sinks now; replaced, never changed."""

    def add(self, relay: SinkRelay) -> bool:
        """Begin to serve a sink; return False after the end."""
        with self._lock:
            if not self._is_closed:
                self.relays = (*self.relays, relay)
            return not self._is_closed

    def remove(self, relay: SinkRelay) -> None:
        """Serve a sink no more."""
        with self._lock:
            self.relays = tuple(other for other in self.relays if other is not relay)

    def publish(self, packet: Packet) -> None:
        """Make a packet read-only and hand it to every sink's thread."""
        self._finish(packet)
        for relay in self.relays:
            relay.offer(packet)

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
            relay.end()

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
