import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PyQt5.QtCore import QMimeData, Qt, QUrl
from PyQt5.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QToolButton,
)

from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.status import SourceStatus
from app.profiles import profiles_folder
from app.viewer import camera_roster
from app.viewer.panels import camera_page, source
from app.viewer.panels.source import SourcePanel
from app.viewer.settings import EngineSettings, SourceSettings
from app.viewer.source_choices import DEMO
from app.viewer.source_drop import dropped_spec
from engines.catalog import EngineReport
from engines.errors import CaptureError
from tests.app.viewer.reachable import assert_reachable

pytestmark = pytest.mark.qt

LONG_MS = 60_000
HD, VGA = CameraMode(1920, 1080, 60.0, "MJPG"), CameraMode(640, 480, 30.0, "YUYV")
USUAL = CameraMode(1280, 720, 30.0, "MJPG")
BUILT_IN = CameraInfo(0, "Integrated Camera", "/sys/usb1/1-2:1.0", "v4l2", (HD, USUAL, VGA))
TWINS = tuple(CameraInfo(n, "C920", f"/sys/usb1/1-{n}:1.0", "v4l2") for n in (3, 4))
REPORTS = (
    EngineReport("expose", "cuda", "torch is not installed"),
    EngineReport("landmarks", "cpu", None),
    EngineReport("expose", "cpu", None),
)


class Computer:
    """What the panel finds."""

    def __init__(self):
        self.cameras = (BUILT_IN, *TWINS)
        self.reports = REPORTS

    def list_cameras(self, _backend):
        return self.cameras

    def report_engines(self, _options):
        return self.reports


@pytest.fixture
def computer(monkeypatch):
    made = Computer()
    monkeypatch.setattr(camera_roster, "list_cameras", made.list_cameras)
    monkeypatch.setattr(source, "report_engines", made.report_engines)
    return made


@pytest.fixture
def panel(qtbot, studio, computer):
    studio.change(
        replace(studio.settings, engine=EngineSettings(expose_folder="/somewhere/expose_data"))
    )
    made = SourcePanel(studio)
    qtbot.addWidget(made)
    made.resize(340, 800)
    made.show()
    wait_listed(qtbot, made)
    return made


def wait_listed(qtbot, panel):
    qtbot.waitUntil(
        lambda: (
            find(panel, QToolButton, "refresh_button").isEnabled()
            and panel.findChild(QRadioButton, "engine_landmarks_cpu") is not None
        ),
        timeout=LONG_MS,
    )


def find(panel, kind, name):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def texts(box):
    return [box.itemText(k) for k in range(box.count()) if box.itemText(k)]


def pick(box, text):
    index = box.findText(text)
    assert index >= 0, texts(box)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def choose_source(panel, text):
    pick(find(panel, QComboBox, "source_choice"), text)


def set_source(studio, **values):
    studio.change(replace(studio.settings, source=replace(studio.settings.source, **values)))


def test_cameras_by_name_then_the_other_kinds(panel):
    assert texts(find(panel, QComboBox, "source_choice")) == [
        "Choose …", "Integrated Camera", "1-3: C920", "1-4: C920", "Demo clip", "Video file …",
        "Folder of pictures …", "Network address …", "Drawn person",
    ]  # fmt: skip


def test_a_camera_and_its_mode(panel, studio):
    choose_source(panel, "Integrated Camera")
    assert studio.settings.source.spec == "camera:Integrated Camera"
    modes = find(panel, QComboBox, "mode_choice")
    assert modes.isVisible()
    assert texts(modes) == ["1920×1080 60 fps MJPG", "1280×720 30 fps MJPG", "640×480 30 fps YUYV"]  # noqa: RUF001
    assert modes.currentIndex() == 1
    pick(modes, modes.itemText(2))
    expected = SourceSettings("camera:Integrated Camera", 640, 480, 30.0, "YUYV")
    assert studio.settings.source == expected
    assert not find(panel, QPushButton, "probe_button").isVisible()


def test_a_mode_that_is_not_offered_is_shown_as_what_is_asked(panel, studio):
    set_source(studio, spec="camera:Integrated", width_px=800, height_px=600)
    modes = find(panel, QComboBox, "mode_choice")
    assert modes.count() == 4
    assert modes.currentText().startswith("800")
    assert find(panel, QComboBox, "source_choice").currentText() == "Integrated Camera"


