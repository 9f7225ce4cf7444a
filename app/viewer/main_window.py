"""The window: panes in the middle, docks around them, one line of words below."""

import base64
import time
from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QByteArray, QSize, Qt, QTimer
from PyQt5.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PyQt5.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from app.render.gl.description import GlDescription
from app.viewer.actions import SessionActions
from app.viewer.body_pane import BodyPane
from app.viewer.boot import Mistakes
from app.viewer.camera_view import CameraView
from app.viewer.docks import Docks
from app.viewer.menus import Menus
from app.viewer.message_bar import MessageBar
from app.viewer.panels.calibration import CalibrationPanel
from app.viewer.panels.record import RecordPanel
from app.viewer.panels.source import SourcePanel
from app.viewer.panels.streaming import StreamingPanel
from app.viewer.panels.takes import TakesPanel
from app.viewer.panels.tracking import TrackingPanel
from app.viewer.preview_pace import PreviewPace
from app.viewer.recording import RecordingDesk
from app.viewer.settings import WindowSettings
from app.viewer.settings_store import save_settings
from app.viewer.source_choices import with_spec
from app.viewer.source_drop import dropped_spec
from app.viewer.stage_plot import StagePlot
from app.viewer.status import Status
from app.viewer.status_bar import StatusBar
from app.viewer.studio import Studio
from app.viewer.take_player import TakePlayer
from app.viewer.theme import apply_theme
from engines.body.model import BodyModel
from engines.errors import ConfigError

_SAVE_AFTER_MS = 800
_PATIENCE_AFTER_MS = 6000
_FIRST_SIZE = QSize(1400, 860)
_LEAST_SIZE = QSize(760, 480)
_PANE_SHARES = (5, 6)


