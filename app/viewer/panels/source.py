"""Where the pictures come from and what makes a body of them; start and stop."""

from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QEvent
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.profiles import list_profiles
from app.session import engine_options
from app.viewer.background import Background
from app.viewer.panels.choice_box import ChoiceBox
from app.viewer.panels.engine_picker import EnginePicker
from app.viewer.panels.source_picker import SourcePicker
from app.viewer.settings import SourceSettings, WindowSettings
from app.viewer.source_choices import kind_of
from app.viewer.status import Status
from app.viewer.studio import Studio
from app.viewer.theme import icon, set_role
from engines.catalog import EngineReport, report_engines
from engines.errors import MocapError

_SLOW_SHARE: Final = 0.8
"""Of the rate asked; a camera below it wants more light, or another pixel format."""


class SourcePanel(QWidget):
    """Source, turn, profile, engine; says what the source really gives."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._background = Background("source-panel", self)
        self._is_listed = False
        self._expose_folder = studio.settings.engine.expose_folder
        self._start = QPushButton()
        self._start.setObjectName("start_button")
        self._start.clicked.connect(self._start_or_stop)
        self._measured = QLabel()
        self._measured.setObjectName("measured_label")
        self._measured.setWordWrap(True)
        self._problem = QLabel()
        self._problem.setObjectName("source_problem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._picker = SourcePicker(studio)
        self._picker.refresh_wanted.connect(self.refresh)
        self._turn = ChoiceBox("turn_choice")
        self._loop = QCheckBox(self.tr("Begin ane&w at the end"))
        self._profile = ChoiceBox("profile_choice")
        self._engines = EnginePicker(studio)
        self._place()
        self._connect()
        self._show_settings(studio.settings)
        self._show_state(studio.state)
        self._show_status(None)
        self._show_problem("")

    def refresh(self) -> None:
        """Look again which cameras, engines and profiles there are."""
        self._is_listed = True
        self._fill_profiles()
        self._picker.show_searching()
        self._studio.cameras.look()
        self._ask_engines()

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802  # Qt's name
        """Look what there is, the first time."""
        super().showEvent(event)
        if not self._is_listed:
            self.refresh()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802  # Qt's name
        """Make the icons anew in the colours of another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._picker.refresh_icons()
            self._show_state(self._studio.state)

    def _connect(self) -> None:
        studio = self._studio
        studio.settings_changed.connect(self._show_settings)
        studio.state_changed.connect(self._show_state)
        studio.status_changed.connect(self._show_status)
        studio.problem.connect(self._take_problem)
        studio.cameras.changed.connect(self._show_cameras)
        studio.cameras.failed.connect(self._tell)
        studio.closing.connect(self._background.shut_down)

    def _ask_engines(self) -> None:
        self._expose_folder = self._studio.settings.engine.expose_folder
        self._background.run(self._report_engines, self._engines.show_reports, self._fail)

    # ---- on the worker thread

    def _report_engines(self) -> tuple[EngineReport, ...]:
        return report_engines(engine_options(self._studio.config))

    # ---- what the person does

    def _start_or_stop(self) -> None:
        if self._studio.state == "stopped":
            self._studio.start()
        else:
            self._studio.stop()

    def _choose_turn(self, index: int) -> None:
        self._change(rotate_deg=self._turn.itemData(index))

    def _choose_loop(self, is_on: bool) -> None:
        self._change(loop=is_on)

    def _choose_profile(self, index: int) -> None:
        settings = self._studio.settings
        engine = replace(settings.engine, profile=self._profile.itemData(index))
        self._studio.change(replace(settings, engine=engine))

    def _change(self, **values: object) -> None:
        settings = self._studio.settings
        source: SourceSettings = replace(settings.source, **values)  # type: ignore[arg-type]
        self._studio.change(replace(settings, source=source))

    # ---- what is shown

    def _show_settings(self, settings: WindowSettings) -> None:
        kind = kind_of(settings.source.spec)
        self._turn.show_choice(settings.source.rotate_deg)
        self._turn.setEnabled(kind != "synthetic")
        self._loop.setChecked(settings.source.loop)
        self._loop.setVisible(kind in ("video", "pictures", "demo", "synthetic"))
        if not self._profile.show_choice(settings.engine.profile):
            self._fill_profiles()
        self._show_state(self._studio.state)
        if self._is_listed and settings.engine.expose_folder != self._expose_folder:
            self._ask_engines()

    def _show_state(self, state: str) -> None:
        words = {
            "stopped": self.tr("&Start"),
            "starting": self.tr("Starting …"),
            "running": self.tr("&Stop"),
            "stopping": self.tr("Stopping …"),
            "measuring": self.tr("Measuring …"),
        }
        is_stopped = state == "stopped"
        has_source = bool(self._studio.settings.source.spec)
        self._start.setText(words[state])
        self._start.setIcon(icon("play", "accent_text") if is_stopped else icon("stop"))
        self._start.setEnabled((is_stopped and has_source) or state == "running")
        self._start.setToolTip(
            self.tr("Choose a source first")
            if is_stopped and not has_source
            else self.tr("Open the source, or end the session")
        )
        set_role(self._start, "primary" if is_stopped else "button")
        if state == "starting":
            self._show_problem("")

    def _show_status(self, status: Status | None) -> None:
        if status is None:
            self._measured.hide()
            return
        source = status.source
        if source is not None and source.state == "reconnecting":
            text, role = self.tr("Lost, trying again: {0}").format(source.detail), "warn"
        else:
            text, role = self._rate_words(status)
        self._measured.setText(text)
        set_role(self._measured, role)
        self._measured.show()

    def _rate_words(self, status: Status) -> tuple[str, str]:
        """Return what the source gives and its role: a warning where a camera is far slower than was asked."""
        source = status.source
        asked = self._studio.settings.source
        if source is None:
            words = self.tr("The source gives {fps:.1f} fps")
            return words.format(fps=status.stats.capture_fps), "hint"
        if kind_of(asked.spec) != "camera":
            words = self.tr("The source gives {mode}; measured {fps:.1f} fps")
            return words.format(mode=source.mode, fps=source.fps_hz), "hint"
        words = self.tr("The camera gives {mode}; measured {fps:.1f} of {asked:g} fps")
        is_slow = 0 < source.fps_hz < _SLOW_SHARE * asked.fps_hz
        text = words.format(mode=source.mode, fps=source.fps_hz, asked=asked.fps_hz)
        return text, "warn" if is_slow else "hint"

    def _take_problem(self, text: str) -> None:
        if self._studio.state == "starting":
            self._show_problem(text)

    def _show_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _show_cameras(self) -> None:
        self._picker.show_cameras(self._studio.cameras.cameras or ())

    def _fail(self, error: MocapError) -> None:
        self._tell(str(error))

    def _tell(self, problem: str) -> None:
        self._show_problem(problem)
        self._studio.problem.emit(problem)

    def _fill_profiles(self) -> None:
        chosen = self._studio.settings.engine.profile
        self._profile.clear()
        self._profile.addItem(self.tr("None"), "")
        for name in list_profiles():
            self._profile.addItem(name, name)
        if not self._profile.show_choice(chosen):
            self._profile.addItem(chosen, chosen)
            self._profile.show_choice(chosen)

    # ---- layout

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self._start)
        layout.addWidget(self._measured)
        layout.addWidget(self._problem)
        layout.addWidget(self._source_group())
        layout.addWidget(self._engine_group())
        layout.addStretch(1)

    def _source_group(self) -> QWidget:
        for turn, text in (
            (0, self.tr("Not turned")),
            (90, self.tr("90° clockwise")),
            (180, self.tr("180°")),
            (270, self.tr("90° anticlockwise")),
        ):
            self._turn.addItem(text, turn)
        self._turn.setToolTip(self.tr("For a camera that is mounted on its side"))
        self._turn.activated.connect(self._choose_turn)
        self._loop.setObjectName("loop_box")
        self._loop.setToolTip(self.tr("Play a recording again and again"))
        self._loop.clicked.connect(self._choose_loop)
        self._profile.setToolTip(
            self.tr("What the Calibration panel measured: lens, floor, body and face")
        )
        self._profile.activated.connect(self._choose_profile)
        group = QGroupBox(self.tr("Source"))
        layout = QVBoxLayout(group)
        layout.setSpacing(9)
        layout.addWidget(self._picker)
        layout.addWidget(self._loop)
        form = QFormLayout()
        form.addRow(self.tr("&Turn"), self._turn)
        form.addRow(self.tr("Calib&ration"), self._profile)
        layout.addLayout(form)
        return group

    def _engine_group(self) -> QWidget:
        group = QGroupBox(self.tr("Engine"))
        layout = QVBoxLayout(group)
        layout.addWidget(self._engines)
        return group
