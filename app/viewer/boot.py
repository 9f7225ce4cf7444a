"""What has to be right before the first window: Qt's variables, OpenGL's version, and who hears of mistakes."""

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from app.capture.opencv import cv2 as cv2  # first: puts Qt's variables back as OpenCV found them

from PyQt5.QtCore import (  # isort: skip
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    QTimer,
    pyqtSignal,
    qInstallMessageHandler,
)
from PyQt5.QtGui import QGuiApplication, QSurfaceFormat  # isort: skip
from PyQt5.QtWidgets import QApplication  # isort: skip

from app.paths import version
from engines.errors import EngineUnavailable

_APP_NAME: Final = "ExPose Live"
_LISTEN_EVERY_MS: Final = 200
_X11_SOCKETS: Final = Path("/tmp/.X11-unix")
_DEPTH_BITS: Final = 24
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS: Final = ("XDG_RUNTIME_DIR not set",)

logger = logging.getLogger(__name__)


class Mistakes(QObject):
    """Tells of exceptions that nobody caught: they are logged and shown, and do not end the program."""

    happened = pyqtSignal(str)
    """One line: what went wrong. From any thread."""

    def install(self) -> None:
        """Hear of mistakes in slots (which would otherwise end the program: PyQt5 calls abort) and in threads."""
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def uninstall(self) -> None:
        """Leave them to Python again."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _take(
        self,
        kind: type[BaseException],
        error: BaseException,
        where: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        logger.critical("a mistake of this program", exc_info=(kind, error, where))
        last = traceback.extract_tb(where)[-1:] if where is not None else []
        place = f" ({Path(last[0].filename).name}:{last[0].lineno})" if last else ""
        what = next(iter(str(error).splitlines()), "")
        self.happened.emit(f"{kind.__name__}: {what}{place}")


def create_application() -> QApplication:
    """Return the application; once a process.

    Raises:
        EngineUnavailable: there is no display.
    """
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    _check_display()
    qInstallMessageHandler(_log_message)
    surface = QSurfaceFormat()
    surface.setVersion(3, 3)
    surface.setProfile(QSurfaceFormat.CoreProfile)
    surface.setDepthBufferSize(_DEPTH_BITS)
    QSurfaceFormat.setDefaultFormat(surface)
    for attribute in (
        Qt.AA_EnableHighDpiScaling,
        Qt.AA_UseHighDpiPixmaps,
        Qt.AA_ShareOpenGLContexts,  # docking a view must not lose its buffers
    ):
        QApplication.setAttribute(attribute)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication([_APP_NAME])
    application.setApplicationName(_APP_NAME)
    application.setApplicationVersion(version())
    return application


def end_on_signals(end: Callable[[], object], parent: QObject) -> None:
    """Call `end` at Ctrl-C and at a request to terminate."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end())
    timer = QTimer(parent)  # Python hears signals only when it runs
    timer.timeout.connect(_nothing)
    timer.start(_LISTEN_EVERY_MS)


def _log_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Send what Qt has to say where everything else goes."""
    harmless = any(part in text for part in _HARMLESS)
    logger.log(logging.DEBUG if harmless else _LEVELS.get(kind, logging.WARNING), "Qt: %s", text)


def _check_display() -> None:
    """Qt would end the process where it finds no display, without a word that helps."""
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise EngineUnavailable(
            "window: there is no display; use 'main.py run' for work without a window"
        )
    host, _, number = display.partition(":")
    if not host and not (_X11_SOCKETS / f"X{number.partition('.')[0]}").exists():
        raise EngineUnavailable(
            f"window: the display {display} does not answer; check DISPLAY, or use 'main.py run'"
        )


def _nothing() -> None:
    """Lets Python look at its signals."""
