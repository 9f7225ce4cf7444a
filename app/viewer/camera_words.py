"""Words over a picture: on a plate, so that they can be read on any."""

from typing import Final

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter

from app.viewer.theme import current_colours

_WIDTH_SHARE: Final = 0.9
"""Of the pane that a message may take."""
_PADDING: Final = 12.0
_CORNER: Final = 6.0
_OPACITY: Final = 0.88


def paint_message(painter: QPainter, pane: QRectF, text: str) -> None:
    """Paint a message in the middle, in lines where it is long."""
    metrics = QFontMetricsF(painter.font())
    room = QRectF(0, 0, _WIDTH_SHARE * pane.width() - 2 * _PADDING, pane.height())
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    words = metrics.boundingRect(room, flags, text)
    words.moveCenter(pane.center())
    _paint_plate(painter, words.adjusted(-_PADDING, -_PADDING, _PADDING, _PADDING))
    painter.setPen(QColor(current_colours().text))
    painter.drawText(words, flags, text)


def paint_badge(painter: QPainter, corner: QPointF, text: str) -> None:
    """Paint a word whose plate has this upper left corner, with a mark in the theme's colour."""
    metrics = QFontMetricsF(painter.font())
    plate = QRectF(
        corner.x(),
        corner.y(),
        metrics.horizontalAdvance(text) + 2 * _PADDING,
        metrics.height() + _PADDING,
    )
    _paint_plate(painter, plate)
    painter.setBrush(QColor(current_colours().accent))
    painter.drawRoundedRect(QRectF(plate.left(), plate.top(), _CORNER / 2, plate.height()), 1, 1)
    painter.setPen(QColor(current_colours().text))
    painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_plate(painter: QPainter, plate: QRectF) -> None:
    colour = QColor(current_colours().panel)
    colour.setAlphaF(_OPACITY)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(plate, _CORNER, _CORNER)
