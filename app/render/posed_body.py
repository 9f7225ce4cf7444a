"""One body of one shape, pose after pose, drawn into the planes of a video at several hundred pictures a second."""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.bodies import BODY_LIGHT, FAINTEST
from app.render.figure import FigureBuffer
from app.render.lens import through_lens
from app.render.planes import YUV_FROM_BGR, YUV_OF_BLACK, Planes
from app.render.rasteriser import NEAR_M
from app.render.room import shadow_on_floor
from app.render.shading import lit_colors, vertex_normals
from app.render.simple_body import simple_body
from engines.body.kinematics import pose_correctives, skin_kernel
from engines.body.model import BodyModel
from engines.body.skeleton import PARENTS
from engines.types import Camera

_TO_LAMP: Final = (0.35, 0.85, 0.40)
"""From the floor towards the lamp, in the world."""
_SHADOW: Final = np.array([16, 128, 128, 0.4 * 255], np.float32)
"""Black, and its opacity on the floor."""
_SHADOW_CELL_M: Final = 0.05
"""Vertices of one joint that are so near to each other are one in the shadow."""
_FINE_FROM_PX: Final = 540
"""Pictures that are lower do not show what the simple surface leaves out."""


class PosedBody:
    """Is posed, then drawn from as many sides as are wanted, into pictures of one size."""

    def __init__(
        self,
        model: BodyModel,
        betas: Float32[np.ndarray, "10"],
        color: tuple[int, int, int],
        size: tuple[int, int],
    ) -> None:
        """Make a body.

        Args:
            model: Its model.
            betas: Its shape.
            color: Of its surface, BGR.
            size: Width and height of the pictures it is drawn into.
        """
        self._shows_expression = size[1] >= _FINE_FROM_PX
        self._model = model if self._shows_expression else simple_body(model)
        self._color = np.array(color, np.float32)
        self._buffer = FigureBuffer(*size)
        self._rest = self._model.rest_vertices(betas)
        self._world = np.empty_like(self._rest)
        self._in_view = np.empty_like(self._rest)
        self._screen = np.empty_like(self._rest)
        self._opacity = np.zeros(len(self._rest), np.float32)
        self._paints = np.empty((len(self._rest), 4), np.float32)
        self._dark = np.tile(_SHADOW, (len(self._rest), 1))
        self._shadow_faces = _coarse_faces(self._model, self._rest)

    def pose(
        self,
        rotations: Float32[np.ndarray, "55 3 3"],
        offsets: Float32[np.ndarray, "55 3"],
        confidence: Float32[np.ndarray, "55"],
        expression: Float32[np.ndarray, "10"],
    ) -> None:
        """Take a pose.

        Args:
            rotations: Turn each joint's part of the rest body to the world, ...
            offsets: ... and move it there.
            confidence: Of each joint; parts that are a guess are faint.
            expression: Expression coefficients.
        """
        model, rest = self._model, self._rest
        if self._shows_expression:
            rest = rest + model.expressiondirs @ expression
        if model.posedirs is not None:
            own = rotations.copy()
            own[1:] = np.swapaxes(rotations[list(PARENTS[1:])], 1, 2) @ rotations[1:]
            rest = rest + pose_correctives(model.posedirs, own)
        skin_kernel(rest, model.weight_joints, model.weights, rotations, offsets, self._world)
        _opacity_kernel(confidence, model.weight_joints, model.weights, self._opacity)

    def draw_shadow(
        self,
        picture: Planes,
        camera: Camera,
        view: Float32[np.ndarray, "4 4"],
        floor_y_m: float,
        *,
        within: tuple[int, int] | None = None,
    ) -> None:
        """Draw its shadow on the floor; otherwise like `draw`."""
        self._project(shadow_on_floor(self._world, _TO_LAMP, floor_y_m), camera, view)
        self._buffer.draw(picture, self._screen, self._shadow_faces, self._dark, within=within)

    def draw(
        self,
        picture: Planes,
        camera: Camera,
        view: Float32[np.ndarray, "4 4"],
        *,
        opacity: float = 1.0,
        within: tuple[int, int] | None = None,
    ) -> None:
        """Draw it.

        Args:
            picture: Drawn into.
            camera: Where in the picture things are seen.
            view: Takes world points to the camera's frame.
            opacity: 1 covers what is in the picture.
            within: The columns that may change, from an even one to another; None for all.
        """
        self._project(self._world, camera, view)
        normals = vertex_normals(self._in_view, self._model.faces)
        lit = lit_colors(self._color, normals, BODY_LIGHT)
        _paint_kernel(lit, self._opacity, 255 * opacity, self._paints)
        self._buffer.draw(picture, self._screen, self._model.faces, self._paints, within=within)

    def _project(
        self, world: NDArray[np.float32], camera: Camera, view: NDArray[np.float32]
    ) -> None:
        pinhole = np.array([camera.fx, camera.fy, camera.cx, camera.cy], np.float32)
        _project_kernel(world, view, pinhole, self._in_view, self._screen)
        if camera.distortion:
            moved = through_lens(self._in_view, camera)[:, :2] - self._in_view[:, :2]
            self._screen[:, :2] += moved * self._screen[:, 2:] * pinhole[:2]


