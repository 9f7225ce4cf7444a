"""The landmark engine's regressor: MediaPipe landmarks in, whole expressive bodies out."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engines.body.model import BodyModel
from engines.body.rest_pose import standing_before_camera
from engines.landmarks.hand_lifter import HandLifter
from engines.landmarks.lifter import Lifter
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.person import PersonSolver
from engines.landmarks.synthesis import landmarks_of_body
from engines.types import Camera, Detection, Frame, PoseEstimate

_NS_PER_S: Final = 1e9
_SHORTEST_STEP_S: Final = 1 / 240
_LONGEST_STEP_S: Final = 0.25


class _Track:
    def __init__(self, solver: PersonSolver, timestamp_ns: int) -> None:
        self.solver = solver
        self.timestamp_ns = timestamp_ns


class LandmarkRegressor:
    """Gives each detected person a body in the camera frame; remembers each track between frames.

    Rotations, shape and place come from least squares over the landmarks. Stature cannot be seen in one picture: it is
    MediaPipe's guess drawn to the average, or the option's; the distance from the camera scales with it.
    """

    def __init__(self, model: BodyModel, options: LandmarkOptions) -> None:
        self._model = model
        self._options = options
        self._lifter = Lifter() if options.solver == "lifter" else None
        self._hand_lifter = HandLifter() if options.hands == "lifter" else None
        self._tracks: dict[int, _Track] = {}

    def open(self) -> None:
        """Compile the solvers, or load them from numba's cache; load the lifters that are asked for.

        Raises:
            ModelMissing: a lifter's file is not there.
        """
        for lifter in (self._lifter, self._hand_lifter):
            if lifter is not None:
                lifter.open()
        camera = Camera.guess(640, 480)
        landmarks = landmarks_of_body(self._model, standing_before_camera(), camera)
        solver = self._new_solver()
        for _ in range(2):  # the first frame and a following one
            solver.solve(landmarks, camera, 0, 1 / 30)

    def regress(self, frame: Frame, detections: Sequence[Detection]) -> tuple[PoseEstimate, ...]:
        """Return a body for each detection whose landmarks make sense."""
        estimates = []
        for detection in detections:
            if detection.landmarks is None:
                continue
            track = self._tracks.get(detection.track_id)
            if track is None:
                track = _Track(self._new_solver(), frame.timestamp_ns)
                self._tracks[detection.track_id] = track
            step_s = (frame.timestamp_ns - track.timestamp_ns) / _NS_PER_S
            estimate = track.solver.solve(
                detection.landmarks,
                frame.camera,
                detection.track_id,
                float(np.clip(step_s, _SHORTEST_STEP_S, _LONGEST_STEP_S)),
            )
            if estimate is not None:
                track.timestamp_ns = frame.timestamp_ns
                estimates.append(estimate)
        self._forget(frame.timestamp_ns)
        return tuple(estimates)

    def close(self) -> None:
        """Forget everybody, and free the lifters."""
        self._tracks.clear()
        for lifter in (self._lifter, self._hand_lifter):
            if lifter is not None:
                lifter.close()

    def _new_solver(self) -> PersonSolver:
        return PersonSolver(self._model, self._options, self._lifter, self._hand_lifter)

    def _forget(self, now_ns: int) -> None:
        oldest = now_ns - int(self._options.forget_after_s * _NS_PER_S)
        for track_id in [i for i, track in self._tracks.items() if track.timestamp_ns < oldest]:
            del self._tracks[track_id]
