"""Bodies over the picture they were found in, and the same bodies on a floor from another side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from app.pipeline.packet import LEVEL_CAMERA, Packet
from app.render.bodies import BodyShape, Style, body_shape, draw_body
from app.render.lens import through_lens
from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.room import ColoredMesh, chequered_floor, shadow_on_floor
from engines.body.model import BodyModel
from engines.errors import ConfigError
from engines.types import Camera, PoseEstimate

_BACKGROUND: Final = (58, 52, 48)
_CELL_M: Final = 0.5
_TO_LAMP: Final = (0.35, 0.85, 0.40)
"""From the floor towards the lamp, in the world."""
_FOLLOW: Final = 0.08
"""Share of the way to the bodies that the view goes with each picture."""


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """How bodies are drawn."""

    style: Style = "mesh"
    """`mesh` for the skin, `skeleton` for the bones."""
    opacity: float = 0.88
    """1 hides the picture behind the bodies, 0 the bodies."""
    azimuth_deg: float = 60.0
    """Side view: how far it is turned round the bodies, to the right of the camera."""
    swing_deg: float = 25.0
    """Side view: how far it swings to and fro about that direction."""
    swing_period_s: float = 16.0
    """Side view: time of one swing."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        if not 0 <= self.opacity <= 1:
            raise ConfigError(f"overlay opacity is {self.opacity}; use 0 to 1")
        if not self.swing_period_s > 0:
            raise ConfigError(f"overlay swing_period_s is {self.swing_period_s}; use more than 0")


class BodyOverlay:
    """Draws estimates over pictures of one size after another."""

    def __init__(self, model: BodyModel, options: OverlayOptions | None = None) -> None:
        self._model = model
        self._options = options or OverlayOptions()
        self._buffer: SampleBuffer | None = None

    def draw(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        estimates: Sequence[PoseEstimate],
        camera: Camera,
    ) -> None:
        """Draw bodies into a writable BGR picture as the camera's lens shows them, the nearer ones in front."""
        height, width = image.shape[:2]
        if self._buffer is None or self._buffer.size != (width, height):
            self._buffer = SampleBuffer(width, height)
        self._buffer.clear()
        for estimate in estimates:
            shape = body_shape(self._model, estimate, self._options.style)
            seen = replace(shape, vertices=through_lens(shape.vertices, camera))
            draw_body(image, self._buffer, seen, camera, self._options.opacity)


