"""The pipeline: one source, a row of stages, any number of sinks; each on its own thread, or all on the caller's."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Self

from app.pipeline.path import Path
from app.pipeline.protocols import Sink, Source, Stage
from app.pipeline.publisher import Publisher
from app.pipeline.relay import SinkRelay
from app.pipeline.runners import ClockNs, SourceRunner, StageRunner
from app.pipeline.stats import PipelineStats
from app.pipeline.workers import Deadline
from engines.errors import MocapError, SinkError

_STOP_TIMEOUT_S: Final = 10.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PipelineEvent:
    """Something the owner may want to show."""

    kind: Literal["sink_failed", "engine_changed", "ended"]
    """`ended`: no more packets come, for whatever reason; `wait` and `stop` raise it."""
    name: str
    """Name of the sink, of the engine that runs now (empty for none), or of the source."""
    error: MocapError | None = None
    """Why the sink, or the engine before this one, failed; None where a better engine took over."""


class Pipeline:
    """Runs once: `start`, `wait`, `stop`; or `with pipeline:`; or `run_inline`.

    ```
    source ─▶ link ─▶ stage ─▶ link ─▶ stage ─▶ publish ─┬▶ channel ─▶ sink
    thread            thread           thread            └▶ channel ─▶ sink, a thread each; one for all `prompt`
    ```
    """

    def __init__(
        self,
        source: Source,
        stages: Sequence[Stage],
        sinks: Sequence[Sink] = (),
        *,
        drop_frames: bool,
        max_frames: int | None = None,
        on_event: Callable[[PipelineEvent], None] | None = None,
        clock_ns: ClockNs = time.perf_counter_ns,
    ) -> None:
        """Put a pipeline together; nothing is opened yet.

        Args:
            source: Where frames come from.
            stages: What happens to them, in order.
            sinks: Where they go.
            drop_frames: Newest wins: what comes out is always fresh. Otherwise no frame is lost, and the same input
                gives the same output.
            max_frames: Frames to read from the source; None for all.
            on_event: Called on any of the pipeline's threads; must return soon and not raise.
            clock_ns: The clock of `Frame.captured_ns`.
        """
        self._drop_frames = drop_frames
        self._on_event = on_event
        self._source_name = source.name
        self._source = SourceRunner(source, max_frames, clock_ns)
        self._publisher = Publisher(clock_ns)
        self._path = Path(
            self._source,
            [StageRunner(stage, clock_ns) for stage in stages],
            drop_frames=drop_frames,
            publish=self._publisher.publish,
            on_end=self._end,
        )
        for sink in sinks:
            self._publisher.add(self._relay(sink))
        self._is_started = False
        self._error_is_raised = False

    def start(self) -> None:
        """Open everything, each on its own thread, and let the frames run.

        Raises:
            MocapError: what the source, a stage or a sink raised on opening; all is closed again then.
        """
        self._begin()
        with ExitStack() as undo:
            undo.callback(self._shut_down, _STOP_TIMEOUT_S)
            self._path.open()
            relays = self._publisher.relays
            for relay in relays:
                relay.worker.start()
            for relay in relays:
                relay.worker.wait_until_open()
            undo.pop_all()
        self._path.go()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the source has ended and all is written; return False where that takes longer.

        Raises:
            MocapError: what stopped the source or a stage; once, here or in `stop`.
        """
        if not self._is_started:
            raise RuntimeError("a pipeline that was not started has no end to wait for")
        deadline = Deadline(timeout_s)
        if not self._path.ended.wait(timeout_s):
            return False
        if self._path.error is not None:
            self._shut_down(_STOP_TIMEOUT_S)
        elif not (self._path.join(deadline) and self._join_sinks(deadline)):
            return False
        self._raise_error_once()
        return True

    def stop(self, timeout_s: float = _STOP_TIMEOUT_S) -> None:
        """End the source, let packets on their way and sinks finish, and close all. May be called again.

        What has not ended in time is left behind, with a warning.

        Raises:
            MocapError: what stopped the source or a stage; once, here or in `wait`.
        """
        if self._is_started:
            self._shut_down(timeout_s)
            self._raise_error_once()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; an error of the pipeline does not cover one from inside the block."""
        self._shut_down(_STOP_TIMEOUT_S)
        if exc is None:
            self._raise_error_once()

    def run_inline(self, max_frames: int | None = None) -> PipelineStats:
        """Run everything on this thread until the source ends, and return the statistics.

        Every sink gets every packet, `newest` ones too. `max_frames` stands in for that of the constructor.

        Raises:
            MocapError: what the source or a stage raised, or a sink on opening.
        """
        self._begin()
        if max_frames is not None:
            self._source.max_frames = max_frames
        with ExitStack() as opened:
            opened.callback(self._end)
            self._path.open_here(opened)
            for relay in self._publisher.relays:
                opened.callback(relay.close_here)
                relay.open()
            self._path.run_here(self._publisher.publish_here)
        return self.stats()

    def add_sink(self, sink: Sink) -> None:
        """Add a sink, also while the pipeline runs.

        Raises:
            SinkError: it cannot be opened, or the run has ended.
        """
        relay = self._relay(sink)
        if self._is_started:
            relay.worker.start()
            relay.worker.wait_until_open()
        if not self._publisher.add(relay):
            relay.end()
            raise SinkError(f"{relay.what}: the run has ended; start a new one")

    def remove_sink(self, sink: Sink, timeout_s: float = _STOP_TIMEOUT_S) -> None:
        """Let a sink finish and close it; nothing happens where it is not there."""
        for relay in self._publisher.relays:
            if relay.sink is sink:
                self._publisher.remove(relay)
                relay.end()
                if not relay.worker.join(timeout_s):
                    logger.warning("%s: still busy after %.0f s", relay.what, timeout_s)

    def stats(self) -> PipelineStats:
        """Return a snapshot of all that is measured; from any thread, also after the end."""
        ages = self._publisher.meter
        age_p50_ms, age_p95_ms = ages.percentiles_ms()
        return PipelineStats(
            stages=self._path.stats(),
            sinks=tuple(relay.status() for relay in self._publisher.relays),
            published=ages.frames,
            capture_fps=self._source.meter.rate_hz(),
            fps=ages.rate_hz(),
            age_p50_ms=age_p50_ms,
            age_p95_ms=age_p95_ms,
        )

    def _begin(self) -> None:
        if self._is_started:
            raise RuntimeError("a pipeline runs once; build a new one")
        self._is_started = True

    def _relay(self, sink: Sink) -> SinkRelay:
        def on_failure(error: MocapError) -> None:
            self._emit(PipelineEvent("sink_failed", sink.name, error))

        return SinkRelay(sink, drop_frames=self._drop_frames, on_failure=on_failure)

    def _end(self) -> None:
        self._publisher.close()
        self._emit(PipelineEvent("ended", self._source_name))

    def _emit(self, event: PipelineEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _shut_down(self, timeout_s: float) -> None:
        deadline = Deadline(timeout_s)
        stuck = self._path.stop(
            Deadline(timeout_s / 2)
        )  # a stuck stage leaves the sinks time to finish
        stuck += [
            relay.what
            for relay in self._publisher.relays
            if not relay.worker.join(deadline.left_s())
        ]
        if stuck:
            logger.warning("left behind after %.0f s: %s", timeout_s, ", ".join(stuck))

    def _join_sinks(self, deadline: Deadline) -> bool:
        return all(relay.worker.join(deadline.left_s()) for relay in self._publisher.relays)

    def _raise_error_once(self) -> None:
        error = self._path.error
        if error is not None and not self._error_is_raised:
            self._error_is_raised = True
            raise error
