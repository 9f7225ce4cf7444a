"""Measures camera, floor and performer, and keeps what was measured in profiles."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QEvent
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.calibrate.steps import STEPS, CameraGuess, Step, StepPlan, measurement
from app.profiles import DEFAULT_PROFILE, can_undo, load_or_new, profile_path, undo_profile
from app.session import is_of_another_camera
from app.takes.files import write_atomically
from app.viewer.calibration_run import CalibrationRun, Outcome
from app.viewer.dialogs.camera_guess import CameraGuessDialog
from app.viewer.panels.calibration_options import CalibrationOptions
from app.viewer.panels.calibration_progress import CalibrationProgress
from app.viewer.panels.calibration_result import CalibrationResult
from app.viewer.panels.profile_bar import ProfileBar
from app.viewer.panels.step_card import StepCard, StepWords, measure_button
from app.viewer.panels.undo_bar import UndoBar
from app.viewer.settings import WindowSettings
from app.viewer.source_choices import source_label
from app.viewer.studio import Studio
from calibration.board import DEFAULT_BOARD
from calibration.profile import Profile
from engines.errors import MocapError

_CLIPS: Final = "*.mp4 *.mkv *.mov *.avi *.webm *.m4v"
_PERSON, _BOARD = "person", "board"


class CalibrationPanel(QWidget):
    """The steps with their state; while one is being done, how it goes in their place."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._profile = Profile("")
        self._clip = ""
        self._shown: WindowSettings | None = None
        self._run = CalibrationRun(studio, self)
        self._bar = ProfileBar()
        self._state = self._hint("profile_state")
        self._undo_step = QPushButton(self.tr("&Undo the last change"))
        self._undo_step.setObjectName("undo_calibration")
        self._undo_step.setToolTip(
            self.tr("Take the last change of this profile back, or bring it again")
        )
        self._undo_delete = UndoBar()
        self._result = CalibrationResult()
        self._progress = CalibrationProgress(studio)
        self._cards = {step: StepCard(step, words) for step, words in self._words().items()}
        self._options = CalibrationOptions(studio)
        self._make_controls()
        self._arrange()
        self._connect()
        self._show_settings(studio.settings)
        self._show_running(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Take the icons of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.StyleChange and self.layout() is not None:
            self._bar.refresh_icons()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Look which cameras there are, where nobody has yet."""
        super().showEvent(event)
        if self._studio.cameras.cameras is None:
            self._studio.cameras.look()

    def _words(self) -> dict[Step, StepWords]:
        return {
            "camera": StepWords(
                self.tr("&1  Camera"),
                self.tr("Not measured. How wide the camera sees: hold a board before it, and move it about."),
            ),
            "floor": StepWords(
                self.tr("&2  Floor"),
                self.tr("Not measured. Where the floor is, and how the camera is tilted: put it where it stays."),
            ),
            "performer": StepWords(
                self.tr("&3  Performer"),
                self.tr("Not measured. Your height, limbs, face and hands: stand in view from head to foot."),
            ),
        }  # fmt: skip

    def _hint(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("role", "hint")
        label.setWordWrap(True)
        return label

    def _make_controls(self) -> None:
        tip = self.tr("Begin; nothing is kept unless it succeeds")
        self._buttons: dict[Step, QPushButton] = {
            "camera": measure_button("measure_camera", self.tr("Measure"), tip),
            "floor": measure_button("measure_floor", self.tr("Measure"), tip),
            "performer": measure_button("measure_performer", self.tr("Measure"), tip),
        }
        self._guess = measure_button(
            "guess_camera", self.tr("&Guess …"), self.tr("Without a board, to about 10 %")
        )
        self._floor_by = QComboBox()
        self._floor_by.setObjectName("floor_by")
        self._floor_by.setAccessibleName(self.tr("What tells the floor"))
        self._floor_by.setToolTip(self.tr("What tells the floor"))
        self._floor_by.addItem(self.tr("you walk"), _PERSON)
        self._floor_by.addItem(self.tr("board on it"), _BOARD)
        self._from = QComboBox()
        self._from.setObjectName("measure_from")
        self._from.setToolTip(self.tr("Where the pictures for the measurement come from"))
        self._from.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self._no_source = self._hint("no_source")
        self._no_source.setText(self.tr("Choose a camera under Source, or a recorded clip here."))

    def _arrange(self) -> None:
        self._idle = QWidget()
        idle = QVBoxLayout(self._idle)
        idle.setContentsMargins(0, 0, 0, 0)
        caption = QLabel(self.tr("Measure fro&m"))
        caption.setBuddy(self._from)
        source = QHBoxLayout()
        source.addWidget(caption)
        source.addWidget(self._from, 1)
        for widget in (self._bar, self._state, self._undo_delete, self._result):
            idle.addWidget(widget)
        idle.addLayout(source)
        idle.addWidget(self._no_source)
        for step, card in self._cards.items():
            card.add_control(self._buttons[step], 1)
            card.set_buddy(self._buttons[step])
            idle.addWidget(card)
        self._cards["camera"].add_control(self._guess)
        self._cards["floor"].add_control(self._floor_by)
        idle.addWidget(self._undo_step)
        idle.addWidget(self._options)
        layout = QVBoxLayout(self)
        layout.addWidget(self._idle)
        layout.addWidget(self._progress)
        layout.addStretch(1)

    def _connect(self) -> None:
        for step, button in self._buttons.items():
            button.clicked.connect(lambda _on, step=step: self._measure(step))
        self._guess.clicked.connect(lambda _on: self._ask_guess())
        self._from.activated.connect(self._choose_source)
        self._undo_step.clicked.connect(lambda _on: self._undo())
        self._bar.chosen.connect(self._use)
        self._bar.changed.connect(self._refresh)
        self._bar.deleted.connect(self._offer_back)
        self._bar.problem.connect(self._result.show_problem)
        self._result.keep_wanted.connect(self._keep)
        run = self._run
        run.running_changed.connect(self._show_running)
        run.progressed.connect(self._progress.show_progress)
        run.lost.connect(self._progress.show_loss)
        run.succeeded.connect(self._take_outcome)
        run.failed.connect(self._take_failure)
        run.cancelled.connect(
            lambda: self._result.show_note(self.tr("Cancelled; nothing was changed."))
        )
        self._progress.cancel_wanted.connect(run.cancel)
        self._progress.finish_wanted.connect(run.finish)
        self._studio.settings_changed.connect(self._show_settings)
        self._studio.state_changed.connect(self._take_state)
        self._studio.cameras.changed.connect(self._take_cameras)

    # ---- what is known

    @property
    def _name(self) -> str:
        """The profile that a measurement goes to."""
        return self._studio.settings.engine.profile or DEFAULT_PROFILE

    def _show_settings(self, settings: WindowSettings) -> None:
        before, self._shown = self._shown, settings
        if before is None or before.engine.profile != settings.engine.profile:
            self._refresh()
        if before is None or before.source.spec != settings.source.spec:
            self._list_sources()
            self._show_state()

    def _refresh(self) -> None:
        """Read the profile in use, and show it."""
        name = self._studio.settings.engine.profile
        try:
            self._profile = load_or_new(name) if name else Profile("")
        except MocapError as error:
            self._profile = Profile("")
            self._result.show_problem(str(error))
        self._bar.show_profile(name)
        self._undo_step.setVisible(bool(name) and can_undo(name))
        self._show_state()

    def _take_state(self, _state: str) -> None:
        self._show_state()

    def _take_cameras(self) -> None:
        self._list_sources()
        self._show_state()

    def _show_state(self) -> None:
        settings = self._studio.settings
        text, role = "", "hint"
        is_other = self._is_of_another_camera()
        for step in STEPS:
            is_used = step == "performer" or not is_other
            self._cards[step].show_measurement(measurement(self._profile, step), is_used=is_used)
        if not settings.engine.profile:
            told = self.tr("No profile is in use. What you measure goes to “{name}”.")
            text = told.format(name=DEFAULT_PROFILE)
        elif self._profile.camera is not None and is_other:
            role = "warn"
            told = self.tr(
                "Measured with {measured}; the camera is {now}. Lens and floor are not used: measure them, or choose "
                "another profile."
            )
            measured = self._profile.camera
            text = told.format(
                measured=measured.device_name or self._label(measured.source),
                now=self._label(settings.source.spec),
            )
        self._state.setText(text)
        self._state.setVisible(bool(text))
        self._state.setProperty("role", role)
        self._state.style().unpolish(self._state)
        self._state.style().polish(self._state)

    def _is_of_another_camera(self) -> bool:
        """Whether lens and floor are not used; nobody knows before the cameras were looked for."""
        cameras = self._studio.cameras.cameras
        spec = self._studio.settings.source.spec
        return cameras is not None and is_of_another_camera(self._profile, spec, lambda: cameras)

    def _label(self, spec: str) -> str:
        return source_label(spec, self._studio.cameras.cameras or ())

    # ---- where the pictures come from

    @property
    def _source(self) -> str:
        return self._clip or self._studio.settings.source.spec

    def _list_sources(self) -> None:
        spec = self._studio.settings.source.spec
        self._from.clear()
        self._from.addItem(self._label(spec) or self.tr("no camera chosen"))
        self._from.addItem(Path(self._clip).name if self._clip else self.tr("a recorded clip …"))
        self._from.setCurrentIndex(1 if self._clip else 0)
        for button in (*self._buttons.values(), self._guess):
            button.setEnabled(bool(self._source))
        self._no_source.setVisible(not self._source)

    def _choose_source(self, row: int) -> None:
        self._clip = ""
        if row == 1:
            kinds = self.tr("Clips ({kinds});;All files (*)").format(kinds=_CLIPS)
            self._clip, _ = QFileDialog.getOpenFileName(self, self.tr("A recorded clip"), "", kinds)
        self._list_sources()

    # ---- measuring

    def _measure(
        self, step: Step, guess: CameraGuess | None = None, stature_m: float | None = None
    ) -> None:
        known = self._studio.settings.calibration
        board = known.board or DEFAULT_BOARD
        by_person = step == "performer" or (
            step == "floor" and self._floor_by.currentData() == _PERSON
        )
        plan = StepPlan(
            step,
            self._source,
            board="" if by_person else board,
            guess=guess,
            stature_m=stature_m or known.stature_m or None,
        )
        self._result.dismiss()
        self._progress.begin(plan)
        self._run.start(plan, self._name)

    def _ask_guess(self) -> None:
        dialog = CameraGuessDialog(self._studio.settings.calibration.stature_m, self)
        is_wanted = dialog.exec_() == QDialog.Accepted
        dialog.deleteLater()
        if is_wanted:
            choice = dialog.choice
            self._measure("camera", choice.guess, choice.stature_m)

    def _show_running(self, is_running: bool) -> None:
        self._idle.setVisible(not is_running)
        self._progress.setVisible(is_running)
        if not is_running:
            self._progress.end()

    def _take_outcome(self, outcome: Outcome) -> None:
        self._result.show_outcome(outcome)
        if outcome.path is not None:
            self._use(outcome.name)
            self._refresh()

    def _take_failure(self, why: str) -> None:
        self._result.show_problem(why)
        self._studio.problem.emit(why)

    def _keep(self, outcome: Outcome) -> None:
        try:
            self._take_outcome(self._run.keep(outcome))
        except MocapError as error:
            self._take_failure(str(error))
            return
        self._use_anew()

    # ---- profiles

    def _use(self, name: str) -> None:
        settings = self._studio.settings
        self._studio.change(replace(settings, engine=replace(settings.engine, profile=name)))

    def _use_anew(self) -> None:
        """The profile in use is another now: what runs has to know."""
        if self._studio.state == "running":
            self._studio.restart()

    def _undo(self) -> None:
        name = self._studio.settings.engine.profile
        try:
            undo_profile(name)
        except MocapError as error:
            self._take_failure(str(error))
            return
        self._refresh()
        self._result.show_note(self.tr("The profile is as it was before the last change."))
        self._use_anew()

    def _offer_back(self, name: str, data: bytes) -> None:
        self._use("")
        self._refresh()
        told = self.tr("“{name}” is in the trash.").format(name=name)
        self._undo_delete.offer(told, partial(self._bring_back, name, data))

    def _bring_back(self, name: str, data: bytes) -> None:
        path = profile_path(name)
        if path.exists():
            self._result.show_problem(
                self.tr("There is another profile “{name}” now; rename it first.").format(name=name)
            )
            return
        try:
            write_atomically(path, lambda file: file.write(data))
        except OSError as error:
            self._result.show_problem(f"{path}: {error}")
            return
        self._use(name)
        self._refresh()
