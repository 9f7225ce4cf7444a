"""The thread that `prompt` sinks share: one wake-up a packet for all of them, where a thread each costs one each."""

import threading
from contextlib import suppress

from app.pipeline.channel import Channel, ChannelClosed
from app.pipeline.packet import Packet
from app.pipeline.relay import SinkRelay


class SharedThread:
    """Lets sinks consume the newest packet, one after the other. It starts with the first packet."""

    def __init__(self) -> None:
        self._channel: Channel[Packet] = Channel(1, "drop_oldest")
        self._relays: tuple[SinkRelay, ...] = ()
        self._thread = threading.Thread(target=self._run, name="prompt sinks", daemon=True)
        self._lock = threading.Lock()

    def add(self, relay: SinkRelay) -> None:
        """Begin to serve a sink; its own thread opens it, waits for its end and closes it."""
        with self._lock:
            self._relays = (*self._relays, relay)

    def remove(self, relay: SinkRelay) -> None:
        """Serve a sink no more."""
        with self._lock:
            self._relays = tuple(other for other in self._relays if other is not relay)

    def offer(self, packet: Packet) -> None:
        """Hand a packet to the thread; nothing happens where there is no sink, or after the end."""
        if not self._relays:
            return
        with self._lock, suppress(ChannelClosed):
            self._channel.put(packet)
            if self._thread.ident is None:
                self._thread.start()

    def end(self) -> None:
        """Let the sinks consume what was offered last, and then end. May be called again."""
        with self._lock:
            self._channel.close()
            if self._thread.ident is None:
                self._end_relays()

    def _run(self) -> None:
        missed_before = 0
        for packet in self._channel:
            missed = self._channel.dropped
            for relay in self._relays:
                relay.consume_here(packet, missed=missed - missed_before)
            missed_before = missed
        self._end_relays()

    def _end_relays(self) -> None:
        for relay in self._relays:
            relay.end()