def test_a_camera_that_is_gone_and_comes_back(qtbot, panel, studio, computer):
    set_source(studio, spec="camera:Brio")
    sources = find(panel, QComboBox, "source_choice")
    assert sources.currentText() == "Brio (not connected)"
    computer.cameras = (*computer.cameras, CameraInfo(9, "Brio 4K", "/sys/usb2/2-1", "v4l2"))
    qtbot.mouseClick(find(panel, QToolButton, "refresh_button"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sources.currentText() == "Brio 4K", timeout=LONG_MS)
    assert studio.settings.source.spec == "camera:Brio"


def test_no_camera_at_all(qtbot, panel, computer):
    hint = find(panel, QLabel, "camera_hint")
    assert not hint.isVisible()
    computer.cameras = ()
    panel.refresh()
    qtbot.waitUntil(hint.isVisible, timeout=LONG_MS)
    assert "No camera is connected" in hint.text()


def test_trying_the_modes_of_a_camera(qtbot, panel, studio, monkeypatch):
    waiting, go_on = threading.Event(), threading.Event()

    def probe(camera, _options, *, keep_going):
        assert keep_going(0.5)
        waiting.set()
        assert go_on.wait(30)
        return (HD, VGA) if keep_going(1.0) else (VGA,)

    monkeypatch.setattr(camera_page, "probe_modes", probe)
    choose_source(panel, find(panel, QComboBox, "source_choice").itemText(2))
    assert studio.settings.source.spec == f"camera:{TWINS[0].path}"
    button = find(panel, QPushButton, "probe_button")
    progress = find(panel, QProgressBar, "probe_progress")
    modes = find(panel, QComboBox, "mode_choice")
    assert modes.count() == 1
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: progress.value() == 50, timeout=LONG_MS)
    assert progress.isVisible()
    assert not button.isEnabled()
    go_on.set()
    qtbot.waitUntil(lambda: modes.count() == 3, timeout=LONG_MS)  # what is asked, and two found
    assert not progress.isVisible()
    waiting.clear()
    go_on.clear()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert waiting.wait(30)
    qtbot.mouseClick(find(panel, QPushButton, "probe_cancel_button"), Qt.MouseButton.LeftButton)
    go_on.set()
    qtbot.waitUntil(lambda: modes.count() == 2, timeout=LONG_MS)


def test_trying_a_busy_camera_tells_why_not(qtbot, panel, studio, monkeypatch):
    def probe(_camera, _options, *, keep_going):
        raise CaptureError("camera:3: C920 does not open; close the program that uses it")

    monkeypatch.setattr(camera_page, "probe_modes", probe)
    choose_source(panel, find(panel, QComboBox, "source_choice").itemText(2))
    with qtbot.waitSignal(studio.problem, timeout=LONG_MS) as told:
        qtbot.mouseClick(find(panel, QPushButton, "probe_button"), Qt.MouseButton.LeftButton)
    assert any(told.args[0] == label.text() for label in panel.findChildren(QLabel))
    assert find(panel, QPushButton, "probe_button").isEnabled()


def test_a_video_is_chosen_or_not(panel, studio, monkeypatch, tmp_path):
    video = tmp_path / "dance.mp4"
    video.touch()
    answers = iter([("", ""), (str(video), "")])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: next(answers))
    choose_source(panel, "Video file …")
    assert studio.settings.source.spec == ""
    assert find(panel, QComboBox, "source_choice").currentText() == "Choose …"
    choose_source(panel, "Video file …")
    assert studio.settings.source.spec == str(video)
    loop = find(panel, QCheckBox, "loop_box")
    assert loop.isVisible()
    loop.click()
    assert studio.settings.source.loop is False


