"""Docks: what is behind others rests, and does not take the focus."""

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QDockWidget, QLineEdit, QMainWindow

from app.viewer.docks import Docks

pytestmark = pytest.mark.qt


@pytest.fixture
def panels():
    return {name: QLineEdit() for name in ("one", "two", "three")}


@pytest.fixture
def window(qtbot, panels):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.docks = Docks(made)
    for name, panel in panels.items():
        made.docks.add(name, name, panel)
    made.docks.show("one")
    made.resize(600, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def seen(panels):
    return [name for name, panel in panels.items() if panel.isVisible()]


def test_only_the_dock_in_front_is_at_work(qtbot, window, panels):
    qtbot.waitUntil(lambda: seen(panels) == ["one"])
    window.docks.show("three")
    qtbot.waitUntil(lambda: seen(panels) == ["three"])
    window.activateWindow()
    panels["three"].setFocus()
    for _ in range(4):
        qtbot.keyClick(window.focusWidget(), Qt.Key_Tab)
        assert window.focusWidget() not in (panels["one"], panels["two"])


@pytest.mark.qt_log_ignore("propagateSizeHints", "raise")
def test_a_floating_dock_goes_on(qtbot, window, panels):
    dock = window.findChild(QDockWidget, "dock_one")
    dock.setFloating(True)
    qtbot.waitUntil(lambda: "one" in seen(panels) and len(seen(panels)) == 2)
    dock.setFloating(False)
    qtbot.waitUntil(lambda: len(seen(panels)) == 1)


def test_a_panel_is_never_cut_off_at_its_side(window):
    wide = QLineEdit()
    wide.setMinimumWidth(450)
    dock = window.docks.add("wide", "wide", wide)
    assert dock.minimumSizeHint().width() > 450
