import re
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt5.QtCore import QRect, Qt
from PyQt5.QtGui import QFont, QFontMetrics
from PyQt5.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
)

from app.calibrate import steps
from app.calibrate.cues import CAMERA_STAND, FLOOR_ONCE_MORE, FLOOR_WALK, PERFORMER_POSES
from app.calibrate.frames import Progress
from app.calibrate.steps import CameraGuess, StepPlan
from app.capture.camera_info import CameraInfo
from app.capture.status import SourceStatus
from app.pipeline.packet import Packet
from app.profiles import can_undo, list_profiles, load_profile, save_profile
from app.viewer import camera_roster
from app.viewer.camera_view import CameraView
from app.viewer.dialogs.board import BoardDialog
from app.viewer.dialogs.camera_guess import CameraGuessDialog
from app.viewer.dialogs.cue_screen import CueScreen
from app.viewer.panels.calibration import CalibrationPanel
from app.viewer.panels.coverage_view import CoverageView
from app.viewer.panels.cue_view import CUES, largest_font
from app.viewer.panels.step_card import facts_of
from calibration.board import DEFAULT_BOARD, parse_board
from calibration.profile import Profile
from calibration.views import CoverageGuide
from engines.types import Camera, Frame
from tests.app.calibrate.test_calibrate import moved_board
from tests.app.calibrate.test_watched import Stuck
from tests.app.viewer.reachable import assert_reachable
from tests.calibration.test_profile import camera, floor, performer

pytestmark = pytest.mark.qt

LONG_MS = 60_000


@pytest.fixture(scope="module")
def board_pictures():
    return moved_board(12)


@pytest.fixture
def clips(tmp_path, board_pictures):
    """Folders of pictures: a board that is moved about, the same mirrored, and nothing at all."""

    def write(name, pictures):
        folder = tmp_path / name
        folder.mkdir()
        for k, picture in enumerate(pictures):
            cv2.imwrite(str(folder / f"{k:03}.png"), picture)
        return str(folder)

    return {
        "good": write("good", board_pictures),
        "mirrored": write("mirrored", [picture[:, ::-1] for picture in board_pictures]),
        "empty": write("empty", [np.full((360, 640, 3), 90, np.uint8)] * 3),
    }


@pytest.fixture
def panel(qtbot, studio):
    quiet = replace(studio.settings.calibration, sound=False, large_cues=False)
    studio.change(replace(studio.settings, calibration=quiet))
    made = CalibrationPanel(studio)
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    return made


def find(parent, kind, name):
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def click(qtbot, parent, name):
    qtbot.mouseClick(find(parent, QPushButton, name), Qt.MouseButton.LeftButton)


def use_source(studio, spec):
    studio.change(replace(studio.settings, source=replace(studio.settings.source, spec=spec)))


def use_profile(studio, profile):
    save_profile(profile, profile.name)
    engine = replace(studio.settings.engine, profile=profile.name)
    studio.change(replace(studio.settings, engine=engine))


def result(panel):
    return panel._result.text


def measure_camera(qtbot, panel):
    click(qtbot, panel, "measure_camera")
    assert panel._run.is_running
    assert panel._progress.isVisibleTo(panel)
    assert not panel._idle.isVisibleTo(panel)
    qtbot.waitUntil(lambda: not panel._run.is_running and bool(result(panel)), timeout=LONG_MS)
    assert panel._idle.isVisibleTo(panel)


def test_a_measurement_is_kept_shown_used_and_undone(qtbot, panel, studio, clips):
    use_source(studio, clips["good"])
    assert "goes to “default”" in find(panel, QLabel, "profile_state").text()
    shown = []
    studio.packet_ready.connect(lambda: shown.append(studio.take_packet()))
    measure_camera(qtbot, panel)
    assert result(panel) == "The camera is measured, and kept in “default”."
    assert studio.settings.engine.profile == "default"
    measured = load_profile("default").camera
    assert measured.camera.fx == pytest.approx(560, rel=0.03)
    assert find(panel, QLabel, "camera_facts").text() == facts_of(measured)
    qtbot.waitUntil(lambda: bool(shown), timeout=LONG_MS)
    assert shown[0].frame.image.shape == (360, 640, 3)
    assert not find(panel, QPushButton, "undo_calibration").isVisible()

    measure_camera(qtbot, panel)
    assert "Before: 640 x 360, focal length" in result(panel)
    assert can_undo("default")
    click(qtbot, panel, "undo_calibration")
    assert load_profile("default").camera.measured_at == measured.measured_at
    assert "as it was" in result(panel)


