"""The bar below a take that is played: where it is, the chosen part, the marks, and where the person was seen."""

from typing import Final, Literal

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.takes.take import Take
from app.viewer.theme import current_colours

_Grip = Literal["", "position", "start", "end"]

_HEIGHT_PX: Final = 44
_SIDE_PX: Final = 9
_GROOVE_PX: Final = 8
_GRIP_PX: Final = 7


class ScrubBar(QWidget):
    """A time line with three things to drag: the position, and both ends of the chosen part."""

    seek_wanted = pyqtSignal(float)
    """The person points at this time, in seconds."""
    span_wanted = pyqtSignal(float, float)
    """The person drags an end of the part."""
    step_wanted = pyqtSignal(int)
    """So many frames on, or back, by the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scrub_bar")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Place in the take"))
        self.setToolTip(
            self.tr(
                "Drag to move about; drag the corners to choose a part. Arrow keys go by one frame."
            )
        )
        self._duration_s = 0.0
        self._position_s = 0.0
        self._span_s = (0.0, 0.0)
        self._marks_s: tuple[float, ...] = ()
        self._gaps_s: tuple[tuple[float, float], ...] = ()
        self._grip: _Grip = ""

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Wide, and as high as it is."""
        return QSize(280, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Narrower is of no use."""
        return QSize(120, _HEIGHT_PX)

    def show_take(self, take: Take | None) -> None:
        """Show the times of a take."""
        self._position_s = 0.0
        if take is None:
            self._duration_s, self._marks_s, self._gaps_s = 0.0, (), ()
        else:
            self._duration_s = float(take.timestamps_ns[-1]) / 1e9
            self._marks_s = tuple(each.time_ns / 1e9 for each in take.markers)
            self._gaps_s = unseen_spans(take)
        self._span_s = (0.0, self._duration_s)
        self.update()

    def show_position(self, position_s: float) -> None:
        """Show where it is."""
        self._position_s = position_s
        if self.isVisible():
            self.update()

    def show_span(self, start_s: float, end_s: float) -> None:
        """Show the chosen part."""
        self._span_s = (start_s, end_s)
        self.update()

    # ---- painting

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  # Qt's name
        """Draw all of it."""
        colours = current_colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._fill(painter, 0.0, self._duration_s, colours.line)
        if self._duration_s == 0:
            return
        self._fill(painter, *self._span_s, colours.accent)
        for start_s, end_s in self._gaps_s:
            self._fill(painter, start_s, end_s, colours.warn, height_px=2.0)
        self._draw_marks(painter, colours.text)
        self._draw_ends(painter, colours.accent)
        self._draw_position(painter, colours.text)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    def _fill(
        self,
        painter: QPainter,
        start_s: float,
        end_s: float,
        colour: str,
        height_px: float = _GROOVE_PX,
    ) -> None:
        painter.setBrush(QColor(colour))
        left, right = self._x(start_s), self._x(end_s)
        if self._duration_s == 0:
            left, right = float(_SIDE_PX), float(self.width() - _SIDE_PX)
        bottom = self.height() / 2 + _GROOVE_PX / 2
        wide = max(right - left, 1.0)
        painter.drawRoundedRect(QRectF(left, bottom - height_px, wide, height_px), 2, 2)

    def _draw_marks(self, painter: QPainter, colour: str) -> None:
        painter.setBrush(QColor(colour))
        for mark_s in self._marks_s:
            x, top = self._x(mark_s), self.height() / 2 - _GROOVE_PX / 2 - 3
            flag = QPolygonF([QPointF(x, top - 7), QPointF(x + 6, top - 4), QPointF(x, top - 1)])
            painter.drawPolygon(flag)
            painter.drawRect(QRectF(x - 0.5, top - 7, 1, 10))

    def _draw_ends(self, painter: QPainter, colour: str) -> None:
        painter.setBrush(QColor(colour))
        top, bottom = self.height() / 2 - _GROOVE_PX / 2, self.height() / 2 + _GROOVE_PX / 2 + 9
        for time_s, inward in zip(self._span_s, (1, -1), strict=True):
            x = self._x(time_s)
            outward = x - inward * _GRIP_PX
            corner = [QPointF(x, top), QPointF(x, bottom), QPointF(outward, bottom)]
            painter.drawPolygon(QPolygonF(corner))

    def _draw_position(self, painter: QPainter, colour: str) -> None:
        painter.setBrush(QColor(colour))
        x, middle = self._x(self._position_s), self.height() / 2
        painter.drawRect(QRectF(x - 1, middle - 13, 2, 22))
        painter.drawEllipse(QPointF(x, middle - 13), 4.5, 4.5)

    def _x(self, time_s: float) -> float:
        share = time_s / self._duration_s if self._duration_s else 0.0
        return _SIDE_PX + share * (self.width() - 2 * _SIDE_PX)

    def _time_s(self, x: float) -> float:
        share = (x - _SIDE_PX) / max(self.width() - 2 * _SIDE_PX, 1)
        return float(np.clip(share, 0.0, 1.0)) * self._duration_s

    # ---- mouse and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Take what is under the pointer."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._duration_s:
            self._grip = self._grip_at(event.localPos())
            self._drag(event.localPos().x())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Drag it."""
        if event is not None:
            self._drag(event.localPos().x())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Let go."""
        self._grip = ""

    def _grip_at(self, place: QPointF) -> _Grip:
        if place.y() < self.height() / 2 + _GROOVE_PX / 2:
            return "position"
        start, end = (abs(self._x(time_s) - place.x()) for time_s in self._span_s)
        if min(start, end) > 2 * _GRIP_PX:
            return "position"
        return "start" if start < end else "end"

    def _drag(self, x: float) -> None:
        start_s, end_s = self._span_s
        time_s = self._time_s(x)
        if self._grip == "position":
            self.seek_wanted.emit(time_s)
        elif self._grip == "start":
            self.span_wanted.emit(min(time_s, end_s), end_s)
        elif self._grip == "end":
            self.span_wanted.emit(start_s, max(time_s, start_s))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802  # Qt's name
        """Arrow keys go by a frame, with Shift by ten; Home and End to the ends."""
        if event is None:
            return
        many = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if event.key() == Qt.Key.Key_Left:
            self.step_wanted.emit(-many)
        elif event.key() == Qt.Key.Key_Right:
            self.step_wanted.emit(many)
        elif event.key() == Qt.Key.Key_Home:
            self.seek_wanted.emit(0.0)
        elif event.key() == Qt.Key.Key_End:
            self.seek_wanted.emit(self._duration_s)
        else:
            super().keyPressEvent(event)


def unseen_spans(take: Take) -> tuple[tuple[float, float], ...]:
    """Return from when to when nobody was seen, in seconds."""
    edges = np.diff(np.concatenate(([False], ~take.seen, [False])).astype(np.int8))
    times_s = take.timestamps_ns / 1e9
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return tuple(
        (float(times_s[start]), float(times_s[end]))
        for start, end in zip(starts, ends, strict=True)
    )
