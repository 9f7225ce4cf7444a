"""Colours, style sheet and icons, dark and light."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QByteArray, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PyQt5.QtSvg import QSvgRenderer
from PyQt5.QtWidgets import QApplication, QWidget

from app.viewer.settings import Theme

_ICONS: Final = Path(__file__).with_name("icons")
_STYLE_SHEET: Final = Path(__file__).with_name("style.qss")
_ICON_SIZES: Final = (16, 24, 32, 48)


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme, as `#rrggbb`."""

    window: str
    """Behind everything."""
    panel: str
    """Panels and bars."""
    field: str
    """Where one types."""
    raised: str
    """Buttons."""
    hover: str
    """Buttons under the pointer."""
    line: str
    """Borders."""
    text: str
    """Words."""
    quiet: str
    """Words of less weight; still 4.5 : 1 against the panel."""
    accent: str
    """What is chosen, and the main button."""
    accent_text: str
    """Words on it."""
    good: str
    """It works."""
    warn: str
    """It works, but."""
    error: str
    """It does not work; also recording."""


COLOURS: Final[dict[Theme, Colours]] = {
    "dark": Colours(
        window="#14171c",
        panel="#1b1f26",
        field="#12151a",
        raised="#2a303a",
        hover="#353d49",
        line="#333b46",
        text="#e3e7ec",
        quiet="#98a3b0",
        accent="#4c8dff",
        accent_text="#0b1220",
        good="#4cc38a",
        warn="#f0b429",
        error="#ff6b6b",
    ),
    "light": Colours(
        window="#eceff3",
        panel="#f8f9fb",
        field="#ffffff",
        raised="#ffffff",
        hover="#e6ebf2",
        line="#cfd6df",
        text="#1c2430",
        quiet="#5a6675",
        accent="#1f66e0",
        accent_text="#ffffff",
        good="#15803d",
        warn="#a15c00",
        error="#c62828",
    ),
}

_theme: list[Theme] = ["dark"]


def apply_theme(application: QApplication, theme: Theme) -> bool:
    """Give all windows a theme, and return True, unless they have it.

    Icons made before keep their colour until `icon` is asked again.
    """
    if application.property("theme") == theme:  # styling every widget anew takes 60 ms and more
        return False
    application.setProperty("theme", theme)
    _theme[0] = theme
    colours = COLOURS[theme]
    application.setStyle("Fusion")
    application.setPalette(_palette(colours))
    sheet = _STYLE_SHEET.read_text(encoding="utf-8")
    for name, value in asdict(colours).items():
        sheet = sheet.replace(f"@{name};", f"{value};")
    application.setStyleSheet(sheet.replace("@icons", _ICONS.as_posix()).replace("@theme", theme))
    return True


def current_colours() -> Colours:
    """Return the colours in use, for what is painted by hand."""
    return COLOURS[_theme[0]]


def icon(name: str, role: str = "text") -> QIcon:
    """Return a line icon of `app/viewer/icons` in a colour of the theme in use, by its role."""
    return _icon(name, str(getattr(current_colours(), role)), current_colours().quiet)


def set_role(widget: QWidget, role: str) -> None:
    """Change the `role` by which the style sheet knows a widget, and show it."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    svg = (_ICONS / f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for mode, own in ((QIcon.Normal, colour), (QIcon.Disabled, disabled)):
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", own).encode()))
        for size in _ICON_SIZES:
            pixmap = QPixmap(QSize(size, size))
            pixmap.fill(Qt.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            made.addPixmap(pixmap, mode)
    return made


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    for role, name in (
        (QPalette.Window, colours.panel),
        (QPalette.WindowText, colours.text),
        (QPalette.Base, colours.field),
        (QPalette.AlternateBase, colours.panel),
        (QPalette.ToolTipBase, colours.raised),
        (QPalette.ToolTipText, colours.text),
        (QPalette.Text, colours.text),
        (QPalette.Button, colours.raised),
        (QPalette.ButtonText, colours.text),
        (QPalette.Highlight, colours.accent),
        (QPalette.HighlightedText, colours.accent_text),
        (QPalette.Link, colours.accent),
        (QPalette.PlaceholderText, colours.quiet),
        (QPalette.Mid, colours.line),
    ):
        palette.setColor(role, QColor(name))
    for role in (QPalette.WindowText, QPalette.Text, QPalette.ButtonText):
        palette.setColor(QPalette.Disabled, role, QColor(colours.quiet))
    return palette