def test_a_failure_says_what_to_do_and_changes_nothing(qtbot, panel, studio, clips):
    use_source(studio, clips["empty"])
    problems = []
    studio.problem.connect(problems.append)
    measure_camera(qtbot, panel)
    assert "no board was seen" in result(panel)
    assert problems == [result(panel)]
    assert list_profiles() == []
    assert studio.settings.engine.profile == ""


def test_a_doubtful_result_waits_for_the_user(qtbot, panel, studio, clips):
    use_profile(studio, Profile("desk", camera(), floor()))
    use_source(studio, clips["mirrored"])
    measure_camera(qtbot, panel)
    assert result(panel).startswith("Doubtful: the board is seen mirrored")
    assert not load_profile("desk").camera.mirrored
    click(qtbot, panel, "result_dismiss")
    assert result(panel) == ""

    measure_camera(qtbot, panel)
    click(qtbot, panel, "result_keep")
    assert load_profile("desk").camera.mirrored
    assert load_profile("desk").floor is None
    assert "its floor is forgotten" in result(panel)
    assert find(panel, QLabel, "camera_reason").property("role") == "error"


def test_a_step_can_be_given_up(qtbot, panel, studio, clips):
    use_source(studio, clips["good"])
    panel._run.progressed.connect(lambda _progress: click(qtbot, panel, "calibration_cancel"))
    measure_camera(qtbot, panel)
    assert result(panel) == "Cancelled; nothing was changed."
    assert list_profiles() == []


def test_a_camera_that_gives_no_more_can_be_given_up(qtbot, panel, studio, monkeypatch):
    camera_in_use = Stuck(3)
    monkeypatch.setattr(steps, "create_source", lambda *_: camera_in_use)
    use_source(studio, "camera:9")
    click(qtbot, panel, "measure_camera")
    qtbot.waitUntil(camera_in_use.waits.is_set, timeout=LONG_MS)
    click(qtbot, panel, "calibration_cancel")
    qtbot.waitUntil(lambda: bool(result(panel)), timeout=LONG_MS)
    assert result(panel) == "Cancelled; nothing was changed."


def test_a_camera_that_is_lost_meanwhile_is_told(qtbot, panel, studio, monkeypatch):
    class Lost(Stuck):
        status = SourceStatus("reconnecting", detail="unplugged")

    camera_in_use = Lost(1)
    monkeypatch.setattr(steps, "create_source", lambda *_: camera_in_use)
    use_source(studio, "camera:9")
    click(qtbot, panel, "measure_camera")
    count = find(panel, QLabel, "calibration_count")
    qtbot.waitUntil(lambda: "lost" in count.text(), timeout=LONG_MS)
    assert count.property("role") == "error"
    click(qtbot, panel, "calibration_cancel")
    qtbot.waitUntil(lambda: bool(result(panel)), timeout=LONG_MS)
    assert not panel._run._look.isActive()


def test_what_a_live_camera_has_seen_is_enough_when_the_user_says_so(
    qtbot, panel, studio, board_pictures, monkeypatch
):
    class Live(Stuck):
        def read(self):
            taken = super().read()
            return taken and replace(
                taken, image=board_pictures[taken.index], camera=Camera.guess(640, 360)
            )

    camera_in_use = Live(len(board_pictures))
    monkeypatch.setattr(steps, "create_source", lambda *_: camera_in_use)
    use_source(studio, "camera:9")
    click(qtbot, panel, "measure_camera")
    qtbot.waitUntil(camera_in_use.waits.is_set, timeout=LONG_MS)
    finish = find(panel, QPushButton, "calibration_finish")
    qtbot.waitUntil(finish.isEnabled, timeout=LONG_MS)
    click(qtbot, panel, "calibration_finish")
    qtbot.waitUntil(lambda: bool(result(panel)), timeout=LONG_MS)
    assert load_profile("default").camera.views == len(board_pictures)


