"""Long work that tells how far it is, and that can be ended before its time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engines.errors import MocapError


class Cancelled(MocapError):
    """The user ended it; what was half done is removed."""


def _ignore(share: float) -> None:
    """Nobody wants to know."""


def _never() -> bool:
    """Nobody can cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Watch:
    """What long work answers to. Both functions are called on the work's own thread, a few times a second at least."""

    report: Callable[[float], object] = _ignore
    """Takes the share that is done, from 0 to 1; it never falls."""
    is_cancelled: Callable[[], bool] = _never
    """Says whether to stop; `threading.Event().is_set` fits."""

    def reached(self, share: float) -> None:
        """Report that a share is done.

        Raises:
            Cancelled: it is to stop here.
        """
        if self.is_cancelled():
            raise Cancelled("cancelled; nothing was written")
        self.report(share)

    def parts(self, count: int, size: int) -> Iterator[slice]:
        """Give the rows from 0 to `count` in slices of `size`, each reported when it is done. Raises `Cancelled`."""
        for start in range(0, count, size):
            self.reached(start / count)
            yield slice(start, min(start + size, count))
        self.reached(1.0)

    def between(self, start: float, end: float) -> "Watch":
        """Return the watch of a piece of the work, which goes from one share of the whole to another."""
        return Watch(
            report=lambda share: self.report(start + share * (end - start)),
            is_cancelled=self.is_cancelled,
        )
