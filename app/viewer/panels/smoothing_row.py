"""One line of the smoothing settings: how strong, and how late that makes the part."""

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QWidget

from app.viewer.translation import without_mnemonic

STRONGEST: Final = 4.0
"""The slider's end: the cut-off frequencies are divided by as much."""
USUAL: Final = 1.0
"""What a double click goes back to."""
_STEPS: Final = 20
"""Of the slider, for 1."""


class ResetSlider(QSlider):
    """A slider that goes back to its usual value by a double click."""

    reset_wanted = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Ask for the usual value."""
        self.reset_wanted.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Let the wheel scroll the panel, until the person is at work here."""
        if event is not None and not self.hasFocus():
            event.ignore()
        else:
            super().wheelEvent(event)


class CalmSpinBox(QDoubleSpinBox):
    """A number that the wheel changes only where the person is at work."""

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Let the wheel scroll the panel otherwise."""
        if event is not None and not self.hasFocus():
            event.ignore()
        else:
            super().wheelEvent(event)


class ResetLabel(QLabel):
    """A label that does the same."""

    reset_wanted = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Ask for the usual value."""
        self.reset_wanted.emit()


class SmoothingRow(QWidget):
    """Label, number and delay above a slider."""

    changed = pyqtSignal(float)
    """The new strength, chosen by the person."""

    def __init__(
        self,
        part: str,
        label: str,
        hint: str,
        delay_ms: Callable[[float], float],
        parent: QWidget | None = None,
    ) -> None:
        """Show a part's strength; `delay_ms` tells the delay that a strength adds."""
        super().__init__(parent)
        self._delay_ms = delay_ms
        self._label = ResetLabel(label)
        self._delay = QLabel()
        self._number = CalmSpinBox()
        self._slider = ResetSlider(Qt.Orientation.Horizontal)
        self._set_up(part, hint)
        self._place()
        self._number.valueChanged.connect(self._choose)
        self._slider.valueChanged.connect(lambda steps: self._choose(steps / _STEPS))
        self._slider.reset_wanted.connect(self.reset)
        self._label.reset_wanted.connect(self.reset)
        self.show_strength(USUAL)

    @property
    def strength(self) -> float:
        """The strength shown."""
        return self._number.value()

    def show_strength(self, strength: float) -> None:
        """Show a strength, and tell nobody."""
        blockers = [QSignalBlocker(self._number), QSignalBlocker(self._slider)]
        self._number.setValue(strength)
        self._slider.setValue(round(strength * _STEPS))
        del blockers
        delay = self.tr("+{0} ms").format(round(self._delay_ms(strength)))
        self._delay.setText(delay)

    def reset(self) -> None:
        """Go back to the usual strength, as if the person had chosen it."""
        self._choose(USUAL)

    def _choose(self, strength: float) -> None:
        self.show_strength(strength)
        self.changed.emit(strength)

    def _set_up(self, part: str, hint: str) -> None:
        tip = self.tr("{0}\n0 is none; double-click goes back to {1:g}.").format(hint, USUAL)
        for widget in (self._label, self._number, self._slider):
            widget.setToolTip(tip)
        self._label.setBuddy(self._slider)
        self._slider.setObjectName(f"{part}_smoothing_slider")
        for control in (self._slider, self._number):
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._slider.setRange(0, round(STRONGEST * _STEPS))
        self._slider.setPageStep(_STEPS // 4)
        self._slider.setAccessibleName(without_mnemonic(self._label.text()))
        self._number.setObjectName(f"{part}_smoothing_number")
        self._number.setRange(0, STRONGEST)
        self._number.setSingleStep(0.1)
        self._number.setDecimals(2)
        self._number.setAccessibleName(without_mnemonic(self._label.text()))
        self._delay.setObjectName(f"{part}_delay")
        self._delay.setProperty("role", "hint")
        self._delay.setToolTip(self.tr("Delay that this smoothing adds, at typical motion"))

    def _place(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.addWidget(self._label, 0, 0)
        layout.addWidget(self._delay, 0, 1)
        layout.addWidget(self._number, 0, 2)
        layout.addWidget(self._slider, 1, 0, 1, 3)
        layout.setColumnStretch(0, 1)
