"""The receivers of a running session: which are open, and what became of what was sent. No Qt here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from app.pipeline.pipeline import Pipeline
from app.sinks.catalog import create_sink
from app.sinks.pace import NetworkSink
from app.viewer.settings import TargetSettings
from engines.errors import MocapError

_CLOSE_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """One receiver, as its light shows it."""

    state: Literal["off", "sending", "failed"]
    """`off` also while no camera runs."""
    sent: int = 0
    """Datagrams or messages handed to the network."""
    problem: str = ""
    """Why it failed, or what the receiver's computer answered: nobody listens there."""


class Receivers:
    """Keeps the sinks of a pipeline in step with the table. `sync` belongs to one thread; `status` to any."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Tell of a receiver that cannot be opened, in one line, on the thread of `sync`."""
        self._tell = tell
        self._sinks: dict[str, NetworkSink] = {}
        self._problems: dict[str, str] = {}

    def sync(self, pipeline: Pipeline, targets: Iterable[TargetSettings]) -> None:
        """Open what is on, close what is not; may wait for names and sockets."""
        wanted = {target.text for target in targets if target.is_on}
        for text in set(self._sinks) - wanted:
            pipeline.remove_sink(self._sinks.pop(text), _CLOSE_TIMEOUT_S)
        for text in set(self._problems) - wanted:
            self._problems.pop(text)
        for text in sorted(wanted - set(self._sinks)):
            try:
                sink = create_sink(text)
                pipeline.add_sink(sink)
            except MocapError as error:
                self._problems[text] = str(error)
                self._tell(str(error))
            else:
                self._problems.pop(text, None)
                self._sinks[text] = sink

    def clear(self) -> None:
        """Forget the sinks of a pipeline that has ended, and closed them."""
        self._sinks.clear()
        self._problems.clear()

    def status(self, text: str) -> ReceiverStatus:
        """Return how one receiver is doing."""
        problem = self._problems.get(text)
        if problem is not None:
            return ReceiverStatus("failed", problem=problem)
        sink = self._sinks.get(text)
        if sink is None:
            return ReceiverStatus("off")
        sent = sink.status
        return ReceiverStatus("sending", sent.sent, sent.problem or "")
