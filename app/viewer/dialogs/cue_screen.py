"""A window of its own for what a performer is told, to be read across the room, beside what the camera sees."""

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.viewer.camera_view import CameraView
from app.viewer.panels.cue_view import CueView
from app.viewer.studio import Studio

_SHARE = 0.7
_WORDS, _PICTURE = 3, 2
"""How they share the width."""


class CueScreen(QWidget):
    """Stays above the window; Escape hides it, and the step goes on."""

    cancel_wanted = pyqtSignal()
    """Give the step up."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.Tool | Qt.WindowStaysOnTopHint)
        self.setObjectName("cue_screen")
        self.setWindowTitle(self.tr("What to do"))
        self.setAttribute(Qt.WA_ShowWithoutActivating)
        self._studio = studio
        self.view = CueView()
        """The words."""
        self._picture = CameraView(studio)
        self._picture.setObjectName("cue_picture")
        hint = QLabel(self.tr("Escape hides this; the measurement goes on."))
        hint.setProperty("role", "hint")
        hint.setAlignment(Qt.AlignCenter)
        self._cancel = QPushButton(self.tr("&Cancel"))
        self._cancel.setObjectName("cue_cancel")
        self._cancel.setToolTip(self.tr("Give it up; nothing is changed"))
        self._cancel.clicked.connect(self.cancel_wanted)
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        foot.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        row = QHBoxLayout()
        row.addWidget(self.view, _WORDS)
        row.addWidget(self._picture, _PICTURE)
        layout.addLayout(row, 1)
        layout.addLayout(foot)
        studio.packet_ready.connect(self._show_packet)

    def appear(self) -> None:
        """Show it in the middle of the screen on which the window is."""
        window = self.parentWidget()
        screen = (
            QApplication.screenAt(window.mapToGlobal(window.rect().center())) if window else None
        )
        place = (screen or QApplication.primaryScreen()).availableGeometry()
        self.resize(round(place.width() * _SHARE), round(place.height() * _SHARE))
        self.move(place.center() - self.rect().center())
        self.show()

    def _show_packet(self) -> None:
        packet = self._studio.newest
        if packet is not None and self.isVisible():
            self._picture.show_packet(packet)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Hide at Escape."""
        if event.key() == Qt.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
