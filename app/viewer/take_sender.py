"""Sends a take that is played to the receivers, in place of the camera. No widget here."""

from collections.abc import Callable, Sequence
from functools import partial

from PyQt5.QtCore import QObject

from app.pipeline.packet import Packet
from app.pipeline.protocols import Sink
from app.sinks.catalog import create_sink
from app.viewer.background import Background
from engines.errors import MocapError


class TakeSender:
    """Owns the sinks while a take is sent. The sinks live on one worker thread; the methods are the window's."""

    def __init__(self, failed: Callable[[str], None], parent: QObject) -> None:
        """Tell `failed` in one line why a receiver cannot be sent to; all sending has ended then."""
        self._failed = failed
        self._background = Background("take-sender", parent)
        self._sinks: list[Sink] = []  # of the worker thread
        self._is_busy = False
        self.is_on = False
        """Packets are sent."""

    def start(self, targets: Sequence[str]) -> None:
        """Open the sinks of some TARGETs."""
        self.is_on = True
        self._background.run(partial(self._open, targets), _nothing, self._fail)

    def send(self, packet: Packet) -> None:
        """Send a packet, unless the one before is still on its way: the next comes soon."""
        if self.is_on and not self._is_busy:
            self._is_busy = True
            self._background.run(partial(self._consume, packet), self._sent, self._fail)

    def stop(self) -> None:
        """Close the sinks."""
        if self.is_on:
            self.is_on = False
            self._background.run(self._close, _nothing, self._fail)

    def shut_down(self) -> None:
        """Close the sinks and end the thread."""
        self.stop()
        self._background.shut_down()

    def _open(self, targets: Sequence[str]) -> None:
        for text in targets:
            sink = create_sink(text)
            sink.open()
            self._sinks.append(sink)

    def _consume(self, packet: Packet) -> None:
        for sink in self._sinks:
            sink.consume(packet)

    def _close(self) -> None:
        sinks, self._sinks = self._sinks, []
        for sink in sinks:
            sink.close()

    def _sent(self, _result: None) -> None:
        self._is_busy = False

    def _fail(self, error: MocapError) -> None:
        self._is_busy = False
        if self.is_on:
            self.stop()
            self._failed(str(error))


def _nothing(_result: None) -> None:
    """It is open, or closed."""
