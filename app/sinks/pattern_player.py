"""Plays the test pattern to any sinks at an even rate, for `send-test` and the window."""

import threading
import time
from collections.abc import Callable, Sequence

from app.sinks.pace import NetworkSink
from app.sinks.test_pattern import PatternPart, PatternPerformer, part_at


class PatternPlayer:
    """Plays to sinks that are open, on the caller's thread."""

    def __init__(
        self, pattern: PatternPerformer, sinks: Sequence[NetworkSink], *, fps: int
    ) -> None:
        """Take the sinks to play to, and frames a second."""
        self._pattern = pattern
        self._sinks = tuple(sinks)
        self._fps = fps

    def play(
        self,
        stop: threading.Event,
        *,
        duration_s: float | None = None,
        on_part: Callable[[PatternPart], None] | None = None,
    ) -> None:
        """Play until told to stop, or the time is up.

        Args:
            stop: Set from anywhere, it ends the play within a frame.
            duration_s: How long at most; None for ever.
            on_part: Told of each part that begins.

        Raises:
            SinkError: a sink is not open.
        """
        self._show(0)  # the first one takes longest
        shown = None
        start = due = time.perf_counter()
        index = 1
        while duration_s is None or due < start + duration_s:
            if stop.wait(max(0.0, due - time.perf_counter())):
                return
            part, _ = part_at(index / self._fps)
            if part is not shown and on_part is not None:
                on_part(part)
            shown = part
            self._show(index)
            index += 1
            # what is late is not made up for in a burst
            due = max(due + 1 / self._fps, time.perf_counter())

    def _show(self, index: int) -> None:
        packet = self._pattern.packet(index, index / self._fps, time.perf_counter_ns())
        for sink in self._sinks:
            sink.consume(packet)
