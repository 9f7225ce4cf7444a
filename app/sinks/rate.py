"""Sending less often than the camera delivers."""

from typing import Final

_EARLY: Final = 0.25
"""Fraction of a period by which a frame may come early: a camera's time stamps are not even."""


class RateCap:
    """Lets frames through at no more than a given mean rate."""

    def __init__(self, rate_hz: float | None) -> None:
        self._period_ns = 0.0 if rate_hz is None else 1e9 / rate_hz
        self._due_ns: float | None = None

    def is_due(self, timestamp_ns: int) -> bool:
        """Return whether to send the frame of this time stamp, and take it as sent."""
        if self._due_ns is None or timestamp_ns < self._due_ns - 2 * self._period_ns:
            self._due_ns = timestamp_ns  # the first one, or time was set back
        if timestamp_ns < self._due_ns - _EARLY * self._period_ns:
            return False
        self._due_ns = max(self._due_ns, timestamp_ns - self._period_ns) + self._period_ns
        return True
