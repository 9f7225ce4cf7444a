"""The window as a person uses it, with the real engine on the shipped clip."""

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QDoubleSpinBox,
    QSpinBox,
)

from app.config import AppConfig
from app.export.catalog import export_take
from app.paths import DEMO_CLIP
from app.takes.load import load_take
from app.viewer.boot import Mistakes
from app.viewer.main_window import MainWindow
from app.viewer.settings import RecordingSettings, SourceSettings, WindowSettings
from app.viewer.settings_store import load_settings
from app.viewer.studio import Studio
from tests.app.capture.mjpeg_server import MjpegServer

pytestmark = [pytest.mark.qt, pytest.mark.slow]

LONG_MS = 180_000  # the very first start compiles, and test machines are shared


@pytest.fixture
def mistakes():
    made = Mistakes()
    made.told = []
    made.happened.connect(made.told.append)
    return made


@pytest.fixture
def open_window(qtbot, settings_folder, open_body, mistakes, tmp_path):
    """Opens windows on the demo clip; each is closed at the end."""
    opened = []

    def make(**changes):
        settings = WindowSettings(
            first_run_done=True,
            source=SourceSettings(spec=str(DEMO_CLIP)),
            recording=RecordingSettings(folder=str(tmp_path / "takes"), countdown_s=0),
        )
        studio = Studio(replace(settings, **changes), AppConfig())
        window = MainWindow(studio, mistakes, open_body, settings_folder / "window.toml")
        qtbot.addWidget(window)
        opened.append(window)
        window.show()
        return window

    yield make
    for window in opened:
        window.close()
    assert mistakes.told == []


def picture(widget):
    image = widget.grab().toImage().convertToFormat(4)
    bits = image.constBits()
    bits.setsize(image.byteCount())
    return np.frombuffer(bits, np.uint8).copy()


def start(qtbot, window):
    window.studio.start()
    qtbot.waitUntil(
        lambda: window.studio.newest is not None and window.desk.state == "ready", timeout=LONG_MS
    )


def test_a_session_seen_recorded_played_and_exported(qtbot, open_window, tmp_path):
    window = open_window()
    before = picture(window.camera_view)
    start(qtbot, window)
    qtbot.waitUntil(
        lambda: not np.array_equal(picture(window.camera_view), before), timeout=LONG_MS
    )
    moving = picture(window.camera_view)
    qtbot.waitUntil(
        lambda: not np.array_equal(picture(window.camera_view), moving), timeout=LONG_MS
    )

    # record, stop
    saved = []
    window.desk.take_saved.connect(saved.append)
    window.desk.toggle()
    qtbot.waitUntil(
        lambda: (
            window.desk.state == "recording" and window.studio.recording.recorder.frame_count > 5
        ),
        timeout=LONG_MS,
    )
    window.desk.toggle()
    qtbot.waitUntil(lambda: bool(saved), timeout=LONG_MS)
    take = load_take(saved[0])
    assert len(take.timestamps_ns) > 5

    # export what was recorded
    written = export_take(take, "bvh", output=tmp_path / "take.bvh")
    assert written.stat().st_size > 1000

    window.studio.stop()
    qtbot.waitUntil(lambda: window.studio.state == "stopped", timeout=LONG_MS)

    # play it back
    window.player.open(saved[0])
    qtbot.waitUntil(lambda: window.player.position_s > 0.1, timeout=LONG_MS)
    assert window.studio.is_playing_back
    assert window.studio.newest.estimates
    window.player.close()
    assert not window.studio.is_playing_back


def test_every_control_can_be_moved_while_it_runs(qtbot, open_window, mistakes):
    window = open_window()
    start(qtbot, window)
    for dock in window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        move_everything(dock)
        assert mistakes.told == []
    qtbot.waitUntil(lambda: window.studio.state in ("running", "stopped"), timeout=LONG_MS)


def move_everything(widget):
    """Move what only changes settings; buttons open dialogs, which have tests of their own."""
    for check in widget.findChildren(QCheckBox):
        if check.isEnabled():
            check.click()
    for slider in widget.findChildren(QAbstractSlider):
        slider.setValue(slider.maximum())
        slider.setValue(slider.minimum())
    for box in widget.findChildren((QSpinBox, QDoubleSpinBox)):
        if not box.isReadOnly():
            box.setValue(box.maximum())
            box.setValue(box.minimum())
    for combo in widget.findChildren(QComboBox):
        if combo.objectName() not in ("source_choice", "engine_choice") and combo.isEnabled():
            for index in range(combo.count()):
                combo.setCurrentIndex(index)


