"""Words in little room."""

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QFontMetrics, QResizeEvent
from PyQt5.QtWidgets import QLabel, QWidget

_LEAST_WIDTH_PX = 60


class ShortLabel(QLabel):
    """Shows one line, shortened in the middle where it does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setMinimumWidth(_LEAST_WIDTH_PX)

    def show_words(self, words: str, tip: str) -> None:
        """Show words; the tooltip says all of it."""
        self._words = words
        self.setToolTip(tip)
        self._shorten()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the room for all of it: what is shown would never grow again otherwise."""
        return QSize(self._metrics().horizontalAdvance(self._words), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  # Qt's name
        """Shorten anew."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        middle = Qt.TextElideMode.ElideMiddle
        self.setText(self._metrics().elidedText(self._words, middle, self.width()))

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self.font())
