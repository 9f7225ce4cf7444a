"""A file or folder to choose, or none."""

from pathlib import Path

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.viewer.icon_button import IconButton


class FileField(QWidget):
    """A line for the path, and a button to choose it."""

    changed = pyqtSignal()
    """Another path."""

    def __init__(
        self, name: str, word_for_none: str, kinds: str, hint: str, parent: QWidget | None = None
    ) -> None:
        """Make a field.

        Args:
            name: The line's `objectName`; the button's has `_button` after it.
            word_for_none: What an empty line means.
            kinds: Kinds of files, as Qt's dialogs take them; empty for folders.
            hint: The tool tip.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._kinds = kinds
        self._line = QLineEdit()
        self._line.setObjectName(name)
        self._line.setPlaceholderText(word_for_none)
        self._line.setClearButtonEnabled(True)
        self._line.setToolTip(hint)
        self._line.setAccessibleName(hint)
        self._line.textChanged.connect(lambda _text: self.changed.emit())
        button = IconButton("folder")
        button.setObjectName(f"{name}_button")
        button.setProperty("role", "compact")
        button.setToolTip(self.tr("Choose …"))
        button.setAccessibleName(self.tr("Choose …"))
        button.clicked.connect(self._choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line, 1)
        layout.addWidget(button)
        self.setFocusProxy(self._line)

    @property
    def path(self) -> Path | None:
        """What is chosen."""
        text = self._line.text().strip()
        return Path(text).expanduser() if text else None

    def _choose(self) -> None:
        start = str(self.path or Path.home())
        if self._kinds:
            chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Choose"), start, self._kinds)
        else:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose"), start)
        if chosen:
            self._line.setText(chosen)
