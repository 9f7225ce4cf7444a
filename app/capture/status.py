"""How a live source is doing, for people to see."""

from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

SourceState = Literal["opening", "running", "reconnecting", "ended", "closed"]
"""`reconnecting`: the source gave pictures before and is being opened again; `ended`: its stream came to its end."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A snapshot of a live source."""

    state: SourceState
    """What it is doing."""
    mode: str = ""
    """What it really gives, such as '1280x720 MJPG 30 fps'; empty while unknown."""
    fps_hz: float = 0.0
    """Measured rate of the pictures that arrived; 0 unless running."""
    reconnects: int = 0
    """How often it was lost."""
    detail: str = ""
    """While reconnecting: why it was lost, or why it cannot be opened."""


@runtime_checkable
class ReportsStatus(Protocol):
    """A source that can say how it is doing."""

    @property
    def status(self) -> SourceStatus:
        """The present state; may be asked from any thread."""


class RateMeter:
    """Measures a frame rate over the last pictures."""

    def __init__(self, window: int = 60) -> None:
        self._stamps_ns: deque[int] = deque(maxlen=window)

    def add(self, captured_ns: int) -> None:
        """Count one picture."""
        self._stamps_ns.append(captured_ns)

    @property
    def hz(self) -> float:
        """Pictures a second; 0 before the second one."""
        if len(self._stamps_ns) < 2:
            return 0.0
        elapsed_ns = self._stamps_ns[-1] - self._stamps_ns[0]
        return (len(self._stamps_ns) - 1) * 1e9 / elapsed_ns if elapsed_ns > 0 else 0.0
