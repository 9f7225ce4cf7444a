"""Buttons over the camera's picture, shown while the pointer or the keyboard is there."""

from collections.abc import Sequence
from typing import Final

from PyQt5 import sip
from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import QAction, QApplication, QFrame, QHBoxLayout, QToolButton, QWidget

from app.viewer.translation import without_mnemonic

_ICON: Final = QSize(20, 20)
_MARGIN: Final = 10


class CameraBar(QFrame):
    """A row of buttons at the top right of its parent."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("camera_bar")
        self.setProperty("role", "card")
        self._pane = parent
        self._has_picture = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setObjectName(f"bar_{action.objectName()}")
            button.setAutoRaise(True)
            button.setIconSize(_ICON)
            button.setAccessibleName(without_mnemonic(action.text()))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._take_focus)
        self.hide()

    def set_has_picture(self, has_picture: bool) -> None:
        """Say whether there is anything to switch."""
        if has_picture != self._has_picture:
            self._has_picture = has_picture
            self.refresh()

    def refresh(self) -> None:
        """Show or hide, by where pointer and keyboard are."""
        focus = QApplication.focusWidget()
        has_focus = focus is not None and (focus is self._pane or self._pane.isAncestorOf(focus))
        self.setVisible(self._has_picture and (self._pane.underMouse() or has_focus))

    def _take_focus(self, _old: QWidget | None, _new: QWidget | None) -> None:
        if not sip.isdeleted(self._pane):  # a pane that is being deleted loses the focus, too
            self.refresh()

    def place(self) -> None:
        """Stand at the top right."""
        size = self.sizeHint()
        self.setGeometry(
            self._pane.width() - size.width() - _MARGIN, _MARGIN, size.width(), size.height()
        )
