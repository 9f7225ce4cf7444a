"""Takes into other tools' formats: what, how, and how it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QDialog,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.viewer.dialogs.export_format_list import FormatList
from app.viewer.dialogs.export_options import ExportOptionFields
from app.viewer.dialogs.export_results import ExportResults
from app.viewer.export_plan import (
    ExportChoices,
    folder_of,
    jobs_for,
    replaced_files,
    takes_without_pictures,
    what_is_missing,
)
from app.viewer.export_run import ExportRun
from app.viewer.studio import Studio
from app.viewer.theme import set_role

_SIZE: Final = (800, 740)
_SCROLL_BAR_PX: Final = 14
_FIRST_CHOICE: Final = ("glb",)


class ExportDialog(QDialog):
    """Two pages: the choices, and the files as they come. It may stay open beside the window."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(self.tr("Export"))
        self.resize(*_SIZE)
        self._studio = studio
        self._takes: tuple[Path, ...] = ()
        self.run = ExportRun(self)
        self._heading = QLabel()
        self._heading.setObjectName("export_heading")
        self._heading.setProperty("role", "heading")
        self._heading.setWordWrap(True)
        self._formats = FormatList()
        self._formats.choose(_FIRST_CHOICE)
        self._fields = ExportOptionFields()
        self._results = ExportResults()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_choices())
        self._pages.addWidget(self._results)
        layout = QVBoxLayout(self)
        layout.addWidget(self._heading)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._make_hint())
        layout.addLayout(self._make_buttons())
        self._connect(studio)
        self._show_choices()

    def show_for(self, takes: Sequence[Path], span_s: tuple[float, float] | None) -> None:
        """Open for some takes, or for a part of one; an export that runs stays in view.

        Args:
            takes: Folders of takes, or an npz of one.
            span_s: From when to when; None for all of it.
        """
        if takes and not self.run.is_running:
            self._takes = tuple(takes)
            self._fields.show_span(span_s, is_one_take=len(takes) == 1)
            self._show_choices()
        self.show()
        self.activateWindow()

    # ---- making

    def _make_choices(self) -> QWidget:
        page = QWidget()
        formats = QGroupBox(self.tr("Formats"))
        column = QVBoxLayout(formats)
        column.addWidget(self._formats)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._fields)
        area.setMinimumWidth(self._fields.minimumSizeHint().width() + _SCROLL_BAR_PX)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(formats, 1)
        row.addWidget(area, 1)
        return page

    def _make_hint(self) -> QLabel:
        self._hint = QLabel()
        self._hint.setObjectName("export_hint")
        self._hint.setWordWrap(True)
        return self._hint

    def _make_buttons(self) -> QHBoxLayout:
        self._back = QPushButton(self.tr("&Back"))
        self._back.setObjectName("export_back")
        self._back.setToolTip(self.tr("Choose other formats for the same takes."))
        self._back.clicked.connect(self._show_choices)
        self._close = QPushButton(self.tr("&Close"))
        self._close.setObjectName("export_close")
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.close)
        self._go = QPushButton(self.tr("&Export"))
        self._go.setObjectName("export_go")
        self._go.setProperty("role", "primary")
        self._go.setDefault(True)
        self._go.clicked.connect(self._start)
        self._cancel = QPushButton(self.tr("C&ancel the export"))
        self._cancel.setObjectName("export_cancel")
        self._cancel.setProperty("role", "danger")
        self._cancel.clicked.connect(self._stop)
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addStretch(1)
        for button in (self._close, self._cancel, self._go):
            row.addWidget(button)
        return row

    def _connect(self, studio: Studio) -> None:
        self._formats.changed.connect(self._check)
        self._fields.changed.connect(self._check)
        self.run.progressed.connect(self._results.show_share)
        self.run.job_done.connect(self._results.show_outcome)
        self.run.ended.connect(self._end)
        studio.closing.connect(self.run.shut_down)

    # ---- showing

    def _show_choices(self) -> None:
        self._pages.setCurrentIndex(0)
        names = [folder_of(take).name for take in self._takes]
        if len(names) == 1:
            self._heading.setText(self.tr("Export {name}").format(name=names[0]))
        else:
            self._heading.setText(self.tr("Export {count} takes").format(count=len(names)))
        self._heading.setToolTip("\n".join(names))
        self._show_buttons()
        self._check()

    def _show_buttons(self) -> None:
        is_choosing = self._pages.currentIndex() == 0
        running = self.run.is_running
        self._go.setVisible(is_choosing)
        self._cancel.setVisible(not is_choosing and running)
        self._cancel.setEnabled(running)
        self._back.setVisible(not is_choosing and not running)
        self._close.setText(self.tr("Go on in the &background") if running else self.tr("&Close"))

    def _check(self) -> None:
        """Say what is missing, or what would be replaced."""
        choices = self._choices()
        problem = self._problem(choices)
        self._go.setEnabled(not problem and bool(self._takes))
        self._hint.setText(problem or self._warning(choices))
        set_role(self._hint, "error" if problem else "warn")
        self._hint.setVisible(bool(self._hint.text()))

    def _problem(self, choices: ExportChoices) -> str:
        words = {
            "formats": self.tr("Choose at least one format."),
            "parts": self.tr("Choose at least one part that moves."),
            "body_file": self.tr("ExPose's files need your SMPL-X model: choose it."),
            "times": self.tr("The end has to come after the start."),
        }
        missing = what_is_missing(choices)
        return words[missing] if missing else ""

    def _warning(self, choices: ExportChoices) -> str:
        without = takes_without_pictures(self._takes, choices)
        if without:
            told = self.tr("{name} has no camera video: choose another view for its MP4.")
            return told.format(name=folder_of(without[0]).name)
        replaced = replaced_files(jobs_for(self._takes, choices))
        if not replaced:
            return ""
        if len(replaced) == 1:
            return self.tr("{name} is there and will be replaced.").format(name=replaced[0].name)
        told = self.tr("{count} files are there and will be replaced.")
        return told.format(count=len(replaced))

    def _choices(self) -> ExportChoices:
        return self._fields.choices(self._formats.chosen)

    # ---- doing

    def _start(self) -> None:
        choices = self._choices()
        if choices.folder is not None:
            try:
                choices.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                told = self.tr("{folder}: cannot be made ({reason}); choose another folder")
                self._hint.setText(told.format(folder=choices.folder, reason=error.strerror))
                set_role(self._hint, "error")
                self._hint.show()
                return
        spares = self._studio.state != "stopped"
        jobs = self.run.start(self._takes, choices, spares_machine=spares)
        self._results.begin(jobs, [folder_of(job.take).name for job in jobs])
        self._pages.setCurrentIndex(1)
        self._hint.hide()
        self._show_buttons()

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._results.show_cancelling()
        self.run.cancel()

    def _end(self) -> None:
        self._results.end()
        self._show_buttons()
