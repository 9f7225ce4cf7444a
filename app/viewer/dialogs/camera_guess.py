"""Asks by what a camera is to be guessed: its kind, its field of view, or a person at a known distance."""

from dataclasses import dataclass

from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.calibrate.steps import CameraGuess
from calibration.camera_guess import DIAGONAL_FOV_DEG
from calibration.performer import STATURES_M

_USUAL_FOV_DEG = 78.0
_USUAL_DISTANCE_M = 2.5
_USUAL_STATURE_M = 1.7


@dataclass(frozen=True, slots=True)
class GuessChoice:
    """What the person chose."""

    guess: CameraGuess
    """How to guess."""
    stature_m: float | None
    """Height of the person who stands there; None where nobody need."""


class CameraGuessDialog(QDialog):
    """Three ways, one of them chosen."""

    def __init__(self, stature_m: float = 0.0, parent: QWidget | None = None) -> None:
        """Offer a height that is known; 0 for none."""
        super().__init__(parent)
        self.setObjectName("camera_guess")
        self.setWindowTitle(self.tr("Guess the camera"))
        self._by_kind = self._choice("guess_by_kind", self.tr("By its &kind"))
        self._by_fov = self._choice("guess_by_fov", self.tr("By its field of &view"))
        self._by_person = self._choice("guess_by_person", self.tr("By a person at a &distance"))
        self._by_kind.setChecked(True)
        self._kind = QComboBox()
        self._kind.setObjectName("guess_kind")
        for name, text in self._kinds().items():
            self._kind.addItem(
                self.tr("{kind}, {fov:.0f}°").format(kind=text, fov=DIAGONAL_FOV_DEG[name]), name
            )
        self._kind.setCurrentIndex(self._kind.findData("webcam"))
        self._fov = self._number("guess_fov", _USUAL_FOV_DEG, (5, 170), "°", 0)
        low, high = STATURES_M
        usual = stature_m if stature_m > 0 else _USUAL_STATURE_M
        self._stature = self._number("guess_stature", usual, (low, high), " m", 2)
        self._distance = self._number("guess_distance", _USUAL_DISTANCE_M, (0.5, 20), " m", 2)
        self._arrange()

    @property
    def choice(self) -> GuessChoice:
        """What is chosen."""
        if self._by_kind.isChecked():
            return GuessChoice(CameraGuess(kind=str(self._kind.currentData())), None)
        if self._by_fov.isChecked():
            return GuessChoice(CameraGuess(fov_deg=self._fov.value()), None)
        guess = CameraGuess(distance_m=self._distance.value())
        return GuessChoice(guess, self._stature.value())

    def _kinds(self) -> dict[str, str]:
        return {
            "laptop": self.tr("built into a laptop"),
            "webcam": self.tr("webcam"),
            "wide-webcam": self.tr("wide webcam"),
            "phone": self.tr("phone, back"),
            "phone-selfie": self.tr("phone, front"),
            "action": self.tr("action camera"),
        }

    def _choice(self, name: str, text: str) -> QRadioButton:
        button = QRadioButton(text)
        button.setObjectName(name)
        return button

    def _number(
        self, name: str, value: float, between: tuple[float, float], unit: str, decimals: int
    ) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setObjectName(name)
        spin.setDecimals(decimals)
        spin.setRange(*between)
        spin.setSingleStep(10.0**-decimals)
        spin.setSuffix(unit)
        spin.setValue(value)
        return spin

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        hint = QLabel(
            self.tr("A guess is good to about 10 %. A board measures the camera to 1 % or better.")
        )
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        layout.addWidget(hint)
        rows: tuple[tuple[QRadioButton, tuple[tuple[str, QWidget], ...]], ...] = (
            (self._by_kind, ((self.tr("It is a"), self._kind),)),
            (self._by_fov, ((self.tr("Across the diagonal"), self._fov),)),
            (
                self._by_person,
                (
                    (self.tr("Height of the person"), self._stature),
                    (self.tr("From lens to person"), self._distance),
                ),
            ),
        )
        for button, fields in rows:
            layout.addWidget(button)
            form = QFormLayout()
            form.setContentsMargins(24, 0, 0, 6)
            for text, field in fields:
                label = QLabel(text)
                label.setBuddy(field)
                form.addRow(label, field)
                field.setEnabled(button.isChecked())
                button.toggled.connect(field.setEnabled)
            layout.addLayout(form)
        buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        buttons.button(QDialogButtonBox.Ok).setText(self.tr("&Guess"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
