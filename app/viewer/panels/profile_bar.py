"""Which calibration profile is in use, and what can be done with profiles."""

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.profiles import (
    DEFAULT_PROFILE,
    copy_profile,
    list_profiles,
    profile_path,
    rename_profile,
    save_profile,
)
from app.viewer.theme import icon
from app.viewer.trash import move_to_trash
from calibration.profile import Profile
from engines.errors import ConfigError, MocapError

_NONE: Final = ""


class ProfileBar(QWidget):
    """A list of profiles and a menu; what is chosen is told, and shown when `show_profile` says so."""

    chosen = pyqtSignal(str)
    """This profile is to be used; empty for none."""
    changed = pyqtSignal()
    """A profile was made, or is another now."""
    deleted = pyqtSignal(str, bytes)
    """A profile went to the trash: its name, and what was in its file."""
    problem = pyqtSignal(str)
    """Why something could not be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = _NONE
        self._box = QComboBox()
        self._box.setObjectName("profile_box")
        self._box.setToolTip(self.tr("What is known of this place, its camera and its performer"))
        self._box.activated.connect(lambda _row: self.chosen.emit(self._box.currentData()))
        self._more = QPushButton()
        self._more.setObjectName("profile_more")
        self._more.setProperty("role", "quiet")
        self._more.setAccessibleName(self.tr("More about profiles"))
        self._more.setToolTip(self.tr("New, rename, copy, delete"))
        self._menu = QMenu(self)
        self._menu.addAction(self.tr("&New …")).triggered.connect(lambda _on: self._new())
        self._of_one = [
            self._menu.addAction(self.tr("&Rename …")),
            self._menu.addAction(self.tr("&Copy …")),
            self._menu.addAction(self.tr("&Delete")),
        ]
        deeds = (self._rename, self._copy, self._delete)
        for action, deed in zip(self._of_one, deeds, strict=True):
            action.triggered.connect(lambda _on, deed=deed: deed())
        self._more.setMenu(self._menu)
        caption = QLabel(self.tr("Profi&le"))
        caption.setBuddy(self._box)
        row = QHBoxLayout()
        row.addWidget(self._box, 1)
        row.addWidget(self._more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(caption)
        layout.addLayout(row)
        self.refresh_icons()

    def show_profile(self, name: str) -> None:
        """Show which one is in use, and those that are there now."""
        self._name = name
        known = list_profiles()
        self._box.blockSignals(True)
        self._box.clear()
        self._box.addItem(self.tr("none"), _NONE)
        for each in known if name in (_NONE, *known) else [*known, name]:
            self._box.addItem(each, each)
        self._box.setCurrentIndex(max(0, self._box.findData(name)))
        self._box.blockSignals(False)
        for action in self._of_one:
            action.setEnabled(name in known)

    def refresh_icons(self) -> None:
        """Take the icons of the theme in use."""
        self._more.setIcon(icon("more"))

    def _new(self) -> None:
        name = self._ask(self.tr("New profile"), DEFAULT_PROFILE)
        if name:
            self._do(lambda: self._save_empty(name), name)

    def _rename(self) -> None:
        name = self._ask(self.tr("Rename the profile"), self._name)
        if name and name != self._name:
            self._do(lambda: rename_profile(self._name, name), name)

    def _copy(self) -> None:
        name = self._ask(self.tr("Copy the profile"), f"{self._name}-2")
        if name:
            self._do(lambda: copy_profile(self._name, name), name)

    def _delete(self) -> None:
        try:
            path = profile_path(self._name)
            data = path.read_bytes()
            move_to_trash(path)
        except (OSError, MocapError) as error:
            self.problem.emit(str(error))
            return
        self.deleted.emit(self._name, data)

    def _save_empty(self, name: str) -> None:
        if profile_path(name).exists():
            raise ConfigError(
                self.tr("profile {name}: is there already; choose another name").format(name=name)
            )
        save_profile(Profile(name), name)

    def _do(self, deed: Callable[[], object], name: str) -> None:
        """Do something that makes a profile, and use it."""
        try:
            deed()
        except MocapError as error:
            self.problem.emit(str(error))
            return
        self.chosen.emit(name)
        self.changed.emit()

    def _ask(self, title: str, name: str) -> str:
        """Return a name; empty where it was given up."""
        text, is_given = QInputDialog.getText(self, title, self.tr("Name"), QLineEdit.Normal, name)
        return str(text).strip() if is_given else ""
