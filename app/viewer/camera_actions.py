"""What can be switched in the camera pane, once for its menu and its bar."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, cast

from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QAction, QActionGroup, QMenu, QWidget

from app.viewer.settings import SourceSettings, ViewSettings, WindowSettings
from app.viewer.source_choices import kind_of
from app.viewer.studio import Studio
from app.viewer.theme import icon

Turn = Literal[0, 90, 180, 270]
"""Degrees clockwise."""

_TURNS: Final[tuple[Turn, ...]] = (0, 90, 180, 270)


class CameraActions(QObject):
    """Actions that show and change the settings of the view and the turn of the picture."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._icons: dict[QAction, str] = {}
        self._switches: dict[QAction, str] = {}
        self.mirror = self._make_switch("mirror_picture", "mirror", self.tr("&Mirror the picture"))
        self.landmarks = self._make_switch("show_landmarks", "landmarks", self.tr("&Landmarks"))
        self.box = self._make_switch("show_box", "box", self.tr("&Box and number"))
        self.crops = self._make_switch("show_crops", "crops", self.tr("&Regions of hands and face"))
        self.body = self._make_switch("show_body", "body", self.tr("B&ody over the picture"))
        self.turn_on = self._make("rotate", self.tr("&Turn by 90°"), self._turn_on)
        self.turn_on.setObjectName("turn_action")
        self._turn_group = QActionGroup(self)
        self._turns = {turn: self._make_turn(turn) for turn in _TURNS}
        self.mirror.setToolTip(
            self.tr("Show the picture as in a mirror; what is sent and recorded stays as it is")
        )
        self.crops.setToolTip(self.tr("Where the networks look for hands and face"))
        self.body.setToolTip(self.tr("Draw the body over the picture; takes some computing"))
        studio.settings_changed.connect(self._show)
        self._show(studio.settings)

    @property
    def bar(self) -> tuple[QAction, ...]:
        """What is offered as buttons."""
        return self.mirror, self.turn_on, self.landmarks, self.box, self.crops, self.body

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu of all of them."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        menu.addActions([self.landmarks, self.box, self.crops, self.body])
        menu.addSeparator()
        menu.addAction(self.mirror)
        turns = menu.addMenu(self.tr("&Turn the picture"))
        if turns is not None:
            turns.addActions(list(self._turns.values()))
            turns.setEnabled(self.turn_on.isEnabled())
        return menu

    def refresh_icons(self) -> None:
        """Make the icons anew, in the colours of another theme."""
        for action, name in self._icons.items():
            action.setIcon(icon(name))

    def _make_switch(self, setting: str, picture: str, text: str) -> QAction:
        action = self._make(picture, text, lambda: self._switch(setting, action.isChecked()))
        action.setObjectName(f"{setting}_action")
        action.setCheckable(True)
        self._switches[action] = setting
        return action

    def _make(self, picture: str, text: str, do: Callable[[], None]) -> QAction:
        action = QAction(icon(picture), text, self)
        action.triggered.connect(lambda _checked=False: do())
        self._icons[action] = picture
        return action

    def _make_turn(self, turn: Turn) -> QAction:
        text = self.tr("&{0}° clockwise").format(turn) if turn else self.tr("&Not turned")
        action = QAction(text, self)
        action.setCheckable(True)
        action.triggered.connect(lambda _checked=False: self._turn_to(turn))
        self._turn_group.addAction(action)
        return action

    def _switch(self, setting: str, is_on: bool) -> None:
        settings = self._studio.settings
        view: ViewSettings = replace(settings.view, **{setting: is_on})  # type: ignore[arg-type]
        self._studio.change(replace(settings, view=view))

    def _turn_on(self) -> None:
        self._turn_to(cast(Turn, (self._studio.settings.source.rotate_deg + 90) % 360))

    def _turn_to(self, turn: Turn) -> None:
        settings = self._studio.settings
        source: SourceSettings = replace(settings.source, rotate_deg=turn)
        self._studio.change(replace(settings, source=source))

    def _show(self, settings: WindowSettings) -> None:
        for action, setting in self._switches.items():
            action.setChecked(getattr(settings.view, setting))
        self._turns[settings.source.rotate_deg].setChecked(True)
        can_turn = kind_of(settings.source.spec) != "synthetic"
        self.turn_on.setEnabled(can_turn)
        self.turn_on.setToolTip(
            self.tr("Turn the picture clockwise, for a camera on its side")
            if can_turn
            else self.tr("The synthetic person cannot be turned")
        )