def test_a_folder_of_pictures(panel, studio, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    choose_source(panel, "Folder of pictures …")
    assert studio.settings.source.spec == str(tmp_path)
    assert find(panel, QComboBox, "source_choice").currentText() == "Folder of pictures …"


def test_an_address(qtbot, panel, studio):
    choose_source(panel, "Network address …")
    line = find(panel, QLineEdit, "address_line")
    assert line.isVisible()
    assert not find(panel, QPushButton, "use_address_button").isEnabled()
    qtbot.keyClicks(line, "http://phone.local:8080/video")
    studio.freeze(True)
    set_source(studio, loop=False)  # other changes leave alone what is being typed
    assert line.isVisible()
    assert line.text().startswith("http")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert studio.settings.source.spec == "http://phone.local:8080/video"


def test_the_drawn_person_and_the_demo(panel, studio):
    set_source(studio, rotate_deg=90)
    turn = find(panel, QComboBox, "turn_choice")
    assert turn.currentData() == 90
    choose_source(panel, "Drawn person")
    assert studio.settings.source.spec == "synthetic:walk"
    assert studio.settings.source.rotate_deg == 0
    assert not turn.isEnabled()
    pick(find(panel, QComboBox, "motion_choice"), "Waving")
    assert studio.settings.source.spec == "synthetic:wave"
    choose_source(panel, "Demo clip")
    assert studio.settings.source.spec == DEMO
    assert turn.isEnabled()
    pick(turn, "180°")
    assert studio.settings.source.rotate_deg == 180


def test_engines_that_cannot_run_say_why(panel, studio):
    blocked = find(panel, QRadioButton, "engine_expose_cuda")
    assert not blocked.isEnabled()
    assert blocked.toolTip() == "torch is not installed"
    assert find(panel, QLabel, "why_not_expose_cuda").text() == "torch is not installed"
    assert find(panel, QRadioButton, "engine_auto").isChecked()
    find(panel, QRadioButton, "engine_expose_cpu").click()
    assert (studio.settings.engine.name, studio.settings.engine.device) == ("expose", "cpu")
    engine = EngineSettings(name="landmarks", expose_folder="/somewhere/expose_data")
    studio.change(replace(studio.settings, engine=engine))
    assert find(panel, QRadioButton, "engine_landmarks_cpu").isChecked()
    find(panel, QRadioButton, "engine_auto").click()
    assert studio.settings.engine.name == "auto"


def test_engines_are_chosen_with_the_keyboard(qtbot, panel, studio):
    QApplication.setActiveWindow(panel.window())  # a bare X server has no window manager to do it
    auto = find(panel, QRadioButton, "engine_auto")
    auto.setFocus()
    qtbot.keyClick(auto, Qt.Key.Key_Down)
    assert studio.settings.engine.name == "landmarks"  # the one before it cannot run
    last = find(panel, QRadioButton, "engine_expose_cpu")
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Tab)
    assert find(panel, QPushButton, "expose_folder_button").hasFocus()


def test_naming_the_release_asks_again_what_can_run(qtbot, panel, studio, computer, monkeypatch):
    computer.reports = tuple(replace(report, why_not=None) for report in REPORTS)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/else/expose_data")
    find(panel, QPushButton, "expose_folder_button").click()
    assert studio.settings.engine.expose_folder == "/else/expose_data"
    assert studio.config.expose.checkpoint == "/else/expose_data"
    qtbot.waitUntil(
        lambda: find(panel, QRadioButton, "engine_expose_cuda").isEnabled(), timeout=LONG_MS
    )


def test_without_a_release_the_panel_says_where_to_name_it(qtbot, panel, studio, computer):
    computer.reports = (EngineReport("expose", "cpu", "give it with --checkpoint"), REPORTS[1])
    studio.change(replace(studio.settings, engine=EngineSettings()))
    qtbot.waitUntil(
        lambda: panel.findChild(QLabel, "why_not_expose_cpu") is not None, timeout=LONG_MS
    )
    assert "below" in find(panel, QLabel, "why_not_expose_cpu").text()


def test_our_own_networks_have_a_name_and_a_reason_in_words(qtbot, panel, studio, computer):
    computer.reports = (EngineReport("expose-open", "cpu", "no body.onnx"), REPORTS[1])
    studio.change(replace(studio.settings, engine=EngineSettings()))
    qtbot.waitUntil(
        lambda: panel.findChild(QLabel, "why_not_expose-open_cpu") is not None, timeout=LONG_MS
    )
    button = find(panel, QRadioButton, "engine_expose-open_cpu")
    assert button.text() == "ExPose (open) on the processor"
    assert "this version" in find(panel, QLabel, "why_not_expose-open_cpu").text()


