"""Where the time goes: one line a stage over the last minute."""

from collections import deque
from typing import Final

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QWidget

from app.viewer.status import Status
from app.viewer.studio import Studio
from app.viewer.theme import current_colours

_SAMPLES: Final = 120
_LINE_COLOURS: Final = ("#4c8dff", "#f0b429", "#4cc38a", "#c678dd", "#ff6b6b", "#56b6c2")
_LEFT, _TOP, _BOTTOM = 46, 12, 22
_LEGEND_LINE_PX: Final = 17
_GAP_PX: Final = 10
_WIDE_MS: Final = 888.8
"""As wide as any: the plot must not jump about with its numbers."""
_LEAST_MS: Final = 10.0
_GRID_LINES: Final = 4


class StagePlot(QWidget):
    """Draws the median time of every stage, and the age from capture to publication."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage_plot")
        self.setMinimumHeight(130)
        self.setAccessibleName(self.tr("Time of each stage"))
        self._lines: dict[str, deque[float]] = {}
        studio.status_changed.connect(self._take)

    def _take(self, status: Status | None) -> None:
        if status is None:
            self._lines.clear()
        else:
            # the source waits for the camera: its time is the camera's, not ours
            for stage in status.stats.stages[1:]:
                self._line(stage.name).append(stage.median_ms)
            self._line(self.tr("capture to publish")).append(status.stats.age_p50_ms)
        if self.isVisible():
            self.update()

    def _line(self, name: str) -> deque[float]:
        return self._lines.setdefault(name, deque(maxlen=_SAMPLES))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        colours = current_colours()
        painter.fillRect(event.rect(), QColor(colours.panel))
        if not self._lines:
            painter.setPen(QColor(colours.quiet))
            painter.drawText(self.rect(), Qt.AlignCenter, self.tr("Start the camera to see times"))
            return
        metrics = QFontMetricsF(painter.font())
        widest = max(metrics.horizontalAdvance(_legend(name, _WIDE_MS)) for name in self._lines)
        legend_width = widest + 2 * _GAP_PX
        area = QRectF(
            _LEFT, _TOP, self.width() - _LEFT - legend_width, self.height() - _TOP - _BOTTOM
        )
        top_ms = max(_LEAST_MS, *(max(line) for line in self._lines.values())) * 1.1
        self._paint_grid(painter, area, top_ms)
        for index, (name, line) in enumerate(self._lines.items()):
            colour = QColor(_LINE_COLOURS[index % len(_LINE_COLOURS)])
            painter.setPen(QPen(colour, 2.0))
            painter.drawPolyline(_polyline(line, area, top_ms))
            down = _TOP + _LEGEND_LINE_PX * index
            legend = QRectF(area.right() + _GAP_PX, down, legend_width, _LEGEND_LINE_PX)
            painter.drawText(legend, Qt.AlignVCenter, _legend(name, line[-1]))

    def _paint_grid(self, painter: QPainter, area: QRectF, top_ms: float) -> None:
        colours = current_colours()
        for k in range(_GRID_LINES + 1):
            y = area.bottom() - area.height() * k / _GRID_LINES
            painter.setPen(QPen(QColor(colours.line), 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(colours.quiet))
            box = QRectF(0, y - 9, _LEFT - 6, 18)
            painter.drawText(
                box, Qt.AlignRight | Qt.AlignVCenter, f"{top_ms * k / _GRID_LINES:.0f}"
            )
        foot = QRectF(area.left(), area.bottom() + 3, area.width(), _BOTTOM - 3)
        painter.drawText(foot, Qt.AlignCenter, self.tr("milliseconds, last minute"))


def _legend(name: str, time_ms: float) -> str:
    return f"{name}  {time_ms:.1f} ms"


def _polyline(line: "deque[float]", area: QRectF, top_ms: float) -> QPolygonF:
    step = area.width() / (_SAMPLES - 1)
    start = area.right() - step * (len(line) - 1)
    return QPolygonF(
        [
            QPointF(start + step * k, area.bottom() - area.height() * value / top_ms)
            for k, value in enumerate(line)
        ]
    )
