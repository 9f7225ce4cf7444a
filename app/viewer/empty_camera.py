"""What stands in the camera pane while there is no picture: why, and what to do about it."""

from dataclasses import replace
from typing import Final

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.viewer.settings import WindowSettings
from app.viewer.source_choices import DEMO, with_spec
from app.viewer.studio import Studio

_TEXT_WIDTH: Final = 320


class EmptyCamera(QWidget):
    """A sentence and a button or two."""

    source_wanted = pyqtSignal()
    """The person wants to choose a source."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._heading.setObjectName("empty_heading")
        self._hint = QLabel()
        self._hint.setProperty("role", "hint")
        self._hint.setWordWrap(True)
        for label in (self._heading, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._start = QPushButton(self.tr("&Start"))
        self._start.setObjectName("empty_start_button")
        self._start.setProperty("role", "primary")
        self._start.setToolTip(self.tr("Start with the chosen source"))
        self._start.clicked.connect(lambda: self._studio.start())
        self._choose = QPushButton(self.tr("&Choose a source"))
        self._choose.setObjectName("empty_choose_button")
        self._choose.setToolTip(self.tr("Open the panel with cameras, files and addresses"))
        self._choose.clicked.connect(self.source_wanted)
        self._demo = QPushButton(self.tr("Try the &demo clip"))
        self._demo.setObjectName("empty_demo_button")
        self._demo.setToolTip(self.tr("See the program at work without a camera"))
        self._demo.clicked.connect(self._run_demo)
        self._place()
        studio.settings_changed.connect(self._take_settings)
        self.refresh()

    def refresh(self) -> None:
        """Say what fits the state and the source."""
        spec = self._studio.settings.source.spec
        is_stopped = self._studio.state == "stopped"
        for button in (self._start, self._choose, self._demo):
            button.setEnabled(is_stopped)
        self._start.setVisible(bool(spec))
        self._demo.setVisible(spec != DEMO)
        if not spec:
            self._heading.setText(self.tr("No camera yet"))
            self._hint.setText(
                self.tr("Choose a camera, a video or an address. Pictures stay on this computer.")
            )
        else:
            self._heading.setText(self.tr("Stopped"))
            self._hint.setText(self.tr("Press Start, or choose another source."))

    def _take_settings(self, _settings: WindowSettings) -> None:
        self.refresh()

    def _run_demo(self) -> None:
        settings = self._studio.settings
        self._studio.change(replace(settings, source=with_spec(settings.source, DEMO)))
        self._studio.start()

    def _place(self) -> None:
        column = QWidget()
        column.setMaximumWidth(_TEXT_WIDTH)
        words = QVBoxLayout(column)
        words.setSpacing(8)
        words.addWidget(self._heading)
        words.addWidget(self._hint)
        words.addSpacing(8)
        for button in (self._start, self._choose, self._demo):
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(column, 100)
        across.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(across)
        layout.addStretch(1)
