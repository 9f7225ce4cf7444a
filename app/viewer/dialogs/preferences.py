"""Settings that are kept under a name, shared as files, or set back; and the keys."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QKeySequenceEdit,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.viewer.settings import HotkeySettings, WindowSettings
from app.viewer.settings_store import (
    list_window_profiles,
    read_settings,
    save_settings,
    window_profile_path,
)
from app.viewer.studio import Studio
from app.viewer.theme import set_role
from app.viewer.trash import move_to_trash
from engines.errors import MocapError


class Preferences(QDialog):
    """Profiles of all settings, and the keys."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.resize(520, 460)
        tabs = QTabWidget()
        tabs.addTab(ProfilesPage(studio), self.tr("&Profiles"))
        tabs.addTab(KeysPage(studio), self.tr("&Keys"))
        buttons = QDialogButtonBox(QDialogButtonBox.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs)
        layout.addWidget(buttons)


class ProfilesPage(QWidget):
    """Saves, loads, imports, exports and resets all settings of the window."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        hint = QLabel(
            self.tr(
                "A profile holds everything that the window remembers: source, tracking, receivers, recording, keys."
            )
        )
        hint.setWordWrap(True)
        hint.setProperty("role", "hint")
        self._names = QListWidget()
        self._names.setObjectName("profile_names")
        self._names.setAccessibleName(self.tr("Saved profiles"))
        self._names.itemDoubleClicked.connect(lambda _: self._load())
        self._word = QLabel()
        self._word.setObjectName("profile_word")
        self._word.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(hint)
        layout.addWidget(self._names, 1)
        for row in (
            (
                ("save_profile", self.tr("&Save as …"), self._save),
                ("load_profile", self.tr("&Load"), self._load),
                ("delete_profile", self.tr("&Delete"), self._delete),
            ),
            (
                ("import_profile", self.tr("&Import …"), self._import),
                ("export_profile", self.tr("&Export …"), self._export),
                ("reset_profile", self.tr("&Reset all"), self._reset),
            ),
        ):
            layout.addLayout(_buttons(row))
        layout.addWidget(self._word)
        self._refresh()

    def _refresh(self) -> None:
        self._names.clear()
        self._names.addItems(list_window_profiles())

    def _chosen(self) -> str:
        item = self._names.currentItem()
        return "" if item is None else item.text()

    def _save(self) -> None:
        name, accepted = QInputDialog.getText(
            self, self.tr("Save profile"), self.tr("Name:"), text=self._chosen()
        )
        if accepted and name.strip():
            self.save(name.strip())

    def save(self, name: str) -> None:
        """Keep the present settings under a name; one of that name is replaced."""
        self._try(
            lambda: save_settings(self._studio.settings, window_profile_path(name)),
            self.tr("Saved as {name}.").format(name=name),
        )
        self._refresh()

    def _load(self) -> None:
        if self._chosen():
            self.load(window_profile_path(self._chosen()))

    def load(self, path: Path) -> None:
        """Use the settings of a file; where the window stands stays."""

        def use() -> None:
            own = self._studio.settings
            self._studio.change(
                replace(read_settings(path), layout=own.layout, geometry=own.geometry)
            )

        self._try(use, self.tr("{name} is in use.").format(name=path.stem))

    def _delete(self) -> None:
        name = self._chosen()
        if not name:
            return
        question = self.tr("Move the profile {name} to the trash?").format(name=name)
        if QMessageBox.question(self, self.tr("Delete profile"), question) == QMessageBox.Yes:
            self._try(
                lambda: move_to_trash(window_profile_path(name)),
                self.tr("{name} is in the trash.").format(name=name),
            )
            self._refresh()

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import settings"), "", self.tr("Settings (*.toml)")
        )
        if path:
            self.load(Path(path))

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export settings"), "expose-live.toml", self.tr("Settings (*.toml)")
        )
        if path:
            self._try(
                lambda: save_settings(self._studio.settings, Path(path)),
                self.tr("Written to {path}.").format(path=path),
            )

    def _reset(self) -> None:
        question = self.tr("Set everything back to how it was at first?")
        if QMessageBox.question(self, self.tr("Reset all"), question) == QMessageBox.Yes:
            self.reset()

    def reset(self) -> None:
        """Use the defaults; the source and where the window stands stay."""
        own = self._studio.settings
        self._studio.change(
            WindowSettings(
                first_run_done=True, source=own.source, layout=own.layout, geometry=own.geometry
            )
        )
        self._say(self.tr("Everything is as it was at first."), "good")

    def _try(self, do: Callable[[], object], word: str) -> None:
        try:
            do()
        except MocapError as error:
            self._say(str(error), "error")
        else:
            self._say(word, "good")

    def _say(self, text: str, role: str) -> None:
        set_role(self._word, role)
        self._word.setText(text)


class KeysPage(QWidget):
    """Sets the keys; they work while the window has the keyboard."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._edits: dict[str, QKeySequenceEdit] = {}
        texts = {
            "start_stop": self.tr("Start or stop"),
            "freeze": self.tr("Freeze"),
            "recentre": self.tr("Recentre"),
            "record": self.tr("Record"),
            "save_last": self.tr("Save the last seconds"),
            "mark": self.tr("Mark this moment"),
            "mirror_motion": self.tr("Mirror the motion"),
        }
        form = QFormLayout()
        for field in fields(HotkeySettings):
            edit = QKeySequenceEdit(QKeySequence(getattr(studio.settings.hotkeys, field.name)))
            edit.setObjectName(f"key_{field.name}")
            edit.editingFinished.connect(self._take)
            self._edits[field.name] = edit
            form.addRow(texts[field.name], edit)
        self._word = QLabel()
        self._word.setObjectName("keys_word")
        self._word.setWordWrap(True)
        hint = QLabel(
            self.tr("The keys work while this window has the keyboard, not in other programs.")
        )
        hint.setWordWrap(True)
        hint.setProperty("role", "hint")
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(hint)
        layout.addWidget(self._word)
        layout.addStretch(1)
        layout.addLayout(_buttons((("reset_keys", self.tr("&Usual keys"), self._reset),)))

    def _take(self) -> None:
        keys = {name: edit.keySequence().toString() for name, edit in self._edits.items()}
        used = [key for key in keys.values() if key]
        if len(set(used)) < len(used):
            set_role(self._word, "error")
            self._word.setText(self.tr("Two actions have the same key; choose another."))
            return
        self._word.clear()
        self._studio.change(replace(self._studio.settings, hotkeys=HotkeySettings(**keys)))

    def _reset(self) -> None:
        for name, edit in self._edits.items():
            edit.setKeySequence(QKeySequence(getattr(HotkeySettings(), name)))
        self._take()


def _buttons(row: tuple[tuple[str, str, Callable[[], None]], ...]) -> QHBoxLayout:
    layout = QHBoxLayout()
    for name, text, do in row:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(lambda _checked=False, do=do: do())
        layout.addWidget(button)
    layout.addStretch(1)
    return layout
