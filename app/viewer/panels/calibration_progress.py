"""How a step goes: what to do, in large words, what has been covered, and the ways to end it; beeps and speaks."""

import time
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale, Qt, pyqtSignal
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QShortcut, QVBoxLayout, QWidget

from app.calibrate.frames import Progress
from app.calibrate.speech import find_speaker
from app.calibrate.steps import StepPlan
from app.viewer.dialogs.cue_screen import CueScreen
from app.viewer.panels.coverage_view import CoverageView
from app.viewer.panels.cue_view import CueView, cue_text
from app.viewer.sounds import Sounds
from app.viewer.studio import Studio
from app.viewer.theme import set_role

_CONTEXT: Final = "CalibrationGuide"
_SPEAK_AGAIN_S: Final = 4.0

ADVICE: Final = (
    QT_TRANSLATE_NOOP("CalibrationGuide", "hold the board so that the camera sees all of it"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "tilt the board: its left side away from the camera"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "tilt the board: its right side away from the camera"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "tilt the board: its top side away from the camera"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "tilt the board: its bottom side away from the camera"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the top left of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the top of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the top right of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the left of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the right of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the bottom left of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the bottom of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "move the board to the bottom right of the picture"),
    QT_TRANSLATE_NOOP("CalibrationGuide", "that is enough; hold still or press stop"),
)
"""The advice of `calibration.views` that is always the same, for the translators."""


class CalibrationProgress(QWidget):
    """Shown while a step is being done."""

    cancel_wanted = pyqtSignal()
    """Give it up."""
    finish_wanted = pyqtSignal()
    """Measure with what was seen."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._speaker = find_speaker(str(QLocale().name()).partition("_")[0])
        self._spoken = ""
        self._spoken_s = 0.0
        self._wants_screen = False
        self._has_cue = False
        self._is_over = False
        self._sounds = Sounds(self)
        studio.closing.connect(self._sounds.shut_down)
        self.cue = CueView()
        """What to do now."""
        self.coverage = CoverageView()
        """Where the board has been."""
        self._screen = CueScreen(studio, self)
        self._screen.cancel_wanted.connect(self._give_up)
        self._escape = QShortcut(QKeySequence(Qt.Key_Escape), self, self._screen.hide)
        self._escape.setEnabled(False)
        self._count = QLabel()
        self._count.setObjectName("calibration_count")
        self._count.setProperty("role", "hint")
        self._count.setWordWrap(True)
        self._finish = QPushButton(self.tr("Enough: &measure"))
        self._finish.setObjectName("calibration_finish")
        self._finish.setToolTip(self.tr("Measure with what has been seen so far"))
        self._finish.clicked.connect(self._measure)
        self._cancel = QPushButton(self.tr("&Cancel"))
        self._cancel.setObjectName("calibration_cancel")
        self._cancel.setToolTip(self.tr("Give it up; nothing is changed"))
        self._cancel.clicked.connect(self._give_up)
        buttons = QHBoxLayout()
        buttons.addWidget(self._finish, 1)
        buttons.addWidget(self._cancel, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.cue)
        layout.addWidget(self._count)
        layout.addWidget(self.coverage)
        layout.addLayout(buttons)
        self.hide()

    def begin(self, plan: StepPlan) -> None:
        """Prepare for a step."""
        uses_board = bool(plan.board) and plan.guess is None
        self._wants_screen = not uses_board and self._studio.settings.calibration.large_cues
        self.coverage.setVisible(plan.step == "camera" and uses_board)
        self.coverage.show_guide(None)
        self._finish.setVisible(uses_board)
        self._finish.setEnabled(False)
        self._cancel.setEnabled(True)
        self._count.setText("")
        self._show_words(self.tr("opening …"), None)
        self._has_cue = self._is_over = False
        self._spoken = ""

    def show_progress(self, progress: Progress) -> None:
        """Show where the step is."""
        if self._is_over:  # what was told before the button was pressed
            return
        if progress.is_computing:
            self._show_computing()
            return
        settings = self._studio.settings
        if progress.tone_hz:
            self._has_cue = True
            words = str(progress.count) if progress.count else cue_text(progress.message)
            self._show_words(words, progress.share)
            self._announce(words, progress.tone_hz)
            return
        guide = progress.guide
        self._finish.setEnabled(True)
        self._count.setText(progress.problem or self._seen_words(progress))
        set_role(self._count, "warn" if progress.problem else "hint")
        if guide is not None:
            self.coverage.show_guide(guide, is_mirrored=settings.view.mirror_picture)
        if guide is not None and progress.total is None:  # nobody can follow advice in a recording
            self._show_words(
                str(QCoreApplication.translate(_CONTEXT, guide.advice)), progress.share
            )
            self._speak_advice(self.cue.text)
            return
        words = self.cue.text if self._has_cue else self.tr("reading the clip …")
        self._show_words(words, progress.share)

    def show_loss(self) -> None:
        """Say that no pictures come, until they do."""
        self._count.setText(self.tr("The camera was lost. Trying again …"))
        set_role(self._count, "error")

    def end(self) -> None:
        """Be silent, and put the large words away."""
        self._screen.hide()
        self._escape.setEnabled(False)
        if self._speaker is not None:
            self._speaker.stop()

    def _seen_words(self, progress: Progress) -> str:
        if progress.seen is None:
            return progress.message
        if progress.guide is not None:
            return self.tr("Different views: {count}").format(count=progress.seen)
        return self.tr("Seen in pictures: {count}").format(count=progress.seen)

    def _measure(self) -> None:
        self._show_computing()
        self.finish_wanted.emit()

    def _show_computing(self) -> None:
        self._is_over = True
        self._finish.setEnabled(False)
        self._show_words(self.tr("measuring …"), None)

    def _give_up(self) -> None:
        self._is_over = True
        self._cancel.setEnabled(False)
        self._finish.setEnabled(False)
        self._show_words(self.tr("cancelling …"), None)
        self.cancel_wanted.emit()

    def _show_words(self, words: str, share: float | None) -> None:
        for view in (self.cue, self._screen.view):
            view.show_text(words)
            view.show_share(share)

    def _announce(self, words: str, tone_hz: int) -> None:
        if self._wants_screen and not self._screen.isVisible() and self.isVisible():
            self._wants_screen = False  # once: whoever hides it does not want it back
            self._screen.appear()
            self._escape.setEnabled(True)  # the screen takes no focus: the key goes to the window
        if self._studio.settings.calibration.sound:
            self._sounds.play(tone_hz)
        self._speak(words)

    def _speak_advice(self, words: str) -> None:
        if words != self._spoken and time.monotonic() - self._spoken_s > _SPEAK_AGAIN_S:
            self._speak(words)

    def _speak(self, words: str) -> None:
        if self._speaker is not None and self._studio.settings.calibration.speech:
            self._spoken, self._spoken_s = words, time.monotonic()
            self._speaker.say(words)
