"""What came of the last step: what changed, or why nothing did and what to do."""

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from app.calibrate.steps import Step, measurement
from app.viewer.calibration_run import Outcome
from app.viewer.panels.reason_words import reason_text
from app.viewer.panels.step_card import facts_of
from app.viewer.theme import set_role


class CalibrationResult(QFrame):
    """Hidden until there is something to say."""

    keep_wanted = pyqtSignal(object)
    """The `Outcome`, doubtful as it is, is to replace the earlier measurement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibration_result")
        self.setProperty("role", "card")
        self._outcome: Outcome | None = None
        self._text = QLabel()
        self._text.setObjectName("result_text")
        self._text.setWordWrap(True)
        self._keep = QPushButton(self.tr("&Replace it all the same"))
        self._keep.setObjectName("result_keep")
        self._keep.setToolTip(
            self.tr("Use the doubtful measurement; the earlier one can be had back")
        )
        self._keep.clicked.connect(self._tell_keep)
        self._dismiss = QPushButton(self.tr("&OK"))
        self._dismiss.setObjectName("result_dismiss")
        self._dismiss.setToolTip(self.tr("Read, and done with"))
        self._dismiss.clicked.connect(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(11, 8, 9, 8)
        for widget in (self._text, self._keep, self._dismiss):
            layout.addWidget(widget)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty while it is hidden."""
        return "" if self.isHidden() else str(self._text.text())

    def show_outcome(self, outcome: Outcome) -> None:
        """Say what was measured."""
        step = outcome.plan.step
        part = measurement(outcome.measured, step)
        if part is None:
            return
        if outcome.path is None:
            told = self.tr(
                "Doubtful: {reason}. The earlier measurement stays, unless you say otherwise."
            )
            self._say(told.format(reason=reason_text(part.quality.reason)), "warn", outcome)
            return
        lines = [self._titles()[step].format(name=outcome.name)]
        earlier = measurement(outcome.before, step)
        if earlier is not None:
            lines.append(self.tr("Before: {facts}.").format(facts=facts_of(earlier)))
        if step == "camera" and outcome.before.floor is not None and outcome.measured.floor is None:
            lines.append(self.tr("It is another camera: its floor is forgotten, measure it anew."))
        self._say(" ".join(lines), "good" if part.quality.mark == "green" else "warn")

    def show_problem(self, text: str) -> None:
        """Say why something could not be done."""
        self._say(text, "error")

    def show_note(self, text: str) -> None:
        """Say something that is neither good nor bad."""
        self._say(text, "hint")

    def dismiss(self) -> None:
        """Say no more of it."""
        self._outcome = None
        self.hide()

    def _titles(self) -> dict[Step, str]:
        return {
            "camera": self.tr("The camera is measured, and kept in “{name}”."),
            "floor": self.tr("The floor is measured, and kept in “{name}”."),
            "performer": self.tr("The performer is measured, and kept in “{name}”."),
        }

    def _say(self, text: str, role: str, doubtful: Outcome | None = None) -> None:
        self._outcome = doubtful
        self._text.setText(text)
        set_role(self._text, role)
        self._keep.setVisible(doubtful is not None)
        keeps = self.tr("Keep the &earlier one") if doubtful is not None else self.tr("&OK")
        self._dismiss.setText(keeps)
        self.show()

    def _tell_keep(self) -> None:
        outcome = self._outcome
        self.dismiss()
        if outcome is not None:
            self.keep_wanted.emit(outcome)
