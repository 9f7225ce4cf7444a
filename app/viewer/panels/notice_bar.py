"""One line inside a panel: what was done, with a button to undo it, or what did not work."""

from collections.abc import Callable

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.viewer.icon_button import IconButton
from app.viewer.theme import set_role


class NoticeBar(QFrame):
    """Shows the newest notice until it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._act: Callable[[], None] | None = None
        self._text = QLabel()
        self._text.setObjectName("notice_text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.setObjectName("notice_button")
        self._button.setAccessibleName(self.tr("What can be done about it"))
        self._button.setProperty("role", "compact")
        self._button.clicked.connect(self._press)
        close = IconButton("close")
        close.setObjectName("notice_close")
        close.setProperty("role", "quiet")
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, or was last."""
        return self._text.text()

    def show_text(self, text: str, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Say what was done; with a button, where something can be done about it."""
        self._show(text, "hint", button, act)

    def show_error(self, text: str) -> None:
        """Say what did not work."""
        self._show(text, "error", "", None)

    def _show(self, text: str, role: str, button: str, act: Callable[[], None] | None) -> None:
        self._act = act
        set_role(self._text, role)
        self._text.setText(text)
        self._button.setText(button)
        self._button.setVisible(act is not None)
        self.show()

    def _press(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()
