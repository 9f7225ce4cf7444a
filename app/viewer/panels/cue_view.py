"""What a performer is told, as large as it fits: to be read from two metres and more."""

from typing import Final

from PyQt5.QtCore import (
    QT_TRANSLATE_NOOP,
    QCoreApplication,
    QRect,
    QSize,
    Qt,
    QTextBoundaryFinder,
)
from PyQt5.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.viewer.theme import current_colours

_CONTEXT: Final = "Cues"
_MARGIN_PX: Final = 12
_LEAST_PX: Final = 12
_BAR_PX: Final = 6
_FLAGS: Final = int(Qt.AlignCenter | Qt.TextWordWrap)

CUES: Final = (
    QT_TRANSLATE_NOOP("Cues", "stand straight, arms hanging, face the camera, face at rest"),
    QT_TRANSLATE_NOOP("Cues", "arms out to the sides, palms down"),
    QT_TRANSLATE_NOOP("Cues", "open your mouth wide and close it, twice"),
    QT_TRANSLATE_NOOP("Cues", "close both eyes firmly, and open them, twice"),
    QT_TRANSLATE_NOOP(
        "Cues", "raise both hands beside your face; open them wide, make fists, twice"
    ),
    QT_TRANSLATE_NOOP("Cues", "stand straight, face the camera"),
    QT_TRANSLATE_NOOP("Cues", "walk slowly towards the camera, head and feet in the picture"),
    QT_TRANSLATE_NOOP("Cues", "stop, stand straight"),
    QT_TRANSLATE_NOOP("Cues", "turn and walk slowly back"),
    QT_TRANSLATE_NOOP("Cues", "stop with your back to the camera, stand straight"),
    QT_TRANSLATE_NOOP("Cues", "not sure enough yet, once more"),
    QT_TRANSLATE_NOOP(
        "Cues", "stand straight, arms hanging, face the camera, head and feet in the picture"
    ),
)
"""The texts of `app.calibrate.cues`, for the translators."""


def cue_text(text: str) -> str:
    """Return a cue in the person's language."""
    return str(QCoreApplication.translate(_CONTEXT, text))


class CueView(QWidget):
    """Paints one line of words, or one digit, as large as it fits, and how much of the step is done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cue_view")
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self._text = ""
        self._share: float | None = None

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show words, or a digit."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def show_share(self, share: float | None) -> None:
        """Show how much is done, 0 to 1; None where nobody knows."""
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """As much as a dock gives."""
        return QSize(280, 250)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Less makes no sense."""
        return QSize(160, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint."""
        colours = current_colours()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.field))
        painter.setPen(QColor(colours.accent if len(self._text) == 1 else colours.text))
        space = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX - _BAR_PX)
        painter.setFont(largest_font(self.font(), self._text, space))
        painter.drawText(space, _FLAGS, self._text)
        if self._share is not None:
            bar = QRect(0, self.height() - _BAR_PX, self.width(), _BAR_PX)
            painter.fillRect(bar, QColor(colours.line))
            bar.setWidth(round(self.width() * self._share))
            painter.fillRect(bar, QColor(colours.accent))


def largest_font(font: QFont, text: str, space: QRect) -> QFont:
    """Return the font in the largest size in which a text fits into a space, no word broken."""
    low, high = _LEAST_PX, max(_LEAST_PX, space.height())
    words = _unbroken(text)
    fitting = QFont(font)
    fitting.setBold(True)
    while low < high:
        middle = (low + high + 1) // 2
        fitting.setPixelSize(middle)
        metrics = QFontMetrics(fitting)
        needed = metrics.boundingRect(space, _FLAGS, text)
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        if needed.height() <= space.height() and widest <= space.width():
            low = middle
        else:
            high = middle - 1
    fitting.setPixelSize(low)
    return fitting


def _unbroken(text: str) -> list[str]:
    """Return the pieces of a text between which a line may end; Japanese has no spaces there."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.Line, text)
    pieces, start = [], 0
    while (end := finder.toNextBoundary()) >= 0:
        pieces.append(text[start:end].strip())
        start = end
    return pieces
