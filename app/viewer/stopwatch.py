"""A clock that can be paused. No Qt here."""

from collections.abc import Callable


class Stopwatch:
    """Counts seconds, pauses left out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Count by a clock in seconds; stands at 0."""
        self._clock = clock
        self._counted_s = 0.0
        self._since_s: float | None = None

    @property
    def elapsed_s(self) -> float:
        """What was counted so far."""
        if self._since_s is None:
            return self._counted_s
        return self._counted_s + self._clock() - self._since_s

    def start(self) -> None:
        """Count from 0."""
        self._counted_s, self._since_s = 0.0, self._clock()

    def pause(self) -> None:
        """Stand still."""
        self._counted_s, self._since_s = self.elapsed_s, None

    def resume(self) -> None:
        """Go on counting."""
        self._since_s = self._clock() if self._since_s is None else self._since_s
