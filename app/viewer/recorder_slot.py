"""The recorder of the running session, and the video beside its takes: exchanged without stopping the session."""

import logging
from collections.abc import Callable
from functools import partial

from PyQt5.QtCore import QObject, pyqtSignal

from app.pipeline.protocols import Sink
from app.session import Session, take_video
from app.sinks.recorder import TakeRecorder
from app.viewer.background import Background
from app.viewer.session_worker import SessionWorker
from app.viewer.settings import WindowSettings
from engines.errors import MocapError

logger = logging.getLogger(__name__)


class RecorderSlot(QObject):
    """Holds at most one recorder. All methods are for the window's thread; none of them waits."""

    changed = pyqtSignal(object)
    """The new `TakeRecorder`, waiting to be started; None where there is none."""
    failed = pyqtSignal(str)
    """The recorder can do no more: why, and what was kept. `renew` is the way out."""
    problem = pyqtSignal(str)
    """One line for the person: what is wrong, and the way out."""

    def __init__(
        self, worker: SessionWorker, background: Background, parent: QObject | None = None
    ) -> None:
        """Let `worker` exchange recorders, on the thread of `background`."""
        super().__init__(parent)
        self._worker = worker
        self._background = background
        self._session: Session | None = None
        self._is_running = False
        self._recorder: TakeRecorder | None = None
        self._renewals = 0
        self._video: Sink | None = None

    @property
    def recorder(self) -> TakeRecorder | None:
        """The recorder of the running session; it waits until it is started."""
        return self._recorder

    def begin(self, session: Session, settings: WindowSettings) -> None:
        """Get the first recorder of a session that runs."""
        self._session = session
        self._is_running = True
        self.renew(settings)

    def stop(self) -> None:
        """Ask for no more recorders: the session is about to stop, and finishes the present one."""
        self._is_running = False

    def end(self) -> None:
        """Forget the session, which has stopped."""
        self._session = None
        self._is_running = False
        self._video = None
        self._set_recorder(None)

    def renew(self, settings: WindowSettings) -> None:
        """Put a fresh recorder in place of the present one, which is finished; after it failed, for example."""
        session = self._session
        if session is None or not self._is_running:
            return
        self._set_recorder(None)
        self._renewals += 1
        self._background.run(
            partial(self._worker.exchange_recorder, session, settings),
            partial(self._take_recorder, self._renewals),
            self._tell,
        )

    def fail(self, why: str) -> None:
        """Let go of a recorder that can do no more."""
        self.failed.emit(why)  # first why, and then that there is none
        self._set_recorder(None)

    def record_video(self) -> None:
        """Record the camera's pictures beside the takes of the present recorder, until `end_video`."""
        session, recorder = self._session, self._recorder
        if session is not None and recorder is not None and self._video is None:
            self._video = take_video(recorder)
            self._background.run(
                partial(session.pipeline.add_sink, self._video), _nothing, self._tell
            )

    def end_video(self, done: Callable[[], None]) -> None:
        """Finish the video, and then call a function; at once where there is none."""
        session, video, self._video = self._session, self._video, None
        if session is None or video is None:
            done()
            return

        def failed(error: MocapError) -> None:
            self._tell(error)
            done()

        self._background.run(
            partial(session.pipeline.remove_sink, video), lambda _result: done(), failed
        )

    def _take_recorder(self, renewal: int, recorder: TakeRecorder) -> None:
        if renewal == self._renewals:  # else the worker is about to put another in its place
            self._set_recorder(recorder)

    def _set_recorder(self, recorder: TakeRecorder | None) -> None:
        if recorder is not self._recorder:
            self._recorder = recorder
            self.changed.emit(recorder)

    def _tell(self, error: MocapError) -> None:
        logger.warning("%s", error)
        self.problem.emit(str(error))


def _nothing(_result: object) -> None:
    """What need not be told."""
