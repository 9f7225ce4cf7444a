"""One body on a stage that turns: drawn at several hundred pictures a second, for videos of long takes."""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from app.render.bodies import BODY_LIGHT, FAINTEST, PERSON_COLORS
from app.render.figure import FigureBuffer
from app.render.shading import lit_colors, vertex_normals
from app.render.simple_body import simple_body
from app.render.stage import Stage
from engines.body.model import BodyModel

_TO_LAMP: Final = (0.35, 0.85, 0.40)
"""From the floor towards the lamp, in the world."""
_SHADOW: Final = 0.4
"""Opacity of the shadow on the floor."""
_NEAREST_M: Final = np.float32(0.3)
"""The view keeps its distance; whatever comes nearer is drawn as if it were there."""
_COLOR: Final = np.array(PERSON_COLORS[1], np.float32)
_FAINT: Final = np.float32(FAINTEST)
_FINE_FROM_PX: Final = 540
"""Pictures that are lower do not show what the simple surface leaves out."""


class Turntable:
    """Draws a body of one shape, pose after pose."""

    def __init__(
        self, model: BodyModel, betas: Float32[np.ndarray, "10"], width: int, height: int
    ) -> None:
        self._stage = Stage(width, height)
        self._buffer = FigureBuffer(width, height)
        self._shows_expression = height >= _FINE_FROM_PX
        self._model = model if self._shows_expression else simple_body(model)
        self._rest = self._model.rest_vertices(betas)
        self._image = np.empty((height, width, 3), np.uint8)
        self._body = np.empty_like(self._rest)
        self._body_screen = np.empty_like(self._rest)
        self._shadow_screen = np.empty_like(self._rest)
        self._paints = np.empty((len(self._rest), 4), np.float32)
        self._dark = np.zeros_like(self._paints)
        self._dark[:, 3] = 255 * _SHADOW

    def draw(
        self,
        transforms: Float32[np.ndarray, "55 3 4"],
        confidence: Float32[np.ndarray, "55"],
        expression: Float32[np.ndarray, "10"],
        middle: NDArray[np.floating],
        azimuth: float,
    ) -> UInt8[np.ndarray, "height width 3"]:
        """Return the BGR picture of a pose; it is overwritten by the next call.

        Args:
            transforms: Take each joint's part of the rest body to the world.
            confidence: Of each joint; parts that are a guess are faint, and nothing is drawn of a body of none.
            expression: Expression coefficients.
            middle: Place on the floor that the view turns about.
            azimuth: How far it has turned, from the world's z, in radians.
        """
        self._stage.draw(self._image, middle, azimuth)
        if not confidence.any():
            return self._image
        model, view = self._model, self._stage.view_from_world(middle, azimuth)
        rest = self._rest
        if self._shows_expression:
            rest = rest + model.expressiondirs @ expression
        camera = self._stage.camera
        pinhole = float(camera.fx), float(camera.fy), float(camera.cx), float(camera.cy)
        ties = model.weight_joints, model.weights
        places = self._body, self._body_screen, self._shadow_screen, self._paints
        _pose_kernel(
            rest, *ties, transforms, confidence, view, _TO_LAMP, float(middle[1]), pinhole, *places
        )
        self._buffer.draw(self._image, self._shadow_screen, model.faces, self._dark)
        normals = vertex_normals(self._body, model.faces)
        self._paints[:, :3] = lit_colors(_COLOR, normals, BODY_LIGHT)
        self._buffer.draw(self._image, self._body_screen, model.faces, self._paints)
        return self._image


@numba.njit(cache=True, nogil=True, fastmath=True)
def _pose_kernel(
    rest: NDArray[np.float32],
    weight_joints: NDArray[np.int32],
    weights: NDArray[np.float32],
    transforms: NDArray[np.float32],
    confidence: NDArray[np.float32],
    view: NDArray[np.float32],
    to_lamp: tuple[float, float, float],
    floor_y: float,
    pinhole: tuple[float, float, float, float],
    body: NDArray[np.float32],
    body_screen: NDArray[np.float32],
    shadow_screen: NDArray[np.float32],
    paints: NDArray[np.float32],
) -> None:
    """Fill the vertices in the camera frame, where they and their shadow are in the picture, and their opacity."""
    fx, fy = np.float32(pinhole[0]), np.float32(pinhole[1])
    cx, cy = np.float32(pinhole[2]), np.float32(pinhole[3])
    floor = np.float32(floor_y)
    tilt_x, tilt_z = np.float32(to_lamp[0] / to_lamp[1]), np.float32(to_lamp[2] / to_lamp[1])
    for i in range(rest.shape[0]):
        x, y, z, sure = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for k in range(weights.shape[1]):
            weight = weights[i, k]
            if weight == 0:
                break  # the heaviest come first
            t = transforms[weight_joints[i, k]]
            a, b, c = rest[i, 0], rest[i, 1], rest[i, 2]
            x += weight * (t[0, 0] * a + t[0, 1] * b + t[0, 2] * c + t[0, 3])
            y += weight * (t[1, 0] * a + t[1, 1] * b + t[1, 2] * c + t[1, 3])
            z += weight * (t[2, 0] * a + t[2, 1] * b + t[2, 2] * c + t[2, 3])
            sure += weight * confidence[weight_joints[i, k]]
        paints[i, 3] = np.float32(255) * (_FAINT + (np.float32(1) - _FAINT) * sure)
        height = y - floor
        flat_x, flat_z = x - height * tilt_x, z - height * tilt_z
        for row in range(3):
            u, v, w = view[row, 0], view[row, 1], view[row, 2]
            body[i, row] = u * x + v * y + w * z + view[row, 3]
        for places, px, py, pz in ((body_screen, x, y, z), (shadow_screen, flat_x, floor, flat_z)):
            right = view[0, 0] * px + view[0, 1] * py + view[0, 2] * pz + view[0, 3]
            down = view[1, 0] * px + view[1, 1] * py + view[1, 2] * pz + view[1, 3]
            depth = view[2, 0] * px + view[2, 1] * py + view[2, 2] * pz + view[2, 3]
            inverse = np.float32(1) / max(depth, _NEAREST_M)
            places[i, 0] = fx * right * inverse + cx
            places[i, 1] = fy * down * inverse + cy
            places[i, 2] = inverse
