"""How takes are recorded: name, folder, countdown, what is kept, when to stop, and whether with pictures."""

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QSignalBlocker
from PyQt5.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.paths import takes_folder
from app.viewer.apply import takes_folder_of
from app.viewer.icon_button import IconButton
from app.viewer.panels.path_label import PathLabel
from app.viewer.settings import RecordingSettings, WindowSettings
from app.viewer.studio import Studio

_LONGEST_COUNTDOWN_S = 30
_LONGEST_PRE_ROLL_S = 120
_LONGEST_TAKE_S = 4 * 3600


class RecordOptions(QWidget):
    """Shows and changes `RecordingSettings`."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._make_place())
        layout.addWidget(self._make_times())
        layout.addWidget(self._make_video())
        studio.settings_changed.connect(self._show)
        self._show(studio.settings)

    def allow_changes(self, is_allowed: bool) -> None:
        """Bar what would end a running take."""
        for widget in (self._choose, self._reset, self._pre_roll, self._video, self._name):
            widget.setEnabled(is_allowed)

    # ---- making

    def _make_place(self) -> QGroupBox:
        box = QGroupBox(self.tr("Take"))
        form = QFormLayout(box)
        self._name = QLineEdit()
        self._name.setObjectName("take_name")
        self._name.setPlaceholderText(self.tr("optional"))
        self._name.setToolTip(self.tr("The name of the next takes; the date is added."))
        self._name.editingFinished.connect(lambda: self._change(name=self._name.text().strip()))
        form.addRow(self.tr("&Name"), self._name)
        self._folder = PathLabel()
        self._folder.setObjectName("takes_folder")
        self._choose = IconButton("folder", self.tr("C&hange …"))
        self._choose.setObjectName("choose_folder_button")
        self._choose.setToolTip(self.tr("Record into another folder."))
        self._choose.clicked.connect(self._choose_folder)
        self._reset = QPushButton(self.tr("&Usual folder"))
        self._reset.setObjectName("usual_folder_button")
        self._reset.setProperty("role", "quiet")
        self._reset.setToolTip(self.tr("Record into the folder in your documents."))
        self._reset.clicked.connect(lambda: self._change(folder=""))
        row = QHBoxLayout()
        row.addWidget(self._choose)
        row.addWidget(self._reset)
        row.addStretch(1)
        form.addRow(self.tr("Folder"), self._folder)
        form.addRow("", row)
        return box

    def _make_times(self) -> QGroupBox:
        box = QGroupBox(self.tr("Times"))
        form = QFormLayout(box)
        self._countdown = self._seconds("countdown_s", _LONGEST_COUNTDOWN_S, self.tr("none"))
        self._countdown.setToolTip(
            self.tr("Time to get into place, counted aloud, before a take begins.")
        )
        form.addRow(self.tr("C&ountdown"), self._countdown)
        self._pre_roll = self._seconds("pre_roll_s", _LONGEST_PRE_ROLL_S, self.tr("nothing"))
        self._pre_roll.setToolTip(
            self.tr("How much of the past 'Save the last seconds' can reach; motion only.")
        )
        form.addRow(self.tr("&Keep in memory"), self._pre_roll)
        self._stop_after = self._seconds("stop_after_s", _LONGEST_TAKE_S, self.tr("never"))
        self._stop_after.setToolTip(self.tr("Ends a take by itself after this time."))
        form.addRow(self.tr("Stop &after"), self._stop_after)
        return box

    def _seconds(self, name: str, most: int, word_for_zero: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setObjectName(name)
        spin.setRange(0, most)
        spin.setSuffix(self.tr(" s"))
        spin.setSpecialValueText(word_for_zero)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(lambda value: self._change(**{name: value}))
        return spin

    def _make_video(self) -> QGroupBox:
        box = QGroupBox(self.tr("Pictures"))
        self._video = QCheckBox(self.tr("Record the camera's &video"))
        self._video.setObjectName("camera_video")
        self._video.setToolTip(self.tr("Needed for overlay videos, and to compare with later."))
        self._video.toggled.connect(lambda is_on: self._change(camera_video=is_on))
        self._privacy = QLabel()
        self._privacy.setObjectName("privacy_sentence")
        self._privacy.setProperty("role", "hint")
        self._privacy.setWordWrap(True)
        layout = QVBoxLayout(box)
        layout.addWidget(self._video)
        layout.addWidget(self._privacy)
        return box

    # ---- showing

    def _show(self, settings: WindowSettings) -> None:
        recording = settings.recording
        widgets = (self._countdown, self._pre_roll, self._stop_after, self._video, self._name)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        self._countdown.setValue(recording.countdown_s)
        self._pre_roll.setValue(recording.pre_roll_s)
        self._stop_after.setValue(recording.stop_after_s)
        self._video.setChecked(recording.camera_video)
        if self._name.text().strip() != recording.name:
            self._name.setText(recording.name)
        del blockers
        folder = takes_folder_of(settings)
        self._folder.show_path(str(folder))
        self._reset.setVisible(folder != takes_folder())
        self._privacy.setText(self._privacy_sentence(recording))

    def _privacy_sentence(self, recording: RecordingSettings) -> str:
        if recording.camera_video:
            return self.tr(
                "The camera's pictures are saved in the take's folder. They stay on this computer."
            )
        return self.tr("Takes hold motion only: no picture of you is saved.")

    # ---- doing

    def _choose_folder(self) -> None:
        now = takes_folder_of(self._studio.settings)
        start = next((each for each in (now, *now.parents) if each.is_dir()), Path.home())
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of takes"), str(start))
        if chosen:
            self._change(folder="" if Path(chosen) == takes_folder() else chosen)

    def _change(self, **changes: str | int | bool) -> None:
        settings = self._studio.settings
        recording = replace(settings.recording, **changes)  # type: ignore[arg-type]
        self._studio.change(replace(settings, recording=recording))
