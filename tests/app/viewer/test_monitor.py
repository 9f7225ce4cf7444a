import socket

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel, QPushButton, QSpinBox, QTreeWidget

from app.viewer.dialogs.monitor import MonitorDialog
from tests.app.viewer.reachable import assert_reachable

pytestmark = pytest.mark.qt

LONG_MS = 10_000
MESSAGE = b"/hand\0\0\0,i\0\0\0\0\0\7"


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def monitor(qtbot):
    made = MonitorDialog(free_port())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def words(monitor):
    return monitor.findChild(QLabel, "monitor_state").text()


def test_packets_are_shown_decoded_paused_and_cleared(qtbot, monitor):
    assert "nothing has come yet" in words(monitor)
    table = monitor.findChild(QTreeWidget, "monitor_table")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def send():
            sender.sendto(MESSAGE, ("127.0.0.1", monitor.port))

        send()
        qtbot.waitUntil(lambda: table.topLevelItemCount() == 1, timeout=LONG_MS)
        assert [table.topLevelItem(0).text(column) for column in (0, 1, 5)] == ["/hand", "1", "i 7"]
        senders = monitor.findChild(QLabel, "monitor_senders").text()
        assert f"127.0.0.1:{sender.getsockname()[1]}" in senders

        pause = monitor.findChild(QPushButton, "monitor_pause")
        qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
        send()
        qtbot.waitUntil(lambda: monitor._watch.view.datagrams == 2, timeout=LONG_MS)
        monitor._timer.timeout.emit()
        assert table.topLevelItem(0).text(1) == "1"
        assert words(monitor).startswith("Paused")
        qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
        assert table.topLevelItem(0).text(1) == "2"

        qtbot.mouseClick(monitor.findChild(QPushButton, "monitor_clear"), Qt.MouseButton.LeftButton)
        assert table.topLevelItemCount() == 0


def test_a_port_in_use_is_told_and_another_one_can_be_chosen(qtbot, monitor):
    other = MonitorDialog(monitor.port)
    qtbot.addWidget(other)
    assert f"Port {monitor.port} is in use by another program" in words(other)
    toggle = other.findChild(QPushButton, "monitor_toggle")
    other.findChild(QSpinBox, "monitor_port").setValue(free_port())
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert "nothing has come yet" in words(other)
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert words(other) == "Not listening."


def test_escape_frees_the_port(qtbot, monitor):
    qtbot.keyClick(monitor, Qt.Key.Key_Escape)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", monitor.port))


def test_every_control_is_reachable(monitor):
    assert_reachable(monitor)
