"""Running a session from a terminal: progress while it runs, one line a stage at its end."""

import math
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from app.pipeline.stats import PipelineStats
from app.session import Session
from app.sinks.pace import NetworkSink

_LOOK_EVERY_S = 0.1


def run_to_the_end(session: Session, *, duration_s: float | None = None) -> bool:
    """Start a session, show its progress, and stop it at its end, after `duration_s`, or at Ctrl-C.

    Returns:
        Whether it came to its end, and was not interrupted.
    """
    pipeline = session.pipeline
    deadline = math.inf if duration_s is None else time.monotonic() + duration_s
    finished = True
    pipeline.start()
    try:
        with _progress(session) as bar:
            while not pipeline.wait(_LOOK_EVERY_S):
                _show(bar, pipeline.stats())
                if time.monotonic() > deadline:
                    break
            _show(bar, pipeline.stats())
    except KeyboardInterrupt:
        finished = False
    finally:
        pipeline.stop()
    return finished


def stage_lines(stats: PipelineStats) -> Iterator[str]:
    """Give one line a stage, and one for the whole way."""
    for stage in stats.stages:
        yield (
            f"{stage.name:<9} {stage.frames:>6} frames {stage.dropped:>5} dropped   "
            f"median {stage.median_ms:6.1f} ms   p95 {stage.p95_ms:6.1f} ms   cpu {stage.cpu_ms:5.1f} ms"
        )
    yield (
        f"{'whole way':<9} {stats.published:>6} frames {stats.dropped:>5} dropped   "
        f"{stats.fps:.1f} fps   capture to publish: median {stats.age_p50_ms:.1f} ms, "
        f"p95 {stats.age_p95_ms:.1f} ms"
    )


def target_lines(sinks: Iterable[NetworkSink]) -> Iterator[str]:
    """Give one line a target: what became of what was sent."""
    for sink in sinks:
        status = sink.status
        state = "ok" if status.problem is None else status.problem
        yield f"{sink.name}: {state}; {status.sent} sent, {status.failed} lost"


@contextmanager
def _progress(session: Session) -> Iterator["tqdm[None]"]:
    # a bar on a terminal; in a log file only its last state
    interval_s = 0.1 if sys.stderr.isatty() else 3600.0
    with tqdm(
        total=session.frame_count, unit="frame", file=sys.stderr, mininterval=interval_s
    ) as bar:
        yield bar


def _show(bar: "tqdm[None]", stats: PipelineStats) -> None:
    postfix = f"age {stats.age_p50_ms:.0f} ms, {stats.dropped} dropped"
    bar.set_postfix_str(postfix, refresh=False)
    bar.update(stats.published - bar.n)
