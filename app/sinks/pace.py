"""How often a target is sent to: `rate=30` leaves frames out, `rate=60&retime=yes` makes even ones in between."""

import threading
import time
from dataclasses import dataclass
from typing import Final, Protocol

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery, Sink
from app.pipeline.workers import guard
from app.sinks.rate import RateCap
from app.sinks.retime import Retimer
from app.sinks.target import Target
from app.sinks.tick_thread import TickThread
from app.sinks.udp import SendStatus
from engines.errors import MocapError, SinkError, UsageError

MAX_RATE_HZ: Final = 200
"""VMC receivers take no more than about 30 frames between two of their own."""

_EVEN_RATES: Final = TickThread("even rates")


class NetworkSink(Sink, Protocol):
    """A sink that sends, and knows what became of it."""

    @property
    def status(self) -> SendStatus:
        """What became of what was sent so far."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to send."""

    rate_hz: int | None = None
    """Most frames a second; None for as many as there are (`rate=native`)."""
    retime: bool = False
    """Send at exactly that rate, with frames made by interpolation, one camera frame late."""

    @classmethod
    def from_target(cls, target: Target, default: int | None) -> "Pace":
        """Return the pace of a TARGET. Raises `UsageError`."""
        text = target.options.get("rate", str(default or "native"))
        retime = target.flag("retime")
        if text == "native":
            if retime:
                raise UsageError(f"{target.text}: retime needs a rate; add rate=60")
            return cls()
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_RATE_HZ):
            raise UsageError(
                f"{target.text}: '{text}' is no rate; write native, or 1 to {MAX_RATE_HZ} frames a second"
            )
        return cls(int(text), retime)


def paced(sink: NetworkSink, pace: Pace) -> NetworkSink:
    """Return the sink, so that it sends at that pace."""
    if pace.rate_hz is None:
        return sink
    if pace.retime:
        return RetimedSink(sink, pace.rate_hz)
    return CappedSink(sink, pace.rate_hz)


class CappedSink:
    """Leaves frames out."""

    def __init__(self, sink: NetworkSink, rate_hz: int) -> None:
        self._sink = sink
        self._rate = RateCap(rate_hz)
        self.name: Final = sink.name
        """What the user calls it."""
        self.delivery: Final[Delivery] = sink.delivery

    @property
    def status(self) -> SendStatus:
        """What became of what was sent so far."""
        return self._sink.status

    def open(self) -> None:
        """Open the sink."""
        self._sink.open()

    def consume(self, packet: Packet) -> None:
        """Send one packet, unless the rate says to leave it out."""
        if self._rate.is_due(packet.frame.timestamp_ns):
            self._sink.consume(packet)

    def close(self) -> None:
        """Close the sink."""
        self._sink.close()


class RetimedSink:
    """Sends at an even rate, whatever the camera's rate is, from the thread that all such targets share."""

    delivery: Final[Delivery] = "prompt"

    def __init__(self, sink: NetworkSink, rate_hz: int) -> None:
        self._sink = sink
        self._retimer = Retimer(rate_hz)
        self._lock = threading.Lock()
        self._is_open = False
        self._error: MocapError | None = None
        self.name: Final = sink.name
        """What the user calls it."""

    @property
    def status(self) -> SendStatus:
        """What became of what was sent so far."""
        return self._sink.status

    def open(self) -> None:
        """Open the sink and start the clock."""
        self._sink.open()
        self._is_open = True
        _EVEN_RATES.add(self._tick)

    def consume(self, packet: Packet) -> None:
        """Take a packet as the newest. Raises what sending raised."""
        if self._error is not None:
            raise self._error
        if not self._is_open:
            raise SinkError(f"{self.name}: not open")
        with self._lock:
            self._retimer.push(packet, time.perf_counter_ns())

    def close(self) -> None:
        """Stop the clock and close the sink; may be called twice."""
        self._is_open = False
        _EVEN_RATES.remove(self._tick)
        self._sink.close()

    def _tick(self, now_ns: int) -> int | None:
        try:
            with guard(f"sink {self.name}", SinkError):
                with self._lock:
                    packet = self._retimer.sample(now_ns)
                    due_ns = self._retimer.due_ns(now_ns)
                if packet is not None:
                    self._sink.consume(packet)
                return due_ns
        except MocapError as error:
            self._error = error
            return None
