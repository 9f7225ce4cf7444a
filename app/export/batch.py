"""Many exports at once, in processes of their own."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from app.export.catalog import export_take
from app.export.options import ExportOptions
from app.takes.load import load_take
from engines.errors import MocapError


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

    def run(self) -> Path:
        """Write the file and return it. Raises `MocapError`."""
        return export_take(load_take(self.take), self.format_name, self.options, output=self.output)


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What became of a job."""

    job: ExportJob
    """The job."""
    path: Path | None = None
    """The file written."""
    error: str | None = None
    """Why there is none."""


def export_all(jobs: Sequence[ExportJob], workers: int | None = None) -> Iterator[ExportOutcome]:
    """Run jobs in parallel and give each outcome as it comes; a job that fails stops no other.

    Args:
        jobs: What to do.
        workers: Processes; as many as there are processors, where not given.
    """
    count = min(workers or os.cpu_count() or 1, len(jobs))
    # a forked process would inherit locks held by threads it does not have
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        job_of_future = {pool.submit(job.run): job for job in jobs}
        for future in as_completed(job_of_future):
            yield _outcome(job_of_future[future], future)


def _outcome(job: ExportJob, future: "Future[Path]") -> ExportOutcome:
    try:
        return ExportOutcome(job, path=future.result())
    except (MocapError, OSError) as error:
        return ExportOutcome(job, error=str(error))
    except BrokenProcessPool:
        reason = f"{job.take}: the export's process died, for want of memory perhaps; try --jobs 1"
        return ExportOutcome(job, error=reason)
