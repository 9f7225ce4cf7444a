"""Least squares over views of a flat board: lens, principal point and distortion, with priors and honest errors.

All views share the logarithm of the focal length, the aspect, the principal point, five distortion coefficients and
how the board is bent (paper never is flat); each view adds its pose. Weak priors say what webcams are like (square
pixels, the optical axis near the middle of the picture, small distortion) and that a board is nearly flat, so that few
or similar views give a sensible camera and not a wild one. How
much they weigh against the views follows from how well the views agree with each other, not from the pixel noise
alone: bent boards, rolling shutters and motion blur disturb all corners of a view together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.reprojection import (
    SHARED_UNKNOWNS,
    Batch,
    Points,
    State,
    depths,
    focals,
    jacobians,
    padded,
    residuals,
)
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import CalibrationError

_FOCAL_SIGMA: Final = 1.5  # of the logarithm, about one longer side: hardly a prior at all
_ASPECT_SIGMA: Final = 0.003
_CENTRE_SIGMA: Final = 0.02  # of the longer side
_DISTORTION_SIGMAS: Final = (0.3, 0.3, 0.003, 0.003, 0.1)
_BEND_SIGMAS: Final = (0.004, 0.004, 0.004)  # sag of the board at its rim, of half its diagonal
_START_FOCALS: Final = (0.5, 0.75, 1.1, 1.8)  # of the longer side
_STEPS: Final = 40
_START_STEPS: Final = 8
_ROUNDS: Final = 4
_HUBER: Final = 2.5  # residuals beyond so many standard deviations count less
_VIEW_PRIOR: Final = (
    12.0  # a view's own noise is drawn to that of all as if by so many more corners
)
_LEAST_SIGMA_PX: Final = 0.03
_CONVERGED: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class IntrinsicsFit:
    """A camera and how sure it is."""

    fx: float
    """Focal length along x, px."""
    fy: float
    """Focal length along y, px."""
    cx: float
    """Principal point, px."""
    cy: float
    """Principal point, px."""
    distortion: tuple[float, ...]
    """k1 k2 p1 p2 k3 as OpenCV has them."""
    rms_px: float
    """Root mean square of the distances between corners and where the camera sees them."""
    view_rms_px: tuple[float, ...]
    """The same for each view."""
    focal_sigma_px: float
    """Standard deviation of the focal length."""
    centre_sigma_px: float
    """Standard deviation of the principal point along its less certain axis."""


class _Normal(NamedTuple):
    """Normal equations, the poses eliminated (Schur complement)."""

    camera: NDArray[np.float64]  # (12, 12)
    gradients: NDArray[np.float64]  # (v, 12), of each view
    back: NDArray[np.float64]  # (v, 6, 12)
    poses: NDArray[np.float64]  # (v, 6)


def fit_intrinsics(views: Sequence[Points], width: int, height: int) -> IntrinsicsFit:
    """Return the most likely camera of some views of a board.

    Args:
        views: At least one, of at least four corners each.
        width: Picture width, px.
        height: Picture height, px.

    Raises:
        CalibrationError: no camera can see a flat board so.
    """
    batch = padded(views)
    prior = _Prior(width, height)
    weights = batch.real / 0.3**2
    state = _best_start(batch, weights, prior)
    inflation = 1.0
    for _ in range(_ROUNDS):
        state = _solve(state, batch, weights / inflation, prior, _STEPS)
        weights, inflation = _reweighted(state, batch, prior)
    return _fit(state, batch, weights / inflation, prior)


def pose_rms_px(
    fit_camera: NDArray[np.float64], distortion: Sequence[float], view: Points
) -> float:
    """Return how well a camera (3, 3) explains a view that it was not made from: RMS px after fitting the pose."""
    distortion_array = np.asarray(distortion, np.float64)
    _, turn, place = cv2.solvePnP(
        view.board_m, view.pixels, fit_camera, distortion_array, flags=cv2.SOLVEPNP_IPPE
    )
    turn, place = cv2.solvePnPRefineLM(
        view.board_m, view.pixels, fit_camera, distortion_array, turn, place
    )
    projected, _ = cv2.projectPoints(view.board_m, turn, place, fit_camera, distortion_array)
    return float(np.sqrt(((projected[:, 0] - view.pixels) ** 2).sum(axis=1).mean()))


class _Prior:
    """What webcams are like, as means and standard deviations of the shared unknowns."""

    def __init__(self, width: int, height: int) -> None:
        longer = max(width, height)
        self.longer = longer
        self.mean = np.array([np.log(longer), 0, width / 2, height / 2, *[0.0] * 8])
        centre = _CENTRE_SIGMA * longer
        sigmas = (_FOCAL_SIGMA, _ASPECT_SIGMA, centre, centre, *_DISTORTION_SIGMAS, *_BEND_SIGMAS)
        self.weights = 1 / np.square(sigmas)

    def cost(self, camera: NDArray[np.float64]) -> float:
        return float(self.weights @ (camera - self.mean) ** 2)


def _best_start(batch: Batch, weights: NDArray[np.float64], prior: _Prior) -> State:
    """Return the best of a few solutions from different focal lengths: a wrong start may end in a wrong valley."""
    best, lowest = None, np.inf
    for factor in _START_FOCALS:
        camera = prior.mean.copy()
        camera[0] = np.log(factor * prior.longer)
        state = _solve(_posed(camera, batch), batch, weights, prior, _START_STEPS)
        cost = _cost(state, batch, weights, prior)
        if cost < lowest:
            best, lowest = state, cost
    if best is None:
        raise CalibrationError(
            "board: its corners do not lie on any flat board; check columns, rows and 'legacy' in the board's text"
        )
    return best


def _posed(camera: NDArray[np.float64], batch: Batch) -> State:
    fx, fy = focals(camera)
    matrix = np.array([[fx, 0, camera[2]], [0, fy, camera[3]], [0, 0, 1]])
    rotations, places = [], []
    for board, pixels, real in zip(batch.board, batch.pixels, batch.real, strict=True):
        used = real > 0
        _, turn, place = cv2.solvePnP(
            board[used], pixels[used], matrix, np.zeros(5), flags=cv2.SOLVEPNP_IPPE
        )
        rotations.append(matrix_from_axis_angle(np.asarray(turn[:, 0], np.float64)))
        places.append(place[:, 0])
    return State(camera, np.array(rotations), np.array(places))


def _solve(
    state: State, batch: Batch, weights: NDArray[np.float64], prior: _Prior, steps: int
) -> State:
    """Return the least-squares solution by Levenberg and Marquardt's method."""
    damping = 1e-3
    cost = _cost(state, batch, weights, prior)
    for _ in range(steps):
        normal = _normal_equations(state, batch, weights, damping)
        pull = prior.weights * (state.camera - prior.mean)
        matrix = normal.camera + np.diag(prior.weights * (1 + damping))
        step = -np.linalg.solve(matrix, normal.gradients.sum(axis=0) + pull)
        moved = _moved(state, step, normal)
        moved_cost = _cost(moved, batch, weights, prior)
        if moved_cost < cost:
            done = cost - moved_cost < _CONVERGED * cost
            state, cost, damping = moved, moved_cost, max(damping / 5, 1e-12)
            if done:
                break
        elif damping > 1e8:
            break
        else:
            damping *= 8
    return state


