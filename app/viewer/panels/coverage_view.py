"""Where in the picture a board has been, and to which sides it was tilted."""

from typing import Final

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.viewer.theme import current_colours
from calibration.views import CELLS, CoverageGuide

_RIM_PX: Final = 18
_GAP_PX: Final = 3
_ASPECT: Final = 9 / 16


class CoverageView(QWidget):
    """Nine cells that fill, and four arrows around them, one for each tilt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverage_view")
        policy = QSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._guide: CoverageGuide | None = None
        self._is_mirrored = False

    def show_guide(self, guide: CoverageGuide | None, *, is_mirrored: bool = False) -> None:
        """Show what was covered; mirrored where the picture is shown so."""
        self._guide = guide
        self._is_mirrored = is_mirrored
        if guide is not None:
            done = sum(guide.cells) + sum(guide.tilts)
            self.setAccessibleName(
                self.tr("{done} of {all} done").format(
                    done=done, all=len(guide.cells) + len(guide.tilts)
                )
            )
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """The shape of a picture."""
        return QSize(300, self.heightForWidth(300))

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Keep the shape of a picture."""
        return round((width - 2 * _RIM_PX) * _ASPECT) + 2 * _RIM_PX

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint."""
        colours = current_colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(Qt.NoPen)
        done, open_ = QColor(colours.good), QColor(colours.line)
        cells = self._guide.cells if self._guide else (False,) * CELLS**2
        for number, is_done in enumerate(cells):
            painter.setBrush(done if is_done else open_)
            painter.drawRoundedRect(self._cell(number), 4, 4)
        tilts = self._guide.tilts if self._guide else (False,) * 4
        for side, is_done in enumerate(tilts):
            painter.setBrush(done if is_done else open_)
            painter.drawPolygon(self._arrow(side))

    def _cell(self, number: int) -> QRectF:
        row, column = divmod(number, CELLS)
        if self._is_mirrored:
            column = CELLS - 1 - column
        width = (self.width() - 2 * _RIM_PX) / CELLS
        height = (self.height() - 2 * _RIM_PX) / CELLS
        return QRectF(
            _RIM_PX + column * width + _GAP_PX / 2,
            _RIM_PX + row * height + _GAP_PX / 2,
            width - _GAP_PX,
            height - _GAP_PX,
        )

    def _arrow(self, side: int) -> QPolygonF:
        """Return a triangle at the left, right, top or bottom, its point outwards."""
        if self._is_mirrored and side < 2:
            side = 1 - side
        width, height, out, half = self.width(), self.height(), _RIM_PX - 5, 14
        x, y = width / 2, height / 2
        corners = (
            ((3, y), (out, y - half), (out, y + half)),
            ((width - 3, y), (width - out, y - half), (width - out, y + half)),
            ((x, 3), (x - half, out), (x + half, out)),
            ((x, height - 3), (x - half, height - out), (x + half, height - out)),
        )[side]
        return QPolygonF([QPointF(*corner) for corner in corners])