def test_closing_the_studio_ends_a_step(qtbot, panel, studio, clips):
    use_source(studio, clips["good"])
    click(qtbot, panel, "measure_camera")
    studio.close()
    assert list_profiles() == []


def test_a_recorded_clip_may_be_measured_instead(qtbot, panel, studio, clips, monkeypatch):
    assert find(panel, QLabel, "no_source").isVisible()
    assert not find(panel, QPushButton, "measure_floor").isEnabled()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (clips["good"], ""))
    source = find(panel, QComboBox, "measure_from")
    source.activated.emit(1)
    assert source.currentText() == Path(clips["good"]).name
    assert find(panel, QPushButton, "measure_floor").isEnabled()
    measure_camera(qtbot, panel)
    assert load_profile("default").camera.source == clips["good"]


def test_a_guess_of_the_camera_is_kept_as_one(qtbot, panel, studio, clips, monkeypatch):
    use_source(studio, clips["good"])
    monkeypatch.setattr(CameraGuessDialog, "exec_", lambda _self: QDialog.Accepted)
    click(qtbot, panel, "guess_camera")
    qtbot.waitUntil(lambda: bool(result(panel)), timeout=LONG_MS)
    assert "guessed" in load_profile("default").camera.quality.reason


CAMERAS = (CameraInfo(0, "Brio", "usb-1", "v4l2"), CameraInfo(1, "Kiyo", "usb-2", "v4l2"))


def test_the_profile_of_another_camera_is_told_and_its_marks_do_not_shine(
    qtbot, panel, studio, monkeypatch
):
    threads = []

    def list_cameras(_backend):
        threads.append(threading.current_thread())
        return CAMERAS

    monkeypatch.setattr(camera_roster, "list_cameras", list_cameras)
    qtbot.waitUntil(lambda: studio.cameras.cameras is not None, timeout=LONG_MS)  # the panel's own
    with qtbot.waitSignal(studio.cameras.changed, timeout=LONG_MS):
        studio.cameras.look()
    use_profile(studio, Profile("desk", camera("camera:0"), floor(), performer()))
    use_source(studio, "camera:0")
    source = find(panel, QComboBox, "measure_from")
    state = find(panel, QLabel, "profile_state")
    reasons = [find(panel, QLabel, f"{step}_reason") for step in steps.STEPS]
    assert source.currentText() == "Brio"
    assert state.isHidden()
    assert "of another camera" not in [reason.text() for reason in reasons]
    use_source(studio, "camera:Kiyo")
    assert "Measured with Brio; the camera is Kiyo" in state.text()
    assert state.property("role") == "warn"
    assert [reason.text() == "of another camera" for reason in reasons] == [True, True, False]
    use_source(studio, "recorded.mp4")
    assert state.isHidden()
    assert threading.main_thread() not in threads


