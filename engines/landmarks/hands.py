"""Wrist orientation and finger joints from the 21 landmarks of a hand."""

from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.analytic import analytic_palm
from engines.landmarks.attachments import Side, attach_hand
from engines.landmarks.hand_lifter import HandLifter, LiftedHand, SeenHand, see_hand
from engines.landmarks.least_squares import posed_points, rotation_vectors, solve
from engines.landmarks.limits import hand_ranges
from engines.landmarks.problem import Observations, Priors, Solution, anywhere
from engines.types import Camera

_BONES: Final = (
    *((0, knuckle) for knuckle in (1, 5, 9, 13, 17)),
    *((k, k + 1) for base in (1, 5, 9, 13, 17) for k in range(base, base + 3)),
    (5, 9), (9, 13), (13, 17),
)  # fmt: skip
_PALM: Final = ((0, 5), (0, 9), (0, 13), (0, 17), (5, 9), (9, 13), (13, 17))
"""Bones that do not bend: they give the scale."""
_BONE_ENDS: Final = np.array(_BONES)
_PALM_ENDS: Final = np.array(_PALM)

_SIGMAS_M: Final = np.array(
    [0.006, 0.006, 0.01]
)  # of a bone's x, y and z, of a hand that fills the picture...
# ...and what small hands add: twice what was measured on 359 rendered hands of 20 to 60 px, because the bones of one
# hand err together.
_SIGMAS_PX: Final = np.array([2.6, 2.6, 8.0])
_LIMIT_SIGMA_RAD: Final = 0.05
_SPEED_RAD: Final = 3.0  # fingers turn by about this much in one second of random walk
_WRIST_SPEED_RAD: Final = 6.0
_LOST_RAD: Final = 1.2  # a wrist this far from where the palm points is started afresh
_REST_S: Final = 0.7  # unseen fingers approach the relaxed hand in about this time
_WRIST_SIGMA_RAD: Final = 0.12  # of a clear hand solved by least squares
_POOR_FIT_M: Final = 0.012  # mean landmark error that halves the confidence
_POOR_SIGMA_RAD: Final = 0.3  # mean uncertainty of lifted finger joints that does the same
_WRIST_DOUBT: Final = 1.3  # the lifter's wrists are off by so much more than it says
_LIFTED_LOOSENESS: Final = (
    0.7  # the least squares may leave its answers by so much of what it says, one sigma
)
_ITERATIONS: Final = 4
_FIRST_ITERATIONS: Final = 15
_LIFTED_ITERATIONS: Final = 1


class HandPose(NamedTuple):
    """One hand in one frame."""

    fingers: Float64[np.ndarray, "15 3"]
    """Rotation vectors relative to the flat hand, radians."""
    wrist: Float64[np.ndarray, "3 3"] | None
    """Rotation of the wrist joint in the camera frame; None when the hand was not seen."""
    confidence: float
    """In [0, 1]; 0 when the hand was not seen."""
    wrist_sigma: float = np.inf
    """How far off the wrist may be about each axis, radians, one standard deviation."""