class SideView:
    """Draws the bodies of packets on a chequered floor, from a camera that looks at them from the side."""

    _DISTANCE_M = 3.6
    _ELEVATION = math.radians(12)

    def __init__(
        self, model: BodyModel, width: int, height: int, options: OverlayOptions | None = None
    ) -> None:
        self._model = model
        self._options = options or OverlayOptions()
        focal = min(1.7 * width, 1.25 * height)
        self._camera = Camera(width, height, focal, focal, width / 2, height / 2)
        self._buffer = SampleBuffer(width, height)
        self._floor = chequered_floor(7.0, _CELL_M, (92, 84, 78), (106, 98, 90), _BACKGROUND)
        self._floor_y: float | None = None
        self._target: NDArray[np.floating] | None = None

    def draw(self, image: UInt8[np.ndarray, "height width 3"], packet: Packet) -> None:
        """Fill a BGR picture of this view's size."""
        image[:] = _BACKGROUND
        shapes = [
            _moved(body_shape(self._model, estimate, self._options.style), packet.world_from_camera)
            for estimate in packet.estimates
        ]
        self._follow(shapes, packet)
        view = self._view_from_world(packet.frame.timestamp_ns / 1e9)
        self._draw_floor(image, view)
        self._buffer.clear()
        for shape in shapes:
            self._draw_shadow(image, shape, view)
        self._buffer.clear()
        for shape in shapes:
            draw_body(image, self._buffer, _moved(shape, view), self._camera, 1.0)

    def _follow(self, shapes: list[BodyShape], packet: Packet) -> None:
        """Keep the bodies in view; where nobody has measured the floor, put it under their feet."""
        if not np.array_equal(packet.world_from_camera, LEVEL_CAMERA):
            self._floor_y = 0.0
        elif shapes:
            lowest = min(float(shape.vertices[:, 1].min()) for shape in shapes)
            before = lowest if self._floor_y is None else self._floor_y
            self._floor_y = min(lowest, before + _FOLLOW * (lowest - before))
        if shapes:
            ends = [
                (shape.vertices.min(axis=0) + shape.vertices.max(axis=0)) / 2 for shape in shapes
            ]
            centre = np.mean(ends, axis=0)
            last = centre if self._target is None else self._target
            self._target = last + _FOLLOW * (centre - last)

    def _view_from_world(self, time_s: float) -> Float32[np.ndarray, "4 4"]:
        swing = math.sin(2 * math.pi * time_s / self._options.swing_period_s)
        azimuth = math.radians(self._options.azimuth_deg + self._options.swing_deg * swing)
        cos_e, sin_e = math.cos(self._ELEVATION), math.sin(self._ELEVATION)
        cos_a, sin_a = math.cos(azimuth), math.sin(azimuth)
        right, back = (cos_a, 0, -sin_a), (cos_e * sin_a, sin_e, cos_e * cos_a)
        down = (sin_e * sin_a, -cos_e, sin_e * cos_a)
        view = np.eye(4, dtype=np.float32)
        view[:3, :3] = (right, down, np.negative(back))
        target = np.zeros(3) if self._target is None else self._target
        view[:3, 3] = -view[:3, :3] @ target + (0, 0, self._DISTANCE_M)
        return view

    def _draw_floor(self, image: NDArray[np.uint8], view: NDArray[np.float32]) -> None:
        if self._floor_y is None or self._target is None:
            return
        steps = (
            np.round(self._target / (2 * _CELL_M)) * 2 * _CELL_M
        )  # whole chequers, or they slide
        place = np.array([steps[0], self._floor_y, steps[2]], np.float32)
        vertices = _transformed(self._floor.vertices + place, view)
        floor = ColoredMesh(vertices, self._floor.faces, self._floor.colors)
        self._buffer.clear()
        draw_mesh(image, self._buffer, *floor, self._camera)

    def _draw_shadow(
        self, image: NDArray[np.uint8], shape: BodyShape, view: NDArray[np.float32]
    ) -> None:
        flat = shadow_on_floor(shape.vertices, _TO_LAMP, self._floor_y or 0.0)
        vertices = _transformed(flat, view)
        dark = np.zeros_like(vertices)
        draw_mesh(image, self._buffer, vertices, shape.faces, dark, self._camera, opacity=0.4)


class SideBySide:
    """Pictures twice as telling: on the left the bodies over what the camera saw, on the right from the side."""

    def __init__(
        self,
        model: BodyModel,
        frame_width: int,
        frame_height: int,
        options: OverlayOptions | None = None,
    ) -> None:
        self._frame_width = frame_width
        side_width = 3 * frame_height // 4
        self._overlay = BodyOverlay(model, options)
        self._side = SideView(model, side_width, frame_height, options)
        self._image = np.empty((frame_height, frame_width + side_width, 3), np.uint8)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawn pictures."""
        return self._image.shape[1], self._image.shape[0]

    def draw(self, packet: Packet) -> UInt8[np.ndarray, "height width 3"]:
        """Return the drawn picture of a packet, BGR; it is overwritten by the next call."""
        left = self._image[:, : self._frame_width]
        left[:] = packet.frame.image
        self._overlay.draw(left, packet.estimates, packet.frame.camera)
        self._side.draw(self._image[:, self._frame_width :], packet)
        return self._image


def _transformed(
    vertices: NDArray[np.float32], to_from: NDArray[np.float32]
) -> NDArray[np.float32]:
    return vertices @ to_from[:3, :3].T + to_from[:3, 3]


def _moved(shape: BodyShape, to_from: NDArray[np.float32]) -> BodyShape:
    return replace(shape, vertices=_transformed(shape.vertices, to_from))
