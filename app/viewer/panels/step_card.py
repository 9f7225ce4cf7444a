"""One step of the calibration: what is known, how good it is, since when, and how to measure it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PyQt5.QtCore import QCoreApplication, QLocale
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.calibrate.steps import Measurement, Step
from app.viewer.panels.reason_words import reason_text
from app.viewer.theme import set_role
from app.viewer.translation import without_mnemonic
from calibration.camera import CameraCalibration
from calibration.floor import FloorCalibration
from calibration.quality import Mark

_LAMP: Final = "●"
_ROLES: Final[dict[Mark, str]] = {"green": "good", "yellow": "warn", "red": "error"}
translate: Final = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class StepWords:
    """How a step is called and explained, translated."""

    title: str
    """Its name, with the mnemonic of the button that measures."""
    purpose: str
    """What it is good for, and how it is done."""


class StepCard(QFrame):
    """Shows the state of one step; its controls are the panel's."""

    def __init__(self, step: Step, words: StepWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName(f"step_{step}")
        self._words = words
        self._marks: dict[Mark, str] = {
            "green": self.tr("good"),
            "yellow": self.tr("usable"),
            "red": self.tr("doubtful"),
        }
        self._lamp = QLabel(_LAMP)
        self._title = QLabel(words.title)
        self._title.setProperty("role", "heading")
        self._date = _label("hint")
        self._date.setWordWrap(False)
        self._facts = _label("")
        self._facts.setObjectName(f"{step}_facts")
        self._reason = _label("hint")
        self._reason.setObjectName(f"{step}_reason")
        head = QHBoxLayout()
        head.addWidget(self._lamp)
        head.addWidget(self._title, 1)
        head.addWidget(self._date)
        self._controls = QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(11, 8, 9, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._facts)
        layout.addWidget(self._reason)
        layout.addSpacing(2)
        layout.addLayout(self._controls)

    def set_buddy(self, button: QPushButton) -> None:
        """Let the mnemonic of the title reach a button, which is called after it."""
        self._title.setBuddy(button)
        button.setAccessibleName(f"{button.text()}: {without_mnemonic(self._title.text())}")

    def add_control(self, control: QWidget, stretch: int = 0) -> None:
        """Put a control below the words."""
        self._controls.addWidget(control, stretch)

    def show_measurement(self, measured: Measurement | None, *, is_used: bool = True) -> None:
        """Show what is known, None where nothing is; and whether it counts for the camera in use."""
        if measured is None:
            set_role(self._lamp, "hint")
            self._lamp.setToolTip(self.tr("not measured"))
            self._lamp.setAccessibleName(self.tr("not measured"))
            self._facts.hide()
            self._date.setText("")
            self._reason.setText(self._words.purpose)
            set_role(self._reason, "hint")
            return
        role = _ROLES[measured.quality.mark] if is_used else "hint"
        mark = self._marks[measured.quality.mark] if is_used else self.tr("of another camera")
        set_role(self._lamp, role)
        self._lamp.setToolTip(mark)
        self._lamp.setAccessibleName(mark)
        self._facts.setText(facts_of(measured))
        self._facts.show()
        self._date.setText(_date(measured.measured_at))
        self._reason.setText(reason_text(measured.quality.reason) if is_used else mark)
        set_role(self._reason, "hint" if role == "good" else role)


def facts_of(measured: Measurement) -> str:
    """Return what was measured, in one line."""
    if isinstance(measured, CameraCalibration):
        camera = measured.camera
        told = translate(
            "StepCard", "{width} x {height}, focal length {focal:.0f} ± {sigma:.0f} px"
        )
        return told.format(
            width=camera.width,
            height=camera.height,
            focal=camera.fx,
            sigma=measured.focal_sigma_px,
        )
    if isinstance(measured, FloorCalibration):
        down = translate(
            "StepCard", "lens at {height:.2f} m, looks {pitch:.1f}° down, rolled {roll:.1f}°"
        )
        up = translate(
            "StepCard", "lens at {height:.2f} m, looks {pitch:.1f}° up, rolled {roll:.1f}°"
        )
        return (down if measured.pitch_deg < 0 else up).format(
            height=measured.camera_height_m,
            pitch=abs(measured.pitch_deg),
            roll=abs(measured.roll_deg),
        )
    said = translate("StepCard", "{stature:.2f} m tall")
    estimated = translate("StepCard", "about {stature:.2f} m tall, as estimated")
    return (said if measured.stature_given else estimated).format(stature=measured.stature_m)


def measure_button(name: str, text: str, tip: str) -> QPushButton:
    """Return a button that begins a step."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


def _date(iso: str) -> str:
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return ""
    if when.date() == datetime.now().astimezone().date():
        return f"{when:%H:%M}"
    return str(QLocale().toString(when.date(), QLocale.ShortFormat))