def test_profiles_are_made_renamed_copied_deleted_and_brought_back(
    qtbot, panel, studio, monkeypatch, tmp_path
):
    (tmp_path / "data").mkdir()  # the trash is in it

    def act(place, name=""):
        monkeypatch.setattr(QInputDialog, "getText", lambda *_: (name, bool(name)))
        panel._bar._menu.actions()[place].trigger()

    used = lambda: studio.settings.engine.profile  # noqa: E731
    act(0, "desk")
    assert used() == "desk"
    act(0, "desk")
    assert "is there already" in result(panel)
    act(1, "stage")
    assert (used(), list_profiles()) == ("stage", ["stage"])
    act(2, "copy")
    assert (used(), list_profiles()) == ("copy", ["copy", "stage"])
    act(3)
    assert (used(), list_profiles()) == ("", ["stage"])
    click(qtbot, panel, "undo_button")
    assert (used(), list_profiles()) == ("copy", ["copy", "stage"])
    box = find(panel, QComboBox, "profile_box")
    assert [box.itemText(row) for row in range(box.count())] == ["none", "copy", "stage"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert used() == "stage"


def test_options_are_settings(qtbot, panel, studio):
    height = find(panel, QDoubleSpinBox, "stature_cm")
    height.setValue(178)
    assert studio.settings.calibration.stature_m == pytest.approx(1.78)
    height.setValue(height.minimum())
    assert studio.settings.calibration.stature_m == 0
    board = find(panel, QLineEdit, "board_text")
    board.setText("charuco:5x7:DICT_9X9_50:0.036:0.75")
    board.editingFinished.emit()
    assert "unknown" in find(panel, QLabel, "board_problem").text()
    assert studio.settings.calibration.board == ""
    board.setText("chessboard:9x6:0.025")
    board.editingFinished.emit()
    assert studio.settings.calibration.board == "chessboard:9x6:0.025"
    assert find(panel, QLabel, "board_problem").isHidden()


def test_the_board_is_written_to_print(qtbot, panel, tmp_path, monkeypatch):
    path = tmp_path / "board.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    click(qtbot, panel, "board_pdf")
    assert path.read_bytes().startswith(b"%PDF")


def test_what_each_step_is_measured_by(qtbot, panel, studio, monkeypatch):
    use_source(studio, "camera:0")
    known = replace(studio.settings.calibration, stature_m=1.8, board="chessboard:9x6:0.025")
    studio.change(replace(studio.settings, calibration=known))
    plans = []
    monkeypatch.setattr(panel._run, "start", lambda plan, name: plans.append((plan, name)))
    click(qtbot, panel, "measure_floor")
    find(panel, QComboBox, "floor_by").setCurrentIndex(1)
    for name in ("measure_floor", "measure_performer", "measure_camera"):
        panel._show_running(False)
        click(qtbot, panel, name)
    assert [(plan.step, plan.board, name) for plan, name in plans] == [
        ("floor", "", "default"),
        ("floor", "chessboard:9x6:0.025", "default"),
        ("performer", "", "default"),
        ("camera", "chessboard:9x6:0.025", "default"),
    ]
    assert {plan.stature_m for plan, _ in plans} == {1.8}


def test_every_control_is_reachable(panel, studio):
    assert_reachable(panel)


def test_no_key_of_the_panel_is_one_of_the_menu_bar(panel):
    words = [each for kind in (QLabel, QAbstractButton) for each in panel.findChildren(kind)]
    texts = [
        each.text() for each in words if each.window() is panel
    ]  # the cues have a window of their own
    keys = {key.upper() for text in texts for key in re.findall("&([^&])", text)}
    assert {"L", "T", "E"} <= keys
    assert not keys & set("FSVH")  # File, Session, View, Help: a key that two have opens neither


# ---- how a step goes


@pytest.mark.qt_log_ignore("does not support raise")
def test_cues_are_shown_large_beeped_and_kept_while_pictures_come(
    qtbot, panel, studio, monkeypatch
):
    beeps = []
    monkeypatch.setattr(panel._progress._sounds, "_play", lambda hz: bool(beeps.append(hz)) or True)
    loud = replace(studio.settings.calibration, sound=True, large_cues=True)
    studio.change(replace(studio.settings, calibration=loud))
    progress = panel._progress
    progress.begin(StepPlan("performer", "camera:0"))
    panel._show_running(True)
    progress.show_progress(Progress(1, None, "3 …", 660, 3, 0.0))
    assert progress.cue.text == "3"
    screen = progress.findChild(CueScreen)
    assert screen.isVisible()
    assert screen.view.text == "3"
    progress.show_progress(Progress(90, None, PERFORMER_POSES[1][1], 990, 0, 0.2))
    progress.show_progress(Progress(95, None, "person seen in 4 pictures", 0, 0, 0.25, seen=4))
    assert progress.cue.text == PERFORMER_POSES[1][1]
    assert find(progress, QLabel, "calibration_count").text() == "Seen in pictures: 4"
    picture = find(screen, CameraView, "cue_picture")
    with qtbot.waitSignal(studio.packet_ready):
        studio.show(Packet(Frame(95, 0, 0, np.zeros((4, 4, 3), np.uint8), Camera.guess(4, 4))))
    studio.take_packet()
    studio.packet_ready.emit()
    assert picture.packet is studio.newest
    qtbot.waitUntil(lambda: len(beeps) == 2, timeout=LONG_MS)
    assert beeps == [660, 990]
    with qtbot.waitSignal(progress.cancel_wanted):
        click(qtbot, screen, "cue_cancel")
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    progress.show_progress(Progress(99, None, PERFORMER_POSES[2][1], 990, 0, 0.4))
    assert not screen.isVisible()  # whoever hid it does not want it back
    assert not find(progress, QPushButton, "calibration_finish").isVisible()
    panel._show_running(False)


def test_the_end_of_the_pictures_is_shown_and_stays(qtbot, panel, studio):
    progress = panel._progress
    finish = find(progress, QPushButton, "calibration_finish")
    told = Progress(40, None, "", guide=CoverageGuide(3, (True,) * 9, (True,) * 4, False, "x"))
    computing = Progress(48, 48, "measuring …", is_computing=True)
    for end in (lambda: finish.click(), lambda: progress.show_progress(computing)):
        progress.begin(StepPlan("camera", "camera:0", board=DEFAULT_BOARD))
        panel._show_running(True)
        progress.show_progress(told)
        assert finish.isEnabled()
        end()
        progress.show_progress(told)  # it was on its way
        assert progress.cue.text == "measuring …"
        assert not finish.isEnabled()
        assert find(progress, QPushButton, "calibration_cancel").isEnabled()
        panel._show_running(False)


def test_what_keeps_the_guide_from_going_on_is_told(panel, studio):
    progress = panel._progress
    progress.begin(StepPlan("camera", "camera:0", board=DEFAULT_BOARD))
    panel._show_running(True)
    guide = CoverageGuide(0, (False,) * 9, (False,) * 4, False, "hold the board")
    count = find(progress, QLabel, "calibration_count")
    for problem, words, role in (
        ("another board was seen", "another board was seen", "warn"),
        ("", "Different views: 0", "hint"),
    ):
        progress.show_progress(Progress(9, None, "", guide=guide, seen=0, problem=problem))
        assert (count.text(), count.property("role")) == (words, role)
    panel._show_running(False)


def test_the_guide_is_drawn_and_told(qtbot, panel, studio):
    progress = panel._progress
    progress.begin(StepPlan("camera", "camera:0", board=DEFAULT_BOARD))
    panel._show_running(True)
    cells = (True,) * 4 + (False,) * 5
    advice = "move the board to the bottom left of the picture"
    guide = CoverageGuide(14, cells, (True, False, False, False), False, advice)
    progress.show_progress(Progress(40, None, "", guide=guide))
    assert progress.cue.text == advice
    assert progress.coverage.accessibleName() == "5 of 13 done"
    progress.show_progress(Progress(40, 48, "", guide=guide, seen=14))
    assert progress.cue.text == "reading the clip …"
    assert find(progress, QLabel, "calibration_count").text() == "Different views: 14"
    assert find(progress, QPushButton, "calibration_finish").isEnabled()
    panel._show_running(False)


def test_filled_cells_are_where_the_board_was_seen_also_mirrored(qtbot):
    view = CoverageView()
    qtbot.addWidget(view)
    view.resize(300, view.heightForWidth(300))
    first = (True,) + (False,) * 8
    guide = CoverageGuide(1, first, (False,) * 4, False, "")
    places = ((60, 60), (240, 60))
    for is_mirrored in (False, True):
        view.show_guide(guide, is_mirrored=is_mirrored)
        image = view.grab().toImage()
        scale = image.width() / view.width()
        left, right = (image.pixelColor(round(x * scale), round(y * scale)) for x, y in places)
        assert left != right
        filled = right if is_mirrored else left
        assert filled.green() > filled.red()


@pytest.mark.parametrize("text", ["3", CUES[4], "unbreakablewordsarecut"])
def test_words_are_as_large_as_they_fit(qtbot, text):
    space = QRect(0, 0, 300, 200)
    font = largest_font(QFont(), text, space)
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    assert QFontMetrics(font).boundingRect(space, flags, text).height() <= space.height()
    font.setPixelSize(font.pixelSize() + 1)
    larger = QFontMetrics(font)
    widest = max(larger.horizontalAdvance(word) for word in text.split())
    too_high = larger.boundingRect(space, flags, text).height() > space.height()
    assert too_high or widest > space.width() or font.pixelSize() > space.height()


def test_words_of_a_language_without_spaces_take_several_lines(qtbot):
    text = "腕を下ろしてまっすぐ立ち、カメラを向いて、表情を楽にしてください"
    space = QRect(0, 0, 300, 200)
    metrics = QFontMetrics(largest_font(QFont(), text, space))
    assert metrics.horizontalAdvance(text) > 2 * space.width()


def test_the_translators_know_all_cues():
    told = (PERFORMER_POSES, FLOOR_WALK, FLOOR_ONCE_MORE, CAMERA_STAND)
    spoken = {text for poses in told for _, text in poses}
    assert spoken == set(CUES)


# ---- dialogs


def test_the_measured_line_tells_the_size_of_the_squares(qtbot):
    dialog = BoardDialog(parse_board(DEFAULT_BOARD))
    qtbot.addWidget(dialog)
    dialog.resize(800, 700)
    dialog.show()
    find(dialog, QDoubleSpinBox, "board_line_mm").setValue(90.0)
    with qtbot.waitSignal(dialog.measured) as told:
        click(qtbot, dialog, "board_use")
    assert parse_board(told.args[0]) == replace(parse_board(DEFAULT_BOARD), square_m=0.03)
    image = dialog.view.grab().toImage()
    row = image.height() - round(14 * dialog.devicePixelRatioF())
    dark = [x for x in range(image.width()) if image.pixelColor(x, row).lightness() < 60]
    assert max(dark) - min(dark) + 1 == pytest.approx(dialog.view.line_px, abs=2)


def test_the_board_on_screen_is_found_with_its_squares(qtbot):
    from calibration.board import BoardFinder

    dialog = BoardDialog(parse_board(DEFAULT_BOARD))
    qtbot.addWidget(dialog)
    dialog.resize(900, 800)
    dialog.show()
    image = dialog.view.grab().toImage().convertToFormat(13)  # Format_RGB888
    bits = image.constBits()
    bits.setsize(image.byteCount())
    rows = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())
    picture = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    found = BoardFinder(parse_board(DEFAULT_BOARD)).find(np.ascontiguousarray(picture[..., ::-1]))
    assert len(found.ids) == 24
    pixels = found.points.pixels
    assert np.linalg.norm(pixels[1] - pixels[0]) == pytest.approx(dialog.view.square_px, abs=0.5)


def test_a_guess_is_by_what_is_chosen(qtbot):
    dialog = CameraGuessDialog(1.8)
    qtbot.addWidget(dialog)
    assert dialog.choice.guess == CameraGuess(kind="webcam")
    find(dialog, QRadioButton, "guess_by_fov").setChecked(True)
    find(dialog, QDoubleSpinBox, "guess_fov").setValue(90)
    assert dialog.choice.guess == CameraGuess(fov_deg=90)
    assert not find(dialog, QDoubleSpinBox, "guess_distance").isEnabled()
    find(dialog, QRadioButton, "guess_by_person").setChecked(True)
    assert dialog.choice.guess == CameraGuess(distance_m=2.5)
    assert dialog.choice.stature_m == 1.8


def test_cards_show_marks_by_role(qtbot, panel, studio):
    use_profile(studio, Profile("desk", camera(), floor(), performer()))
    card = find(panel, QFrame, "step_performer")
    assert find(card, QLabel, "performer_facts").text() == "1.78 m tall"
    assert find(card, QLabel, "performer_reason").property("role") == "warn"
    assert "lens at 1.30 m" in find(panel, QLabel, "floor_facts").text()
