import threading
from dataclasses import replace

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QFrame, QLabel, QPushButton, QToolButton

from app.pipeline.packet import Packet
from app.viewer import body_layer
from app.viewer.body_layer import BodyLayer, BodyLook
from app.viewer.camera_view import CameraView
from app.viewer.picture_fit import Size
from app.viewer.settings import TrackingSettings, ViewSettings
from app.viewer.source_choices import DEMO
from app.viewer.studio import Studio
from engines.body.mirror import mirror_estimate
from engines.types import Camera, Detection, Frame, PersonLandmarks
from tests.estimates import estimate, open_body, upright_pose

pytestmark = pytest.mark.qt

LONG_MS = 60_000
WIDTH, HEIGHT = 320, 160
CAMERA = Camera(WIDTH, HEIGHT, 200.0, 200.0, WIDTH / 2, HEIGHT / 2)
NOTHING = ViewSettings(show_landmarks=False, mirror_picture=False)


def half_blue():
    """A picture whose left half is blue, the rest black."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[:, : WIDTH // 2] = (255, 0, 0)
    return image


def packet(image=None, *, index=0, estimates=(), detections=()):
    frame = Frame(index, 0, 0, half_blue() if image is None else image, CAMERA)
    return Packet(frame, tuple(detections), tuple(estimates))


def person(box=(20, 20, 60, 140)):
    """One whose landmarks are in the left quarter of the picture."""
    rng = np.random.default_rng(3)
    pose = np.zeros((33, 3), np.float32)
    pose[:, 0] = rng.uniform(25, 55, 33)
    pose[:, 1] = rng.uniform(30, 130, 33)
    world = np.zeros((33, 3), np.float32)
    world[:, :2] = (pose[:, :2] - (40, 80)) / 120
    hand = np.column_stack([rng.uniform(25, 35, (21, 2)), np.zeros(21)]).astype(np.float32)
    face = np.column_stack([rng.uniform(40, 60, (468, 2)), np.zeros(468)]).astype(np.float32)
    landmarks = PersonLandmarks(
        pose, world, np.linspace(0, 1, 33, dtype=np.float32), left_hand_px=hand, face_px=face
    )
    return Detection(3, np.array(box, np.float32), 0.9, landmarks)


@pytest.fixture
def view(qtbot, studio):
    unmirrored = TrackingSettings(mirror_motion=False)
    studio.change(replace(studio.settings, view=NOTHING, tracking=unmirrored))
    made = CameraView(studio)
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT + 100)
    made.show()
    qtbot.waitExposed(made)
    return made


def set_view(studio, **values):
    studio.change(replace(studio.settings, view=replace(studio.settings.view, **values)))


def pixels(view):
    """What is seen but for the bar of buttons, RGB, in pane pixels."""
    view.findChild(QFrame, "camera_bar").hide()
    image = view.grab().toImage().scaled(view.width(), view.height())
    image = image.convertToFormat(image.Format.Format_RGB888)
    data = image.constBits().asarray(image.sizeInBytes())
    rows = np.frombuffer(data, np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def test_the_picture_is_letterboxed_and_mirrored_as_asked(view, studio):
    background = pixels(view)[5, 5]
    view.show_packet(packet())
    seen = pixels(view)
    np.testing.assert_array_equal(seen[5, WIDTH // 2], background)
    np.testing.assert_array_equal(seen[-5, WIDTH // 2], background)
    middle = seen.shape[0] // 2
    np.testing.assert_allclose(seen[middle, 20], (0, 0, 255), atol=2)
    np.testing.assert_allclose(seen[middle, -20], (0, 0, 0), atol=2)
    set_view(studio, mirror_picture=True)
    seen = pixels(view)
    np.testing.assert_allclose(seen[middle, -20], (0, 0, 255), atol=2)
    np.testing.assert_allclose(seen[middle, 20], (0, 0, 0), atol=2)


def test_the_newest_packet_is_seen_also_after_a_change_of_size(view):
    view.show_packet(packet())
    view.show_packet(packet(np.full((HEIGHT, WIDTH, 3), 200, np.uint8), index=1))
    view.resize(400, 300)
    np.testing.assert_allclose(pixels(view)[150, 200], (200, 200, 200), atol=2)


@pytest.mark.parametrize("setting", ["show_box", "show_landmarks", "show_crops"])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_what_is_drawn_over_the_picture_is_where_the_person_is(view, studio, setting, is_mirrored):
    set_view(studio, mirror_picture=is_mirrored)
    shown = packet(np.zeros((HEIGHT, WIDTH, 3), np.uint8), detections=[person()])
    view.show_packet(shown)
    before = pixels(view)
    set_view(studio, **{setting: True})
    changed = np.argwhere(np.abs(pixels(view) - before).max(axis=2) > 40)
    assert len(changed) > 100
    across = WIDTH - changed[:, 1] if is_mirrored else changed[:, 1]
    assert 0 <= across.min() < 60
    assert across.max() < 160


def test_a_person_without_landmarks_has_a_box_only(view, studio):
    set_view(studio, show_landmarks=True, show_crops=True, mirror_picture=False)
    boxed = replace(person(), landmarks=None)
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    view.show_packet(packet(black, detections=[boxed]))
    assert pixels(view)[60:200].max() < 60
    set_view(studio, show_box=True)
    assert pixels(view)[60:200].max() > 100


def test_the_body_is_drawn_where_the_person_is_whatever_is_mirrored():
    """The picture of a mirrored body, turned back, is the picture of the body."""
    raised = estimate(upright_pose(left_shoulder=(0, 0, 1.2)), pelvis=(0.3, 0.1, 3))
    model = open_body()
    drawn = {}
    for is_motion_mirrored in (False, True):
        body = mirror_estimate(model, raised) if is_motion_mirrored else raised
        for is_picture_mirrored in (False, True):
            look = BodyLook(Size(200, 100), is_picture_mirrored, is_motion_mirrored)
            picture = body_layer._Brush(model).draw(packet(estimates=[body]), look)
            image = picture.image[..., :3].astype(int)
            drawn[is_motion_mirrored, is_picture_mirrored] = (
                image[:, ::-1] if is_picture_mirrored else image
            )
    plain = drawn[False, False]
    bare = np.zeros_like(plain)
    bare[:, :100, 0] = 255
    body_area = np.abs(plain - bare).max(axis=2) > 30
    assert body_area[:, 100:].sum() > 400  # to the right of the middle, where the person is
    for other in drawn.values():
        differs = (np.abs(other - bare).max(axis=2) > 30) ^ body_area  # the light is not mirrored
        assert differs.sum() < 0.05 * body_area.sum()  # its edges


def test_bodies_come_with_their_own_picture(qtbot, view, studio, monkeypatch):
    monkeypatch.setattr(Studio, "body", property(lambda _: open_body()))
    set_view(studio, show_body=True)
    with_body = packet(estimates=[estimate(upright_pose(), pelvis=(0.3, 0.1, 3))])
    before = pixels(view)
    with qtbot.waitSignal(view._layer.drawn, timeout=LONG_MS):
        view.show_packet(with_body)
        assert view.packet is with_body  # at once, without the body
        before = pixels(view)
    changed = np.abs(pixels(view) - before).max(axis=2) > 30
    assert changed[:, WIDTH // 2 :].sum() > 400
    alone = packet(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), index=1)
    view.show_packet(alone)
    np.testing.assert_allclose(pixels(view)[130, 200], (90, 90, 90), atol=2)


def test_a_layer_that_is_busy_draws_the_newest_next(qtbot, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()
    seen = []

    def draw(self, packet, look):
        seen.append(packet.frame.index)
        entered.set()
        assert go_on.wait(30)
        return body_layer.DrawnPicture(packet, np.zeros((1, 1, 4), np.uint8), False)

    monkeypatch.setattr(body_layer._Brush, "draw", draw)
    layer = BodyLayer()
    drawn = []
    layer.drawn.connect(lambda picture: drawn.append(picture.packet.frame.index))
    look = BodyLook(Size(10, 10), False, False)
    layer.offer(packet(index=0), open_body(), look)
    assert entered.wait(30)
    for index in (1, 2, 3):
        layer.offer(packet(index=index), open_body(), look)
    go_on.set()
    qtbot.waitUntil(lambda: drawn == [0, 3], timeout=LONG_MS)
    layer.shut_down()
    assert seen == [0, 3]


def test_hidden_it_takes_nothing(view):
    view.hide()
    view.show_packet(packet())
    assert view.packet is None


def test_words_over_the_picture(view):
    view.show_packet(packet())
    before = pixels(view)
    view.show_message("The camera was lost.\nTrying again")
    assert view.message
    middle = np.s_[110:150, 100:220]
    assert np.abs(pixels(view)[middle] - before[middle]).max() > 50
    view.show_message("")
    np.testing.assert_array_equal(pixels(view), before)


def test_a_take_without_pictures_says_so(view, studio):
    empty = view.findChild(QLabel, "empty_heading")
    assert empty.isVisible()
    studio.begin_playback(open_body())
    view.clear()
    told = pixels(view)
    assert not empty.isVisible()
    studio.end_playback()
    view.clear()
    assert empty.isVisible()
    empty.parentWidget().hide()
    assert not np.array_equal(told, pixels(view))


def test_frozen_is_told(view, studio):
    view.show_packet(packet())
    before = pixels(view)
    studio.freeze(True)
    assert np.abs(pixels(view)[:40, :80] - before[:40, :80]).max() > 50


def test_nothing_chosen_yet(qtbot, view, studio, monkeypatch):
    assert view.findChild(QLabel, "empty_heading").text() == "No camera yet"
    assert not view.findChild(QPushButton, "empty_start_button").isVisible()
    choose = view.findChild(QPushButton, "empty_choose_button")
    with qtbot.waitSignal(view.source_wanted):
        qtbot.mouseClick(choose, Qt.MouseButton.LeftButton)
    started = []
    monkeypatch.setattr(studio, "start", lambda: started.append(studio.settings.source.spec))
    demo = view.findChild(QPushButton, "empty_demo_button")
    qtbot.mouseClick(demo, Qt.MouseButton.LeftButton)
    assert started == [DEMO]
    start = view.findChild(QPushButton, "empty_start_button")
    assert start.isVisible()
    assert not demo.isVisible()
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert len(started) == 2


def test_nothing_is_offered_while_other_work_has_the_camera(qtbot, view, studio):
    empty, is_free = view._empty, threading.Event()
    assert empty.isVisible()
    studio.run_alone(is_free.wait, lambda _result: None, lambda _error: None)
    assert not empty.isVisible()
    is_free.set()
    qtbot.waitUntil(empty.isVisible)


def test_a_picture_takes_the_place_of_the_hint_until_the_session_ends(view, studio):
    heading = view.findChild(QLabel, "empty_heading")
    assert heading.isVisible()
    view.show_packet(packet())
    assert not heading.isVisible()
    studio.state_changed.emit("stopped")
    assert view.packet is None
    assert heading.isVisible()
    view.show_message("Starting …")
    assert not heading.isVisible()


@pytest.mark.parametrize(
    "setting", ["mirror_picture", "show_landmarks", "show_box", "show_crops", "show_body"]
)
def test_every_switch_changes_its_setting_and_follows_it(view, studio, setting):
    action = view.findChild(QAction, f"{setting}_action")
    action.trigger()
    assert getattr(studio.settings.view, setting) is True
    set_view(studio, **{setting: False})
    assert not action.isChecked()


def test_turning_goes_round(view, studio):
    turn = view.findChild(QAction, "turn_action")
    turned = []
    for _ in range(4):
        turn.trigger()
        turned.append(studio.settings.source.rotate_deg)
    assert turned == [90, 180, 270, 0]
    studio.change(
        replace(studio.settings, source=replace(studio.settings.source, spec="synthetic:walk"))
    )
    assert not turn.isEnabled()


def test_the_menu_has_every_switch_and_every_turn(view, studio):
    menu = view.actions_of_view.menu(view)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert len(texts) == 6
    turns = menu.actions()[-1].menu()
    turns.actions()[2].trigger()
    assert studio.settings.source.rotate_deg == 180


def test_the_bar_comes_with_the_keyboard_and_goes(qtbot, view):
    bar = view.findChild(QFrame, "camera_bar")
    other = QPushButton(view.parentWidget())
    qtbot.addWidget(other)
    other.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=LONG_MS)
    assert not bar.isVisible()
    view.show_packet(packet())
    assert bar.isVisible()
    buttons = bar.findChildren(QToolButton)
    assert all(button.accessibleName() and button.toolTip() for button in buttons)
    view.clear()
    assert not bar.isVisible()


def test_it_ends_its_thread_with_the_studio(qtbot, view, studio, monkeypatch):
    monkeypatch.setattr(Studio, "body", property(lambda _: open_body()))
    set_view(studio, show_body=True)
    view.show_packet(packet(estimates=[estimate()]))
    assert any("camera-body" in thread.name for thread in threading.enumerate())
    studio.close()
    assert not any("camera-body" in thread.name for thread in threading.enumerate())
