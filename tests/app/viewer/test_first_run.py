"""The first steps: four, each can be skipped."""

from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QPushButton, QRadioButton

from app.capture.camera_info import CameraInfo
from app.paths import DEMO_CLIP
from app.viewer import camera_roster
from app.viewer.dialogs import first_run
from app.viewer.dialogs.first_run import FirstRun
from app.viewer.panels.presets import PRESETS
from app.viewer.settings import TargetSettings

pytestmark = pytest.mark.qt

LONG_MS = 180_000  # the very first start compiles, and test machines are shared


@pytest.fixture
def dialog(qtbot, studio):
    made = FirstRun(studio)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made._camera.findChildren(QRadioButton)), timeout=LONG_MS)
    yield made
    made.reject()


def press(qtbot, dialog, name):
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.LeftButton)


def choose(dialog, text):
    (button,) = (b for b in dialog.findChildren(QRadioButton) if b.text() == text)
    button.click()


def test_from_the_camera_to_the_receiver(qtbot, studio, dialog):
    press(qtbot, dialog, "first_run_next")
    assert studio.settings.source.spec == str(DEMO_CLIP)  # this computer has no camera
    qtbot.waitUntil(lambda: studio.take_packet() is not None, timeout=LONG_MS)
    assert "stays on this computer" in " ".join(
        label.text() for label in dialog.findChildren(first_run.QLabel)
    )
    press(qtbot, dialog, "first_run_next")
    press(qtbot, dialog, "first_run_next")
    choose(dialog, PRESETS[1].name)
    choose(dialog, PRESETS[0].name)
    on = [target.text for target in studio.settings.targets if target.is_on]
    assert on == [PRESETS[0].text]
    assert TargetSettings() not in studio.settings.targets  # nobody asked for that one
    press(qtbot, dialog, "first_run_next")
    assert not dialog.isVisible()
    assert studio.settings.first_run_done


def test_return_goes_on_also_after_the_speed_test_took_the_focus_away(qtbot, dialog):
    press(qtbot, dialog, "first_run_next")
    press(qtbot, dialog, "first_run_next")
    run = dialog.findChild(QPushButton, "speed_run")
    run.setFocus()
    run.setEnabled(False)  # as while it measures
    qtbot.keyClick(dialog, Qt.Key_Return)
    assert dialog.isVisible()
    assert dialog.findChild(QPushButton, "first_run_next").text() == "&Done"


def test_taken_again_it_shows_the_receiver_that_is_on(qtbot, studio):
    chosen = PRESETS[1]
    studio.change(replace(studio.settings, targets=(TargetSettings(chosen.text, is_on=True),)))
    again = FirstRun(studio)
    qtbot.addWidget(again)
    (button,) = (b for b in again.findChildren(QRadioButton) if b.text() == chosen.name)
    assert button.isChecked()
    again.reject()


def test_skipping_all_changes_nothing_else(qtbot, studio, dialog):
    press(qtbot, dialog, "first_run_skip")
    assert studio.settings.first_run_done
    assert studio.settings.source.spec == ""
    assert studio.state == "stopped"


def test_cameras_are_offered_by_name(qtbot, studio, monkeypatch):
    cameras = (CameraInfo(0, "Brio", "usb-1", "v4l2"), CameraInfo(2, "Kiyo", "usb-2", "v4l2"))
    monkeypatch.setattr(camera_roster, "list_cameras", lambda _backend: cameras)
    dialog = FirstRun(studio)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: len(dialog._camera.findChildren(QRadioButton)) == 3, timeout=LONG_MS)
    choose(dialog, "Kiyo")
    dialog._camera.use()
    assert studio.settings.source.spec == "camera:Kiyo"
    dialog.reject()
