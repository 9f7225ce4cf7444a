"""One worker thread for all that may take time; what comes of it returns to the window's thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PyQt5.QtCore import QObject, Qt, pyqtSignal, pyqtSlot

from engines.errors import MocapError

_Result = TypeVar("_Result")


class Background(QObject):
    """Runs one thing after another, in the order they were given."""

    _call = pyqtSignal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._is_shut_down = False
        # queued also where the work is done before anybody could ask: nobody is called from within `run`
        self._call.connect(self._run, Qt.QueuedConnection)

    def run(
        self,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Callable[[MocapError], None],
    ) -> None:
        """Do the work on the worker thread, then call `done` or `failed` on the window's; nothing once shut down."""
        if self._is_shut_down:
            return
        future = self._worker.submit(work)
        future.add_done_callback(partial(self._finish, done, failed))

    def call(self, function: Callable[[], object]) -> None:
        """Call a function on the window's thread, soon; from any thread."""
        self._call.emit(function)

    def shut_down(self, *, finish: bool = True) -> None:
        """Take no more work, wait for what was given, or only for what has begun, and call nobody about it."""
        self._is_shut_down = True
        self._worker.shutdown(wait=True, cancel_futures=not finish)

    def _finish(
        self,
        done: Callable[[_Result], None],
        failed: Callable[[MocapError], None],
        future: "Future[_Result]",
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self.call(partial(done, future.result()))
        elif isinstance(error, MocapError):
            self.call(partial(failed, error))
        else:  # a mistake of our own: whoever waits must not wait for ever
            told = MocapError(f"{type(error).__name__}: {error}; the log has the details")
            self.call(partial(failed, told))
            self.call(partial(_raise, error))

    @pyqtSlot(object)
    def _run(self, function: Callable[[], object]) -> None:
        if not self._is_shut_down:
            function()


def _raise(error: BaseException) -> None:
    """Let the window's handler for mistakes of our own show and log it."""
    raise error
