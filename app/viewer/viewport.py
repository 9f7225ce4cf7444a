"""The 3D view: bodies on a floor, turned by mouse and keys, or a sentence where there is no OpenGL."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PyQt5.QtCore import QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PyQt5.QtWidgets import QLabel, QStackedLayout, QWidget

from app.render.gl.description import GlDescription
from app.render.gl.framing import Framing
from app.render.gl.look import SceneOptions, SceneStyle, SceneTheme
from app.render.gl.motion import PoseMotion
from app.render.gl.orbit_camera import OrbitCamera, Side
from app.render.gl.scene_pose import ScenePose
from app.viewer.scene_canvas import SceneCanvas, probed_gl
from engines.body.model import BodyModel
from engines.errors import OpenGlUnavailable

_ORBIT_RAD_PER_HEIGHT: Final = 3.6
"""Turn for a drag over the whole height."""
_KEY_ORBIT_RAD: Final = 0.15
_KEY_ZOOM: Final = 1.15
_ZOOM_PER_EIGHTH_DEGREE: Final = 1.0012
"""Qt counts a wheel's turn in eighths of a degree; a notch is 120."""
_LEAST_PX: Final = QSize(200, 150)


class Viewport(QWidget):
    """A view of the scene.

    Drag to orbit, with the right or middle button or Shift to pan, wheel to zoom, double click to start over.
    Keys: 1 front, 3 side, 7 top, R start over, arrows orbit, plus and minus zoom.
    """

    gl_failed = pyqtSignal(str)
    """One line: why there is no 3D view."""
    described = pyqtSignal(object)
    """A `GlDescription`, each time there is a new context."""
    painted = pyqtSignal()
    """A picture is done."""

    def __init__(self, model: BodyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_LEAST_PX)
        self.setAccessibleName(self.tr("3D view"))
        self._options = SceneOptions()
        self._framing = Framing()
        self._poses: Sequence[ScenePose] = ()
        self._motion = PoseMotion()
        self._is_smooth = False
        self._paused = False
        self._drawn_s = 0.0
        self._drag_from = QPoint()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setTimerType(Qt.TimerType.PreciseTimer)
        self._wait.timeout.connect(self._draw)
        self.description: GlDescription | None = None
        """The OpenGL it draws with; None where there is none."""
        self.problem = ""
        """Why there is no 3D view; empty where there is one."""
        self._layout = QStackedLayout(self)
        self._canvas: SceneCanvas | None = None
        try:
            self.description = probed_gl()
        except OpenGlUnavailable as error:
            self._show_problem(str(error))
        else:
            self._canvas = SceneCanvas(model, self.description, self)
            self._canvas.failed.connect(self._show_problem)
            self._canvas.described.connect(self.described)
            self._canvas.painted.connect(self.painted)
            self._canvas.frameSwapped.connect(self._move_on)
            self._layout.addWidget(self._canvas)

    @property
    def options(self) -> SceneOptions:
        """What is drawn."""
        return self._options

    def set_options(self, options: SceneOptions) -> None:
        """Draw like this."""
        self._options = options
        if self._canvas is not None:
            self._canvas.set_options(options)
        self._draw_soon()

    def set_style(self, style: SceneStyle) -> None:
        """Show this of a body."""
        self.set_options(replace(self._options, style=style))

    def set_theme(self, theme: SceneTheme) -> None:
        """Draw in these colours."""
        self.set_options(replace(self._options, theme=theme))

    @property
    def paused(self) -> bool:
        """Whether new poses are kept, but not drawn."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._paused = paused
        self._draw_soon()

    def set_smooth(self, is_smooth: bool) -> None:
        """Show bodies on their way from pose to pose too, one pose late; software OpenGL is too slow for it."""
        self._is_smooth = (
            is_smooth and self.description is not None and not self.description.is_software
        )
        self._motion = PoseMotion()
        self._motion.add(self._poses, time.monotonic())
        self._draw_soon()

    @property
    def camera(self) -> OrbitCamera:
        """Where the scene is seen from."""
        return self._framing.camera

    def set_poses(self, poses: Sequence[ScenePose], *, world_is_measured: bool = False) -> None:
        """Show these bodies in place of those before.

        Args:
            poses: Each with a track of its own.
            world_is_measured: The floor is at y = 0, as calibrated; otherwise it is put under the feet.
        """
        self._poses = poses
        if self._is_smooth:
            self._motion.add(poses, time.monotonic())
        self._framing.show(poses, world_is_measured=world_is_measured)
        self._draw_soon()

    def reset_view(self) -> None:
        """Look at all bodies, from the side where one looked first."""
        self._framing.reset()
        self._draw_soon()

    def look_from(self, side: Side) -> None:
        """Look at all bodies from one side."""
        self._framing.look_from(side)
        self._draw_soon()

    def release(self) -> None:
        """Give all of OpenGL back, before the window closes."""
        self._wait.stop()
        if self._canvas is not None:
            self._canvas.release()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Begin to drag."""
        if event is not None:
            self._drag_from = event.pos()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Orbit or pan."""
        if event is None:
            return
        moved = event.pos() - self._drag_from
        self._drag_from = event.pos()
        right, down = moved.x() / max(self.height(), 1), moved.y() / max(self.height(), 1)
        buttons = event.buttons()
        if (
            buttons == Qt.MouseButton.LeftButton
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            turn = _ORBIT_RAD_PER_HEIGHT
            self._look_with(self.camera.orbited(-turn * right, turn * down))
        elif buttons & (
            Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton | Qt.MouseButton.MiddleButton
        ):
            self._look_with(self.camera.panned(-right, down))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  # Qt's name
        """Start over."""
        if event is not None:
            self._drag_from = event.pos()
        self.reset_view()

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802  # Qt's name
        """Zoom."""
        if event is None:
            return
        self._look_with(self.camera.zoomed(_ZOOM_PER_EIGHTH_DEGREE ** event.angleDelta().y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802  # Qt's name
        """Look from one side, start over, orbit or zoom."""
        if event is None:
            return
        action = self._key_actions().get(event.key())
        if action is None or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            super().keyPressEvent(event)
        else:
            action()

    def _key_actions(self) -> dict[int, Callable[[], None]]:
        step = _KEY_ORBIT_RAD
        return {
            Qt.Key.Key_1: lambda: self.look_from("front"),
            Qt.Key.Key_3: lambda: self.look_from("side"),
            Qt.Key.Key_7: lambda: self.look_from("top"),
            Qt.Key.Key_R: self.reset_view,
            Qt.Key.Key_Left: lambda: self._look_with(self.camera.orbited(-step, 0)),
            Qt.Key.Key_Right: lambda: self._look_with(self.camera.orbited(step, 0)),
            Qt.Key.Key_Up: lambda: self._look_with(self.camera.orbited(0, step)),
            Qt.Key.Key_Down: lambda: self._look_with(self.camera.orbited(0, -step)),
            Qt.Key.Key_Plus: lambda: self._look_with(self.camera.zoomed(_KEY_ZOOM)),
            Qt.Key.Key_Equal: lambda: self._look_with(self.camera.zoomed(_KEY_ZOOM)),
            Qt.Key.Key_Minus: lambda: self._look_with(self.camera.zoomed(1 / _KEY_ZOOM)),
        }

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  # Qt's name
        """Keep the bodies in view."""
        self._framing.resize(self.width() / max(self.height(), 1))
        self._draw_soon()

    def _look_with(self, camera: OrbitCamera) -> None:
        self._framing.look_with(camera)
        self._draw_soon()

    def _draw_soon(self) -> None:
        """Draw now, or as soon as the highest rate allows."""
        if self._canvas is None or self._paused or self._wait.isActive():
            return
        rate_hz = None if self.description is None else self.description.max_rate_hz
        wait_s = 0.0 if rate_hz is None else self._drawn_s + 1 / rate_hz - time.monotonic()
        if wait_s > 0:
            self._wait.start(math.ceil(1000 * wait_s))
        else:
            self._draw()

    def _draw(self) -> None:
        if self._canvas is None or self._paused:
            return
        now_s = self._drawn_s = time.monotonic()
        self._canvas.poses = self._motion.at(now_s) if self._is_smooth else self._poses
        self._canvas.camera = self._framing.camera
        self._canvas.floor_y_m = self._framing.floor_y_m
        self._canvas.update()

    def _move_on(self) -> None:
        """Draw the next picture of a motion: called at the rate of the screen, as long as there is one."""
        if self._is_smooth and not self._motion.is_done(self._drawn_s):
            self._draw_soon()

    def _show_problem(self, problem: str) -> None:
        """Put words in place of the picture."""
        if self._canvas is not None:
            self._layout.removeWidget(self._canvas)
            self._canvas.deleteLater()
            self._canvas = None
        self.description, self.problem = None, problem
        words = self.tr("The 3D view needs OpenGL 3.3. Everything else works without.")
        label = QLabel(f"{words}\n\n{problem}", self)
        label.setObjectName("viewport_problem")
        label.setProperty("role", "hint")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        self._layout.addWidget(label)
        QTimer.singleShot(
            0, self._tell_problem
        )  # whoever makes a viewport connects to it afterwards

    def _tell_problem(self) -> None:
        self.gl_failed.emit(self.problem)


def create_viewport(model: BodyModel, parent: QWidget | None = None) -> Viewport:
    """Return the 3D view of a body; without OpenGL it says so, and takes everything in all the same."""
    return Viewport(model, parent)
