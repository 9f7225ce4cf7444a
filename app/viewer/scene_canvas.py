"""The OpenGL part of the 3D view: a widget that shows a scene, and the question whether there can be one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from PyQt5 import sip
from PyQt5.QtCore import QByteArray, pyqtSignal
from PyQt5.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PyQt5.QtWidgets import QOpenGLWidget, QWidget

from app.render.gl.context import BorrowedFramebuffer, attached_context
from app.render.gl.description import GlDescription, describe_gl
from app.render.gl.look import SceneOptions
from app.render.gl.orbit_camera import OrbitCamera
from app.render.gl.scene import BodyScene
from app.render.gl.scene_pose import ScenePose
from engines.body.model import BodyModel
from engines.errors import OpenGlUnavailable

_DEPTH_BITS = 24


def surface_format(samples: int = 0) -> QSurfaceFormat:
    """Return what the scene needs: OpenGL 3.3 core, a depth buffer, so many samples in a pixel."""
    wanted = QSurfaceFormat()
    wanted.setVersion(3, 3)
    wanted.setProfile(QSurfaceFormat.CoreProfile)
    wanted.setDepthBufferSize(_DEPTH_BITS)
    wanted.setSamples(samples)
    return wanted


@cache
def probed_gl() -> GlDescription:
    """Return what Qt's OpenGL is, without a widget: one that fails leaves its window blank.

    Raises:
        OpenGlUnavailable: the platform has no OpenGL 3.3.
    """
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = QOffscreenSurface()
    if context.create():
        surface.setFormat(context.format())
        surface.create()
    has_version = context.format().version() >= (3, 3)
    if not context.isValid() or not has_version or not context.makeCurrent(surface):
        raise OpenGlUnavailable(
            "no OpenGL 3.3 on this display; install or update the graphics driver"
        )
    try:
        return describe_gl(attached_context(_address_of))
    finally:
        context.doneCurrent()


class SceneCanvas(QOpenGLWidget):
    """Shows bodies as they are set. Its context may be made anew at any time, as when a dock floats."""

    failed = pyqtSignal(str)
    """One line: nothing can be drawn here, and why."""
    described = pyqtSignal(object)
    """A `GlDescription`: of a context that has just been made."""
    painted = pyqtSignal()
    """A picture is done."""

    def __init__(
        self, model: BodyModel, description: GlDescription, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFormat(surface_format(description.samples))
        self._model = model
        self._description = description
        self._options = SceneOptions()
        self._scene: BodyScene | None = None
        self.camera = OrbitCamera()
        """Where the scene is seen from."""
        self.poses: Sequence[ScenePose] = ()
        """The bodies."""
        self.floor_y_m = 0.0
        """Where the floor is, in the world."""

    def set_options(self, options: SceneOptions) -> None:
        """Draw like this; the shadow is no dearer than the machine can afford."""
        if self._description.shadow == "simple" and options.shadow == "soft":
            options = replace(options, shadow="simple")
        self._options = options

    def initializeGL(self) -> None:  # noqa: N802  # Qt's name
        """Build the scene, in a context that has just been made."""
        try:
            self._gl = attached_context(_address_of)
        except OpenGlUnavailable as error:
            self.failed.emit(str(error))
            return
        self._scene = BodyScene(self._gl, self._model)
        self._target = BorrowedFramebuffer(self._gl)
        context = self.context()
        if context is not None:
            context.aboutToBeDestroyed.connect(self.release)
        self.described.emit(describe_gl(self._gl))

    def paintGL(self) -> None:  # noqa: N802  # Qt's name
        """Draw one picture."""
        if self._scene is None:
            return
        ratio = self.devicePixelRatioF()
        size = max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)
        self._scene.options = self._options
        view = self.camera.view(size[0] / size[1])
        framebuffer = self._target.get(self.defaultFramebufferObject(), size)
        self._scene.draw(framebuffer, size, view, self.poses, floor_y_m=self.floor_y_m)
        self.painted.emit()

    def release(self) -> None:
        """Give everything back; the next picture makes it anew."""
        if self._scene is None or sip.isdeleted(self):  # then the context goes, with all it has
            return
        self.makeCurrent()
        self._scene.release()
        self._scene = None
        self._gl.release()
        self.doneCurrent()


def _address_of(function: str) -> int:
    context = QOpenGLContext.currentContext()
    return 0 if context is None else int(context.getProcAddress(QByteArray(function.encode())) or 0)
