"""What stands in place of the list of takes while there is nothing to list."""

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from app.viewer.apply import takes_folder_of
from app.viewer.icon_button import IconButton
from app.viewer.studio import Studio
from app.viewer.theme import icon


class NoTakes(QWidget):
    """Says why the list is empty, and what to do about it."""

    clear_wanted = pyqtSignal()
    """Search for nothing."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._show_picture()
        self._text = QLabel()
        self._text.setObjectName("no_takes_text")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self._text.setProperty("role", "hint")
        self._clear = QPushButton(self.tr("&Show all takes"))
        self._clear.setObjectName("show_all_button")
        self._clear.clicked.connect(self.clear_wanted)
        self._choose = IconButton("folder", self.tr("Look in &another folder …"))
        self._choose.setObjectName("other_folder_button")
        self._choose.clicked.connect(self._choose_folder)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self._picture)
        layout.addWidget(self._text)
        for button in (self._clear, self._choose):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    def explain(self, directory: Path, searched: str) -> None:
        """Say that a folder holds no take, or none that was searched for."""
        if searched:
            self._text.setText(self.tr("No take matches “{words}”.").format(words=searched))
        else:
            key = self._studio.settings.hotkeys.record
            told = self.tr("No takes in {folder} yet.\nPress Record, or {key}, to make one.")
            if not key:
                told = self.tr("No takes in {folder} yet.\nPress Record to make one.")
            self._text.setText(told.format(folder=directory.name, key=key))
        self._text.setToolTip(str(directory))
        self._clear.setVisible(bool(searched))
        self._choose.setVisible(not searched)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802  # Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._show_picture()

    def _show_picture(self) -> None:
        self._picture.setPixmap(icon("takes", "quiet").pixmap(QSize(48, 48)))

    def _choose_folder(self) -> None:
        settings = self._studio.settings
        now = takes_folder_of(settings)
        start = next((each for each in (now, *now.parents) if each.is_dir()), Path.home())
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of takes"), str(start))
        if chosen:
            recording = replace(settings.recording, folder=chosen)
            self._studio.change(replace(settings, recording=recording))