def test_everything_has_a_name_for_those_who_cannot_see_it(open_window):
    window = open_window()
    nameless = [
        f"{type(each).__name__} {each.objectName()}"
        for each in window.findChildren((QAbstractButton, QComboBox, QSpinBox))
        if each.focusPolicy() != Qt.NoFocus
        and not (each.text() if isinstance(each, QAbstractButton) else each.accessibleName())
        and not each.accessibleName()
        and not each.toolTip()
        and not _is_qts_own(each)
        and not _has_label(window, each)
    ]
    assert nameless == []


def _is_qts_own(widget):
    return widget.objectName().startswith("qt_") or type(widget.parent()).__name__ == "QTabBar"


def _has_label(window, widget):
    from PyQt5.QtWidgets import QLabel

    return any(label.buddy() is widget for label in window.findChildren(QLabel))


def test_closing_while_recording_keeps_the_take(qtbot, open_window, tmp_path):
    threads = {thread.name for thread in threading.enumerate()}
    window = open_window()
    start(qtbot, window)
    window.desk.toggle()
    qtbot.waitUntil(
        lambda: (
            window.desk.state == "recording" and window.studio.recording.recorder.frame_count > 3
        ),
        timeout=LONG_MS,
    )
    window.close()
    (folder,) = (path for path in (tmp_path / "takes").iterdir() if path.is_dir())
    assert len(load_take(folder).timestamps_ns) > 3
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread.name not in threads and not thread.daemon
    ]
    assert left == []


def test_what_was_set_is_remembered(qtbot, open_window, settings_folder):
    window = open_window()
    window.actions_of_session.mirror_motion.trigger()
    window.close()
    loaded = load_settings(settings_folder / "window.toml")
    assert loaded.problem == ""
    assert loaded.settings.tracking.mirror_motion is False
    assert loaded.settings.layout


def test_keys_do_what_they_say(qtbot, open_window):
    window = open_window()
    qtbot.waitExposed(window)
    start(qtbot, window)
    QApplication.setActiveWindow(window)  # a bare X server has no window manager to do it
    window.actions_of_session.freeze.trigger()
    assert window.studio.is_frozen
    qtbot.keyClick(window, Qt.Key_F6)
    qtbot.waitUntil(lambda: not window.studio.is_frozen, timeout=5000)


def test_a_mistake_in_a_slot_is_shown_and_does_not_end_the_window(qtbot, open_window, mistakes):
    window = open_window()
    error = ValueError("seven")
    mistakes._take(ValueError, error, None)
    assert "seven" in window.messages.text
    assert window.messages.isVisible()
    mistakes.told.clear()


def test_no_camera(qtbot, open_window):
    window = open_window(source=SourceSettings(spec="camera:97"))
    window.studio.start()
    qtbot.waitUntil(lambda: window.messages.isVisible(), timeout=LONG_MS)
    assert "97" in window.messages.text
    assert window.studio.state == "stopped"


def test_a_camera_that_is_unplugged_and_comes_back(qtbot, open_window):
    with MjpegServer(period_s=0.05) as server:
        window = open_window(source=SourceSettings(spec=server.url))
        start(qtbot, window)
        server.go_away()
        qtbot.waitUntil(lambda: "lost" in window.camera_view.message, timeout=LONG_MS)
        assert window.studio.state == "running"
        last = window.studio.newest.frame.index
        server.come_back()
        qtbot.waitUntil(
            lambda: window.camera_view.message == "" and window.studio.newest.frame.index > last,
            timeout=LONG_MS,
        )


def test_a_black_picture_is_asked_about(qtbot, open_window, tmp_path):
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros((120, 160, 3), np.uint8))
    window = open_window(source=SourceSettings(spec=str(tmp_path / "black.png")))
    start(qtbot, window)
    qtbot.waitUntil(lambda: "black" in window.camera_view.message, timeout=LONG_MS)
