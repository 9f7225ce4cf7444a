"""A path in little room."""

from pathlib import Path

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QFontMetrics, QResizeEvent
from PyQt5.QtWidgets import QLabel, QWidget


class PathLabel(QLabel):
    """Shows the last part of a path, shortened where it does not fit; all of it in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.setMinimumWidth(60)

    def show_path(self, path: str) -> None:
        """Show a path; nothing chosen where it is empty."""
        self._path = path
        self.setToolTip(path)
        self._shorten()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  # Qt's name
        """Shorten anew."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        text = Path(self._path).name if self._path else self.tr("None chosen")
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self.width()))
