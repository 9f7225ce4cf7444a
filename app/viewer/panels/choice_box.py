"""A list to choose from, for narrow panels that scroll."""

from PyQt5.QtCore import QSignalBlocker, Qt
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import QComboBox, QWidget

_LEAST_LETTERS = 8


class ChoiceBox(QComboBox):
    """Takes the width there is, and lets the wheel scroll the panel until it has the keyboard."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_choice(self, data: object) -> bool:
        """Show the entry with this data, tell nobody, and return whether there is one."""
        blocker = QSignalBlocker(self)
        index = self.findData(data)
        self.setCurrentIndex(index)
        del blocker
        return index >= 0

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802  # Qt's name
        """Choose only where the person is at work here."""
        if event is not None and not self.hasFocus():
            event.ignore()
        else:
            super().wheelEvent(event)