def _coarse_faces(model: BodyModel, rest: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the triangles that are left where near vertices become one (Rossignac and Borrel, 1993)."""
    cells = np.c_[model.weight_joints[:, 0], np.floor(rest / _SHADOW_CELL_M).astype(np.int64)]
    _, kept, cell = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    faces: NDArray[np.int32] = kept[cell.reshape(-1)][model.faces].astype(np.int32)
    a, b, c = faces.T
    return faces[(a != b) & (b != c) & (c != a)]


@numba.njit(cache=True, nogil=True, fastmath=True)
def _opacity_kernel(
    confidence: NDArray[np.float32],
    weight_joints: NDArray[np.int32],
    weights: NDArray[np.float32],
    opacity: NDArray[np.float32],
) -> None:
    """Fill how much of each vertex is not a guess."""
    for v in range(weights.shape[0]):
        sure = np.float32(0)
        for k in range(weights.shape[1]):
            sure += weights[v, k] * confidence[weight_joints[v, k]]
        opacity[v] = FAINTEST + (1 - FAINTEST) * sure


@numba.njit(cache=True, nogil=True, fastmath=True)
def _paint_kernel(
    colors: NDArray[np.float32],
    opacity: NDArray[np.float32],
    scale: float,
    paints: NDArray[np.float32],
) -> None:
    """Fill brightness, blueness and redness of BGR colours, and how much they cover, 0 to `scale`."""
    for v in range(colors.shape[0]):
        for part in range(3):
            value = YUV_OF_BLACK[part]
            for k in range(3):
                value += YUV_FROM_BGR[part, k] * colors[v, k]
            paints[v, part] = value
        paints[v, 3] = scale * opacity[v]


@numba.njit(cache=True, nogil=True, fastmath=True)
def _project_kernel(
    world: NDArray[np.float32],
    view: NDArray[np.float32],
    pinhole: NDArray[np.float32],
    in_view: NDArray[np.float32],
    screen: NDArray[np.float32],
) -> None:
    """Fill the vertices in the camera's frame, and their places in the picture with 1 / z, 0 for too near ones."""
    fx, fy, cx, cy = pinhole
    for i in range(world.shape[0]):
        x, y, z = world[i, 0], world[i, 1], world[i, 2]
        for row in range(3):
            u, v, w = view[row, 0], view[row, 1], view[row, 2]
            in_view[i, row] = u * x + v * y + w * z + view[row, 3]
        is_seen = in_view[i, 2] > NEAR_M
        inverse = np.float32(1) / in_view[i, 2] if is_seen else np.float32(0)
        screen[i, 0] = fx * in_view[i, 0] * inverse + cx
        screen[i, 1] = fy * in_view[i, 1] * inverse + cy
        screen[i, 2] = inverse
