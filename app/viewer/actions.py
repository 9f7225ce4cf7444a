"""What can be done from menus, the toolbar and keys, each once."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QWidget

from app.viewer.recording import RecordingDesk
from app.viewer.settings import HotkeySettings, WindowSettings
from app.viewer.studio import Studio
from app.viewer.theme import icon
from app.viewer.translation import without_mnemonic


@dataclass(frozen=True, slots=True)
class _Look:
    icon: str
    role: str = "text"


class SessionActions(QWidget):
    """The actions that have a key in the settings; a child of the window that is never shown."""

    def __init__(self, studio: Studio, desk: RecordingDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._studio = studio
        self._desk = desk
        self._looks: dict[QAction, _Look] = {}
        self.start_stop = self._make("start_stop", self.tr("&Start"), "play", self._start_stop)
        self.freeze = self._make("freeze", self.tr("&Freeze"), "freeze", self._freeze)
        self.freeze.setCheckable(True)
        self.recentre = self._make("recentre", self.tr("Re&centre"), "recentre", studio.recentre)
        self.record = self._make("record", self.tr("&Record"), "record", desk.toggle, "error")
        self.save_last = self._make("save_last", "", "save-last", desk.save_last)
        self.mark = self._make("mark", self.tr("&Mark this moment"), "mark", desk.mark)
        self.mirror_motion = self._make(
            "mirror_motion", self.tr("Mirror the m&otion"), "mirror", self._mirror
        )
        self.mirror_motion.setCheckable(True)
        self.recentre.setToolTip(self.tr("Take the performer's place as the origin"))
        self.freeze.setToolTip(self.tr("Hold the pose, here and for all receivers"))
        studio.state_changed.connect(self._take_state)
        studio.frozen_changed.connect(self.freeze.setChecked)
        studio.settings_changed.connect(self._take_settings)
        desk.state_changed.connect(self._take_state)
        self._take_settings(studio.settings)

    def every(self) -> list[QAction]:
        """Return all of them, for a window that has to hear their keys."""
        return list(self._looks)

    def refresh_icons(self) -> None:
        """Make the icons anew, after another theme was applied."""
        for action, look in self._looks.items():
            action.setIcon(icon(look.icon, look.role))

    def _make(
        self, name: str, text: str, picture: str, do: Callable[[], object], role: str = "text"
    ) -> QAction:
        action = QAction(icon(picture, role), "", self)
        _name(action, text)
        action.setObjectName(f"action_{name}")
        action.triggered.connect(lambda _checked=False: do())
        self._looks[action] = _Look(picture, role)
        return action

    def _start_stop(self) -> None:
        if self._studio.state == "stopped":
            self._studio.start()
        else:
            self._studio.stop()

    def _freeze(self) -> None:
        self._studio.freeze(self.freeze.isChecked())

    def _mirror(self) -> None:
        settings = self._studio.settings
        tracking = replace(settings.tracking, mirror_motion=self.mirror_motion.isChecked())
        self._studio.change(replace(settings, tracking=tracking))

    def _take_settings(self, settings: WindowSettings) -> None:
        for field in fields(HotkeySettings):
            action: QAction = getattr(self, field.name)
            action.setShortcut(QKeySequence(getattr(settings.hotkeys, field.name)))
        self.mirror_motion.setChecked(settings.tracking.mirror_motion)
        _name(self.save_last, self.tr("Save the &last %n s", "", settings.recording.pre_roll_s))
        self._refresh()

    def _take_state(self, _state: str) -> None:
        self._refresh()

    def _refresh(self) -> None:
        state = self._studio.state
        running = state == "running"
        self._look(self.start_stop, "stop" if running or state == "stopping" else "play")
        is_off = state in ("stopped", "starting", "measuring")
        _name(self.start_stop, self.tr("&Start") if is_off else self.tr("&Stop"))
        self.start_stop.setEnabled(
            running or (state == "stopped" and bool(self._studio.settings.source.spec))
        )
        recording = self._desk.state in ("countdown", "recording", "paused")
        self._look(self.record, "stop" if recording else "record")
        _name(self.record, self._record_word())
        self.record.setEnabled(running)
        self.freeze.setEnabled(running)
        self.recentre.setEnabled(running)
        self.mark.setEnabled(self._desk.state == "recording")
        self.save_last.setEnabled(
            running and not recording and self._studio.settings.recording.pre_roll_s > 0
        )

    def _record_word(self) -> str:
        if self._desk.state == "countdown":
            return self.tr("C&ancel")
        is_on = self._desk.state in ("recording", "paused")
        return self.tr("&End the take") if is_on else self.tr("&Record")

    def _look(self, action: QAction, picture: str) -> None:
        look = self._looks[action]
        if look.icon != picture:
            self._looks[action] = replace(look, icon=picture)
            action.setIcon(icon(picture, look.role))


def _name(action: QAction, text: str) -> None:
    """Name an action; Qt itself would leave the "(S)" of other languages on the toolbar."""
    action.setText(text)
    action.setIconText(without_mnemonic(text))