def _moved(state: State, step: NDArray[np.float64], normal: _Normal) -> State:
    poses = -normal.poses - normal.back @ step  # (v, 6)
    turns = matrix_from_axis_angle(poses[:, :3])
    return State(state.camera + step, turns @ state.rotations, state.places + poses[:, 3:])


def _normal_equations(
    state: State, batch: Batch, weights: NDArray[np.float64], damping: float
) -> _Normal:
    by_camera, by_pose = jacobians(state, batch)
    off = residuals(state, batch)
    views = len(batch.real)
    scale = np.sqrt(weights)[:, :, None]
    a = (by_camera * scale[..., None]).reshape(views, -1, SHARED_UNKNOWNS)
    b = (by_pose * scale[..., None]).reshape(views, -1, 6)
    r = (off * scale).reshape(views, -1, 1)
    b_t = b.transpose(0, 2, 1)
    poses = b_t @ b
    diagonal = np.einsum("vii->vi", poses)
    diagonal *= 1 + damping
    diagonal += 1e-9
    solved = np.linalg.solve(poses, np.concatenate([b_t @ a, b_t @ r], axis=2))
    back, pose_steps = solved[..., :-1], solved[..., -1]
    a_t = a.transpose(0, 2, 1)
    camera = (a_t @ a - (a_t @ b) @ back).sum(axis=0)
    gradients = (a_t @ r - (a_t @ b) @ pose_steps[..., None])[..., 0]
    camera[np.diag_indices(SHARED_UNKNOWNS)] *= 1 + damping
    return _Normal(camera, gradients, back, pose_steps)


