"""A body seen from all sides, or over and beside the pictures it was found in: for videos of long takes."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.bodies import PERSON_COLORS
from app.render.planes import Layers, Planes, scale
from app.render.posed_body import PosedBody
from app.render.stage import Stage
from engines.body.model import BodyModel
from engines.types import Camera

_SIDE_AZIMUTH: Final = np.deg2rad(60.0)
"""Where the view from the side stands, to the right of the camera."""
_OVER_PICTURE: Final = 0.88
"""Opacity of the body over the camera's picture."""


class Turntable:
    """Draws a body on a stage, pose after pose; pose `body`, then draw."""

    def __init__(
        self, model: BodyModel, betas: Float32[np.ndarray, "10"], size: tuple[int, int]
    ) -> None:
        self.body: Final = PosedBody(model, betas, PERSON_COLORS[1], size)
        """The body."""
        self._stage = Stage(*size)
        self._picture = Planes(*size)

    def draw(self, middle: NDArray[np.floating], azimuth: float, *, is_seen: bool = True) -> Planes:
        """Return the picture of the body's pose; it is overwritten by the next call.

        Args:
            middle: Place on the floor that the view turns about.
            azimuth: How far it has turned, from the world's z, in radians.
            is_seen: The stage is not empty.
        """
        self._stage.draw(self._picture, middle, azimuth)
        if is_seen:
            view = self._stage.view_from_world(middle, azimuth)
            camera = self._stage.camera
            self.body.draw_shadow(self._picture, camera, view, float(middle[1]))
            self.body.draw(self._picture, camera, view)
        return self._picture


class OverFilm:
    """Draws a body over the camera's pictures, and beside them from the side where wanted; pose `body`, then draw."""

    def __init__(
        self,
        model: BodyModel,
        betas: Float32[np.ndarray, "10"],
        camera: Camera,
        size: tuple[int, int],
        track_id: int,
        *,
        has_side: bool = True,
    ) -> None:
        """Make room.

        Args:
            model: The body's model.
            betas: Its shape.
            camera: That filmed it.
            size: Width and height to show the camera's pictures with; even numbers.
            track_id: Chooses the body's colour.
            has_side: The view from the side is wanted.
        """
        width, height = size
        side_width = 3 * height // 8 * 2 if has_side else 0
        whole = width + side_width, height
        color = PERSON_COLORS[track_id % len(PERSON_COLORS)]
        self.body: Final = PosedBody(model, betas, color, whole)
        """The body."""
        self._picture = Planes(*whole)
        self._film, self._side = (0, width), (width, width + side_width)
        self._camera = _scaled(camera, width, height)
        self._stage = Stage(side_width, height) if has_side else None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures, with a view from the side."""
        return self._picture.size

    def draw(
        self,
        film: Layers,
        camera_from_world: Float32[np.ndarray, "4 4"],
        middle: NDArray[np.floating],
        *,
        is_seen: bool = True,
    ) -> Planes:
        """Return the picture of the body's pose; it is overwritten by the next call.

        Args:
            film: What the camera saw.
            camera_from_world: Takes world points to the camera's frame.
            middle: Place on the floor that the view from the side looks at.
            is_seen: The body is to be drawn.
        """
        picture = self._picture
        scale(film, picture.columns(*self._film))
        if is_seen:
            self.body.draw(
                picture, self._camera, camera_from_world, opacity=_OVER_PICTURE, within=self._film
            )
        if self._stage is not None:
            self._draw_side(self._stage, middle, is_seen)
        return picture

    def _draw_side(self, stage: Stage, middle: NDArray[np.floating], is_seen: bool) -> None:
        picture, side, seen = self._picture, self._side, stage.camera
        stage.draw(picture, middle, _SIDE_AZIMUTH, first_column=side[0])
        if is_seen:
            view = stage.view_from_world(middle, _SIDE_AZIMUTH)
            camera = Camera(*picture.size, seen.fx, seen.fy, seen.cx + side[0], seen.cy)
            self.body.draw_shadow(picture, camera, view, float(middle[1]), within=side)
            self.body.draw(picture, camera, view, within=side)


def _scaled(camera: Camera, width: int, height: int) -> Camera:
    """Return the camera of pictures of another size."""
    x, y = width / camera.width, height / camera.height
    focal, centre = (camera.fx * x, camera.fy * y), (camera.cx * x, camera.cy * y)
    return Camera(width, height, *focal, *centre, camera.distortion)
