"""The formats of an export, each with a line on what opens it."""

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.export.catalog import EXPORTERS
from app.viewer.export_formats import what_opens, why_not

_INDENT_PX = 24
_LEAST_PX = 300


class FormatList(QScrollArea):
    """A check box for each format; those that cannot be had here say why."""

    changed = pyqtSignal()
    """Another choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(_LEAST_PX)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(2, 2, 8, 2)
        layout.setSpacing(1)
        self._boxes = {name: self._add(layout, name) for name in EXPORTERS}
        layout.addStretch(1)
        self.setWidget(inner)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The formats that are checked."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def choose(self, formats: tuple[str, ...]) -> None:
        """Check these, as far as they can be had."""
        for name, box in self._boxes.items():
            box.setChecked(name in formats and box.isEnabled())

    def _add(self, layout: QVBoxLayout, name: str) -> QCheckBox:
        reason = why_not(name)
        box = QCheckBox(name.upper())
        box.setObjectName(f"format_{name}")
        box.setEnabled(not reason)
        box.setToolTip(EXPORTERS[name].ending)
        box.toggled.connect(lambda _is_on: self.changed.emit())
        line = QLabel(reason or what_opens(name))
        line.setProperty("role", "hint" if not reason else "warn")
        line.setWordWrap(True)
        line.setIndent(_INDENT_PX)
        line.setContentsMargins(0, 0, 0, 7)
        box.setAccessibleDescription(line.text())
        layout.addWidget(box)
        layout.addWidget(line)
        return box
