"""Long videos are drawn in parts by two processes, which are joined without a loss."""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
from jaxtyping import Int64

from app.takes.video import join_videos
from app.takes.watch import Watch
from engines.errors import MocapError, TakeError

TWO_PROCESSES_FROM: Final = 1800
"""Pictures from which on a second process is worth its start."""
_PART: Final = 480
"""Pictures in a part: whoever is done with one takes the next, so that a late start costs little."""
_LOOK_EVERY_S: Final = 0.1
_JOINING: Final = 0.03
"""Share of the work that is left when all is drawn."""


class VideoPart(Protocol):
    """A video that is still to be drawn, or a part of it, fit for the way to another process."""

    @property
    def times_ns(self) -> Int64[np.ndarray, "M"]:
        """When each picture of it is shown in the whole video."""

    def rows(self, rows: slice) -> Self:
        """Return a part of it."""

    def write(self, path: Path, watch: Watch) -> None:
        """Write it as a video that begins at time 0, no picture out of order. Raises `TakeError` and `Cancelled`."""


def write_in_parts(whole: VideoPart, path: Path, watch: Watch) -> None:
    """Write a video, a long one with a second process.

    Raises:
        TakeError: it cannot be written.
        Cancelled: the watch ended it.
    """
    times_ns = whole.times_ns
    count = len(times_ns)
    if count < TWO_PROCESSES_FROM or (os.cpu_count() or 1) < 2:
        whole.write(path, watch)
        return
    parts = [whole.rows(slice(start, start + _PART)) for start in range(0, count, _PART)]
    files = [path.with_name(f"part{k}_{path.name}") for k in range(len(parts))]
    context = multiprocessing.get_context("spawn")  # a forked process would inherit locks
    work = _Work(parts, files, context.Value("q", 0), context.Value("q", 0))
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_draw_in_process, args=(work, theirs))
    process.start()
    theirs.close()  # or its end would not be seen here
    try:
        work.draw(watch)
        while not ours.poll(_LOOK_EVERY_S):
            watch.reached(work.share())
        _check(ours)
        join_videos(
            files, path, [int(start_ns - times_ns[0]) / 1e9 for start_ns in times_ns[::_PART]]
        )
    finally:
        process.terminate()  # there only where something failed
        process.join()


@dataclass(frozen=True, slots=True)
class _Work:
    """What two processes share."""

    parts: Sequence[VideoPart]
    files: Sequence[Path]
    taken: "Synchronized[int]"
    """Parts that somebody has begun."""
    drawn: "Synchronized[int]"
    """Pictures in parts that are done."""

    def draw(self, watch: Watch) -> None:
        """Draw parts until all are taken. Raises `TakeError` and `Cancelled`."""
        while (number := self._next()) < len(self.parts):
            part = self.parts[number]
            part.write(self.files[number], self._watch(part, watch))
            with self.drawn.get_lock():
                self.drawn.value += len(part.times_ns)

    def share(self, more: float = 0.0) -> float:
        """Return the share of the whole work that is done, with some more pictures."""
        count = sum(len(part.times_ns) for part in self.parts)
        return (1 - _JOINING) * min((self.drawn.value + more) / count, 1.0)

    def _next(self) -> int:
        with self.taken.get_lock():
            self.taken.value += 1
            return self.taken.value - 1

    def _watch(self, part: VideoPart, watch: Watch) -> Watch:
        return Watch(
            report=lambda share: watch.report(self.share(share * len(part.times_ns))),
            is_cancelled=watch.is_cancelled,
        )


def _draw_in_process(work: _Work, done: Connection) -> None:
    # Ctrl-C reaches all of a terminal; whoever started this process ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work.draw(Watch())
    except MocapError as error:
        done.send(str(error))
    else:
        done.send("")


def _check(done: Connection) -> None:
    """Raise what the other process could not do."""
    try:
        problem = done.recv()
    except EOFError as error:
        raise TakeError("mp4: the second process died, for want of memory perhaps") from error
    if problem:
        raise TakeError(problem)