def _cost(state: State, batch: Batch, weights: NDArray[np.float64], prior: _Prior) -> float:
    if not np.isfinite(state.camera).all() or (depths(state, batch) < 1e-3).any():
        return np.inf
    squares = (residuals(state, batch) ** 2).sum(axis=2)
    return float((weights * squares).sum()) + prior.cost(state.camera)


def _reweighted(state: State, batch: Batch, prior: _Prior) -> tuple[NDArray[np.float64], float]:
    """Return weights of the corners, and by how much the views disagree beyond them.

    The second is the mean ratio between the scatter of the views' gradients and what the corners' noise explains
    (the trace of the cluster-robust 'sandwich' over that of the model's own covariance); at least 1.
    """
    squares = (residuals(state, batch) ** 2).sum(axis=2)
    counts = batch.real.sum(axis=1)
    unknowns = 6 * len(counts) + SHARED_UNKNOWNS
    freedom = max(2 * counts.sum() - unknowns, 0.2 * 2 * counts.sum())
    variance = squares.sum() / freedom  # of one coordinate
    own = squares.sum(axis=1) / np.maximum(2 * counts - 6, 1)
    view_variance = (own * counts + variance * _VIEW_PRIOR) / (counts + _VIEW_PRIOR)
    view_variance = np.maximum(view_variance, _LEAST_SIGMA_PX**2)
    distance = np.sqrt(squares / (2 * view_variance[:, None]))
    huber = np.minimum(1, _HUBER / np.maximum(distance, 1e-9))
    weights = batch.real * huber / view_variance[:, None]
    normal = _normal_equations(state, batch, weights, 0.0)
    scatter = normal.gradients - normal.gradients.mean(axis=0)
    meat = scatter.T @ scatter
    bread = normal.camera + np.diag(prior.weights)
    inflation = float(np.trace(np.linalg.solve(bread, meat)) / SHARED_UNKNOWNS)
    return weights, max(1.0, inflation)


def _fit(state: State, batch: Batch, weights: NDArray[np.float64], prior: _Prior) -> IntrinsicsFit:
    normal = _normal_equations(state, batch, weights, 0.0)
    covariance = np.linalg.inv(normal.camera + np.diag(prior.weights))
    fx, fy = focals(state.camera)
    squares = (residuals(state, batch) ** 2).sum(axis=2)
    counts = batch.real.sum(axis=1)
    centre = np.linalg.eigvalsh(covariance[2:4, 2:4])[-1]
    return IntrinsicsFit(
        fx=fx,
        fy=fy,
        cx=float(state.camera[2]),
        cy=float(state.camera[3]),
        distortion=tuple(state.camera[4:9].tolist()),
        rms_px=float(np.sqrt(squares.sum() / counts.sum())),
        view_rms_px=tuple(np.sqrt(squares.sum(axis=1) / counts).tolist()),
        focal_sigma_px=float(np.exp(state.camera[0]) * np.sqrt(covariance[0, 0])),
        centre_sigma_px=float(np.sqrt(centre)),
    )
