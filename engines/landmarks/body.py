"""The 22 body joints of one person from pose landmarks, frame after frame."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.analytic import analytic_pose
from engines.landmarks.attachments import Attachments
from engines.landmarks.body_observations import (
    USED,
    Orientation,
    edge_lengths,
    observe_body,
    points_elsewhere,
    write_errors,
)
from engines.landmarks.least_squares import posed_points, solve
from engines.landmarks.lifter import LiftedBody
from engines.landmarks.limits import body_ranges
from engines.landmarks.problem import Observations, Priors, Solution
from engines.landmarks.view import PersonView
from engines.types import BETA_COUNT

JOINTS: Final = 22

# standard deviations
_LIMIT_SIGMA_RAD: Final = 0.02
_TURN_RAD: Final = 0.6  # joints turn by about this much in one second of random walk
_MOVE_M: Final = (1.0, 1.0, 0.3)  # the root moves by about this much
_UP_SIGMA_RAD: Final = 0.15  # of a root that is out of view

# Where a lifted pose stands in for the pose at ease.
_LIFTED_LOOSENESS: Final = 2.5  # the lifter errs by so much more on real pictures than it thinks
_LIFTED_LEAST_RAD: Final = 0.05
_LIFTED_EDGES: Final = 2.0  # directions of bones count less beside it: it has seen them

# A pose is lost when a well seen bone points elsewhere than its landmarks for some time: it is then looked for afresh.
_LOST_S: Final = 0.1
_DEPTHS_M: Final = (0.2, 200.0)  # where a person can be at first
_ITERATIONS: Final = 4
_FIRST_ITERATIONS: Final = 16


class BodyPose(NamedTuple):
    """A solved body."""

    rotations: Float64[np.ndarray, "22 3 3"]
    """Parent-relative rotations, the pelvis in the camera frame."""
    pelvis: Float64[np.ndarray, "3"]
    """Place of the pelvis joint, metres, camera frame."""
    errors_m: Float64[np.ndarray, "33"]
    """How far each landmark is from its ray, metres; NaN for landmarks that are not used."""


class BodySolver:
    """Follows the body joints of one person.

    Args:
        attachments: The skeleton, and where the landmarks sit on it.
        is_analytic: Take the first guess as it is in every frame, without least squares, priors or memory.
    """

    def __init__(self, attachments: Attachments, *, is_analytic: bool = False) -> None:
        self._attachments = attachments
        self._is_analytic = is_analytic
        self._ranges = body_ranges()
        self._solution: Solution | None = None
        self._lifted: LiftedBody | None = None
        self._lost_s = 0.0
        self._use_shape(np.zeros(BETA_COUNT))

    def solve(
        self,
        view: PersonView,
        trust: Float64[np.ndarray, "33"],
        betas: Float64[np.ndarray, "10"],
        orientations: Mapping[int, Orientation],
        step_s: float,
        lifted: LiftedBody | None = None,
    ) -> BodyPose:
        """Return the body of one frame.

        Args:
            view: The landmarks.
            trust: Further weight in [0, 1] of each landmark.
            betas: The body's shape; the same array as long as it does not change.
            orientations: Measured orientations by joint.
            step_s: Time since the last frame, seconds.
            lifted: The pose to expect in this frame, in place of a body at ease.
        """
        if betas is not self._betas:
            self._use_shape(betas)
        self._lifted = lifted
        observations, edge_trust = observe_body(
            view, trust, orientations, self._edge_lengths, 1.0 if lifted is None else _LIFTED_EDGES
        )
        up = _Upright.of(view, trust)
        if self._is_analytic:
            solution = self._guess(view, observations)
        elif self._solution is None:
            solution = self._solve_afresh(view, observations, up)
        else:
            priors = self._priors(self._solution, np.sqrt(step_s), up)
            solution = solve(self._skeleton, observations, priors, self._solution, _ITERATIONS)
            self._lost_s += step_s
            if not self._is_lost(solution, observations, edge_trust):
                self._lost_s = 0.0
            elif self._lost_s > _LOST_S:
                solution = self._better(
                    solution, self._solve_afresh(view, observations, up), observations, up
                )
                self._lost_s = 0.0
        self._solution = solution
        return self._pose(solution, observations)

    def forget(self) -> None:
        """Solve the next frame afresh."""
        self._solution = None

    def _use_shape(self, betas: NDArray[np.float64]) -> None:
        self._betas = betas
        self._skeleton = self._attachments.skeleton(betas)
        self._rest = (
            self._skeleton.rest_joints[self._skeleton.point_joints] + self._skeleton.point_offsets
        )
        self._edge_lengths = edge_lengths(self._rest)

    def _priors(self, start: Solution, root_of_step: float, up: "_Upright") -> Priors:
        ranges = self._ranges
        centre, centre_sigmas = ranges.centre, ranges.sigmas
        if self._lifted is not None:
            sigmas = np.maximum(_LIFTED_LOOSENESS * self._lifted.sigmas, _LIFTED_LEAST_RAD)
            centre, centre_sigmas = self._lifted.rotations, np.outer(sigmas, np.ones(3))
        return Priors(
            centre=centre,
            centre_sigmas=centre_sigmas,
            lower=ranges.lower,
            upper=ranges.upper,
            limit_sigma=_LIMIT_SIGMA_RAD,
            previous=start.rotations,
            previous_sigmas=np.full((JOINTS, 3), _TURN_RAD * root_of_step),
            previous_root=start.root,
            previous_root_sigmas=np.array(_MOVE_M) * root_of_step,
            up=up.direction,
            up_sigma=up.sigma_rad,
        )

    def _solve_afresh(
        self, view: PersonView, observations: Observations, up: "_Upright"
    ) -> Solution:
        """Return the pose found from landmark directions alone, with no memory."""
        start = self._guess(view, observations)
        priors = self._priors(start, np.inf, up)
        return solve(self._skeleton, observations, priors, start, _FIRST_ITERATIONS)

    def _guess(self, view: PersonView, observations: Observations) -> Solution:
        """Return the pose whose bones point as the landmarks say, placed on its rays."""
        rest = np.zeros((33, 3))
        rest[USED] = self._rest
        rotations = analytic_pose(view.world, rest)
        points = posed_points(self._skeleton, rotations, np.zeros(3))
        return Solution(rotations, _place_of_root(points, observations), 0.0)

    def _better(
        self, kept: Solution, fresh: Solution, observations: Observations, up: "_Upright"
    ) -> Solution:
        """Return the likelier of two poses, memory apart."""
        priors = self._priors(kept, np.inf, up)
        kept_cost = solve(self._skeleton, observations, priors, kept, 0).cost
        return fresh if fresh.cost < kept_cost else kept

    def _is_lost(
        self, solution: Solution, observations: Observations, edge_trust: NDArray[np.float64]
    ) -> bool:
        points = posed_points(self._skeleton, solution.rotations, solution.root)
        return points_elsewhere(points, observations.edge_vectors, edge_trust, self._edge_lengths)

    def _pose(self, solution: Solution, observations: Observations) -> BodyPose:
        points = posed_points(self._skeleton, solution.rotations, solution.root)
        errors = np.full(33, np.nan)
        write_errors(points, observations.rays, solution.root[2], errors)
        return BodyPose(solution.rotations, solution.root, errors)


class _Upright(NamedTuple):
    direction: NDArray[np.float64]
    sigma_rad: float

    @classmethod
    def of(cls, view: PersonView, trust: NDArray[np.float64]) -> "_Upright":
        """Return where a pelvis that is out of view points: to the side of the picture that the torso points to.

        That is up, unless the camera lies on its side.
        """
        torso = (view.world[[11, 12]] - view.world[[23, 24]]).sum(axis=0)[:2]
        direction = np.zeros(3)
        axis = int(np.argmax(np.abs(torso)))
        direction[axis] = np.sign(torso[axis])
        return cls(direction, float(_UP_SIGMA_RAD / np.sqrt(max(1 - trust[23], 1e-9))))


def _place_of_root(points: NDArray[np.float64], observations: Observations) -> NDArray[np.float64]:
    """Return where the root must be so that points (m, 3) about it lie on their rays: linear least squares."""
    weights = 1 / observations.ray_sigmas
    rays = observations.rays
    rows, values = [], []
    for axis in (0, 1):
        row = np.zeros((len(points), 3))
        row[:, axis] = 1
        row[:, 2] = -rays[:, axis]
        rows.append(row * weights[:, None])
        values.append((rays[:, axis] * points[:, 2] - points[:, axis]) * weights)
    matrix = np.vstack(rows)
    normal = matrix.T @ matrix + 1e-9 * np.eye(3)
    place = np.linalg.solve(normal, matrix.T @ np.concatenate(values)).astype(np.float64)
    place[2] = np.clip(place[2], *_DEPTHS_M)
    return place
