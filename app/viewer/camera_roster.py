"""The cameras of this computer, as they were found last: looked for on a thread of their own, shown by many."""

from collections.abc import Callable

from PyQt5.QtCore import QObject, pyqtSignal

from app.capture.camera_info import CameraInfo
from app.capture.devices import list_cameras
from app.capture.options import Backend
from app.viewer.background import Background
from engines.errors import MocapError


class CameraRoster(QObject):
    """All methods are for the window's thread; none of them waits for a driver."""

    changed = pyqtSignal()
    """They were looked for: see `cameras`."""
    failed = pyqtSignal(str)
    """Why they could not be; `changed` came before, with none."""

    def __init__(self, backend: Callable[[], Backend], parent: QObject | None = None) -> None:
        """Look for cameras by the backend that is set at the time; raise no errors but `MocapError`."""
        super().__init__(parent)
        self._backend = backend
        self._background = Background("cameras", self)
        self._is_looking = False
        self._cameras: tuple[CameraInfo, ...] | None = None

    @property
    def cameras(self) -> tuple[CameraInfo, ...] | None:
        """The cameras that were there; None where nobody has looked yet."""
        return self._cameras

    def look(self) -> None:
        """Look again which cameras there are; `changed` follows."""
        if not self._is_looking:
            self._is_looking = True
            self._background.run(self._list, self._take, self._fail)

    def shut_down(self) -> None:
        """Wait for what has begun, and look no more."""
        self._background.shut_down(finish=False)

    def _list(self) -> tuple[CameraInfo, ...]:
        return list_cameras(self._backend())

    def _take(self, cameras: tuple[CameraInfo, ...]) -> None:
        self._is_looking = False
        self._cameras = cameras
        self.changed.emit()

    def _fail(self, error: MocapError) -> None:
        self._take(())
        self.failed.emit(str(error))