class HandSolver:
    """Follows one hand. Fingers that are not seen ease from their last pose to a relaxed hand.

    Args:
        model: The body.
        side: Which hand.
        lifter: An open lifter, about whose answers the least squares are solved; None to do without.
    """

    def __init__(self, model: BodyModel, side: Side, lifter: HandLifter | None = None) -> None:
        attachments = attach_hand(model, side)
        self._side, self._lifter = side, lifter
        self._skeleton = attachments.skeleton(np.zeros(10))
        self._rest = (
            self._skeleton.rest_joints[self._skeleton.point_joints] + self._skeleton.point_offsets
        )
        self._ranges = hand_ranges(side)
        self._relaxed = rotation_vectors(self._ranges.centre[1:])
        self._fingers = self._relaxed
        self._solution: Solution | None = None
        self._palm_lengths = np.linalg.norm(_vectors(self._rest, _PALM_ENDS), axis=1)
        self._no_memory = np.full((16, 3), np.inf)
        self._unmeasured = Observations(
            edge_starts=np.repeat(_BONE_ENDS[:, :1], 2, axis=1),
            edge_ends=np.repeat(_BONE_ENDS[:, 1:], 2, axis=1),
            edge_vectors=np.zeros((len(_BONES), 3)),
            edge_sigmas=np.ones((len(_BONES), 3)),
            rays=np.zeros((21, 2)),
            ray_sigmas=np.full(21, np.inf),
            orientation_joints=np.zeros(0, np.int64),
            orientations=np.zeros((0, 3, 3)),
            orientation_sigmas=np.zeros(0),
        )

    def solve(
        self,
        landmarks: Float64[np.ndarray, "21 3"] | None,
        score: float,
        camera: Camera,
        step_s: float,
        world: Float64[np.ndarray, "21 3"] | None = None,
    ) -> HandPose:
        """Return the hand's pose.

        Args:
            landmarks: x, y, z in pixels; None when the hand was not seen.
            score: Confidence of the landmarks in [0, 1].
            camera: The camera.
            step_s: Time since the last frame, seconds.
            world: Metric landmarks, where the detector gives them; only the lifter wants them.
        """
        seen = None if landmarks is None else see_hand(landmarks, world, camera)
        measured = None if seen is None else self._measure(seen, camera)
        if seen is None or measured is None:
            self._solution = None
            part = 1 - np.exp(-step_s / _REST_S)
            self._fingers = self._fingers + part * (self._relaxed - self._fingers)
            return HandPose(self._fingers, None, 0.0)
        lifted = None if self._lifter is None else self._lifter.lift(seen, self._side)
        if lifted is None:
            solution = self._fit(measured, step_s)
            poor = self._mean_error(solution, measured.points) / _POOR_FIT_M
        else:
            solution = self._fit_about(lifted, measured)
            poor = sum(lifted.sigmas[1:].tolist()) / 15 / _POOR_SIGMA_RAD
        self._solution = solution
        self._fingers = rotation_vectors(solution.rotations[1:])
        confidence = min(max(score, 0.0), 1.0) * 0.5 ** (poor**2)
        sigma = _WRIST_SIGMA_RAD / np.sqrt(max(confidence, 1e-3))
        if lifted is not None:
            sigma = _WRIST_DOUBT * float(lifted.sigmas[0])
        return HandPose(self._fingers, solution.rotations[0], confidence, float(sigma))

    def _measure(self, seen: SeenHand, camera: Camera) -> "_Measured | None":
        """Return the landmarks in metres, the palm as large as the model's; None for nonsense."""
        scale = _palm_scale(seen.points, _PALM_ENDS, self._palm_lengths)
        if not scale > 0:
            return None
        return _Measured(scale * seen.points @ seen.to_camera.T, scale / camera.fx)

    def _fit(self, measured: "_Measured", step_s: float) -> Solution:
        start, points = self._solution, measured.points
        palm = analytic_palm(points, self._rest)
        if start is not None and not _is_near(start.rotations[0], palm):
            start = None
        speeds = np.full((16, 3), _SPEED_RAD * np.sqrt(step_s))
        speeds[0] = _WRIST_SPEED_RAD * np.sqrt(step_s)
        iterations = _ITERATIONS
        if start is None:
            rotations = matrix_from_axis_angle(np.vstack([np.zeros(3), self._fingers]))
            rotations[0] = palm
            start = Solution(rotations, np.zeros(3), 0.0)
            speeds[:] = np.inf
            iterations = _FIRST_ITERATIONS
        ranges = self._ranges
        priors = Priors(
            ranges.centre, ranges.sigmas, ranges.lower, ranges.upper, _LIMIT_SIGMA_RAD, start.rotations, speeds,
            *anywhere(),
        )  # fmt: skip
        return solve(self._skeleton, self._observed(measured), priors, start, iterations)

    def _fit_about(self, lifted: LiftedHand, measured: "_Measured") -> Solution:
        """Return the hand of this frame alone, near a lifted one: this brings it back to the picture."""
        ranges = self._ranges
        sigmas = np.empty((16, 3))
        sigmas[:] = _LIFTED_LOOSENESS * lifted.sigmas[:, None]
        priors = Priors(
            lifted.rotations, sigmas, ranges.lower, ranges.upper, _LIMIT_SIGMA_RAD, lifted.rotations,
            self._no_memory, *anywhere(),
        )  # fmt: skip
        start = Solution(lifted.rotations, np.zeros(3), 0.0)
        return solve(self._skeleton, self._observed(measured), priors, start, _LIFTED_ITERATIONS)

    def _observed(self, measured: "_Measured") -> Observations:
        sigmas = np.empty((len(_BONES), 3))
        sigmas[:] = np.hypot(_SIGMAS_M, _SIGMAS_PX * measured.pixel_m)
        return self._unmeasured._replace(
            edge_vectors=_vectors(measured.points, _BONE_ENDS), edge_sigmas=sigmas
        )

    def _mean_error(self, solution: Solution, points: NDArray[np.float64]) -> float:
        fitted = posed_points(self._skeleton, solution.rotations, np.zeros(3))
        errors = _vectors(fitted - points, _BONE_ENDS)
        return float(np.sqrt((errors * errors).sum(axis=1)).mean())


class _Measured(NamedTuple):
    points: NDArray[np.float64]
    """About the wrist, metres, camera axes (21, 3)."""
    pixel_m: float
    """Size of a pixel there."""


@numba.njit(cache=True)
def _palm_scale(
    points: NDArray[np.float64], ends: NDArray[np.int64], lengths: NDArray[np.float64]
) -> float:
    """Return what brings the bones of a palm to their lengths; 0 for nonsense."""
    along = squares = 0.0
    for n in range(len(ends)):
        squared = 0.0
        for a in range(3):
            squared += (points[ends[n, 1], a] - points[ends[n, 0], a]) ** 2
        if not squared > 0:
            return 0.0
        along += lengths[n] * np.sqrt(squared)
        squares += squared
    for point in points.flat:
        if not np.isfinite(point):
            return 0.0
    return along / squares


@numba.njit(cache=True)
def _vectors(points: NDArray[np.float64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    vectors = np.empty((len(ends), 3))
    for n in range(len(ends)):
        for a in range(3):
            vectors[n, a] = points[ends[n, 1], a] - points[ends[n, 0], a]
    return vectors


def _is_near(rotation: NDArray[np.floating], other: NDArray[np.floating]) -> bool:
    cosine = 0.5 * (float(np.trace(rotation.T @ other)) - 1)
    return cosine > np.cos(_LOST_RAD)
