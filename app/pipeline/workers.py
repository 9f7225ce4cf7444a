"""The guard that turns any failure into one of our errors, and the thread that works under it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from engines.errors import MocapError


@contextmanager
def guard(what: str, error_class: type[MocapError]) -> Iterator[None]:
    """Raise any failure inside as an error that names `what`; errors meant for users pass as they are.

    The only blind `except` of the program: a defect in a stage or sink must reach the owner and not end a thread.
    """
    try:
        yield
    except MocapError:
        raise
    except Exception as error:
        raise error_class(
            f"{what}: {type(error).__name__}: {error}; a defect, --debug shows where"
        ) from error


class Deadline:
    """A time by which several waits together must be over."""

    def __init__(self, timeout_s: float | None) -> None:
        """Start the time; None for no limit."""
        self._end_s = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s(self, at_most_s: float | None = None) -> float | None:
        """Return the time left, and no more than `at_most_s`; None for no limit."""
        if self._end_s is None:
            return at_most_s
        left_s = max(0.0, self._end_s - time.monotonic())
        return left_s if at_most_s is None else min(left_s, at_most_s)


class Resource(Protocol):
    """What a worker opens and closes."""

    @property
    def what(self) -> str:
        """Name for people."""

    def open(self) -> None:
        """Make ready."""

    def close(self) -> None:
        """Free everything, also after a failed `open`."""


class Worker:
    """A thread that opens a resource, works with it and closes it.

    A failure to open is raised by `wait_until_open`; a later one goes to `on_failure`, on the worker's thread. The
    thread is a daemon: one that hangs in a driver does not keep the program from ending.
    """

    def __init__(
        self,
        resource: Resource,
        work: Callable[[], None],
        on_failure: Callable[[MocapError], None],
        *,
        error_class: type[MocapError],
    ) -> None:
        self.what = resource.what
        """Name for people."""
        self._resource = resource
        self._work = work
        self._on_failure = on_failure
        self._error_class = error_class
        self._thread = threading.Thread(target=self._run, name=self.what, daemon=True)
        self._opened_or_ended = threading.Event()
        self._is_open = False
        self._open_error: MocapError | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wait_until_open(self) -> None:
        """Return once the resource is open. Raises what its `open` raised."""
        self._opened_or_ended.wait()
        if self._open_error is not None:
            raise self._open_error

    def join(self, timeout_s: float | None) -> bool:
        """Wait for the end of the thread; return whether it has ended or never began."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with guard(self.what, self._error_class):
                self._resource.open()
                self._is_open = True
                self._opened_or_ended.set()
                self._work()
        except MocapError as error:
            self._note(error)
        try:
            with guard(self.what, self._error_class):
                self._resource.close()
        except MocapError as error:
            self._note(error)
        self._opened_or_ended.set()

    def _note(self, error: MocapError) -> None:
        if self._is_open:
            self._on_failure(error)
        elif self._open_error is None:
            self._open_error = error
