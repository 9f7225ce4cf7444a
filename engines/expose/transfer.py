"""SMPL to SMPL-X: finds the SMPL-X parameters of meshes of another body.

The way of the paper's supplement (Choutas et al., ECCV 2020; SMPL-X repository, transfer.md): carry the meshes to the
SMPL-X vertices by a known correspondence, fit the pose to their edges, then the translation to their vertices, then all
parameters. Two things are our own: the start, where each body part is turned by itself, so that far poses need no luck;
and the descent, Levenberg-Marquardt with exact derivatives in place of a general optimiser, which needs no torch.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.pose import params_from_full_pose
from engines.body.rotations import axis_angle_from_matrix
from engines.errors import ModelError
from engines.expose.body_jacobian import BETAS, POSE, TRANSL, BodyState, JacobianBody
from engines.expose.correspondence import Correspondence
from engines.expose.transfer_start import edges_between, start_rotations
from engines.types import BETA_COUNT, EXPRESSION_COUNT, SmplxParams

Progress = Callable[[int, int], None]
"""Called with the fits done and their total."""

_Equations = Callable[[BodyState], tuple[NDArray[np.float64], NDArray[np.float64]]]
_Loss = Callable[[BodyState], float]

_START_DAMPING = 1e-3
_MAX_DAMPING = 1e6
_WEISZFELD_STEPS = 20
_TINY_M = 1e-9
_EXACT_M = 1e-5
"""A fit as close as this is done."""
_MIN_CARRIED = 1.0
"""A joint is fitted if the weights of the valid vertices that it moves add up to this, one whole vertex."""


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """How meshes are fitted."""

    one_person: bool = True
    """All meshes are one person: one shape for all, the mean of those found on some of them."""
    shape_meshes: int = 8
    """Meshes, spread over the sequence, on which the shape of the one person is found."""
    max_iterations: int = 30
    """Steps of the edge stage and of the last stage, at most."""
    tolerance: float = 1e-4
    """A stage ends when a step lessens its loss by less than this share."""

    def __post_init__(self) -> None:
        if self.shape_meshes < 1 or self.max_iterations < 1 or not 0 < self.tolerance < 1:
            raise ValueError(
                "shape_meshes and max_iterations must be at least 1, tolerance between 0 and 1"
            )


@dataclass(frozen=True, slots=True, eq=False)
class TransferResult:
    """SMPL-X parameters of a sequence of meshes."""

    poses: Float32[np.ndarray, "meshes 55 3"]
    """Axis-angle of each joint, in SMPL-X order; hands relative to the flat hand."""
    betas: Float32[np.ndarray, "meshes 10"]
    """Shape; equal rows for one person."""
    expression: Float32[np.ndarray, "meshes 10"]
    """Expression."""
    transl: Float32[np.ndarray, "meshes 3"]
    """Added after posing, metres."""
    error: Float32[np.ndarray, "meshes"]
    """Mean distance in metres of the vertices that have a counterpart."""

    def params(self, mesh: int) -> SmplxParams:
        """Return the parameters of one mesh."""
        return params_from_full_pose(
            self.poses[mesh],
            betas=self.betas[mesh],
            expression=self.expression[mesh],
            transl=self.transl[mesh],
        )


def transfer(
    body: BodyModel,
    correspondence: Correspondence,
    meshes: NDArray[np.floating],
    options: TransferOptions | None = None,
    progress: Progress | None = None,
) -> TransferResult:
    """Return the parameters with which `body` looks like the meshes.

    Args:
        body: The SMPL-X body to fit.
        correspondence: From the source's vertices to those of `body`.
        meshes: (meshes, source, 3) vertices of the source body, metres.
        options: How; defaults when None.
        progress: Told after each fit; the fits for the one person's shape count too.

    Raises:
        ModelError: the correspondence fits neither the meshes nor the body, or a mesh is not finite.
    """
    settings = options or TransferOptions()
    _check(body, correspondence, meshes)
    fitter = _Fitter(body, correspondence, settings)
    some: NDArray[np.int64] = np.zeros(0, np.int64)
    if settings.one_person and len(meshes) > 1:
        count = min(settings.shape_meshes, len(meshes))
        some = np.unique(np.linspace(0, len(meshes) - 1, count).astype(np.int64))
    total = len(some) + len(meshes)
    shapes, fitted = [], []
    for done, index in enumerate([*some, *range(len(meshes))], start=1):
        if done <= len(some):
            shapes.append(fitter.fit(meshes[index])[0].shape[:BETA_COUNT])
        else:
            fitted.append(fitter.fit(meshes[index], np.mean(shapes, axis=0) if shapes else None))
        if progress is not None:
            progress(done, total)
    return _result(fitted)


def _check(body: BodyModel, correspondence: Correspondence, meshes: NDArray[np.floating]) -> None:
    if len(correspondence.valid) != len(body.v_template):
        raise ModelError(
            f"{body.name}: {len(body.v_template)} vertices, but the correspondence leads to "
            f"{len(correspondence.valid)}; use the body it was made for"
        )
    if not correspondence.valid.any():
        raise ModelError("the correspondence has no valid vertex; check its mask")
    if len(meshes) == 0 or not np.isfinite(meshes).all():
        raise ModelError("no meshes, or one with vertices that are not numbers; check the input")


class _Fitter:
    """Fits one body to meshes with its own vertices."""

    def __init__(
        self, body: BodyModel, correspondence: Correspondence, options: TransferOptions
    ) -> None:
        self._model = body
        self._correspondence = correspondence
        self._vertices = np.flatnonzero(correspondence.valid)
        self._body = JacobianBody(body, self._vertices)
        edges = edges_between(body, self._vertices)
        self._starts, self._ends = edges[:, 0], edges[:, 1]
        # a joint seen through correctives alone, such as an eye without vertices, would follow their noise
        self._carrying = np.ones(TRANSL.stop, np.bool_)
        self._carrying[POSE] = np.repeat(self._body.carried_weight >= _MIN_CARRIED, 3)
        self._options = options

    def fit(
        self, mesh: NDArray[np.floating], betas: NDArray[np.float64] | None = None
    ) -> tuple[BodyState, float]:
        """Return the best state and its mean vertex distance in metres; `betas` are kept where given."""
        target = self._correspondence.apply(mesh[None])[0]
        goal = target[self._vertices]
        shape = np.zeros(BETA_COUNT + EXPRESSION_COUNT)
        shape[:BETA_COUNT] = 0 if betas is None else betas
        rotations = start_rotations(self._model, self._vertices, target)
        state = BodyState(rotations, shape, np.zeros(3))

        def differences(trial: BodyState) -> NDArray[np.float32]:
            return self._body.vertices(trial) - goal

        def edge_equations(trial: BodyState) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            vertices, jacobian = self._body.vertices_and_jacobian(trial)
            return _normal_equations(
                self._edges(jacobian[:, :, POSE]), self._edges(vertices - goal)
            )

        def vertex_equations(trial: BodyState) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            vertices, jacobian = self._body.vertices_and_jacobian(trial)
            return _normal_equations(jacobian, vertices - goal)

        def edge_loss(trial: BodyState) -> float:  # transfer.md, L1
            return _mean_square(self._edges(differences(trial)))

        def vertex_loss(trial: BodyState) -> float:  # transfer.md, L3
            return _mean_square(differences(trial))

        free = self._carrying.copy()
        free[BETAS] = betas is None
        state = self._descend(state, edge_loss, edge_equations, free)
        state = replace(state, transl=_geometric_median(-differences(state).astype(np.float64)))
        state = self._descend(state, vertex_loss, vertex_equations, free)
        return state, float(np.linalg.norm(differences(state), axis=1).mean())

    def _edges(self, per_vertex: NDArray[np.float32]) -> NDArray[np.float32]:
        return per_vertex[self._starts] - per_vertex[self._ends]

    def _descend(
        self, state: BodyState, loss: _Loss, equations: _Equations, free: NDArray[np.bool_]
    ) -> BodyState:
        """Return the state after Levenberg-Marquardt steps (Marquardt, 1963) over the free columns of the equations."""
        damping, current = _START_DAMPING, loss(state)
        for _ in range(self._options.max_iterations):
            if current < _EXACT_M**2:
                break
            hessian, gradient = equations(state)
            while damping <= _MAX_DAMPING:
                trial = state.stepped(_damped_step(hessian, gradient, free, damping))
                after = loss(trial)
                if after < current:
                    break
                damping *= 10
            else:
                return state
            gained = current - after
            state, current, damping = trial, after, damping / 10
            if gained < self._options.tolerance * current:
                return state
        return state


def _normal_equations(
    jacobian: NDArray[np.float32], residuals: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    flat = jacobian.reshape(residuals.size, -1)
    return (flat.T @ flat).astype(np.float64), (flat.T @ residuals.reshape(-1)).astype(np.float64)


def _damped_step(
    hessian: NDArray[np.float64],
    gradient: NDArray[np.float64],
    free: NDArray[np.bool_],
    damping: float,
) -> NDArray[np.float64]:
    """Return the step of all columns; those not free, beyond the equations, or without effect stay."""
    step = np.zeros(TRANSL.stop)
    diagonal = np.diagonal(hessian)
    moving = np.flatnonzero((diagonal > 0) & free[: len(diagonal)])
    system = hessian[np.ix_(moving, moving)] + np.diag(damping * diagonal[moving])
    step[moving] = -np.linalg.solve(system, gradient[moving])
    return step


def _mean_square(residuals: NDArray[np.float32]) -> float:
    return float(np.square(residuals, dtype=np.float64).sum() / len(residuals))


def _geometric_median(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the point with the least sum of distances to the points (Weiszfeld, 1937): transfer.md, L2."""
    median = points.mean(axis=0)
    for _ in range(_WEISZFELD_STEPS):
        weights = 1 / np.maximum(np.linalg.norm(points - median, axis=1), _TINY_M)
        median = weights @ points / weights.sum()
    return median


def _result(fitted: list[tuple[BodyState, float]]) -> TransferResult:
    states = [state for state, _ in fitted]
    shapes = np.array([state.shape for state in states], np.float32)
    return TransferResult(
        poses=axis_angle_from_matrix(np.array([s.rotations for s in states])).astype(np.float32),
        betas=shapes[:, :BETA_COUNT],
        expression=shapes[:, BETA_COUNT:],
        transl=np.array([state.transl for state in states], np.float32),
        error=np.array([error for _, error in fitted], np.float32),
    )
