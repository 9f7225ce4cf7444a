"""The panel that records: one large button, and what is needed around it."""

from pathlib import Path

from PyQt5.QtCore import QSize, Qt, QUrl
from PyQt5.QtGui import QDesktopServices, QFont
from PyQt5.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.viewer.icon_button import IconButton
from app.viewer.panels.record_options import RecordOptions
from app.viewer.quantities import clock_text, size_text
from app.viewer.recording import LOW_DISK_BYTES, DeskState, RecordingDesk, RecordingProgress
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio
from app.viewer.theme import set_role

_BIG_BUTTON_PX = 46


class RecordPanel(QWidget):
    """Records takes."""

    def __init__(self, studio: Studio, desk: RecordingDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("record_panel")
        self._studio = studio
        self._desk = desk
        self._saved = ""
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_button())
        layout.addWidget(self._make_readings())
        layout.addLayout(self._make_row())
        layout.addWidget(self._make_save_last())
        layout.addWidget(self._make_message())
        self.options = RecordOptions(studio, self)
        layout.addWidget(self.options)
        layout.addStretch(1)
        desk.state_changed.connect(self._show_state)
        desk.progressed.connect(self._show_progress)
        desk.countdown.connect(self._show_countdown)
        desk.take_saved.connect(self._show_saved)
        desk.failed.connect(self._show_failed)
        desk.notice.connect(self._show_notice)
        studio.state_changed.connect(self._take_studio_state)
        studio.settings_changed.connect(self._show_settings)
        self._show_settings(studio.settings)
        self._show_state(desk.state)
        self._show_progress(desk.progress)

    # ---- making

    def _make_button(self) -> QPushButton:
        self._button = IconButton("record")
        self._button.setObjectName("record_button")
        self._button.setMinimumHeight(_BIG_BUTTON_PX)
        self._button.setIconSize(QSize(20, 20))
        self._button.clicked.connect(self._press)
        return self._button

    def _make_readings(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        self._time = QLabel()
        self._time.setObjectName("record_time")
        self._time.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self._time.font()
        font.setPointSize(26)
        font.setStyleHint(QFont.StyleHint.TypeWriter)
        self._time.setFont(font)
        self._frames = self._reading("record_frames", Qt.AlignmentFlag.AlignLeft)
        self._disk = self._reading("record_disk", Qt.AlignmentFlag.AlignRight)
        grid = QGridLayout(card)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.addWidget(self._time, 0, 0, 1, 2)
        grid.addWidget(self._frames, 1, 0)
        grid.addWidget(self._disk, 1, 1)
        return card

    def _reading(self, name: str, alignment: Qt.AlignmentFlag) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setAlignment(alignment)
        label.setProperty("role", "hint")
        return label

    def _make_row(self) -> QHBoxLayout:
        self._pause = IconButton("pause", self.tr("&Pause"))
        self._pause.setObjectName("pause_button")
        self._pause.setToolTip(self.tr("Leave out what happens until you go on."))
        self._pause.clicked.connect(self._press_pause)
        self._mark = IconButton("mark", self.tr("&Mark"))
        self._mark.setObjectName("mark_button")
        self._mark.setToolTip(
            self.tr("Mark this moment. Marks show on the bar when the take is played.")
        )
        self._mark.clicked.connect(self._desk.mark)
        row = QHBoxLayout()
        row.addWidget(self._pause)
        row.addWidget(self._mark)
        return row

    def _make_save_last(self) -> QPushButton:
        self._save_last = IconButton("save-last")
        self._save_last.setObjectName("save_last_button")
        self._save_last.clicked.connect(self._desk.save_last)
        return self._save_last

    def _make_message(self) -> QLabel:
        self._message = QLabel()
        self._message.setObjectName("record_message")
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._message.linkActivated.connect(lambda _link: self._open_saved())
        self._message.hide()
        return self._message

    # ---- showing

    def _take_studio_state(self, _state: str) -> None:
        self._show_state(self._desk.state)

    def _show_state(self, state: DeskState) -> None:
        words = {
            "off": (self.tr("&Record"), "record", "primary"),
            "ready": (self.tr("&Record"), "record", "primary"),
            "countdown": (self.tr("&Cancel"), "stop", "danger"),
            "recording": (self.tr("&Stop"), "stop", "recording"),
            "paused": (self.tr("&Stop"), "stop", "recording"),
            "saving": (self.tr("Saving …"), "record", "primary"),
        }
        text, picture, role = words[state]
        is_camera_off = state == "off" and self._studio.state == "stopped"
        if is_camera_off:
            text = self.tr("Start the &camera")
            picture = "camera"
        colour = "error" if role == "danger" else "accent_text"
        can_press = is_camera_off or state in ("ready", "countdown", "recording", "paused")
        self._button.setText(text)
        self._button.show_icon(picture, colour if can_press else "quiet")
        set_role(self._button, role)
        focused = self.window().focusWidget()  # also while another window is in front
        if not can_press and focused is self._button:
            self.setFocus()  # Qt would hand it to a field further down, and Space would change that
        self._button.setEnabled(can_press)
        if can_press and focused is self:
            self._button.setFocus()
        self._button.setToolTip(self._button_hint(state, is_camera_off))
        is_taking = state in ("recording", "paused")
        self._pause.setEnabled(is_taking)
        self._mark.setEnabled(is_taking)
        is_paused = state == "paused"
        self._pause.setText(self.tr("&Go on") if is_paused else self.tr("&Pause"))
        self._pause.show_icon("record" if is_paused else "pause")
        self.options.allow_changes(state in ("off", "ready"))
        self._allow_save_last()
        if state in ("countdown", "recording"):
            self._message.hide()
        if state != "countdown":
            set_role(self._time, "error" if is_taking else "hint")

    def _button_hint(self, state: DeskState, is_camera_off: bool) -> str:
        if is_camera_off:
            return self.tr("Takes are recorded of a running camera.")
        if state == "off":
            return self.tr("The camera is not ready yet.")
        if state in ("recording", "paused"):
            return self.tr("End the take and save it.")
        if state == "countdown":
            return self.tr("Begin no take after all.")
        return self.tr("Begin a take after the countdown.")

    def _show_progress(self, progress: RecordingProgress) -> None:
        if self._desk.state != "countdown":
            self._time.setText(clock_text(progress.elapsed_s, tenths=True))
        self._frames.setText(self.tr("%n frame(s)", "", progress.frames))
        marks = self.tr("&Mark ({count})").format(count=progress.marks)
        self._mark.setText(marks if progress.marks else self.tr("&Mark"))
        free = progress.free_bytes
        left = "" if free is None else self.tr("{room} free").format(room=size_text(free))
        self._disk.setText(left)
        set_role(self._disk, "warn" if free is not None and free < LOW_DISK_BYTES else "hint")

    def _show_countdown(self, seconds: int) -> None:
        if seconds:
            set_role(self._time, "warn")
            self._time.setText(str(seconds))

    def _show_saved(self, folder: Path) -> None:
        self._saved = str(folder)
        told = self.tr('Saved: {name}. <a href="open">Show the folder</a>').format(name=folder.name)
        self._say(told, "good")

    def _show_failed(self, text: str) -> None:
        self._say(text, "error")

    def _show_notice(self, text: str) -> None:
        self._say(text, "warn")

    def _say(self, text: str, role: str) -> None:
        set_role(self._message, role)
        self._message.setText(text)
        self._message.show()

    def _show_settings(self, settings: WindowSettings) -> None:
        seconds = settings.recording.pre_roll_s
        if seconds:
            text = self.tr("Save the &last %n second(s)", "", seconds)
            hint = self.tr("Make a take of what just happened, without having pressed Record.")
        else:
            text = self.tr("Save the &last seconds")
            hint = self.tr("Set below how many seconds to keep in memory.")
        self._save_last.setText(text)
        self._save_last.setToolTip(hint)
        self._allow_save_last()

    def _allow_save_last(self) -> None:
        keeps = self._studio.settings.recording.pre_roll_s > 0
        self._save_last.setEnabled(keeps and self._desk.state == "ready")

    # ---- doing

    def _press(self) -> None:
        if self._desk.state == "off":
            self._studio.start()
        else:
            self._desk.toggle()

    def _press_pause(self) -> None:
        if self._desk.state == "paused":
            self._desk.resume()
        else:
            self._desk.pause()

    def _open_saved(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._saved))
