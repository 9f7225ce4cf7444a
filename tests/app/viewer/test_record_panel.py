import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.paths import takes_folder
from app.sinks.recorder import TakeRecorder
from app.viewer.panels.record import RecordPanel
from app.viewer.recording import RecordingDesk, RecordingProgress
from app.viewer.theme import apply_theme
from tests.app.packets import moving_packets
from tests.app.recordings import INFO
from tests.app.viewer.takes_for_window import settings_with

pytestmark = pytest.mark.qt


@pytest.fixture
def desk(studio, tmp_path):
    studio.change(settings_with(tmp_path / "takes", countdown_s=0))
    return RecordingDesk(studio, sound=lambda _tone_hz: True)


@pytest.fixture
def panel(studio, desk, qtbot):
    made = RecordPanel(studio, desk)
    qtbot.addWidget(made)
    made.resize(340, 680)
    made.show()
    return made


@pytest.fixture
def recorder(studio, desk, tmp_path):
    made = TakeRecorder(tmp_path / "takes", INFO, pre_roll_s=20, waits=True)
    made.open()
    studio.recording._set_recorder(made)
    yield made
    made.close()


def _child(panel, kind, name):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def _press(panel, qtbot, name):
    qtbot.mouseClick(_child(panel, QPushButton, name), Qt.MouseButton.LeftButton)


def test_without_a_camera_the_button_starts_it(panel, studio, qtbot, monkeypatch):
    started = []
    monkeypatch.setattr(studio, "start", lambda: started.append(1))
    button = _child(panel, QPushButton, "record_button")
    assert "camera" in button.text().replace("&", "")
    _press(panel, qtbot, "record_button")
    assert started == [1]
    assert not _child(panel, QPushButton, "save_last_button").isEnabled()


def test_a_take_from_the_button_to_the_folder(panel, desk, recorder, qtbot):
    packets = iter(moving_packets(12))
    button = _child(panel, QPushButton, "record_button")
    pause, mark = (_child(panel, QPushButton, name) for name in ("pause_button", "mark_button"))
    assert button.text() == "&Record"
    assert not pause.isEnabled()
    _press(panel, qtbot, "record_button")
    assert button.text() == "&Stop"
    for _ in range(5):
        recorder.consume(next(packets))
    desk._look()
    assert "5 frame" in _child(panel, QLabel, "record_frames").text()
    _press(panel, qtbot, "mark_button")
    assert "1" in mark.text()
    _press(panel, qtbot, "pause_button")
    assert desk.state == "paused"
    assert pause.text() == "&Go on"
    _press(panel, qtbot, "pause_button")
    assert desk.state == "recording"
    assert not _child(panel, QPushButton, "choose_folder_button").isEnabled()
    _press(panel, qtbot, "record_button")
    assert button.text() == "Saving …"
    assert not button.isEnabled()
    recorder.consume(next(packets))
    desk._look()
    message = _child(panel, QLabel, "record_message")
    assert "Saved" in message.text()
    assert message.property("role") == "good"
    assert button.text() == "&Record"


def test_the_button_has_the_keyboard_again_when_the_take_is_saved(panel, desk, recorder, qtbot):
    button = _child(panel, QPushButton, "record_button")
    button.setFocus()
    in_front = QWidget()
    qtbot.addWidget(in_front)
    in_front.show()
    in_front.activateWindow()
    packets = iter(moving_packets(3))
    for _ in range(2):
        qtbot.keyClick(button, Qt.Key.Key_Space)
        recorder.consume(next(packets))
    assert not button.isEnabled()
    assert panel.focusWidget() is panel
    desk._look()
    assert panel.focusWidget() is button


def test_failures_and_little_room_are_told_in_the_panel(panel, desk, recorder):
    desk.failed.emit("no room; 7 frames are kept")
    message = _child(panel, QLabel, "record_message")
    assert message.isVisible()
    assert (message.text(), message.property("role")) == ("no room; 7 frames are kept", "error")
    disk = _child(panel, QLabel, "record_disk")
    desk.progressed.emit(RecordingProgress(free_bytes=5_000_000_000))
    assert (disk.text(), disk.property("role")) == ("5.0 GB free", "hint")
    desk.progressed.emit(RecordingProgress(free_bytes=400_000_000))
    assert (disk.text(), disk.property("role")) == ("400 MB free", "warn")


def test_the_countdown_is_shown_large(panel, desk, recorder):
    desk._set_state("countdown")
    desk.countdown.emit(3)
    assert _child(panel, QLabel, "record_time").text() == "3"
    assert _child(panel, QPushButton, "record_button").text() == "&Cancel"
    desk.progressed.emit(RecordingProgress(elapsed_s=9.0))
    assert _child(panel, QLabel, "record_time").text() == "3"


def test_options_are_the_settings_both_ways(panel, studio, qtbot):
    for name, value in (("countdown_s", 7), ("pre_roll_s", 33), ("stop_after_s", 90)):
        _child(panel, QSpinBox, name).setValue(value)
        assert getattr(studio.settings.recording, name) == value
    _child(panel, QCheckBox, "camera_video").setChecked(True)
    assert studio.settings.recording.camera_video
    assert "stay on this computer" in _child(panel, QLabel, "privacy_sentence").text()
    name = _child(panel, QLineEdit, "take_name")
    name.setText("  dance ")
    name.editingFinished.emit()
    assert studio.settings.recording.name == "dance"
    assert "33" in _child(panel, QPushButton, "save_last_button").text()
    told = []
    studio.settings_changed.connect(told.append)
    studio.change(settings_with("", countdown_s=2, pre_roll_s=0))
    assert len(told) == 1
    assert _child(panel, QSpinBox, "countdown_s").value() == 2
    assert _child(panel, QSpinBox, "pre_roll_s").text() == "nothing"
    assert not _child(panel, QCheckBox, "camera_video").isChecked()
    assert "no picture of you" in _child(panel, QLabel, "privacy_sentence").text()


def test_another_folder_is_chosen_and_the_usual_one_again(
    panel, studio, qtbot, monkeypatch, tmp_path
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "mine"))
    _press(panel, qtbot, "choose_folder_button")
    assert studio.settings.recording.folder == str(tmp_path / "mine")
    assert _child(panel, QLabel, "takes_folder").text() == "mine"
    _press(panel, qtbot, "usual_folder_button")
    assert studio.settings.recording.folder == ""
    assert _child(panel, QLabel, "takes_folder").toolTip() == str(takes_folder())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    _press(panel, qtbot, "choose_folder_button")
    assert studio.settings.recording.folder == ""


def test_icons_follow_the_theme(panel, qapp):
    button = _child(panel, QPushButton, "choose_folder_button")
    keys = set()
    for theme in ("dark", "light", "dark"):
        apply_theme(qapp, theme)
        keys.add(button.icon().cacheKey())
        picture = button.icon().pixmap(24, 24).toImage()
        inked = [picture.pixelColor(x, y) for x in range(24) for y in range(24)]
        lightness = [colour.lightness() for colour in inked if colour.alpha() > 200]
        assert (sum(lightness) / len(lightness) > 128) == (theme == "dark")
    assert len(keys) == 2
