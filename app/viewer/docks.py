"""The docks: which there are, where they stand, and how they are kept in view."""

from collections.abc import Callable
from typing import Final

from PyQt5.QtCore import QObject, QSize, Qt
from PyQt5.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QTabWidget, QWidget

_PANEL_WIDTH_PX: Final = 340
_ANYWHERE: Final = Qt.LeftDockWidgetArea | Qt.RightDockWidgetArea | Qt.BottomDockWidgetArea


class Docks(QObject):
    """Owns the docks of a window; panels are scrolled where they do not fit."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        window.setDockNestingEnabled(True)
        # at the side: six names do not fit above a panel
        window.setTabPosition(Qt.RightDockWidgetArea, QTabWidget.West)
        window.setTabPosition(Qt.LeftDockWidgetArea, QTabWidget.East)

    def add(
        self,
        name: str,
        title: str,
        panel: QWidget,
        *,
        area: Qt.DockWidgetArea = Qt.RightDockWidgetArea,
        scrolls: bool = True,
    ) -> QDockWidget:
        """Add a dock; those of one area share tabs, in the order they were added."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setAllowedAreas(_ANYWHERE)
        dock.setWidget(_PanelArea(panel) if scrolls else panel)
        # Qt only moves the docks behind others out of the window: they would still get the focus, and work
        dock.visibilityChanged.connect(panel.setVisible)
        before = next(
            (d for d in self._docks.values() if self._window.dockWidgetArea(d) == area), None
        )
        self._window.addDockWidget(area, dock)
        if before is not None:
            self._window.tabifyDockWidget(before, dock)
        self._docks[name] = dock
        return dock

    def show(self, name: str) -> None:
        """Bring a dock to the front."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()

    def toggles(self) -> list[Callable[[], object]]:
        """Return for each dock what gives the action that shows or hides it."""
        return [dock.toggleViewAction for dock in self._docks.values()]

    def set_usual_sizes(self) -> None:
        """Give the panels the width they were made for."""
        right = [
            dock
            for dock in self._docks.values()
            if self._window.dockWidgetArea(dock) == Qt.RightDockWidgetArea
        ]
        self._window.resizeDocks(right[:1], [_PANEL_WIDTH_PX], Qt.Horizontal)


class _PanelArea(QScrollArea):
    """Scrolls a panel up and down; never narrower than the panel, which cannot be scrolled sideways."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setWidget(panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.NoFocus)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return room for the panel's width and a scroll bar."""
        bar = self.verticalScrollBar().sizeHint().width()
        panel = self.widget()
        width = panel.minimumSizeHint().expandedTo(panel.minimumSize()).width()
        return QSize(width + bar, super().minimumSizeHint().height())
