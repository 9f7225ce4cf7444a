"""What the pipeline measures about itself, in bounded memory."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from app.pipeline.protocols import Delivery

_RECENT_TIMES: Final = 1024
"""Packets that medians and percentiles look back on."""
_RECENT_RATE: Final = 120
"""Packets that rates look back on, at most."""
_RATE_WINDOW_NS: Final = 3_000_000_000
"""Time that rates look back on: what was slow at the start is not so now."""

SinkState = Literal["waiting", "running", "failed", "closed"]
"""`waiting` until it is open."""


@dataclass(frozen=True, slots=True)
class StageStats:
    """One stage so far; the first, `capture`, is the source."""

    name: str
    """Name of the stage."""
    frames: int
    """Packets it finished."""
    skipped: int
    """Packets it gave up with `SkipFrame`."""
    dropped: int
    """Packets that newer ones replaced before it could take them; for `capture`, frames that the source left out."""
    median_ms: float
    """Median time for one of the recent packets, for `capture` with the wait for the frame; 0 before the first."""
    p95_ms: float
    """95th percentile of that time."""
    cpu_ms: float
    """Mean time for one packet that its thread really computed; less than the median where it waits or is waited on."""


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """One sink so far."""

    name: str
    """Name of the sink."""
    delivery: Delivery
    """How packets reach it."""
    state: SinkState
    """What it does now."""
    error: str | None
    """Why it failed; None for a sink that did not."""
    consumed: int
    """Packets it took."""
    dropped: int
    """Packets that newer ones replaced before it could take them: normal for `newest`, a loss for `every`."""


@dataclass(frozen=True, slots=True)
class PipelineStats:
    """A snapshot of the whole pipeline."""

    stages: tuple[StageStats, ...]
    """The source and the stages, in order."""
    sinks: tuple[SinkStatus, ...]
    """The sinks, in the order they were added."""
    published: int
    """Packets that went through all stages."""
    capture_fps: float
    """Recent rate of frames from the source; 0 before the second."""
    fps: float
    """Recent rate of published packets."""
    age_p50_ms: float
    """Median of the recent ages from capture to publication; 0 before the first packet."""
    age_p95_ms: float
    """95th percentile of those ages."""

    @property
    def dropped(self) -> int:
        """Frames that were captured, or should have been, and never published."""
        return sum(stage.dropped + stage.skipped for stage in self.stages)


class Meter:
    """Counts packets of one stage and keeps the recent times. Fed by one thread, read by any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames = 0
        self._skipped = 0
        self._cpu_ns = 0
        self._spent_ns: deque[int] = deque(maxlen=_RECENT_TIMES)
        self._ended_ns: deque[int] = deque(maxlen=_RECENT_RATE)

    @property
    def frames(self) -> int:
        """Packets finished."""
        return self._frames

    @property
    def skipped(self) -> int:
        """Packets given up."""
        return self._skipped

    def add(self, spent_ns: int, *, ended_ns: int, cpu_ns: int = 0) -> None:
        """Count one packet: how long it took, when that ended, and how much of it was computed."""
        with self._lock:
            self._frames += 1
            self._cpu_ns += cpu_ns
            self._spent_ns.append(spent_ns)
            self._ended_ns.append(ended_ns)

    def skip(self) -> None:
        """Count one packet given up."""
        with self._lock:
            self._skipped += 1

    def percentiles_ms(self) -> tuple[float, float]:
        """Return median and 95th percentile of the recent times; 0 before the first."""
        with self._lock:
            spent_ns = list(self._spent_ns)
        if not spent_ns:
            return 0.0, 0.0
        median, p95 = np.percentile(spent_ns, (50, 95))
        return float(median) * 1e-6, float(p95) * 1e-6

    def rate_hz(self) -> float:
        """Return the recent rate; 0 before the second packet."""
        with self._lock:
            ended_ns = list(self._ended_ns)
        if len(ended_ns) < 2:
            return 0.0
        recent = [each for each in ended_ns if each >= ended_ns[-1] - _RATE_WINDOW_NS]
        first_ns, count = (recent[0], len(recent)) if len(recent) > 1 else (ended_ns[-2], 2)
        elapsed_ns = ended_ns[-1] - first_ns
        return 1e9 * (count - 1) / elapsed_ns if elapsed_ns > 0 else 0.0

    def stats(self, name: str, *, dropped: int) -> StageStats:
        """Return a snapshot under a stage's name."""
        median_ms, p95_ms = self.percentiles_ms()
        with self._lock:
            frames, skipped, cpu_ns = self._frames, self._skipped, self._cpu_ns
        cpu_ms = cpu_ns * 1e-6 / frames if frames else 0.0
        return StageStats(name, frames, skipped, dropped, median_ms, p95_ms, cpu_ms)
