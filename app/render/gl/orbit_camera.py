"""The camera that a user turns round the body. Pure numbers: each step gives a new camera."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.render.gl.view import View, perspective, placed_view

Side = Literal["front", "side", "top"]
"""From where a body that faces +z is seen: its face, its left, above."""

_SIDES: Final[dict[Side, tuple[float, float]]] = {
    "front": (0.0, 0.0), "side": (math.pi / 2, 0.0), "top": (0.0, math.pi / 2),
}  # fmt: skip
_MAX_PITCH_RAD: Final = math.pi / 2
_NEAREST_M: Final = 0.3
_FARTHEST_M: Final = 20.0
_MARGIN: Final = 1.12
"""Room left around a body that is fitted into the picture."""


@dataclass(frozen=True, slots=True)
class OrbitCamera:
    """A perspective camera on a sphere around its target, upright, in a world with y up."""

    target_m: tuple[float, float, float] = (0.0, 0.9, 0.0)
    """What it looks at, in the world."""
    yaw_rad: float = 0.42
    """Turn about y; 0 looks along -z, at the face of a body that faces +z, a right angle at its left side."""
    pitch_rad: float = 0.14
    """Height above the horizon, from -pi/2 to pi/2."""
    distance_m: float = 3.4
    """From the target."""
    fov_y_rad: float = 0.62
    """Field of view from bottom to top."""

    def orbited(self, yaw_rad: float, pitch_rad: float) -> "OrbitCamera":
        """Return the camera turned round its target; it stops at the zenith and the nadir."""
        pitch = min(max(self.pitch_rad + pitch_rad, -_MAX_PITCH_RAD), _MAX_PITCH_RAD)
        return replace(
            self, yaw_rad=math.remainder(self.yaw_rad + yaw_rad, math.tau), pitch_rad=pitch
        )

    def panned(self, right: float, up: float) -> "OrbitCamera":
        """Return the camera moved across its view, in heights of the picture at the target's distance."""
        height_m = 2 * self.distance_m * math.tan(self.fov_y_rad / 2)
        axes = self.axes
        moved = np.array(self.target_m) + height_m * (right * axes[0] + up * axes[1])
        return self.aimed_at(moved)

    def zoomed(self, factor: float) -> "OrbitCamera":
        """Return the camera nearer to its target by a factor: 2 halves the distance."""
        distance = min(max(self.distance_m / factor, _NEAREST_M), _FARTHEST_M)
        return replace(self, distance_m=distance)

    def seen_from(self, side: Side) -> "OrbitCamera":
        """Return the camera on one side of the same target."""
        yaw, pitch = _SIDES[side]
        return replace(self, yaw_rad=yaw, pitch_rad=pitch)

    def aimed_at(self, target_m: NDArray[np.floating]) -> "OrbitCamera":
        """Return the camera moved to another target (3,), from the same side."""
        x, y, z = (float(value) for value in target_m)
        return replace(self, target_m=(x, y, z))

    def fitted(
        self, low_m: NDArray[np.floating], high_m: NDArray[np.floating], aspect: float
    ) -> "OrbitCamera":
        """Return the camera moved so that a box fits into the picture.

        Args:
            low_m: Lowest corner (3,) of the box in the world.
            high_m: Highest corner (3,).
            aspect: Width of the picture by its height.
        """
        corners = np.array(np.meshgrid(*zip(low_m, high_m, strict=True))).reshape(3, -1).T
        centre = (np.asarray(low_m) + np.asarray(high_m)) / 2
        right, up, towards = self.axes @ (corners - centre).T
        tangent = math.tan(self.fov_y_rad / 2) / _MARGIN
        needed = towards + np.maximum(np.abs(right) / (aspect * tangent), np.abs(up) / tangent)
        distance = min(max(float(needed.max()), _NEAREST_M), _FARTHEST_M)
        return replace(self.aimed_at(centre), distance_m=distance)

    @property
    def axes(self) -> NDArray[np.float64]:
        """The camera's right, up and back axes in the world, as rows (3, 3)."""
        cos_y, sin_y = math.cos(self.yaw_rad), math.sin(self.yaw_rad)
        cos_p, sin_p = math.cos(self.pitch_rad), math.sin(self.pitch_rad)
        return np.array(
            [
                (cos_y, 0.0, -sin_y),
                (-sin_p * sin_y, cos_p, -sin_p * cos_y),
                (cos_p * sin_y, sin_p, cos_p * cos_y),
            ]
        )

    @property
    def eye_m(self) -> NDArray[np.float64]:
        """The camera's place (3,) in the world."""
        return np.array(self.target_m) + self.distance_m * self.axes[2]

    def view(self, aspect: float) -> View:
        """Return what it sees, in a picture of a ratio of width to height."""
        return placed_view(self.axes, self.eye_m, perspective(self.fov_y_rad, aspect))
