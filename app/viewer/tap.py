"""Takes the newest packet out of the pipeline for the window, and never makes it wait. No Qt here."""

import threading
from collections.abc import Callable
from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery


class PacketTap:
    """A sink that keeps the newest packet until somebody takes it; one call tells of any number of packets."""

    name: Final = "window"
    delivery: Final[Delivery] = "newest"

    def __init__(self, on_packet: Callable[[], None]) -> None:
        """Call `on_packet`, on the thread that brings the packet, when there is one and none was waiting."""
        self._on_packet = on_packet
        self._lock = threading.Lock()
        self._packet: Packet | None = None
        self.is_closed = False
        """Nothing is taken from the pipeline: something else is shown."""

    def open(self) -> None:
        """Nothing to open."""

    def consume(self, packet: Packet) -> None:
        """Keep a packet of the pipeline."""
        if not self.is_closed:
            self.keep(packet)

    def keep(self, packet: Packet) -> None:
        """Keep the packet, from any thread."""
        with self._lock:
            was_empty = self._packet is None
            self._packet = packet
        if was_empty:
            self._on_packet()

    def take(self) -> Packet | None:
        """Return the newest packet, once; None where there is none since the last call."""
        with self._lock:
            packet, self._packet = self._packet, None
        return packet

    def close(self) -> None:
        """Nothing to free: the last packet may still be shown."""
