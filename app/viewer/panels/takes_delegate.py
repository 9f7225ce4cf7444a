"""How a take looks in the list: its picture, its name, and two lines of facts."""

from typing import Final

from PyQt5.QtCore import (
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PyQt5.QtGui import QColor, QFont, QPainter, QPainterPath, QPixmap
from PyQt5.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.takes.library import TakeSummary
from app.viewer.engine_words import engine_word
from app.viewer.panels.takes_model import TAKE_ROLE
from app.viewer.quantities import clock_text, local_time
from app.viewer.theme import current_colours, icon

_ROW_PX: Final = 84
_PICTURE_PX: Final = QSize(54, 72)
_EDGE_PX: Final = 6
_LINE_PX: Final = 21


class TakeDelegate(QStyledItemDelegate):
    """Paints one take."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802  # Qt's name
        """All rows are of one height."""
        return QSize(200, _ROW_PX)

    def updateEditorGeometry(  # noqa: N802  # Qt's name
        self, editor: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Put the field for another name over the name."""
        if editor is not None:
            lines = _lines(option.rect)
            editor.setGeometry(lines.adjusted(-8, -4, 0, _LINE_PX + 9 - lines.height()))

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Draw it."""
        take = index.data(TAKE_ROLE)
        if painter is None or not isinstance(take, TakeSummary):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, option)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        self._paint_picture(painter, option.rect, picture, take)
        self._paint_lines(painter, option, take, str(index.data()))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = current_colours()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not (is_chosen or is_hovered):
            return
        painter.setPen(QColor(colours.accent) if is_chosen else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.hover if is_chosen else colours.panel))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)

    def _paint_picture(
        self, painter: QPainter, row: QRect, picture: QPixmap | None, take: TakeSummary
    ) -> None:
        place = QRect(row.left() + _EDGE_PX, row.top() + _EDGE_PX, 0, 0)
        place.setSize(_PICTURE_PX)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(place), 5, 5)
        painter.save()
        painter.setClipPath(outline)
        if picture is not None:
            painter.drawPixmap(place, picture)
        else:
            colours = current_colours()
            painter.fillRect(place, QColor(colours.raised))
            name, role = ("warning", "error") if take.state == "damaged" else ("takes", "quiet")
            icon(name, role).paint(painter, place.adjusted(15, 24, -15, -24))
        painter.restore()

    def _paint_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, take: TakeSummary, name: str
    ) -> None:
        colours = current_colours()
        place = _lines(option.rect)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.9)
        note, role = state_note(take)
        lines = (
            (bold, colours.text, name),
            (option.font, colours.quiet, when_and_how_long(take)),
            (small, getattr(colours, role), note or rates(take)),
        )
        for number, (font, colour, text) in enumerate(lines):
            line = place.translated(0, number * _LINE_PX)
            line.setHeight(_LINE_PX)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            wide = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, wide)


def _lines(row: QRect) -> QRect:
    """Return the place of the text in a row."""
    left = row.left() + 2 * _EDGE_PX + _PICTURE_PX.width() + 3
    top = row.top() + (_ROW_PX - 3 * _LINE_PX) // 2
    return QRect(left, top, row.right() - _EDGE_PX - left, 3 * _LINE_PX)


def when_and_how_long(take: TakeSummary) -> str:
    """Return the date and the length of a take, in the user's manner."""
    began = local_time(take.started)
    if began is None:
        date = take.folder.name
    else:
        moment = QDateTime.fromSecsSinceEpoch(int(began.timestamp()))
        day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
        date = f"{day} {moment.time().toString('HH:mm')}"
    if take.state != "whole":
        return date
    told = QCoreApplication.translate("TakeDelegate", "{length} · {date}")
    return told.format(date=date, length=clock_text(take.duration_s, tenths=take.duration_s < 60))


def rates(take: TakeSummary) -> str:
    """Return frames, rate and engine."""
    told = QCoreApplication.translate("TakeDelegate", "{frames} frames, {fps} fps, {engine}")
    if not take.engine:
        told = QCoreApplication.translate("TakeDelegate", "{frames} frames, {fps} fps")
    return told.format(frames=take.frames, fps=f"{take.fps:.1f}", engine=engine_word(take.engine))


def state_note(take: TakeSummary) -> tuple[str, str]:
    """Return what has to be said of a take that is not as usual, and the colour to say it in."""
    if take.state == "damaged":
        return QCoreApplication.translate("TakeDelegate", "cannot be read"), "error"
    if take.state == "recording":
        return QCoreApplication.translate("TakeDelegate", "being recorded"), "accent"
    if take.state == "cut off":
        return QCoreApplication.translate("TakeDelegate", "was cut off; can be recovered"), "warn"
    if take.is_recovered:
        told = QCoreApplication.translate("TakeDelegate", "recovered; {rates}")
        return told.format(rates=rates(take)), "warn"
    return "", "quiet"
