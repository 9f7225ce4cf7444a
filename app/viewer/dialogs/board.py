"""Shows a board on a whole screen, with a line to measure: screens do not know how large they are."""

from dataclasses import replace
from typing import Final

import numpy as np
from PyQt5.QtCore import QPoint, QRect, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QScreen
from PyQt5.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from calibration.board import BoardSpec, draw_board

_RULER_SQUARES: Final = 3
_RULER_PX: Final = 28
"""Room for the line, in widget pixels."""
_TICK_PX: Final = 12
_LEAST_SQUARE_PX: Final = 8
_MM: Final = 1000.0
_MM_PER_INCH: Final = 25.4


class BoardView(QWidget):
    """Paints a board, each square of a whole number of the screen's own pixels, and a line three squares long."""

    def __init__(self, spec: BoardSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self._spec = spec

    @property
    def square_px(self) -> int:
        """Side of a square in the screen's own pixels."""
        scale = self.devicePixelRatioF()
        width = self.width() * scale / (self._spec.columns + 1)
        height = (self.height() - _RULER_PX) * scale / (self._spec.rows + 1)
        return max(_LEAST_SQUARE_PX, int(min(width, height)))

    @property
    def line_px(self) -> int:
        """Length of the line in the screen's own pixels."""
        return _RULER_SQUARES * self.square_px

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint, on white: a board needs its rim, whatever the theme."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.black if self._spec.inverted else Qt.white)
        painter.setPen(Qt.white if self._spec.inverted else Qt.black)
        scale = self.devicePixelRatioF()
        board = np.ascontiguousarray(draw_board(self._spec, self.square_px, self.square_px // 2))
        height, width = board.shape
        image = QImage(board.data, width, height, width, QImage.Format_Grayscale8)
        image.setDevicePixelRatio(scale)
        left = round((self.width() - width / scale) / 2)
        painter.drawImage(QPoint(left, 0), image)
        start = left + self.square_px / 2 / scale
        line = QRect(round(start), self.height() - _RULER_PX // 2, round(self.line_px / scale), 1)
        painter.fillRect(line, painter.pen().color())
        for x in (line.left(), line.right()):
            painter.fillRect(
                QRect(x, line.top() - _TICK_PX // 2, 1, _TICK_PX), painter.pen().color()
            )


class BoardDialog(QDialog):
    """Fills a screen; the person measures the line with a ruler and types its length."""

    measured = pyqtSignal(str)
    """The board as it is written, with the size of the squares on this screen."""

    def __init__(self, spec: BoardSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("board_dialog")
        self.setWindowTitle(self.tr("Calibration board"))
        self._spec = spec
        self.view = BoardView(spec)
        """The board."""
        self._length = QDoubleSpinBox()
        self._length.setObjectName("board_line_mm")
        self._length.setDecimals(1)
        self._length.setRange(5.0, 2000.0)
        self._length.setSuffix(self.tr(" mm"))
        self._length.setToolTip(self.tr("Length of the line under the board, by a ruler"))
        self._screens = QComboBox()
        self._screens.setObjectName("board_screen")
        self._screens.setAccessibleName(self.tr("Screen"))
        self._screens.setToolTip(self.tr("Screen on which the board is shown"))
        for number, screen in enumerate(QApplication.screens(), start=1):
            name = self.tr("Screen {number}: {name}").format(number=number, name=screen.name())
            self._screens.addItem(name, screen)
        self._screens.setVisible(self._screens.count() > 1)
        self._screens.activated.connect(lambda _row: self.cover(self._screens.currentData()))
        self._arrange()

    @property
    def board(self) -> str:
        """The board as it is written, with squares as large as the typed length says."""
        square_mm = self._length.value() * self.view.square_px / self.view.line_px
        return str(replace(self._spec, square_m=round(square_mm / _MM, 5)))

    def cover(self, screen: QScreen) -> None:
        """Fill a screen."""
        self._screens.setCurrentIndex(max(0, self._screens.findData(screen)))
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        QApplication.processEvents()  # the size is known once the window has it
        self._guess_length(screen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Close at Escape; Enter in the length does not."""
        if event.key() == Qt.Key_Escape:
            self.reject()

    def _guess_length(self, screen: QScreen) -> None:
        """Offer what the screen says of its size, which is often wrong."""
        inches = self.view.line_px / self.view.devicePixelRatioF() / screen.physicalDotsPerInchX()
        self._length.setValue(inches * _MM_PER_INCH)

    def _arrange(self) -> None:
        caption = QLabel(self.tr("&Length of the line above, by a ruler"))
        caption.setBuddy(self._length)
        use = QPushButton(self.tr("&Use this size"))
        use.setObjectName("board_use")
        use.setProperty("role", "primary")
        use.setAutoDefault(False)
        use.clicked.connect(self._use)
        close = QPushButton(self.tr("&Close"))
        close.setObjectName("board_close")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        strip = QHBoxLayout()
        strip.setContentsMargins(14, 8, 14, 10)
        strip.setSpacing(10)
        for widget in (caption, self._length, use):
            strip.addWidget(widget)
        strip.addStretch(1)
        strip.addWidget(self._screens)
        strip.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addLayout(strip)

    def _use(self) -> None:
        self.measured.emit(self.board)
