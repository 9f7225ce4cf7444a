"""One line that offers to take the last deed back."""

from collections.abc import Callable

from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class UndoBar(QFrame):
    """Hidden until something can be taken back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("undo_bar")
        self._undo: Callable[[], object] | None = None
        self._text = QLabel()
        self._text.setObjectName("undo_text")
        self._text.setWordWrap(True)
        self._button = QPushButton(self.tr("&Undo"))
        self._button.setObjectName("undo_button")
        self._button.setToolTip(self.tr("Take it back"))
        self._button.clicked.connect(self._take_back)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        self.hide()

    def offer(self, text: str, undo: Callable[[], object]) -> None:
        """Say what was done, and how to take it back; in place of what was offered before."""
        self._text.setText(text)
        self._undo = undo
        self.show()

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        self.hide()
        if undo is not None:
            undo()
