"""One line above everything for what is wrong; it stays until it is read."""

from typing import Final

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.viewer.theme import icon, set_role

_ICON_PX: Final = 20


class MessageBar(QFrame):
    """Shows the newest problem."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setObjectName("message_text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextSelectableByMouse)
        close = QPushButton()
        close.setObjectName("message_close")
        close.setIcon(icon("close"))
        close.setProperty("role", "quiet")
        close.setAccessibleName(self.tr("Dismiss the message"))
        close.setToolTip(self.tr("Dismiss the message"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 5, 5)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, or was last."""
        return self._text.text()

    def show_problem(self, text: str) -> None:
        """Show something that the person can mend."""
        self._show(text, "message", "warn")

    def show_mistake(self, text: str) -> None:
        """Show a mistake of the program."""
        told = self.tr(
            "Something went wrong in the program itself: {what}. It goes on; the log file has the details."
        )
        self._show(told.format(what=text), "mistake", "error")

    def _show(self, text: str, role: str, colour: str) -> None:
        set_role(self, role)
        self._icon.setPixmap(icon("warning", colour).pixmap(QSize(_ICON_PX, _ICON_PX)))
        self._text.setText(text)
        self.show()
