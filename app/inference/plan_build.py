"""Builds plans in a process of their own: it takes minutes, keeps its interpreter busy, and may crash in a driver."""

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, cast

from app.takes.lock import try_lock
from engines.errors import EngineUnavailable, MocapError
from engines.runtime.plan_cache import PlanCache
from engines.runtime.plans import PlanJob, run_plan_job

_LOOK_EVERY_S: Final = 0.2
_TOLD_ALL_S: Final = 0.5
_END_S: Final = 5.0

WAITING: Final = "another instance of ExPose Live is building"
"""Told while the plan is being built elsewhere."""

Progress = Callable[[str, float], None]
Work = Callable[[PlanJob, Callable[[str, float], bool]], None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuildStep:
    """How far a build is."""

    network: str
    """What is being built."""
    share: float
    """Of the present phase, in [0, 1]."""


class PlanBuilder:
    """Builds one plan after the other, each in a process of its own.

    Args:
        progress: Told what is being done and the share of it that is done, in [0, 1].
        work: What the process does; must be a function of a module.
    """

    def __init__(self, progress: Progress, work: Work = run_plan_job) -> None:
        self._progress = progress
        self._work = work
        self._is_cancelled = threading.Event()
        self._step: BuildStep | None = None

    @property
    def step(self) -> BuildStep | None:
        """How far the build is; None while none runs. From any thread."""
        return self._step

    def cancel(self) -> None:
        """End the build that runs, and begin no other; from any thread."""
        self._is_cancelled.set()

    def build(self, job: PlanJob) -> None:
        """Build a plan and put it into the cache, unless it is there.

        Two instances that want the same plan build it once: the second waits for the first.

        Raises:
            EngineUnavailable: it cannot be built or kept; the process crashed; or the build was cancelled.
        """
        context = multiprocessing.get_context(
            "spawn"
        )  # forking beside threads, or after CUDA began, hangs
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(
            target=_build, args=(job, self._work, theirs), name="plan build", daemon=True
        )
        process.start()
        theirs.close()
        try:
            error = self._follow(ours, job.network.stem)
        finally:
            self._step = None
            ours.close()
            _end(process)
        if self._is_cancelled.is_set():
            raise EngineUnavailable(f"{job.network.name}: building was cancelled")
        if error is not None:
            raise EngineUnavailable(error or _crash(job, process.exitcode))

    def _follow(self, messages: "Connection[object, object]", network: str) -> str | None:
        """Pass on what the process tells until it ends; return its error, empty where it could tell none."""
        self._step = BuildStep(network, 0.0)
        while not self._is_cancelled.is_set():
            if not messages.poll(_LOOK_EVERY_S):
                continue
            try:
                message = messages.recv()
            except EOFError:
                return ""
            if message is None or isinstance(message, str):
                return message
            what, share = cast(tuple[str, float], message)
            self._step = BuildStep(network, share)
            self._progress(what, share)
        return None


def _end(process: "multiprocessing.process.BaseProcess") -> None:
    """Let a process end that has told its last; end one that was cancelled."""
    process.join(_TOLD_ALL_S)
    if process.is_alive():
        process.terminate()
        process.join(_END_S)
    if process.is_alive():
        process.kill()
        process.join()


def _crash(job: PlanJob, exit_code: int | None) -> str:
    return (
        f"{job.network.name}: building for {job.library} crashed (exit code {exit_code}); "
        "update the driver, or use --device cpu"
    )


def _build(job: PlanJob, work: Work, messages: "Connection[object, object]") -> None:
    """Build in this process; tell (what, share) while at it, None at the end, or the error."""

    def send(message: object) -> bool:
        """Return whether somebody still listens: not after a cancelled build, or the end of the app."""
        try:
            messages.send(message)
        except OSError:
            return False
        return True

    try:
        with _only_one(job, lambda what, share: send((what, share))):
            work(job, lambda what, share: send((what, share)))
    except MocapError as error:
        send(str(error))
    else:
        send(None)


@contextmanager
def _only_one(job: PlanJob, tell: Callable[[str, float], bool]) -> Iterator[None]:
    """Hold the plan's lock; the system frees it also where this process crashes."""
    path: Path = PlanCache(job.folder).lock_path(job.key)
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            while not try_lock(file):
                if not tell(WAITING, 0.0):
                    raise EngineUnavailable(f"{job.network.name}: nobody waits for it any more")
                time.sleep(_LOOK_EVERY_S)
            yield
    except OSError as error:
        raise EngineUnavailable(
            f"{job.folder}: plans cannot be kept there ({error.strerror}); make the folder writable"
        ) from error
