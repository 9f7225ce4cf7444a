"""Chooses what computes the body: every engine on every device, and what keeps some of them from running."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from PyQt5.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.viewer.engine_words import device_word, engine_word
from app.viewer.panels.choice_box import ChoiceBox
from app.viewer.panels.path_label import PathLabel
from app.viewer.settings import EngineSettings, WindowSettings
from app.viewer.studio import Studio
from engines.catalog import EngineReport


class EnginePicker(QWidget):
    """Changes `settings.engine`, but for the profile."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._reports: tuple[EngineReport, ...] = ()
        self._buttons: dict[EngineReport, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._auto = QRadioButton(self.tr("&Automatic (best usable)"))
        self._auto.setObjectName("engine_auto")
        self._auto.setToolTip(self.tr("Take the first of this list that can run here"))
        self._auto.clicked.connect(partial(self._choose, "auto", "auto"))
        self._group.addButton(self._auto)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        self._waiting = QLabel(self.tr("Looking what can run here …"))
        self._waiting.setProperty("role", "hint")
        self._hands = QCheckBox(self.tr("Look for &hands"))
        self._face = QCheckBox(self.tr("Look for the &face"))
        self._in_turn = ChoiceBox("hands_in_turn_choice")
        self._folder = PathLabel()
        self._browse = QPushButton(self.tr("ExPose &files …"))
        self._browse.setObjectName("expose_folder_button")
        self._browse.setToolTip(
            self.tr(
                "Choose the data folder of the official ExPose release, which you have to get yourself"
            )
        )
        self._browse.clicked.connect(lambda: self._choose_folder())
        self._set_up_parts()
        self._place()
        studio.settings_changed.connect(self._show_settings)
        self._show_settings(studio.settings)

    def show_reports(self, reports: Sequence[EngineReport]) -> None:
        """Show which engines there are."""
        if tuple(reports) == self._reports:
            return
        self._reports = tuple(reports)
        self._waiting.hide()
        self._buttons.clear()
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for report in self._reports:
            self._add_row(report)
        order = (self._auto, *self._buttons.values(), self._browse)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        self._show_settings(self._studio.settings)

    def _add_row(self, report: EngineReport) -> None:
        text = self.tr("{engine} on the {device}").format(
            engine=engine_word(report.name), device=device_word(report.device)
        )
        button = QRadioButton(text)
        button.setObjectName(f"engine_{report.name}_{report.device}")
        button.clicked.connect(partial(self._choose, report.name, report.device))
        self._group.addButton(button)
        self._buttons[report] = button
        self._rows.addWidget(button)
        button.setEnabled(report.why_not is None)
        button.setToolTip(report.why_not or self.tr("Can run on this computer"))
        if report.why_not is not None:
            reason = QLabel(self._reason(report.name, report.why_not))
            reason.setObjectName(f"why_not_{report.name}_{report.device}")
            reason.setProperty("role", "hint")
            reason.setWordWrap(True)
            reason.setIndent(24)
            self._rows.addWidget(reason)

    def _reason(self, engine: str, why_not: str) -> str:
        """Return why an engine cannot run; the first step in words of the window, not of the command line."""
        if engine == "expose" and not self._studio.config.expose.checkpoint:
            return self.tr("Needs the official release: choose its data folder below.")
        if engine == "expose-open":
            return self.tr("Its networks do not come with this version.")
        return why_not

    def _set_up_parts(self) -> None:
        self._hands.setObjectName("look_for_hands")
        self._hands.setToolTip(self.tr("Off, the pictures are done sooner, and fingers rest"))
        self._hands.clicked.connect(lambda is_on: self._change(hands=is_on))
        self._face.setObjectName("look_for_face")
        self._face.setToolTip(self.tr("Off, the pictures are done sooner, and the face rests"))
        self._face.clicked.connect(lambda is_on: self._change(face=is_on))
        for value, text in (
            ("auto", self.tr("Automatic")),
            ("yes", self.tr("In turn: twice as fast")),
            ("no", self.tr("In every picture")),
        ):
            self._in_turn.addItem(text, value)
        self._in_turn.setToolTip(
            self.tr("Two hands in turn: each is looked at in every other picture")
        )
        self._in_turn.activated.connect(
            lambda index: self._change(hands_in_turn=self._in_turn.itemData(index))
        )

    def _choose(self, name: str, device: str, _checked: bool = True) -> None:
        self._change(name=name, device=device)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Data folder of ExPose"))
        if folder:
            self._change(expose_folder=folder)

    def _change(self, **values: object) -> None:
        settings = self._studio.settings
        engine: EngineSettings = replace(settings.engine, **values)  # type: ignore[arg-type]
        self._studio.change(replace(settings, engine=engine))

    def _show_settings(self, settings: WindowSettings) -> None:
        engine = settings.engine
        chosen = self._button_of(engine)
        chosen.setChecked(True)
        self._folder.show_path(engine.expose_folder)
        self._hands.setChecked(engine.hands)
        self._face.setChecked(engine.face)
        self._in_turn.show_choice(engine.hands_in_turn)
        self._in_turn.setEnabled(engine.hands)

    def _button_of(self, engine: EngineSettings) -> QRadioButton:
        fitting = [
            report
            for report in self._reports
            if report.name == engine.name and engine.device in ("auto", report.device)
        ]
        fitting.sort(key=lambda report: report.why_not is not None)
        return self._buttons[fitting[0]] if fitting else self._auto

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._auto)
        layout.addWidget(self._waiting)
        layout.addLayout(self._rows)
        files = QHBoxLayout()
        files.addWidget(self._folder, 1)
        files.addWidget(self._browse)
        layout.addLayout(files)
        layout.addSpacing(6)
        layout.addWidget(self._hands)
        layout.addWidget(self._face)
        form = QFormLayout()
        form.addRow(self.tr("Two ha&nds"), self._in_turn)
        layout.addLayout(form)
