"""Where the view's camera and floor go, as bodies come, move and go, and the user looks around."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.render.gl.orbit_camera import OrbitCamera, Side
from app.render.gl.scene_pose import ScenePose, bounds_m, floor_height_m

_FOLLOW: Final = 0.06
"""Share of the way to the bodies that the view goes with each pose."""


class Framing:
    """Keeps the bodies in view: all of them, until the user chooses a view; then it only goes along with them."""

    def __init__(self) -> None:
        self.camera = OrbitCamera()
        """Where the scene is seen from."""
        self.floor_y_m = 0.0
        """Where the floor is, in the world."""
        self._has_floor = False
        self._aspect = 1.0
        self._poses: Sequence[ScenePose] = ()
        self._centre: NDArray[np.floating] | None = None
        self._fitted_persons: int | None = None

    def show(self, poses: Sequence[ScenePose], *, world_is_measured: bool) -> None:
        """Take in the newest bodies; the floor of a world that nobody measured is put under their feet."""
        self._poses = poses
        if world_is_measured:
            self.floor_y_m, self._has_floor = 0.0, True
        elif poses:
            before = self.floor_y_m if self._has_floor else None
            self.floor_y_m = floor_height_m(min(pose.lowest_m for pose in poses), before)
            self._has_floor = True
        if poses:
            self._follow(poses)

    def look_with(self, camera: OrbitCamera) -> None:
        """Look as the user wants: from here on they decide how much is in view."""
        self.camera = camera
        self._fitted_persons = None

    def look_from(self, side: Side) -> None:
        """Look at all bodies from one side."""
        self.camera = self.camera.seen_from(side)
        self._fit()

    def reset(self) -> None:
        """Look at all bodies, from where one looked first."""
        self.camera = OrbitCamera()
        self._fit()

    def resize(self, aspect: float) -> None:
        """Take in the picture's ratio of width to height."""
        self._aspect = aspect
        if self._fitted_persons is not None:
            self._fit()

    def _follow(self, poses: Sequence[ScenePose]) -> None:
        fitted = self._fitted_persons
        if self._centre is None or (fitted is not None and len(poses) > fitted):
            self._fit()
            return
        step = _FOLLOW * (_centre(poses) - self._centre)
        self._centre = self._centre + step
        self.camera = self.camera.aimed_at(np.array(self.camera.target_m) + step)

    def _fit(self) -> None:
        if not self._poses:
            return
        low, high = bounds_m(self._poses)
        low[1] = min(low[1], self.floor_y_m)
        self.camera = self.camera.fitted(low, high, self._aspect)
        self._centre = _centre(self._poses)
        self._fitted_persons = len(self._poses)


def _centre(poses: Sequence[ScenePose]) -> NDArray[np.floating]:
    return np.mean([pose.joints[0] for pose in poses], axis=0)
