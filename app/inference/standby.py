"""A row of engines, best first: when one fails, the next takes over; when a better one is ready, it takes over."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final, Literal

from app.pipeline.workers import guard
from engines.errors import EngineUnavailable, MocapError, SkipFrame, StageError
from engines.protocols import Regressor
from engines.types import Detection, Frame, PoseEstimate

SWITCH_WITHIN_S: Final = 2.0
"""Time from the failure of an engine to the next one's turn, where that one is open."""

_CLOSE_S: Final = 5.0

Estimates = tuple[PoseEstimate, ...]
SeatState = Literal["idle", "opening", "ready", "failed"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engine that may run; all of a row are for the same body."""

    name: str
    """As the user is told."""
    create: Callable[[], Regressor]
    """Makes it; called on the thread that opens, uses and closes it."""
    hang_s: float | None = None
    """After this time without an answer to a frame it has failed; None: it is waited for."""
    patience_s: float | None = None
    """After this time the next one runs while this one is still being opened, or built; None: it is waited for."""
    cancel: Callable[[], None] | None = None
    """Ends its building early, from another thread."""
    device: str = ""
    """Where it runs, for people."""


@dataclass(frozen=True, slots=True)
class EngineChange:
    """Another engine has taken over, or a better one than the present one could not be opened."""

    name: str
    """Which runs now; empty for none."""
    reason: str
    """Why, in one line; empty where the best one was the first."""
    is_failure: bool = False
    """A better one has failed; otherwise a better one is ready."""


class StandbyRegressor:
    """The best candidate that works, as one regressor.

    Each candidate has a thread of its own. One that hangs is left behind on its thread; the program can end all the
    same. While a candidate runs that may hang, the next one is opened beside it, so that it can take over at once.

    Args:
        candidates: Best first.
        on_change: Told when another one takes over; called on the thread that calls `regress` or `open`.
    """

    def __init__(
        self, candidates: Sequence[Candidate], on_change: Callable[[EngineChange], None]
    ) -> None:
        self._seats = [_Seat(candidate) for candidate in candidates]
        self._on_change = on_change
        self._current: _Seat | None = None
        self._retry = threading.Event()

    @property
    def current(self) -> str:
        """Name of the candidate that runs; empty for none."""
        return "" if self._current is None else self._current.candidate.name

    @property
    def device(self) -> str:
        """Where the candidate that runs does so; empty for none."""
        return "" if self._current is None else self._current.candidate.device

    @property
    def can_retry(self) -> bool:
        """Whether a better candidate than the one that runs has failed, so that `retry` would try it again."""
        is_asked = self._retry.is_set()
        return not is_asked and any(seat.state == "failed" for seat in self._better())

    def open(self) -> None:
        """Open the first candidate that can be opened soon; those before it go on opening, and take over when ready.

        Raises:
            EngineUnavailable: none can be opened; the message has every reason.
        """
        for seat in self._seats:
            seat.start()
            if seat.wait(seat.candidate.patience_s):
                break
        else:
            if not any(seat.wait() for seat in self._seats):
                raise EngineUnavailable(self._reasons())
        self._choose("")
        self._tell_unopened()

    def regress(self, frame: Frame, detections: Sequence[Detection]) -> Estimates:
        """Return one estimate for each detection that could be solved.

        Raises:
            SkipFrame: the candidate failed and the next one is still being opened.
            StageError: all candidates have failed; the message has every reason.
        """
        if self._retry.is_set():
            self._retry.clear()
            self._start_again()
        deadline_s = time.monotonic() + SWITCH_WITHIN_S
        self._choose("it is ready")
        self._tell_unopened()
        while (seat := self._current) is not None:
            try:
                return seat.ask(lambda regressor: regressor.regress(frame, detections))
            except (MocapError, TimeoutError) as error:
                reason = str(error) or f"no answer in {seat.candidate.hang_s:g} s"
                self._replace(seat, reason, deadline_s)
        if any(seat.state == "opening" for seat in self._seats):
            raise SkipFrame
        raise StageError(self._reasons())

    def retry(self) -> None:
        """Try candidates again that have failed, beside the one that runs; from any thread, seen at the next frame."""
        self._retry.set()

    def close(self) -> None:
        """Free everything; may be called twice."""
        self._current = None
        for seat in self._seats:
            if seat.state == "opening" and seat.candidate.cancel is not None:
                seat.candidate.cancel()
            seat.end()
        for seat in self._seats:
            if not seat.join(_CLOSE_S):
                logger.warning("%s: left behind, it does not answer", seat.candidate.name)

    def _choose(self, reason: str, *, is_failure: bool = False) -> None:
        """Let the best candidate that is ready take over."""
        best = next((seat for seat in self._seats if seat.state == "ready"), None)
        if best is None or best is self._current:
            return
        self._current = best
        self._tell(reason, is_failure=is_failure)
        if best.candidate.hang_s is not None:  # it may need somebody to take over at once
            self._start_next(best)

    def _replace(self, seat: "_Seat", reason: str, deadline_s: float) -> None:
        """Take a candidate that failed out, and wait for the next one as long as the time allows."""
        seat.fail(reason)
        seat.is_told = True
        self._current = None
        self._start_next(seat)
        for other in self._seats:
            if other.state == "opening" and not any(each.state == "ready" for each in self._seats):
                other.wait(max(0.0, deadline_s - time.monotonic()))
        why = f"{seat.candidate.name}: {reason}"
        self._choose(why, is_failure=True)
        if self._current is None:
            self._tell(why, is_failure=True)

    def _start_next(self, seat: "_Seat") -> None:
        behind = self._seats[self._seats.index(seat) + 1 :]
        for other in behind:
            if other.state != "failed":
                other.start()
                return

    def _start_again(self) -> None:
        for index, seat in enumerate(self._better()):
            if seat.state == "failed":
                self._seats[index] = again = _Seat(seat.candidate)
                again.start()

    def _better(self) -> "list[_Seat]":
        """Return the seats before the one that runs; all of them where none does."""
        current = self._current
        return self._seats[: None if current is None else self._seats.index(current)]

    def _tell_unopened(self) -> None:
        """Tell of each better candidate that could not be opened, once."""
        for seat in self._better():
            if seat.state == "failed" and not seat.is_told:
                seat.is_told = True
                self._tell(f"{seat.candidate.name}: {seat.reason}", is_failure=True)

    def _tell(self, reason: str, *, is_failure: bool) -> None:
        change = EngineChange(self.current, reason, is_failure)
        level = logging.WARNING if is_failure else logging.INFO
        logger.log(level, "engine: %s%s", change.name or "none", f" ({reason})" if reason else "")
        self._on_change(change)

    def _reasons(self) -> str:
        return "; ".join(f"{seat.candidate.name}: {seat.reason}" for seat in self._seats)


class _Seat:
    """One candidate and its thread."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate: Final = candidate
        self.state: SeatState = "idle"
        self.reason = "not tried"
        self.is_told = False
        self._lock = threading.Lock()
        self._is_decided = threading.Event()
        self._work: SimpleQueue[_Question | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=candidate.name, daemon=True)

    def start(self) -> None:
        """Open the candidate, unless that was begun before."""
        if self.state == "idle":
            self.state = "opening"
            self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it is open or has failed, and return whether it is ready."""
        self._is_decided.wait(timeout_s)
        return self.state == "ready"

    def ask(self, question: Callable[[Regressor], Estimates]) -> Estimates:
        """Return the answer. Raises what the candidate raises, or `TimeoutError` when it takes too long."""
        future: Future[Estimates] = Future()
        self._work.put(_Question(question, future))
        return future.result(self.candidate.hang_s)

    def fail(self, reason: str) -> None:
        """Use the candidate no more."""
        with self._lock:
            self.state, self.reason = "failed", reason
        self._is_decided.set()
        self.end()

    def end(self) -> None:
        """Let the thread close the candidate, once it answers."""
        self._work.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; return whether it has ended or never began."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with guard(self.candidate.name, EngineUnavailable):
                regressor = self.candidate.create()
                regressor.open()
        except MocapError as error:
            self.fail(str(error))
            return
        with self._lock:
            if self.state == "opening":
                self.state = "ready"
        self._is_decided.set()
        for question in iter(self._work.get, None):
            question.answer(self.candidate.name, regressor)
        try:
            with guard(self.candidate.name, StageError):
                regressor.close()
        except MocapError as error:
            logger.warning("%s", error)


@dataclass(frozen=True, slots=True)
class _Question:
    ask: Callable[[Regressor], Estimates]
    future: "Future[Estimates]"

    def answer(self, name: str, regressor: Regressor) -> None:
        try:
            with guard(name, StageError):
                self.future.set_result(self.ask(regressor))
        except MocapError as error:
            self.future.set_exception(error)
