"""The 3D view in a window. The offscreen platform has no OpenGL: there the words in its place are tested."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("PyQt5")
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

import app.capture.opencv  # noqa: F401  # takes OpenCV's Qt variables out of the way
from app.render.gl.description import gl_description
from app.render.gl.scene_pose import ScenePose
from app.viewer import viewport as viewport_module
from app.viewer.viewport import create_viewport
from engines.errors import OpenGlUnavailable
from tests.estimates import estimate, open_body

pytestmark = pytest.mark.qt
TIMEOUT_MS = 20_000


@pytest.fixture
def view(qtbot):
    made = create_viewport(open_body())
    qtbot.addWidget(made)
    made.resize(320, 240)
    yield made
    made.release()


@pytest.fixture
def shown(qtbot, view):
    """A view that has drawn one person."""
    if view.problem:
        pytest.skip(f"no OpenGL on this Qt platform: {view.problem}")
    view.show()
    qtbot.waitExposed(view)
    with qtbot.waitSignal(view.painted, timeout=TIMEOUT_MS):
        show(qtbot, view, [person()])
    return view


def show(qtbot, view, poses):
    """Set poses and wait until they are the ones to draw."""
    view.set_poses(poses)
    qtbot.waitUntil(lambda: view._canvas.poses is poses, timeout=TIMEOUT_MS)


def person(**changes):
    return ScenePose.from_estimate(open_body(), estimate(**changes))


def pixels(view):
    """What the canvas draws, (height, width, 3)."""
    image = view._canvas.grabFramebuffer().convertToFormat(4)  # 32 bits a pixel
    pointer = image.constBits()
    pointer.setsize(image.sizeInBytes())
    rows = np.frombuffer(pointer, np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., :3].astype(int)


def mouse(view, kind, position, button, buttons, modifiers=Qt.NoModifier):
    event = QMouseEvent(kind, QPointF(position), button, buttons, modifiers)
    QApplication.sendEvent(view._canvas, event)


def drag(view, start, end, button, modifiers=Qt.NoModifier):
    mouse(view, QMouseEvent.MouseButtonPress, start, button, button, modifiers)
    mouse(view, QMouseEvent.MouseMove, end, Qt.NoButton, button, modifiers)
    mouse(view, QMouseEvent.MouseButtonRelease, end, button, Qt.NoButton, modifiers)


def test_the_body_moves_in_the_picture(qtbot, shown):
    before = pixels(shown)
    show(qtbot, shown, [person(pelvis=(0.3, 0.0, 3.0))])
    assert (np.abs(pixels(shown) - before) > 20).any(axis=2).mean() > 0.01


@pytest.mark.parametrize("style", ["skeleton", "wireframe", "mesh+skeleton"])
def test_styles_differ_from_the_mesh(shown, style):
    before = pixels(shown)
    shown.set_style(style)
    shown._draw()
    assert (np.abs(pixels(shown) - before) > 20).any(axis=2).mean() > 0.01


def test_the_light_theme_is_bright(shown):
    dark = pixels(shown).mean()
    shown.set_theme("light")
    shown._draw()
    assert dark < 80
    assert pixels(shown).mean() > 180


def test_left_drag_orbits_and_the_right_side_comes_into_view(shown):
    before = shown.camera
    drag(shown, QPoint(100, 100), QPoint(160, 100), Qt.LeftButton)
    assert shown.camera.yaw_rad < before.yaw_rad
    assert shown.camera.target_m == before.target_m


@pytest.mark.parametrize(
    ("button", "modifiers"),
    [
        (Qt.RightButton, Qt.NoModifier),
        (Qt.MiddleButton, Qt.NoModifier),
        (Qt.LeftButton, Qt.ShiftModifier),
    ],
)
def test_other_drags_pan(shown, button, modifiers):
    before = shown.camera
    drag(shown, QPoint(100, 100), QPoint(100, 160), button, modifiers)
    assert shown.camera.yaw_rad == before.yaw_rad
    assert shown.camera.target_m[1] > before.target_m[1]  # the body goes down with the hand


def test_wheel_zooms_and_double_click_starts_over(shown):
    start = shown.camera
    turn = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 240), Qt.NoButton, Qt.NoModifier,
        Qt.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(shown, turn)  # Qt passes on only those that come from outside
    assert shown.camera.distance_m < start.distance_m
    mouse(shown, QMouseEvent.MouseButtonDblClick, QPoint(9, 9), Qt.LeftButton, Qt.LeftButton)
    assert shown.camera == start


def test_keys_look_from_the_sides(qtbot, shown):
    start = shown.camera
    seen = {}
    for key in (Qt.Key_1, Qt.Key_3, Qt.Key_7):
        qtbot.keyClick(shown, key)
        seen[key] = shown.camera.yaw_rad, shown.camera.pitch_rad
    right_angle = pytest.approx(np.pi / 2)
    assert seen == {Qt.Key_1: (0, 0), Qt.Key_3: (right_angle, 0), Qt.Key_7: (0, right_angle)}
    qtbot.keyClick(shown, Qt.Key_Plus)
    qtbot.keyClick(shown, Qt.Key_Left)
    qtbot.keyClick(shown, Qt.Key_R)
    assert shown.camera == start


def test_keys_of_others_are_left_alone(qtbot, view):
    before = view.camera
    for key, modifier in ((Qt.Key_Q, Qt.NoModifier), (Qt.Key_R, Qt.ControlModifier)):
        qtbot.keyClick(view, key, modifier)
    assert view.camera == before


def test_paused_keeps_the_picture_and_shows_the_newest_afterwards(qtbot, shown):
    shown.paused = True
    drawn = shown._canvas.poses
    newest = [person(pelvis=(0.2, 0.0, 3.0))]
    shown.set_poses(newest)
    assert shown._canvas.poses is drawn
    shown.paused = False
    qtbot.waitUntil(lambda: shown._canvas.poses is newest, timeout=TIMEOUT_MS)


def test_a_software_renderer_draws_no_faster_than_it_may(monkeypatch, shown):
    shown.description = gl_description("llvmpipe", "")
    now_s = 100.0
    monkeypatch.setattr(viewport_module.time, "monotonic", lambda: now_s)
    shown._wait.stop()
    shown._drawn_s = now_s - 0.01
    poses = [person()]
    shown.set_poses(poses)
    assert shown._wait.isActive()
    assert shown._wait.interval() == pytest.approx(1000 * (1 / 15 - 0.01), abs=1.5)
    assert shown._canvas.poses is not poses


def test_the_shadow_is_what_the_machine_can_afford(shown):
    shown._canvas._description = gl_description("llvmpipe", "")
    shown.set_options(dataclasses.replace(shown.options, shadow="soft"))
    assert shown._canvas._options.shadow == "simple"
    assert shown.options.shadow == "soft"


def test_the_scene_survives_another_window(qtbot, shown):
    """Docks that float do this; without shared contexts Qt makes a new one."""
    before = pixels(shown)
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(shown)
    with qtbot.waitSignal(shown.painted, timeout=TIMEOUT_MS):
        window.show()
    shown.setFixedSize(320, 240)
    shown._draw()
    assert np.ptp(pixels(shown), axis=(0, 1)).min() > 60  # a body, not a blank
    assert before.shape == pixels(shown).shape
    shown.setParent(None)


def test_released_it_draws_nothing_and_can_be_released_again(shown):
    shown.release()
    shown.release()
    assert shown._canvas._scene is None


def test_a_narrow_view_steps_back(qtbot, shown):
    before = shown.camera.distance_m
    shown.resize(240, 400)
    qtbot.waitUntil(lambda: shown.camera.distance_m > 1.2 * before, timeout=TIMEOUT_MS)


def test_smooth_motion_is_drawn_between_poses_with_a_graphics_card_only(qtbot, monkeypatch, shown):
    shown.description = gl_description("llvmpipe", "")
    shown.set_smooth(True)
    assert not shown._is_smooth
    shown.description = gl_description("a graphics card", "")
    shown._wait.stop()
    now_s = [1000.0]
    monkeypatch.setattr(viewport_module.time, "monotonic", lambda: now_s[0])
    shown.set_smooth(True)
    for x, now_s[0] in ((0.0, 1000.0), (0.1, 1000.1)):
        shown.set_poses([person(pelvis=(x, 0.0, 3.0))])
    now_s[0] = 1000.15
    assert not shown._motion.is_done(now_s[0])
    shown._move_on()
    assert shown._canvas.poses[0].joints[0, 0] == pytest.approx(0.05, abs=1e-3)
    now_s[0] = 1000.2
    shown._move_on()
    assert shown._canvas.poses[0].joints[0, 0] == pytest.approx(0.1, abs=1e-5)


def test_without_opengl_it_says_so_and_takes_everything_in(qtbot, monkeypatch):
    def unavailable():
        raise OpenGlUnavailable("no OpenGL 3.3 here; buy a computer")

    monkeypatch.setattr(viewport_module, "probed_gl", unavailable)
    view = create_viewport(open_body())
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.gl_failed, timeout=TIMEOUT_MS):
        view.show()
    assert "buy a computer" in view.problem
    assert "buy a computer" in view.findChild(QLabel, "viewport_problem").text()
    view.set_poses([person()])
    view.set_style("skeleton")
    view.set_theme("light")
    view.paused = True
    qtbot.keyClick(view, Qt.Key_7)
    assert view.camera.pitch_rad == pytest.approx(np.pi / 2)
    view.release()


def test_a_context_that_fails_later_gives_way_to_words(qtbot, shown):
    with qtbot.waitSignal(shown.gl_failed, timeout=TIMEOUT_MS):
        shown._canvas.failed.emit("the driver has gone")
    assert shown.findChild(QLabel, "viewport_problem") is not None
    shown.set_poses([person()])
