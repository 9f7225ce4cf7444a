"""One run of training: as many minutes as there are, a checkpoint every minute, and what it says meanwhile."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Protocol

import torch
from torch import Tensor, nn

from training.expose.losses import Found, total
from training.loop import Loop, LoopOptions
from training.render.batch import RenderedBatch

SAVE_EVERY_S: Final = 60.0
_TELL_EVERY_S: Final = 10.0

Pictures = Callable[[int], RenderedBatch]
"""Number of a step -> its batch, always the same."""


def tell(line: str) -> None:
    """Write a line of the log."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


class Trained(Protocol):
    """A task, see `training.expose.tasks` and `training.expose.joint`."""

    trained: nn.ModuleDict
    """What is trained."""

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name."""

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return what the network says of unvaried crops, and what is true."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a run ends."""

    minutes: float = 25.0
    """Wall-clock time, with all that belongs to it."""
    steps: int | None = None
    """Steps of this run; unset: as many as fit."""


class Session:
    """A task that is trained in runs.

    Args:
        task: What is trained, to what.
        pictures: Gives the batches.
        options: Steps in all, rates, seed.
        checkpoint: File that is written and gone on from.
        told: Given each line of the log.
    """

    def __init__(
        self,
        task: Trained,
        pictures: Pictures,
        options: LoopOptions,
        checkpoint: Path,
        told: Callable[[str], None] = tell,
    ) -> None:
        self.task = task
        """What is trained."""
        self._pictures, self._checkpoint = pictures, checkpoint
        self._options, self._told = options, told
        self._terms: dict[str, Tensor] = {}
        self.loop = Loop(task.trained, self._losses, options)
        """Trains."""
        if checkpoint.is_file():
            self.loop.load(checkpoint)
            self._told(f"{checkpoint}: going on at step {self.loop.step}")

    def run(self, limits: Limits, started: float | None = None) -> bool:
        """Train until a limit, the last step or an interrupt; return whether all steps are done.

        Args:
            limits: When to end.
            started: `time.monotonic()` that the minutes count from; now when None.
        """
        started = time.monotonic() if started is None else started
        first = self.loop.step
        watch = _Watch(started, first)
        until = self._options.steps if limits.steps is None else first + limits.steps

        def after_step(step: int, loss: Tensor) -> bool:
            now = time.monotonic()
            if now - watch.told > _TELL_EVERY_S or step == until:
                self._told(self._line(step, loss, watch.pace(step, now)))
                watch.told = now
            if now - watch.saved > SAVE_EVERY_S:
                self.loop.save(self._checkpoint)
                watch.saved = now
            return now - started < 60 * limits.minutes and not stop.is_asked

        with _interruptible() as stop:
            self.loop.run(until, after_step)
        self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
        self.loop.save(self._checkpoint)
        done, of = self.loop.step, self._options.steps
        why = "interrupted, " if stop.is_asked else ""
        self._told(f"{why}{done - first} steps in this run, {done} of {of}: {self._checkpoint}")
        return done >= of

    def _losses(self, step: int, generator: torch.Generator) -> Tensor:
        terms = self.task.losses(self._pictures(step), generator)
        self._terms = {name: value.detach() for name, value in terms.items()}
        return total(terms)

    def _line(self, step: int, loss: Tensor, pace: float) -> str:
        parts = " ".join(f"{name} {float(value):.3f}" for name, value in self._terms.items())
        return f"step {step}/{self._options.steps} {pace:.2f}/s loss {float(loss):.3f} ({parts})"


class _Watch:
    """When things were last done, and how fast it goes."""

    def __init__(self, started: float, step: int) -> None:
        self.told = self.saved = started
        self._began, self._first = time.monotonic(), step

    def pace(self, step: int, now: float) -> float:
        """Return steps a second."""
        return (step - self._first) / max(now - self._began, 1e-9)


class _Stop:
    """Whether somebody asked for an end."""

    is_asked = False


@contextmanager
def _interruptible() -> Iterator[_Stop]:
    """Let the step in work end before Ctrl-C or a termination ends the run; a second one ends it at once."""
    stop = _Stop()

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.is_asked = True
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
