"""Takes into other tools' formats."""

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtWidgets import QDialog, QWidget

from app.viewer.studio import Studio


class ExportDialog(QDialog):
    """Chooses formats and options, and shows how the export goes."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio

    def show_for(self, takes: Sequence[Path], span_s: tuple[float, float] | None) -> None:
        """Open for some takes, or for a part of one."""
        self.show()
