"""One receiver in the table: switch, light, name, address, and what can be done with it."""

from pathlib import PurePath
from typing import Final

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.viewer.panels.target_light import Light
from app.viewer.settings import TargetSettings
from app.viewer.target_forms import receiver_name
from app.viewer.target_text import TargetParts, parts_of
from app.viewer.theme import icon, set_role
from engines.errors import UsageError

_LAMP: Final = "●"
_BUTTON_PX: Final = 38


class TargetRow(QFrame):
    """Shows one receiver; what is to happen with it is told by signals."""

    switched = pyqtSignal(bool)
    """The switch was moved."""
    test_wanted = pyqtSignal(bool)
    """The test pattern is to begin, or to stop."""
    edit_wanted = pyqtSignal()
    """It is to be changed."""
    duplicate_wanted = pyqtSignal()
    """Another one like it is wanted."""
    copy_wanted = pyqtSignal()
    """Its TARGET is to go to the clipboard."""
    remove_wanted = pyqtSignal()
    """It is to go."""

    def __init__(self, target: TargetSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("target_row")
        self.text = target.text
        """Its TARGET."""
        self._switch = QCheckBox()
        self._switch.setObjectName("target_switch")
        self._switch.toggled.connect(self.switched)
        self._lamp = QLabel(_LAMP)
        self._name = QLabel()
        self._name.setObjectName("target_name")
        self._address = QLabel()
        self._address.setObjectName("target_address")
        self._address.setProperty("role", "hint")
        self._state = QLabel()
        self._state.setObjectName("target_state")
        self._notice = QLabel()
        self._notice.setObjectName("target_notice")
        self._notice.setProperty("role", "warn")
        self._test, self._more = self._buttons()
        self._arrange()
        self._describe(target)
        self.set_on(target.is_on)

    @property
    def light(self) -> Light:
        """What the light says."""
        return Light(self._state.property("role"), self._state.text())

    def set_on(self, is_on: bool) -> None:
        """Move the switch, and tell nobody."""
        self._switch.blockSignals(True)
        self._switch.setChecked(is_on)
        self._switch.blockSignals(False)

    def set_notice(self, text: str) -> None:
        """Say what else should be known; nothing where the text is empty."""
        self._notice.setText(text)
        self._notice.setVisible(bool(text))

    def show_light(self, light: Light) -> None:
        """Show how it is doing."""
        set_role(self._lamp, light.role)
        set_role(self._state, light.role)
        if self._state.text() != light.text:
            self._state.setText(light.text)

    def show_playing(self, is_playing: bool) -> None:
        """Make the button stop the test pattern, or start it."""
        self._test.blockSignals(True)
        self._test.setChecked(is_playing)
        self._test.blockSignals(False)
        self._test.setIcon(icon("stop" if is_playing else "play"))
        tip = self.tr("Stop the test pattern") if is_playing else self.tr(
            "Send a test pattern: T-pose, wave, blink, vowels, walk; no camera needed"
        )  # fmt: skip
        self._test.setToolTip(tip)

    def refresh_icons(self) -> None:
        """Take the icons of the theme in use."""
        self._more.setIcon(icon("more"))
        self.show_playing(self._test.isChecked())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Edit."""
        if event.button() == Qt.LeftButton:
            self.edit_wanted.emit()

    def _buttons(self) -> tuple[QPushButton, QPushButton]:
        test = QPushButton()
        test.setObjectName("target_test")
        test.setCheckable(True)
        test.setProperty("role", "quiet")
        test.setAccessibleName(self.tr("Test pattern"))
        test.toggled.connect(self.test_wanted)
        more = QPushButton()
        more.setObjectName("target_more")
        more.setProperty("role", "quiet")
        more.setAccessibleName(self.tr("More about this receiver"))
        more.setToolTip(self.tr("Edit, duplicate, copy, remove"))
        menu = QMenu(more)
        for text, signal in (
            (self.tr("&Edit …"), self.edit_wanted),
            (self.tr("&Duplicate"), self.duplicate_wanted),
            (self.tr("&Copy for the command line"), self.copy_wanted),
            (self.tr("&Remove"), self.remove_wanted),
        ):
            menu.addAction(text).triggered.connect(lambda _checked, told=signal: told.emit())
        more.clicked.connect(lambda: menu.exec_(more.mapToGlobal(more.rect().bottomLeft())))
        for button in (test, more):
            button.setFixedWidth(_BUTTON_PX)
        return test, more

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._lamp)
        head.addWidget(self._name, 1)
        head.addWidget(self._test)
        head.addWidget(self._more)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 4, 4, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._switch, 0, 0)
        grid.addLayout(head, 0, 1)
        labels = (self._address, self._state, self._notice)
        for row, label in enumerate(labels, start=1):
            grid.addWidget(label, row, 1)
        for label in (self._name, *labels):
            label.setWordWrap(True)
            policy = label.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Ignored)  # a long word must not widen the dock
            label.setSizePolicy(policy)
        grid.setColumnStretch(1, 1)

    def _describe(self, target: TargetSettings) -> None:
        try:
            parts = parts_of(target.text)
        except UsageError as error:
            self._name.setText(target.text)
            self._address.setText(str(error))
            self._test.setEnabled(False)
        else:
            self._name.setText(receiver_name(parts.scheme, parts.options))
            self._address.setText(_summary(parts))
        self._switch.setAccessibleName(
            self.tr("Send to {name}").format(name=f"{self._name.text()} {target.text}")
        )
        self._switch.setToolTip(self.tr("Send the motion there"))
        self.setToolTip(target.text)
        self.set_notice("")
        self.refresh_icons()


def _summary(parts: TargetParts) -> str:
    """Return the address, rate and options in one line."""
    words = [f"{parts.host}:{parts.used_port}"]
    for name, value in parts.options.items():
        if name == "profile":
            continue  # the name says it
        if name == "vrm":
            value = PurePath(value).name
        words.append(f"{value} Hz" if name == "rate" and value.isdecimal() else f"{name} {value}")
    return " · ".join(words).replace(",", ", ")
