"""A source and a stage at work: counted, timed, with errors that say where they happened. No threads here."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.pipeline.packet import Packet, Span
from app.pipeline.protocols import Source, Stage
from app.pipeline.stats import Meter, StageStats
from app.pipeline.workers import guard
from engines.errors import CaptureError, SkipFrame, StageError

ClockNs = Callable[[], int]
"""A clock like `time.perf_counter_ns`."""


class _Stopwatch:
    """Times one piece of work on one thread."""

    def __init__(self, clock_ns: ClockNs) -> None:
        self._clock_ns = clock_ns
        self._cpu_ns = time.thread_time_ns()
        self.start_ns = clock_ns()

    def stop(self, meter: Meter) -> int:
        """Add the work to a meter and return when it ended."""
        end_ns = self._clock_ns()
        cpu_ns = time.thread_time_ns() - self._cpu_ns
        meter.add(end_ns - self.start_ns, ended_ns=end_ns, cpu_ns=cpu_ns)
        return end_ns


class SourceRunner:
    """Reads a source, up to a number of frames."""

    def __init__(self, source: Source, max_frames: int | None, clock_ns: ClockNs) -> None:
        self.what: Final = f"source {source.name}"
        """Name for people."""
        self.meter: Final = Meter()
        """Times of `read`, with the wait for the frame."""
        self.max_frames = max_frames
        """Where to stop; None for the end of the source."""
        self._source = source
        self._clock_ns = clock_ns
        self._first_index: int | None = None
        self._last_index = -1

    def open(self) -> None:
        """Open the source."""
        with guard(self.what, CaptureError):
            self._source.open()

    def read(self) -> Packet | None:
        """Return the next frame in a packet of its own; None at the end."""
        while self.max_frames is None or self.meter.frames < self.max_frames:
            watch = _Stopwatch(self._clock_ns)
            with guard(self.what, CaptureError):
                try:
                    frame = self._source.read()
                except SkipFrame:
                    self.meter.skip()
                    continue
            if frame is None:
                return None
            watch.stop(self.meter)
            if self._first_index is None:
                self._first_index = frame.index
            self._last_index = frame.index
            return Packet(frame)
        return None

    def close(self) -> None:
        """Close the source; from another thread, to end a read."""
        with guard(self.what, CaptureError):
            self._source.close()

    def stats(self) -> StageStats:
        """Return a snapshot; numbers missing among the frames' indices count as dropped, unless they were skipped."""
        passed = 0 if self._first_index is None else self._last_index - self._first_index + 1
        missing = passed - self.meter.frames - self.meter.skipped
        return self.meter.stats("capture", dropped=max(0, missing))


class StageRunner:
    """Runs a stage."""

    def __init__(self, stage: Stage, clock_ns: ClockNs) -> None:
        self.what: Final = f"stage {stage.name}"
        """Name for people."""
        self._stage = stage
        self._clock_ns = clock_ns
        self._meter = Meter()

    def open(self) -> None:
        """Open the stage."""
        with guard(self.what, StageError):
            self._stage.open()

    def process(self, packet: Packet) -> Packet | None:
        """Return the packet with this stage's part and its span; None where the stage gave it up."""
        watch = _Stopwatch(self._clock_ns)
        with guard(f"{self.what} at frame {packet.frame.index}", StageError):
            try:
                result = self._stage.process(packet)
            except SkipFrame:
                self._meter.skip()
                return None
        end_ns = watch.stop(self._meter)
        span = Span(self._stage.name, watch.start_ns, end_ns)
        return replace(result, spans=(*result.spans, span))

    def close(self) -> None:
        """Close the stage."""
        with guard(self.what, StageError):
            self._stage.close()

    def stats(self, *, dropped: int) -> StageStats:
        """Return a snapshot; `dropped` are packets replaced before they came here."""
        return self._meter.stats(self._stage.name, dropped=dropped)
