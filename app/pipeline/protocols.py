"""The roles in a pipeline. Each is opened, used and closed on one thread; a `prompt` sink is used on another."""

from typing import Literal, Protocol

from app.pipeline.packet import Packet
from engines.types import Frame

Delivery = Literal["prompt", "newest", "every"]
"""Whether a sink gets only the newest packet, or every one. `prompt`: the newest, as its `consume` never waits, not for
a lock, a disk or a name server; all such sinks share a thread."""


class Source(Protocol):
    """Gives frames."""

    @property
    def is_live(self) -> bool:
        """Frames come at their own time and may be dropped; a file waits and drops none."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def frame_count(self) -> int | None:
        """Number of frames, where known before reading (files); None otherwise."""

    def open(self) -> None:
        """Open the device or file. Raises `CaptureError`, or `SourceNotFound` for a wrong name."""

    def read(self) -> Frame | None:
        """Wait for the next frame and return it; None at the end. Raises `CaptureError`."""

    def close(self) -> None:
        """Free the device. May be called twice; may be called from another thread to end a read."""


class Stage(Protocol):
    """A function of one packet."""

    @property
    def name(self) -> str:
        """Key of its spans and statistics."""

    def open(self) -> None:
        """Load and warm up."""

    def process(self, packet: Packet) -> Packet:
        """Return the packet with this stage's part added. Raises `SkipFrame` to drop this one."""

    def close(self) -> None:
        """Free everything; may be called twice."""


class Sink(Protocol):
    """Consumes published packets."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def delivery(self) -> Delivery:
        """How packets reach it."""

    def open(self) -> None:
        """Open files or sockets. Raises `SinkError`."""

    def consume(self, packet: Packet) -> None:
        """Use one packet. Raises `SinkError` when it cannot go on."""

    def close(self) -> None:
        """Finish writing and free everything; may be called twice."""
