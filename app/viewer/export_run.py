"""Runs exports beside the window: second passes first, then all files, in processes of their own."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QObject, pyqtSignal

from app.export.batch import ExportJob, ExportOutcome, export_all
from app.takes.refine import refine_take
from app.takes.watch import Cancelled, Watch
from app.viewer.background import Background
from app.viewer.export_plan import ExportChoices, jobs_for, needs_refining, refined_path
from engines.errors import MocapError

_REFINED: Final = 0.4
"""Share of the work that second passes are, where some are to be made."""

RunJobs = Callable[[Sequence[ExportJob], int, Watch], Iterator[ExportOutcome]]


def run_in_processes(
    jobs: Sequence[ExportJob], workers: int, watch: Watch
) -> Iterator[ExportOutcome]:
    """Run jobs as `export_all` does."""
    return export_all(jobs, workers, watch=watch)


class ExportRun(QObject):
    """One export at a time. All methods are for the window's thread."""

    progressed = pyqtSignal(float)
    """The share that is done, from 0 to 1."""
    job_done = pyqtSignal(int, object)
    """The number of a job, and its `ExportOutcome`."""
    ended = pyqtSignal()
    """All jobs are done, failed or cancelled."""

    def __init__(self, parent: QObject | None = None, *, run_jobs: RunJobs = run_in_processes):
        """Export with `run_jobs`."""
        super().__init__(parent)
        self._run_jobs = run_jobs
        self._background = Background("export", self)
        self._cancelled = threading.Event()
        self.is_running = False
        """Jobs are on their way."""

    def start(
        self, takes: Sequence[Path], choices: ExportChoices, *, spares_machine: bool
    ) -> tuple[ExportJob, ...]:
        """Begin, and return the jobs in the order of their numbers.

        Args:
            takes: What to export.
            choices: How.
            spares_machine: Something else needs it, too: one file at a time.
        """
        jobs = jobs_for(takes, choices)
        cpus = os.cpu_count() or 1
        workers = 1 if spares_machine else max(1, cpus - 1)
        self._cancelled.clear()
        self.is_running = True
        unrefined = [take for take in takes if choices.refines and needs_refining(take)]
        work = partial(self._work_to_an_end, unrefined, jobs, workers)
        self._background.run(work, _nothing, _nothing)
        return jobs

    def cancel(self) -> None:
        """End it soon; files that are written stay."""
        self._cancelled.set()

    def shut_down(self) -> None:
        """Cancel, and wait for the end."""
        self.cancel()
        self._background.shut_down()

    def _end(self) -> None:
        self.is_running = False
        self.ended.emit()

    # ---- on the worker thread

    def _work_to_an_end(
        self, unrefined: Sequence[Path], jobs: Sequence[ExportJob], workers: int
    ) -> None:
        """Do it, and tell of the end even where a mistake of our own, which is shown, was the reason."""
        try:
            self._work(unrefined, jobs, workers)
        finally:
            self._background.call(self._end)

    def _work(self, unrefined: Sequence[Path], jobs: Sequence[ExportJob], workers: int) -> None:
        watch = Watch(self._report, self._cancelled.is_set)
        begun = _REFINED if unrefined else 0.0
        problems = self._refine(unrefined, watch.between(0.0, begun))
        able = []
        for job in jobs:
            error = problems.get(job.take)
            if error is None and not self._cancelled.is_set():
                able.append(job)
            elif error is None or isinstance(error, Cancelled):
                self._tell(jobs.index(job), ExportOutcome(job, cancelled=True))
            else:
                self._tell(jobs.index(job), ExportOutcome(job, error=str(error)))
        if able:
            for outcome in self._run_jobs(able, workers, watch.between(begun, 1.0)):
                self._tell(jobs.index(outcome.job), outcome)

    def _refine(self, takes: Sequence[Path], watch: Watch) -> dict[Path, MocapError]:
        """Make second passes; return for those that there are none of, why."""
        problems: dict[Path, MocapError] = {}
        for number, take in enumerate(takes):
            piece = watch.between(number / len(takes), (number + 1) / len(takes))
            try:
                refine_take(take, watch=piece)
            except MocapError as error:
                problems[refined_path(take)] = error
        return problems

    def _report(self, share: float) -> None:
        self._background.call(partial(self.progressed.emit, share))

    def _tell(self, number: int, outcome: ExportOutcome) -> None:
        self._background.call(partial(self.job_done.emit, number, outcome))


def _nothing(_result: object) -> None:
    """The end is told apart."""
