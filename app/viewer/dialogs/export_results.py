"""How an export goes, and what came of it, file by file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import Qt, QUrl
from PyQt5.QtGui import QDesktopServices
from PyQt5.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.export.batch import ExportJob, ExportOutcome
from app.viewer.icon_button import IconButton
from app.viewer.theme import set_role

_STEPS: Final = 1000


class ExportResults(QWidget):
    """A progress bar, and a row for each file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._heading = QLabel()
        self._heading.setObjectName("export_state")
        self._heading.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setObjectName("export_progress")
        self._progress.setRange(0, _STEPS)
        self._progress.setAccessibleName(self.tr("Progress"))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._heading, self._progress):
            layout.addWidget(widget)
        layout.addWidget(self._area, 1)

    def begin(self, jobs: Sequence[ExportJob], names: Sequence[str]) -> None:
        """Show jobs that begin now, each with the name of its take."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        self._rows = [_Row(job, name) for job, name in zip(jobs, names, strict=True)]
        for row in self._rows:
            column.addWidget(row)
        column.addStretch(1)
        self._area.setWidget(inner)
        self._progress.setValue(0)
        set_role(self._heading, "hint")
        self._heading.setText(self.tr("Exporting …"))

    def show_share(self, share: float) -> None:
        """Show how much is done."""
        self._progress.setValue(round(share * _STEPS))

    def show_cancelling(self) -> None:
        """Show that the end is asked for."""
        self._heading.setText(self.tr("Ending …"))

    def show_outcome(self, number: int, outcome: ExportOutcome) -> None:
        """Show what became of a job."""
        self._rows[number].show_outcome(outcome)

    def end(self) -> None:
        """Sum up."""
        done = sum(row.is_done for row in self._rows)
        failed = sum(row.is_failed for row in self._rows)
        if done == len(self._rows):
            self._progress.setValue(_STEPS)
        told = self.tr("{done} of {all} files written").format(done=done, all=len(self._rows))
        if failed:
            told = self.tr("{done} of {all} files written, {failed} failed").format(
                done=done, all=len(self._rows), failed=failed
            )
        self._heading.setText(told)
        set_role(self._heading, "error" if failed else "good" if done else "warn")


class _Row(QFrame):
    """One take in one format."""

    def __init__(self, job: ExportJob, name: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.is_done = False
        self.is_failed = False
        self._path: Path | None = None
        self._title = QLabel(
            self.tr("{take}: {format}").format(take=name, format=job.format_name.upper())
        )
        self._title.setMinimumWidth(60)
        self._text = QLabel(self.tr("waiting"))
        self._text.setObjectName("export_outcome")
        self._text.setProperty("role", "hint")
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(60)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._show = IconButton("folder", self.tr("Show in folder"))
        self._show.setObjectName("export_show")
        self._show.setProperty("role", "compact")
        self._show.clicked.connect(self._open)
        self._show.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 6, 8, 6)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._text, 1, 0)
        grid.addWidget(self._show, 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)

    def show_outcome(self, outcome: ExportOutcome) -> None:
        self._path = outcome.path
        self.is_done = outcome.path is not None
        self.is_failed = outcome.error is not None
        if outcome.path is not None:
            self._text.setText(outcome.path.name)
            self._text.setToolTip(str(outcome.path))
            set_role(self._text, "good")
        elif outcome.cancelled:
            self._text.setText(self.tr("cancelled"))
            set_role(self._text, "warn")
        else:
            self._text.setText(outcome.error or "")
            set_role(self._text, "error")
        self._show.setVisible(self.is_done)

    def _open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
