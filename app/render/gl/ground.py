"""What is behind and below the bodies: background or camera picture, grid, shadows."""

from collections.abc import Sequence
from typing import Final

import moderngl
import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from app.render.gl.look import Palette, SceneOptions
from app.render.gl.programs import load_program, set_uniform_rows, set_uniforms
from app.render.gl.scene_pose import ScenePose
from engines.body.skeleton import JOINT_INDEX

_GRID_RADIUS_M: Final = 5.0
_SHADOW_REACH_M: Final = 0.55
"""Beyond the joints, where nearly nothing of the shadow is left."""
_MOST_LIMBS: Final = 16
"""As in `shadow.frag`."""

_SIDES: Final = ("left", "right")
_TRUNK_AND_FEET: Final = (
    ("pelvis", "spine3", 0.14),
    *((f"{side}_ankle", f"{side}_foot", 0.055) for side in _SIDES),
    *((f"{side}_knee", f"{side}_ankle", 0.055) for side in _SIDES),
)
_OTHER_LIMBS: Final = (
    ("neck", "head", 0.10),
    *((f"{side}_hip", f"{side}_knee", 0.08) for side in _SIDES),
    *((f"{side}_shoulder", f"{side}_elbow", 0.05) for side in _SIDES),
    *((f"{side}_elbow", f"{side}_wrist", 0.04) for side in _SIDES),
    *((f"{side}_wrist", f"{side}_middle3", 0.04) for side in _SIDES),
)
_LIMBS: Final = (*_TRUNK_AND_FEET, *_OTHER_LIMBS)
"""Joints at the ends of a limb, and its radius in metres; those of the simple shadow first."""
_STARTS: Final = np.array([JOINT_INDEX[start] for start, _, _ in _LIMBS])
_ENDS: Final = np.array([JOINT_INDEX[end] for _, end, _ in _LIMBS])
_RADII: Final = np.array([radius for _, _, radius in _LIMBS], np.float32)


class Ground:
    """Draws everything that is not a body. The caller sets blending and depth."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._gradient = load_program(ctx, "backdrop.vert", "gradient.frag")
        self._picture = load_program(ctx, "backdrop.vert", "picture.frag")
        self._grid = load_program(ctx, "floor.vert", "grid.frag")
        self._shadow = load_program(ctx, "floor.vert", "shadow.frag")
        corners = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], np.float32)
        self._corners = ctx.buffer(corners)
        self._gradient_array = ctx.vertex_array(self._gradient, [])
        self._picture_array = ctx.vertex_array(self._picture, [])
        self._grid_array = self._floor_array(self._grid)
        self._shadow_array = self._floor_array(self._shadow)
        self._texture: moderngl.Texture | None = None

    def draw_gradient(self, palette: Palette) -> None:
        """Fill the picture with the theme's background."""
        set_uniforms(self._gradient, top=palette.top, bottom=palette.bottom)
        self._gradient_array.render(moderngl.TRIANGLES, vertices=3)

    def draw_picture(self, image: UInt8[np.ndarray, "height width 3"]) -> None:
        """Fill the picture with one of the camera's, BGR."""
        height, width = image.shape[:2]
        if self._texture is None or self._texture.size != (width, height):
            self._forget_picture()
            self._texture = self._ctx.texture((width, height), 3, alignment=1)
        self._texture.write(np.ascontiguousarray(image), alignment=1)
        self._texture.use(0)
        self._picture_array.render(moderngl.TRIANGLES, vertices=3)

    def draw_floor(
        self,
        clip_from_world: NDArray[np.float32],
        poses: Sequence[ScenePose],
        options: SceneOptions,
        palette: Palette,
        floor_y_m: float,
    ) -> None:
        """Draw the grid and the shadows that the options ask for."""
        if options.grid:
            x, z = _middle(poses)
            set_uniforms(
                self._grid,
                clip_from_world=clip_from_world,
                area=(x, z, _GRID_RADIUS_M, _GRID_RADIUS_M),
                height=floor_y_m,
                floor_color=palette.floor,
                line=(*palette.line, palette.line_opacity),
                pool=float(options.background == "theme"),
            )
            self._grid_array.render(moderngl.TRIANGLE_STRIP)
        if options.shadow == "off":
            return
        limbs = len(_LIMBS) if options.shadow == "soft" else len(_TRUNK_AND_FEET)
        set_uniforms(
            self._shadow,
            clip_from_world=clip_from_world,
            height=floor_y_m,
            limbs=limbs,
            darkness=palette.shadow,
        )
        for pose in poses:
            self._draw_shadow(pose, limbs)

    def release(self) -> None:
        """Give all resources back; the context is current."""
        self._forget_picture()
        for array in (
            self._gradient_array,
            self._picture_array,
            self._grid_array,
            self._shadow_array,
        ):
            array.release()
        for program in self._gradient, self._picture, self._grid, self._shadow:
            program.release()
        self._corners.release()

    def _draw_shadow(self, pose: ScenePose, limbs: int) -> None:
        ends_of_limbs = pose.joints[np.concatenate([_STARTS[:limbs], _ENDS[:limbs]])]
        low, high = ends_of_limbs.min(axis=0), ends_of_limbs.max(axis=0)
        middle, reach = (low + high) / 2, (high - low) / 2 + _SHADOW_REACH_M
        starts = np.zeros((_MOST_LIMBS, 4), np.float32)
        ends = np.zeros((_MOST_LIMBS, 3), np.float32)
        starts[: len(_LIMBS), :3] = pose.joints[_STARTS]
        starts[: len(_LIMBS), 3] = _RADII
        ends[: len(_LIMBS)] = pose.joints[_ENDS]
        set_uniforms(self._shadow, area=(*map(float, middle[::2]), *map(float, reach[::2])))
        set_uniform_rows(self._shadow, "limb_start", starts)
        set_uniform_rows(self._shadow, "limb_end", ends)
        self._shadow_array.render(moderngl.TRIANGLE_STRIP)

    def _floor_array(self, program: moderngl.Program) -> moderngl.VertexArray:
        return self._ctx.vertex_array(program, [(self._corners, "2f", "in_corner")])

    def _forget_picture(self) -> None:
        if self._texture is not None:
            self._texture.release()
            self._texture = None


def _middle(poses: Sequence[ScenePose]) -> tuple[float, float]:
    """Return x and z between the bodies; the origin, when there is nobody."""
    if not poses:
        return 0.0, 0.0
    middle = np.mean([pose.joints[0] for pose in poses], axis=0)
    return float(middle[0]), float(middle[2])
