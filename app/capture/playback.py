"""Recordings that behave like cameras: at their own speed, or without an end."""

import dataclasses
import threading
import time
from collections.abc import Callable

from app.pipeline.protocols import Source
from engines.types import Frame

_TOLERATED_LAG_NS = 50_000_000
_USUAL_PERIOD_NS = 33_333_333


class Pacer:
    """The clock of a recording that plays at its own speed."""

    def __init__(self) -> None:
        self._start_ns: int | None = None

    def wait_s(self, timestamp_ns: int, now_ns: int) -> float:
        """Return how long it is until a picture is due; 0 when it is late.

        The first picture starts the clock. Decoding that cannot keep up sets it back: the recording then plays slower,
        as from a camera with a lower rate, instead of falling ever further behind.
        """
        if self._start_ns is None:
            self._start_ns = now_ns - timestamp_ns
        ahead_ns = self._start_ns + timestamp_ns - now_ns
        if ahead_ns < -_TOLERATED_LAG_NS:
            self._start_ns -= ahead_ns
        return max(ahead_ns, 0) / 1e9

    def is_past(self, timestamp_ns: int, now_ns: int) -> bool:
        """Return whether a picture was due before `now_ns` by more than a small lag."""
        if self._start_ns is None:
            return False
        return self._start_ns + timestamp_ns < now_ns - _TOLERATED_LAG_NS


class PacedSource:
    """A recording at its own speed: each frame comes when it is due, and a slow reader misses some.

    `timestamp_ns` stays the recording's own time; `captured_ns` is when the frame was handed out.
    """

    is_live = True

    def __init__(self, source: Source, clock_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self._source = source
        self._clock_ns = clock_ns
        self._pacer = Pacer()
        self._closing = threading.Event()

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._source.name

    @property
    def frame_count(self) -> int | None:
        """Number of frames of the recording, where known."""
        return self._source.frame_count

    def open(self) -> None:
        """Open the recording; its clock starts with the first read."""
        self._source.open()
        self._pacer = Pacer()
        self._closing.clear()

    def read(self) -> Frame | None:
        """Wait until the next frame is due and return it; leave out those that were due before the call."""
        called_ns = self._clock_ns()
        frame = self._source.read()
        while frame is not None and self._pacer.is_past(frame.timestamp_ns, called_ns):
            frame = self._source.read()
        if frame is None:
            return None
        wait_s = self._pacer.wait_s(frame.timestamp_ns, self._clock_ns())
        if wait_s > 0 and self._closing.wait(wait_s):
            return None
        return dataclasses.replace(frame, captured_ns=self._clock_ns())

    def close(self) -> None:
        """End a waiting read and close the recording."""
        self._closing.set()
        self._source.close()


class LoopedSource:
    """A recording that begins anew at its end; frame numbers and time stamps go on rising."""

    frame_count: int | None = None

    def __init__(self, source: Source) -> None:
        self._source = source
        self._turning = threading.Lock()  # closing must not fall between closing and opening anew
        self._is_closed = False
        self._base_index = 0
        self._base_ns = 0
        self._last: Frame | None = None
        self._period_ns = _USUAL_PERIOD_NS

    @property
    def is_live(self) -> bool:
        """As the recording."""
        return self._source.is_live

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._source.name

    def open(self) -> None:
        """Open the recording."""
        self._source.open()
        self._is_closed = False

    def read(self) -> Frame | None:
        """Return the next frame; None once closed."""
        frame = self._source.read()
        if frame is None and self._begin_anew():
            frame = self._source.read()
        if frame is None:
            return None
        if self._last is not None:
            self._period_ns = frame.timestamp_ns - self._last.timestamp_ns
        self._last = frame
        return dataclasses.replace(
            frame,
            index=self._base_index + frame.index,
            timestamp_ns=self._base_ns + frame.timestamp_ns,
        )

    def close(self) -> None:
        """Close the recording."""
        with self._turning:
            self._is_closed = True
            self._source.close()

    def _begin_anew(self) -> bool:
        with self._turning:
            if self._is_closed or self._last is None:
                return False
            self._source.close()
            self._source.open()
        self._base_index += self._last.index + 1
        self._base_ns += self._last.timestamp_ns + self._period_ns
        self._last = None
        return True
