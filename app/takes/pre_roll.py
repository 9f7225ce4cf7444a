"""What came before the recording was started."""

from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np

from app.pipeline.packet import Packet

_NO_PICTURE: Final = np.zeros((0, 0, 3), np.uint8)


class PreRoll:
    """Keeps the last seconds of packets, without their pictures, until they are asked for."""

    def __init__(self, length_s: float) -> None:
        """Keep so many seconds; 0 keeps nothing."""
        self._length_ns = round(length_s * 1e9)
        self._packets: deque[Packet] = deque()

    def add(self, packet: Packet) -> None:
        """Keep a packet, and let go of those that have become too old; time that runs backwards begins anew."""
        now_ns = packet.frame.timestamp_ns
        if self._packets and self._packets[-1].frame.timestamp_ns >= now_ns:
            self._packets.clear()
        if self._length_ns > 0:
            frame = replace(packet.frame, image=_NO_PICTURE)
            self._packets.append(replace(packet, frame=frame, detections=()))
        while self._packets and self._packets[0].frame.timestamp_ns < now_ns - self._length_ns:
            self._packets.popleft()

    def take(self) -> list[Packet]:
        """Return what is kept, oldest first, and keep it no longer."""
        packets = list(self._packets)
        self._packets.clear()
        return packets
