"""A window of its own for what a performer is told, to be read across the room."""

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from app.viewer.panels.cue_view import CueView

_SHARE = 0.55


class CueScreen(QWidget):
    """Stays above the window; Escape hides it, and the step goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.Tool | Qt.WindowStaysOnTopHint)
        self.setObjectName("cue_screen")
        self.setWindowTitle(self.tr("What to do"))
        self.setAttribute(Qt.WA_ShowWithoutActivating)
        self.view = CueView()
        """The words."""
        hint = QLabel(self.tr("Escape hides this; the measurement goes on."))
        hint.setProperty("role", "hint")
        hint.setAlignment(Qt.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(hint)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Hide at Escape."""
        if event.key() == Qt.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
