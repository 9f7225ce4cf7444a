"""What a calibration goes by: the board, the performer's height, and how they are told what to do."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QApplication,
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.calibrate.speech import find_speaker
from app.takes.files import write_atomically
from app.viewer.dialogs.board import BoardDialog
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio
from app.viewer.translation import without_mnemonic
from calibration.board import DEFAULT_BOARD, FORMS, BoardSpec, parse_board
from calibration.board_print import board_pdf
from calibration.performer import STATURES_M
from engines.errors import ConfigError

_CM: Final = 100


class CalibrationOptions(QWidget):
    """Reads and changes `settings.calibration`."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._performer_group())
        layout.addWidget(self._board_group())
        self._show_settings(studio.settings)
        studio.settings_changed.connect(self._show_settings)

    def _performer_group(self) -> QGroupBox:
        low, high = STATURES_M
        self._height = QDoubleSpinBox()
        self._height.setObjectName("stature_cm")
        self._height.setDecimals(0)
        self._height.setRange(low * _CM - 1, high * _CM)
        self._height.setSuffix(self.tr(" cm"))
        self._height.setSpecialValueText(self.tr("not said"))
        self._height.setToolTip(
            self.tr("Makes all sizes exact; without it they are known to about 6 %")
        )
        self._height.setKeyboardTracking(False)
        self._height.valueChanged.connect(self._take_height)
        self._sound = self._check("sound", self.tr("&Beep at each cue"), "")
        speaks = self.tr("Spoken with this system's own voice")
        self._speech = self._check("speech", self.tr("Sp&eak the cues"), speaks)
        if find_speaker() is None:
            self._speech.setEnabled(False)
            self._speech.setToolTip(self.tr("No speech command is installed (spd-say on Linux)"))
        large = self.tr("A window of its own, to be read from across the room")
        self._large = self._check("large_cues", self.tr("Show cues in large &words"), large)
        group = QGroupBox(self.tr("Performer"))
        form = QFormLayout(group)
        form.addRow(self.tr("Your heigh&t"), self._height)
        for box in (self._sound, self._speech, self._large):
            form.addRow(box)
        return group

    def _board_group(self) -> QGroupBox:
        self._board = QLineEdit()
        self._board.setObjectName("board_text")
        self._board.setPlaceholderText(DEFAULT_BOARD)
        self._board.setToolTip(FORMS)
        self._board.setAccessibleName(self.tr("Board"))
        self._board.editingFinished.connect(self._take_board)
        self._board_problem = QLabel()
        self._board_problem.setObjectName("board_problem")
        self._board_problem.setProperty("role", "error")
        self._board_problem.setWordWrap(True)
        self._board_problem.hide()
        self._pdf = QPushButton(self.tr("&PDF …"))
        self._pdf.setObjectName("board_pdf")
        self._pdf.setToolTip(
            self.tr("Write a PDF to print at 100 %, and glue it to something flat")
        )
        self._pdf.clicked.connect(lambda _on: self._write_pdf())
        self._full = QPushButton(self.tr("O&n screen …"))
        self._full.setObjectName("board_screen_button")
        self._full.setToolTip(self.tr("Show the board on a whole screen, in place of paper"))
        self._full.clicked.connect(lambda _on: self._show_board())
        hint = QLabel(self.tr("The size of its squares matters for the floor only."))
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._pdf, 1)
        buttons.addWidget(self._full, 1)
        group = QGroupBox(self.tr("Board"))
        layout = QVBoxLayout(group)
        for widget in (self._board, self._board_problem):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(hint)
        return group

    def _check(self, field: str, text: str, tip: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setObjectName(f"calibration_{field}")
        box.setToolTip(tip or without_mnemonic(text))
        box.clicked.connect(lambda is_on: self._change(**{field: bool(is_on)}))
        return box

    def _show_settings(self, settings: WindowSettings) -> None:
        known = settings.calibration
        self._height.blockSignals(True)
        self._height.setValue(known.stature_m * _CM if known.stature_m else self._height.minimum())
        self._height.blockSignals(False)
        for box, is_on in (
            (self._sound, known.sound),
            (self._speech, known.speech and self._speech.isEnabled()),
            (self._large, known.large_cues),
        ):
            box.setChecked(is_on)
        if not self._board.hasFocus():
            self._board.setText(known.board)

    def _change(self, **values: Any) -> None:
        settings = self._studio.settings
        known = replace(settings.calibration, **values)
        self._studio.change(replace(settings, calibration=known))

    def _take_height(self, value: float) -> None:
        self._change(stature_m=0.0 if value == self._height.minimum() else value / _CM)

    def _take_board(self) -> None:
        text = str(self._board.text()).strip()
        if self._spec(text) is not None:
            self._change(board=text)

    def _spec(self, text: str) -> BoardSpec | None:
        """Return the board of a text, or say what is wrong with it."""
        try:
            spec = parse_board(text or DEFAULT_BOARD)
        except ConfigError as error:
            self._tell_problem(str(error))
            return None
        self._tell_problem("")
        return spec

    def _tell_problem(self, text: str) -> None:
        self._board_problem.setText(text)
        self._board_problem.setVisible(bool(text))

    def _write_pdf(self) -> None:
        spec = self._spec(self._studio.settings.calibration.board)
        if spec is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Board"), "board.pdf", "PDF (*.pdf)")
        if not path:
            return
        try:
            data = board_pdf(spec)
            write_atomically(Path(path), lambda file: file.write(data))
        except (ConfigError, OSError) as error:
            self._tell_problem(str(error))

    def _show_board(self) -> None:
        spec = self._spec(self._studio.settings.calibration.board)
        if spec is None:
            return
        dialog = BoardDialog(spec, self)
        dialog.setAttribute(Qt.WA_DeleteOnClose)
        dialog.measured.connect(lambda text: self._change(board=text))
        dialog.measured.connect(lambda _text: dialog.accept())
        screens = QApplication.screens()
        dialog.cover(screens[-1])