class MainWindow(QMainWindow):
    """Puts all parts together; what they do is theirs."""

    def __init__(
        self, studio: Studio, mistakes: Mistakes, model: BodyModel, settings_path: Path
    ) -> None:
        """Show `model` until an engine says otherwise; remember settings at `settings_path`."""
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(self.tr("ExPose Live"))
        self.setMinimumSize(_LEAST_SIZE)
        self.resize(_FIRST_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize()))
        self.setAcceptDrops(True)
        self._settings_path = settings_path
        self._status: Status | None = None
        self._renderer = ""
        self._is_closed = False
        self._pace = PreviewPace()
        self.studio = studio
        self.desk = RecordingDesk(studio, self)
        self.player = TakePlayer(studio, self, body=model)
        self.messages = MessageBar()
        self.camera_view = CameraView(studio)
        self.body_pane = BodyPane(studio, model)
        self.actions_of_session = SessionActions(studio, self.desk, self)
        self._splitter = QSplitter(Qt.Horizontal)
        self._splitter.setObjectName("panes")
        self.setCentralWidget(self._centre())
        self.docks = self._make_docks()
        self.setStatusBar(StatusBar(studio, self.desk, self))
        self.menus = Menus(self)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.setInterval(_SAVE_AFTER_MS)
        self._save_timer.timeout.connect(self._save)
        self._patience_timer = QTimer(self)
        self._patience_timer.setSingleShot(True)
        self._patience_timer.setInterval(_PATIENCE_AFTER_MS)
        self._patience_timer.timeout.connect(self._ask_for_patience)
        self._connect(mistakes)
        self._restore_places()

    @property
    def status(self) -> Status | None:
        """How the session does; None while none runs."""
        return self._status

    @property
    def renderer(self) -> str:
        """What draws the 3D view; empty where nothing does."""
        return self._renderer

    @property
    def preview_rate_hz(self) -> float:
        """Pictures a second that the window draws at most, at present."""
        return self._pace.rate_hz

    def _centre(self) -> QWidget:
        self._splitter.addWidget(self.camera_view)
        self._splitter.addWidget(self.body_pane)
        self._splitter.setChildrenCollapsible(False)
        for index, share in enumerate(_PANE_SHARES):
            self._splitter.setStretchFactor(index, share)
        self.body_pane.setVisible(self.studio.settings.view.show_3d)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._splitter, 1)
        return centre

    def _make_docks(self) -> Docks:
        studio = self.studio
        docks = Docks(self)
        docks.add("source", self.tr("Source"), SourcePanel(studio))
        docks.add("tracking", self.tr("Tracking"), TrackingPanel(studio))
        docks.add("streaming", self.tr("Streaming"), StreamingPanel(studio))
        docks.add("record", self.tr("Record"), RecordPanel(studio, self.desk))
        takes = TakesPanel(studio, self.player)
        self.desk.take_saved.connect(takes.choose)
        docks.add("takes", self.tr("Takes"), takes)
        docks.add("calibration", self.tr("Calibration"), CalibrationPanel(studio))
        times = docks.add(
            "times",
            self.tr("Stage times"),
            StagePlot(studio),
            area=Qt.BottomDockWidgetArea,
            scrolls=False,
        )
        times.hide()
        docks.show("source")
        return docks

    def _connect(self, mistakes: Mistakes) -> None:
        studio = self.studio
        studio.packet_ready.connect(self._show_packet)
        studio.status_changed.connect(self._take_status)
        studio.state_changed.connect(self._take_state)
        studio.settings_changed.connect(self._take_settings)
        studio.problem.connect(self.messages.show_problem)
        studio.playback_changed.connect(self._take_playback)
        self.desk.failed.connect(self.messages.show_problem)
        self.desk.state_changed.connect(self._take_recording)
        mistakes.happened.connect(self.messages.show_mistake)
        self.body_pane.described.connect(self._take_description)
        self.camera_view.source_wanted.connect(self._show_sources)
        self.addActions(self.actions_of_session.every())

    def _show_packet(self) -> None:
        packet = self.studio.take_packet()
        if packet is None or self.isMinimized() or not self._pace.is_due(time.monotonic()):
            return
        self.camera_view.show_packet(packet)
        self.body_pane.show_packet(packet)

    def _take_status(self, status: Status | None) -> None:
        self._status = status
        if status is None:
            self._pace.restart()
            return
        stats = status.stats
        self._pace.note(stats.published, stats.dropped, stats.fps)
        self.camera_view.show_message(self._trouble(status))

    def _trouble(self, status: Status) -> str:
        """Return what has to be said over the picture; empty where all is well."""
        source = status.source
        if source is not None and source.state == "reconnecting":
            lost = self.tr("The camera was lost. Trying again …\n{why}")
            return lost.format(why=source.detail)
        if status.is_dark:
            return self.tr(
                "The picture is black. Is there a cover or a privacy switch on the camera, "
                "or does another program use it?"
            )
        return "" if status.stats.published else self._patience()

    def _take_state(self, state: str) -> None:
        if state == "starting":
            self.messages.hide()
            self.camera_view.show_message(self.tr("Starting …"))
            self._patience_timer.start()
        elif state == "stopped":
            self._patience_timer.stop()
            self.camera_view.show_message("")

    def _take_playback(self, _is_on: bool) -> None:
        """Show nothing that is not of now: a take may have no pictures, and after it no camera may run."""
        self.camera_view.clear()
        self.body_pane.clear()

    def _take_recording(self, state: str) -> None:
        """Show whoever is about to be recorded, and not a take."""
        if state == "countdown":
            self.player.close()

    def _ask_for_patience(self) -> None:
        if self.studio.state == "starting":
            self.camera_view.show_message(self._patience())

    def _patience(self) -> str:
        return self.tr(
            "Starting …\nThe very first start prepares the program: about half a minute."
        )

    def _take_settings(self, settings: WindowSettings) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication) and apply_theme(application, settings.view.theme):
            self.actions_of_session.refresh_icons()
        self._save_timer.start()

    def _take_description(self, description: GlDescription) -> None:
        self._renderer = description.renderer
        if description.max_rate_hz is not None:
            self._pace.limit(description.max_rate_hz)

    def _restore_places(self) -> None:
        settings = self.studio.settings
        self.docks.set_usual_sizes()
        self._splitter.setSizes([self.width() * share for share in _PANE_SHARES])
        if settings.geometry:
            self.restoreGeometry(_from_text(settings.geometry))
        if settings.layout:
            self.restoreState(_from_text(settings.layout))

    def _save(self) -> None:
        settings = replace(
            self.studio.settings,
            layout=_to_text(self.saveState()),
            geometry=_to_text(self.saveGeometry()),
        )
        try:
            save_settings(settings, self._settings_path)
        except ConfigError as error:
            self.messages.show_problem(str(error))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Let videos, folders of pictures and addresses be dropped on the window."""
        if dropped_spec(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Open what was dropped as a source."""
        spec = dropped_spec(event.mimeData())
        if spec is not None:
            self.open_source(spec)

    def open_source(self, spec: str) -> None:
        """Take another source, and let it run."""
        settings = self.studio.settings
        self.studio.change(replace(settings, source=with_spec(settings.source, spec)))
        self.studio.start()

    def _show_sources(self) -> None:
        self.docks.show("source")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Remember, vanish, and end everything; a take that is being recorded is finished."""
        event.accept()
        if self._is_closed:
            return
        self._is_closed = True
        self._save_timer.stop()
        self._save()
        self.body_pane.release()
        self.hide()
        self.studio.close()


def _to_text(data: QByteArray) -> str:
    return base64.b64encode(bytes(data)).decode("ascii")


def _from_text(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()
