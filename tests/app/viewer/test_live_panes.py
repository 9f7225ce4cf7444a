"""The camera pane and its panels beside a session that runs."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtWidgets import QCheckBox, QLabel, QPushButton

from app.viewer.camera_view import CameraView
from app.viewer.panels.source import SourcePanel
from app.viewer.panels.tracking import TrackingPanel
from tests.app.viewer.test_camera_view import pixels

pytestmark = pytest.mark.qt

LONG_MS = 180_000  # compiling and loading all, on a busy machine


@pytest.fixture
def panes(qtbot, studio):
    source = replace(studio.settings.source, spec="synthetic:walk", width_px=320, height_px=240)
    studio.change(replace(studio.settings, source=source))
    made = CameraView(studio), SourcePanel(studio), TrackingPanel(studio)
    for pane in made:
        qtbot.addWidget(pane)
        pane.resize(340, 300)
        pane.show()
    return made


def test_a_session_is_seen_frozen_and_stopped(qtbot, studio, panes):
    view, source, tracking = panes

    def next_packet():
        qtbot.waitUntil(
            lambda: (packet := studio.take_packet()) is not None and bool(packet.estimates),
            timeout=LONG_MS,
        )
        view.show_packet(studio.newest)
        return studio.newest

    source.findChild(QPushButton, "start_button").click()
    assert studio.state == "starting"
    next_packet()
    before = pixels(view)
    for _ in range(3):
        next_packet()
    assert np.abs(pixels(view) - before).max() > 50
    measured = source.findChild(QLabel, "measured_label")
    qtbot.waitUntil(measured.isVisible, timeout=LONG_MS)
    assert "fps" in measured.text()

    settings = replace(studio.settings.view, show_body=True, show_box=True)
    studio.change(replace(studio.settings, view=settings))
    with qtbot.waitSignal(view._layer.drawn, timeout=LONG_MS):
        next_packet()

    tracking.findChild(QPushButton, "freeze_button").click()
    next_packet()
    held = {next_packet().estimates[0].joints.tobytes() for _ in range(4)}
    assert len(held) <= 2  # one may have been on its way
    tracking.findChild(QPushButton, "freeze_button").click()
    tracking.findChild(QCheckBox, "root_box").click()
    assert studio.state == "running"  # no control of this panel begins anew

    source.findChild(QPushButton, "start_button").click()
    qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)
    assert view.packet is None
    assert not measured.isVisible()
