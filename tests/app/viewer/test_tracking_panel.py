from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSlider

from app.viewer.apply import controls_for
from app.viewer.panels.tracking import TrackingPanel
from app.viewer.settings import TrackingSettings
from engines.body.parts import ALL_PARTS
from engines.types import PartStrengths
from tests.app.viewer.reachable import assert_reachable

pytestmark = pytest.mark.qt


@pytest.fixture
def panel(qtbot, studio):
    made = TrackingPanel(studio)
    qtbot.addWidget(made)
    made.resize(340, 720)
    made.show()
    return made


def find(panel, kind, name):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def test_every_part_follows_its_box(qtbot, panel, studio):
    for part in ALL_PARTS:
        box = find(panel, QCheckBox, f"{part}_box")
        assert box.isChecked()
        qtbot.keyClick(box, Qt.Key.Key_Space)
        assert getattr(studio.settings.tracking, part) is False
    assert controls_for(studio.settings.tracking).parts == frozenset()
    studio.change(replace(studio.settings, tracking=TrackingSettings()))
    assert all(find(panel, QCheckBox, f"{part}_box").isChecked() for part in ALL_PARTS)


def test_legs_and_mirror(qtbot, panel, studio):
    legs = find(panel, QComboBox, "upper_body_choice")
    qtbot.keyClick(legs, Qt.Key.Key_Down)
    assert studio.settings.tracking.upper_body == "on"
    assert controls_for(studio.settings.tracking).upper_body == "on"
    mirror = find(panel, QCheckBox, "mirror_motion_box")
    qtbot.keyClick(mirror, Qt.Key.Key_Space)
    assert studio.settings.tracking.mirror_motion is False
    studio.change(replace(studio.settings, tracking=TrackingSettings(upper_body="off")))
    assert legs.currentData() == "off"
    assert mirror.isChecked()


@pytest.mark.parametrize("part", ["body", "hands", "face", "root"])
def test_smoothing_of_a_part_and_its_delay(qtbot, panel, studio, part):
    number = find(panel, QDoubleSpinBox, f"{part}_smoothing_number")
    slider = find(panel, QSlider, f"{part}_smoothing_slider")
    delay = find(panel, QLabel, f"{part}_delay")
    at_one = round(studio.added_delay_ms(part, 1.0))
    assert at_one > 0
    assert delay.text() == f"+{at_one} ms"
    number.setValue(2.0)
    assert getattr(studio.settings.tracking, f"{part}_smoothing") == 2.0
    assert slider.value() == slider.maximum() // 2
    assert delay.text() == f"+{round(studio.added_delay_ms(part, 2.0))} ms"
    slider.setValue(0)
    assert number.value() == 0
    assert delay.text() == "+0 ms"
    assert getattr(controls_for(studio.settings.tracking).strengths, part) == 0
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton)
    assert getattr(studio.settings.tracking, f"{part}_smoothing") == 1.0
    assert number.value() == 1.0


def test_a_double_click_on_the_name_resets_and_a_button_all(qtbot, panel, studio):
    strong = TrackingSettings(body_smoothing=3.0, face_smoothing=0.5)
    studio.change(replace(studio.settings, tracking=strong))
    assert find(panel, QDoubleSpinBox, "body_smoothing_number").value() == 3.0
    name = next(each for each in panel.findChildren(QLabel) if each.text() == "Body")
    qtbot.mouseDClick(name, Qt.MouseButton.LeftButton)
    assert studio.settings.tracking == TrackingSettings(face_smoothing=0.5)
    button = find(panel, QPushButton, "reset_smoothing_button")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert controls_for(studio.settings.tracking).strengths == PartStrengths()


def test_a_strength_of_the_settings_file_that_the_panel_cannot_show_is_not_changed(panel, studio):
    odd = TrackingSettings(root_smoothing=7.123)
    studio.change(replace(studio.settings, tracking=odd))
    assert studio.settings.tracking == odd


def test_freezing_goes_both_ways(qtbot, panel, studio):
    button = find(panel, QPushButton, "freeze_button")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert studio.is_frozen
    assert button.isChecked()
    studio.freeze(False)
    assert not button.isChecked()
    assert button.text() == "&Freeze"


def test_recentre_is_for_a_session_that_runs(qtbot, panel, studio, monkeypatch):
    calls = []
    monkeypatch.setattr(studio, "recentre", lambda: calls.append(1))
    button = find(panel, QPushButton, "recentre_button")
    assert not button.isEnabled()
    studio.state_changed.emit("running")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert calls == [1]


def test_the_wheel_leaves_values_alone_while_the_panel_is_scrolled(qtbot, panel, studio):
    from PyQt5.QtCore import QPoint, QPointF
    from PyQt5.QtGui import QWheelEvent
    from PyQt5.QtWidgets import QApplication

    find(panel, QPushButton, "freeze_button").setFocus()
    for kind, name in (
        (QSlider, "body_smoothing_slider"),
        (QDoubleSpinBox, "body_smoothing_number"),
    ):
        widget = find(panel, kind, name)
        at = QPointF(widget.rect().center())
        event = QWheelEvent(
            at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(0, 0), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
    assert studio.settings.tracking == TrackingSettings()


def test_controls_are_reachable_and_fit_the_dock(panel):
    assert_reachable(panel)
    assert panel.minimumSizeHint().width() <= 330