def test_what_is_looked_for(panel, studio):
    find(panel, QCheckBox, "look_for_hands").click()
    find(panel, QCheckBox, "look_for_face").click()
    assert (studio.config.detect.hands, studio.config.detect.face) == (False, False)
    in_turn = find(panel, QComboBox, "hands_in_turn_choice")
    assert not in_turn.isEnabled()
    pick(in_turn, "In every picture")
    assert studio.config.detect.hands_in_turn is False


def test_profiles(qtbot, panel, studio):
    profiles_folder().mkdir(parents=True)
    (profiles_folder() / "desk.toml").touch()
    panel.refresh()
    profiles = find(panel, QComboBox, "profile_choice")
    assert texts(profiles) == ["None", "desk"]
    pick(profiles, "desk")
    assert studio.settings.engine.profile == "desk"
    engine = replace(studio.settings.engine, profile="/else/studio.toml")
    studio.change(replace(studio.settings, engine=engine))
    assert profiles.currentText() == "/else/studio.toml"
    wait_listed(qtbot, panel)


def test_start_and_stop(qtbot, panel, studio, monkeypatch):
    start = find(panel, QPushButton, "start_button")
    assert not start.isEnabled()
    choose_source(panel, "Demo clip")
    assert start.isEnabled()
    for state, text, is_enabled in (
        ("starting", "Starting …", False), ("running", "&Stop", True), ("stopping", "Stopping …", False),
        ("stopped", "&Start", True),
    ):  # fmt: skip
        studio.state_changed.emit(state)
        assert (start.text(), start.isEnabled()) == (text, is_enabled)
    calls = []
    monkeypatch.setattr(studio, "start", lambda: calls.append("start"))
    start.click()
    assert calls == ["start"]


def test_a_source_that_does_not_open_is_told_beside_the_button(qtbot, panel, studio):
    set_source(studio, spec="nowhere.mp4")
    find(panel, QPushButton, "start_button").click()
    problem = find(panel, QLabel, "source_problem")
    qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)
    assert problem.isVisible()
    assert "nowhere.mp4" in problem.text()


def test_what_the_source_really_gives(panel, studio):
    label = find(panel, QLabel, "measured_label")
    assert not label.isVisible()
    stats = SimpleNamespace(capture_fps=24.0)
    running = SourceStatus("running", "1280x720 YUYV 10 fps", 9.97)
    choose_source(panel, "Integrated Camera")
    studio.status_changed.emit(SimpleNamespace(source=running, stats=stats))
    assert label.isVisible()
    assert label.text() == "The camera gives 1280x720 YUYV 10 fps; measured 10.0 of 30 fps"
    assert label.property("role") == "warn"
    studio.status_changed.emit(SimpleNamespace(source=replace(running, fps_hz=29.0), stats=stats))
    assert label.property("role") == "hint"
    set_source(studio, spec="rtsp://there/1")
    studio.status_changed.emit(SimpleNamespace(source=running, stats=stats))
    assert "measured 10.0 fps" in label.text()
    lost = SourceStatus("reconnecting", detail="camera:0: gives no pictures any more")
    studio.status_changed.emit(SimpleNamespace(source=lost, stats=stats))
    assert lost.detail in label.text()
    assert label.property("role") == "warn"
    studio.status_changed.emit(SimpleNamespace(source=None, stats=stats))
    assert "24.0 fps" in label.text()
    studio.status_changed.emit(None)
    assert not label.isVisible()


def test_what_is_dropped(tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "notes.txt"))])
    assert dropped_spec(data) is None
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("notes.txt", "a.mp4")])
    assert dropped_spec(data) == str(tmp_path / "a.mp4")
    data.setUrls([QUrl("rtsp://camera.local/1")])
    assert dropped_spec(data) == "rtsp://camera.local/1"


def test_controls_are_reachable_and_fit_the_dock(panel):
    assert_reachable(panel)
    assert panel.minimumSizeHint().width() <= 330


def test_it_ends_its_thread_with_the_studio(panel, studio):
    assert any("source-panel" in thread.name for thread in threading.enumerate())
    studio.close()
    assert not any("source-panel" in thread.name for thread in threading.enumerate())
