"""Pictures of the scene without a window: for thumbnails, overlays and tests."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import cv2
import moderngl
import numpy as np
from jaxtyping import UInt8

from app.render.gl.context import standalone_context
from app.render.gl.description import GlDescription, describe_gl
from app.render.gl.look import SceneOptions
from app.render.gl.orbit_camera import OrbitCamera
from app.render.gl.scene import BodyScene
from app.render.gl.scene_pose import ScenePose, bounds_m
from app.render.gl.view import View
from engines.body.model import BodyModel


class OffscreenScene:
    """A scene with a context of its own, for pictures of one size.

    Made, used and closed on one thread, which is not that of a window: Qt's context there would be put aside.

    Args:
        model: The body.
        width: Of the pictures.
        height: Of the pictures.
        options: What is drawn.
        samples: In a pixel, for smooth edges; None for what the machine can afford.

    Raises:
        OpenGlUnavailable: there is no OpenGL 3.3; the software rasteriser of `app.render` works without.
    """

    def __init__(
        self,
        model: BodyModel,
        width: int,
        height: int,
        options: SceneOptions | None = None,
        *,
        samples: int | None = None,
    ) -> None:
        self._ctx = standalone_context()
        self.description: GlDescription = describe_gl(self._ctx)
        """What it draws with."""
        self._size = (width, height)
        self._resources: list[moderngl.Framebuffer | moderngl.Renderbuffer] = []
        self._is_open = True
        wanted = self.description.samples if samples is None else samples
        with self._ctx:
            self.scene = BodyScene(self._ctx, model, options)
            self._target = self._framebuffer(0)
            self._sampled = self._framebuffer(wanted) if wanted else self._target

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def render(
        self,
        view: View,
        poses: Sequence[ScenePose],
        *,
        floor_y_m: float = 0.0,
        picture: UInt8[np.ndarray, "height width 3"] | None = None,
    ) -> UInt8[np.ndarray, "height width 4"]:
        """Return a picture, BGRA with premultiplied opacity; arguments as of `BodyScene.draw`."""
        width, height = self._size
        with self._ctx:
            self.scene.draw(
                self._sampled, self._size, view, poses, floor_y_m=floor_y_m, picture=picture
            )
            if self._sampled is not self._target:
                self._ctx.copy_framebuffer(self._target, self._sampled)
            pixels = self._target.read(components=4, alignment=1)
        rows = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)
        return cv2.cvtColor(cv2.flip(rows, 0), cv2.COLOR_RGBA2BGRA)

    def close(self) -> None:
        """Give the context back; may be called twice."""
        if self._is_open:
            self._is_open = False
            with self._ctx:
                self.scene.release()
                for resource in self._resources:
                    resource.release()
            self._ctx.release()

    def _framebuffer(self, samples: int) -> moderngl.Framebuffer:
        color = self._ctx.renderbuffer(self._size, 4, samples=samples)
        depth = self._ctx.depth_renderbuffer(self._size, samples=samples)
        framebuffer = self._ctx.framebuffer([color], depth)
        self._resources += [framebuffer, color, depth]
        return framebuffer


def render_picture(
    model: BodyModel,
    poses: Sequence[ScenePose],
    size: tuple[int, int],
    options: SceneOptions | None = None,
    camera: OrbitCamera | None = None,
) -> UInt8[np.ndarray, "height width 4"]:
    """Return one picture of some bodies, BGRA with premultiplied opacity; for many, keep an `OffscreenScene`.

    Args:
        model: The body.
        poses: The bodies; the floor is under their feet.
        size: Width and height.
        options: What is drawn.
        camera: Where the bodies are seen from; None for one that has them all in view.

    Raises:
        OpenGlUnavailable: there is no OpenGL 3.3.
    """
    aspect = size[0] / size[1]
    floor_y_m = min((pose.lowest_m for pose in poses), default=0.0)
    if camera is None:
        camera = OrbitCamera().fitted(*bounds_m(poses), aspect) if poses else OrbitCamera()
    with OffscreenScene(model, *size, options) as scene:
        return scene.render(camera.view(aspect), poses, floor_y_m=floor_y_m)
