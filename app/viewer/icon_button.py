"""A button whose icon follows the theme."""

from PyQt5.QtCore import QEvent
from PyQt5.QtWidgets import QPushButton, QWidget

from app.viewer.theme import icon


class IconButton(QPushButton):
    """A push button that draws its icon anew when the colours change."""

    def __init__(self, picture: str, text: str = "", parent: QWidget | None = None) -> None:
        """Show an icon of `app/viewer/icons`, and a text beside it."""
        super().__init__(text, parent)
        self._picture, self._role = picture, "text"
        self.show_icon(picture)

    def show_icon(self, picture: str, role: str = "text") -> None:
        """Show another icon, in a colour of the theme by its role."""
        self._picture, self._role = picture, role
        self.setIcon(icon(picture, role))

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802  # Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon(self._picture, self._role))
