"""One sink at its work: its channel, its thread and what became of it."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from app.pipeline.channel import Channel, ChannelClosed
from app.pipeline.packet import Packet
from app.pipeline.protocols import Sink
from app.pipeline.stats import SinkState, SinkStatus
from app.pipeline.workers import Worker, guard
from engines.errors import MocapError, SinkError

_EVERY_CAPACITY: Final = 256
"""Packets that wait for an `every` sink: some 8 s at 30 fps."""

logger = logging.getLogger(__name__)


class SinkRelay:
    """One sink: its channel, its thread and what became of it.

    A sink that wants only the newest never holds up the path. One that wants every packet does so where no frame may
    be lost; live, it loses the oldest of 256 when it falls so far behind, and that is counted. One that is `prompt`
    consumes on a thread that it shares, and its own sleeps between opening and closing it. A failure closes the sink
    and is kept in its status; the others go on.
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
        self.shares_thread: Final = sink.delivery == "prompt"
        """It is offered no packets: another thread calls `consume_here`."""
        self._turn = threading.Lock()
        self._on_failure = on_failure
        self._state: SinkState = "waiting"
        self._error: MocapError | None = None
        self._consumed = 0
        self._missed = 0

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

    def consume_here(self, packet: Packet, *, missed: int = 0) -> None:
        """Let the sink consume a packet on this thread, unless it has failed.

        Args:
            packet: The packet.
            missed: Packets that it replaced.
        """
        try:
            with self._turn:
                if self._state == "running":
                    self._missed += missed
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
        """Close the sink, once it is not at work on another thread."""
        with self._turn:
            if self._error is None:
                self._state = "closed"
            with guard(self.what, SinkError):
                self.sink.close()

    def status(self) -> SinkStatus:
        """Return a snapshot."""
        return SinkStatus(
            name=self.sink.name,
            delivery=self.sink.delivery,
            state=self._state,
            error=None if self._error is None else str(self._error),
            consumed=self._consumed,
            dropped=self._channel.dropped + self._missed,
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
