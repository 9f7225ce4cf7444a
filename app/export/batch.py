"""Many exports at once, in processes of their own."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

from app.export.catalog import export_take
from app.export.options import ExportOptions
from app.takes.load import load_take
from app.takes.watch import Cancelled, Watch
from engines.errors import MocapError

_LOOK_EVERY_S: Final = 0.1
"""Time between two looks at how far the processes are, and whether to stop them."""
_LOADED: Final = 0.05
"""Share of a job that is done when the take is loaded."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """One take in one format."""

    take: Path
    """The take."""
    format_name: str
    """A key of `EXPORTERS`."""
    options: ExportOptions
    """How."""
    output: Path | None = None
    """Where to; beside the take, where not given."""

    def run(self, watch: Watch | None = None) -> Path:
        """Write the file and return it. Raises `MocapError`, of it `Cancelled` where the watch ends it."""
        watch = watch or Watch()
        watch.reached(0.0)
        take = load_take(self.take)
        rest = watch.between(_LOADED, 1.0)
        return export_take(take, self.format_name, self.options, output=self.output, watch=rest)


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What became of a job."""

    job: ExportJob
    """The job."""
    path: Path | None = None
    """The file written."""
    error: str | None = None
    """Why there is none."""
    cancelled: bool = False
    """There is none because the user ended it."""


@dataclass(slots=True)
class _Shared:
    """What the processes of a pool share with the one that started them."""

    shares: "SynchronizedArray[float]"
    """How far each job is, from 0 to 1."""
    is_cancelled: Event
    """All are to stop."""


_shared: _Shared | None = None
"""Of the pool that this process belongs to."""


def export_all(
    jobs: Sequence[ExportJob], workers: int | None = None, *, watch: Watch | None = None
) -> Iterator[ExportOutcome]:
    """Run jobs in parallel and give each outcome as it comes; a job that fails stops no other.

    Args:
        jobs: What to do.
        workers: Processes; as many as there are processors, where not given.
        watch: Is told how far all jobs together are, and can end them: the outcomes of those not done are
            `cancelled`. Its functions are called on the thread that asks for outcomes.
    """
    watch = watch or Watch()
    count = min(workers or os.cpu_count() or 1, len(jobs))
    # a forked process would inherit locks held by threads it does not have
    context = multiprocessing.get_context("spawn")
    shared = _Shared(context.Array("d", len(jobs)), context.Event())
    with ProcessPoolExecutor(
        count, context, initializer=_join_pool, initargs=(shared.shares, shared.is_cancelled)
    ) as pool:
        job_of_future = {pool.submit(_run, job, k): job for k, job in enumerate(jobs)}
        pending = set(job_of_future)
        try:
            while pending:
                done, pending = wait(pending, _LOOK_EVERY_S, FIRST_COMPLETED)
                for future in done:
                    yield _outcome(job_of_future[future], future)
                _look(watch, shared, pending)
        finally:
            shared.is_cancelled.set()  # also where nobody asks for the rest


def _look(watch: Watch, shared: _Shared, pending: "set[Future[Path]]") -> None:
    """Tell the watch how far all jobs are, and tell the jobs what the watch wants."""
    watch.report(sum(shared.shares[:]) / len(shared.shares))
    if watch.is_cancelled():
        shared.is_cancelled.set()
        for future in pending:
            future.cancel()


def _join_pool(shares: "SynchronizedArray[float]", is_cancelled: Event) -> None:
    global _shared
    # Ctrl-C reaches all of a terminal; whoever started this process ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared = _Shared(shares, is_cancelled)


def _run(job: ExportJob, number: int) -> Path:
    """Run a job in a process of the pool."""
    shared = _shared
    if shared is None:
        raise RuntimeError("this process belongs to no pool")

    def report(share: float) -> None:
        shared.shares[number] = share

    try:
        return job.run(Watch(report, shared.is_cancelled.is_set))
    finally:
        report(1.0)


def _outcome(job: ExportJob, future: "Future[Path]") -> ExportOutcome:
    try:
        return ExportOutcome(job, path=future.result())
    except (Cancelled, CancelledError):
        return ExportOutcome(job, cancelled=True)
    except (MocapError, OSError) as error:
        return ExportOutcome(job, error=str(error))
    except BrokenProcessPool:
        reason = f"{job.take}: the export's process died, for want of memory perhaps; try --jobs 1"
        return ExportOutcome(job, error=reason)
