"""The scene: bodies on a floor, or over a picture, drawn into any framebuffer."""

from collections.abc import Sequence
from typing import Final

import moderngl
import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from app.render.gl.bone_mesh import BoneMesh
from app.render.gl.ground import Ground
from app.render.gl.look import PALETTES, Palette, SceneOptions, person_color
from app.render.gl.programs import load_program, set_uniforms
from app.render.gl.scene_pose import ScenePose
from app.render.gl.skin_mesh import SkinMesh
from app.render.gl.view import View
from engines.body.model import BodyModel

_KEY: Final = np.array((-0.48, 0.62, 0.62))
"""Towards the key lamp in the frame of the view: it goes with the viewer, so that no side of a body is dark."""
_FILL: Final = np.array((0.86, 0.10, 0.50))
_GUESS_OPACITY: Final = 0.15
"""Of parts that are pure guesses, by that of the whole, where guesses fade."""
_SKIN_AROUND_BONES: Final = 0.30
"""Opacity of the skin in the view of both."""
_EDGE_OPACITY: Final = 0.6
"""Of the lines of the wireframe, which lie close together."""


class BodyScene:
    """Everything the card needs to draw bodies of one model.

    Made, used and released with its context current, on one thread. Nothing of it outlives the context: make another
    scene for another context.
    """

    def __init__(
        self, ctx: moderngl.Context, model: BodyModel, options: SceneOptions | None = None
    ) -> None:
        self.options = options or SceneOptions()
        """What is drawn; may be replaced at any time."""
        self._ctx = ctx
        self._skin_program = load_program(ctx, "skin.vert", "skin.frag")
        self._bone_program = load_program(ctx, "bones.vert", "bones.frag")
        self._skin = SkinMesh(ctx, self._skin_program, model)
        self._bones = BoneMesh(ctx, self._bone_program)
        self._ground = Ground(ctx)

    def draw(
        self,
        framebuffer: moderngl.Framebuffer,
        size: tuple[int, int],
        view: View,
        poses: Sequence[ScenePose],
        *,
        floor_y_m: float = 0.0,
        picture: UInt8[np.ndarray, "height width 3"] | None = None,
    ) -> None:
        """Draw one picture; colours come out with premultiplied opacity.

        Args:
            framebuffer: Drawn into; it needs a depth buffer.
            size: Its width and height in pixels.
            view: Where the scene is seen from, made for the same ratio of width to height.
            poses: The bodies, each with a track of its own.
            floor_y_m: Where the floor is, in the world.
            picture: BGR, drawn behind everything in place of the background.
        """
        ctx, palette = self._ctx, PALETTES[self.options.theme]
        framebuffer.use()
        ctx.viewport = (0, 0, *size)
        framebuffer.depth_mask = True  # clearing obeys it
        framebuffer.clear()
        ctx.enable_only(moderngl.BLEND)
        ctx.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        ctx.depth_func = "<="
        if picture is not None:
            self._ground.draw_picture(picture)
        elif self.options.background == "theme":
            self._ground.draw_gradient(palette)
        clip_from_world = view.clip_from_world
        self._ground.draw_floor(clip_from_world, poses, self.options, palette, floor_y_m)
        self._light(view, clip_from_world, palette)
        ctx.enable_only(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._draw_bodies(framebuffer, poses, palette)

    def release(self) -> None:
        """Give everything back to the context, which is current."""
        for part in (self._skin, self._bones, self._ground, self._skin_program, self._bone_program):
            part.release()

    def _light(self, view: View, clip_from_world: NDArray[np.float32], palette: Palette) -> None:
        axes = view.camera_from_world[:3, :3]
        key, fill = (lamp @ axes / np.linalg.norm(lamp) for lamp in (_KEY, _FILL))
        for program in (self._skin_program, self._bone_program):
            set_uniforms(
                program,
                clip_from_world=clip_from_world,
                eye=tuple(map(float, view.eye_m)),
                key=tuple(map(float, key)),
                fill=tuple(map(float, fill)),
                sky=palette.sky,
                earth=palette.earth,
                guess=palette.guess,
            )

    def _draw_bodies(
        self, framebuffer: moderngl.Framebuffer, poses: Sequence[ScenePose], palette: Palette
    ) -> None:
        options = self.options
        if options.style in ("skeleton", "mesh+skeleton"):
            self._bones.update(poses, palette)
            set_uniforms(self._bone_program, opacity=self._opacities(options.opacity))
            self._bones.draw()
        if options.style == "skeleton":
            return
        self._skin.update(poses, dressed=options.dressed)
        set_uniforms(self._skin_program, dressed=float(options.dressed), flat_light=0.0)
        if options.style == "wireframe":
            self._draw_edges(poses, palette)
        elif options.style == "mesh+skeleton":
            self._draw_skin(framebuffer, poses, _SKIN_AROUND_BONES * options.opacity)
        else:
            self._draw_skin(framebuffer, poses, options.opacity)

    def _draw_skin(
        self, framebuffer: moderngl.Framebuffer, poses: Sequence[ScenePose], opacity: float
    ) -> None:
        opacities = self._opacities(opacity)
        is_solid = opacities == (1.0, 1.0)
        if not is_solid:  # only the nearest skin shall be seen: find it first
            framebuffer.color_mask = False, False, False, False
            framebuffer.use()
            for pose in poses:
                self._skin.draw(pose.track_id)
            framebuffer.color_mask = True, True, True, True
            framebuffer.use()
        for pose in poses:
            color = person_color(pose.track_id)
            set_uniforms(self._skin_program, color=color, opacity=opacities)
            self._skin.draw(pose.track_id)

    def _draw_edges(self, poses: Sequence[ScenePose], palette: Palette) -> None:
        """Draw bodies in the colour of the background, and their edges over them."""
        ctx = self._ctx
        ctx.polygon_offset = 1.0, 1.0
        set_uniforms(self._skin_program, flat_light=1.0, guess=palette.bottom)
        for pose in poses:
            set_uniforms(
                self._skin_program,
                color=palette.bottom,
                opacity=self._opacities(self.options.opacity),
            )
            self._skin.draw(pose.track_id)
        ctx.polygon_offset = 0.0, 0.0
        ctx.wireframe = True
        set_uniforms(self._skin_program, guess=palette.guess)
        for pose in poses:
            opacities = self._opacities(_EDGE_OPACITY * self.options.opacity)
            set_uniforms(self._skin_program, color=person_color(pose.track_id), opacity=opacities)
            self._skin.draw(pose.track_id)
        ctx.wireframe = False

    def _opacities(self, opacity: float) -> tuple[float, float]:
        """Return the opacity of seen and of guessed parts."""
        return opacity, opacity * (_GUESS_OPACITY if self.options.fade_guesses else 1.0)
