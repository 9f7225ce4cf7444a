"""What one frame tells of the body: directions between landmarks, rays, and how far each can be believed."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.attachments import BODY_LANDMARKS
from engines.landmarks.problem import Observations
from engines.landmarks.residuals import MIN_DEPTH_M
from engines.landmarks.view import PersonView

USED: Final = np.array(list(BODY_LANDMARKS))
"""The landmarks that are used, in the order of the body's points."""

# start, end: one landmark, or two for their middle
_EDGES: Final[tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]] = (
    ((23, 24), (11, 12)), ((24,), (23,)), ((12,), (11,)),
    ((11,), (13,)), ((13,), (15,)), ((12,), (14,)), ((14,), (16,)),
    ((23,), (25,)), ((25,), (27,)), ((24,), (26,)), ((26,), (28,)),
    ((15,), (17, 19)), ((17,), (19,)), ((16,), (18, 20)), ((18,), (20,)),
    ((29,), (31,)), ((30,), (32,)),
    ((11, 12), (7, 8)), ((8,), (7,)), ((7, 8), (0,)), ((7, 8), (2, 5)),
)  # fmt: skip

_POINTS: Final = {landmark: n for n, landmark in enumerate(BODY_LANDMARKS)}
_STARTS: Final = np.array([[_POINTS[start[0]], _POINTS[start[-1]]] for start, _ in _EDGES])
_ENDS: Final = np.array([[_POINTS[end[0]], _POINTS[end[-1]]] for _, end in _EDGES])

# Standard deviations, on a wide plateau of the error, on real clips and on rendered people.
_RAY_SIGMA_M: Final = 0.02
_EDGE_XY_SIGMA_M: Final = 0.06
_EDGE_Z_SIGMA_M: Final = 0.12

_MIN_TRUST: Final = 0.05  # for the metric landmarks of hidden parts, which MediaPipe guesses well
_SECOND_BEST: Final = 0.1  # trust in the directions within a head or hand that was solved apart
# joint: trust in all directions where it was; those of its own landmarks are known better then
_SOLVED_APART: Final = {
    joint: np.where(np.isin(np.arange(33), own), _SECOND_BEST, 1.0)
    for joint, own in ((15, (0, 2, 5, 7, 8)), (20, (17, 19)), (21, (18, 20)))
}
# weights of landmarks whose place on the body is less well defined
_SURE: Final = {
    0: 0.6, 2: 0.5, 5: 0.5, 7: 0.6, 8: 0.6, 17: 0.5, 18: 0.5, 19: 0.5, 20: 0.5, 29: 0.5, 30: 0.5, 31: 0.7, 32: 0.7,
}  # fmt: skip

_SURE_OF: Final = np.array([_SURE.get(landmark, 1.0) for landmark in BODY_LANDMARKS])
_HIPS: Final = (23, 24)

_BONES: Final = 11  # the first edges are long enough to tell whether a pose is lost
_LOST_COSINE: Final = 0.25
_LOST_TRUST: Final = 0.6


class Orientation(NamedTuple):
    """A joint's orientation, measured by other means than pose landmarks."""

    rotation: Float64[np.ndarray, "3 3"]
    """In the camera frame."""
    sigma_rad: float
    """Its standard deviation."""


def edge_lengths(points: Float64[np.ndarray, "m 3"]) -> Float64[np.ndarray, " e"]:
    """Return the lengths of all edges of a body's points."""
    starts, ends = points[_STARTS].mean(axis=1), points[_ENDS].mean(axis=1)
    lengths: NDArray[np.float64] = np.linalg.norm(ends - starts, axis=1)
    return lengths


def observe_body(
    view: PersonView,
    trust: Float64[np.ndarray, "33"],
    orientations: Mapping[int, Orientation],
    lengths: Float64[np.ndarray, " e"],
    looseness: float,
) -> tuple[Observations, Float64[np.ndarray, " e"]]:
    """Return what was measured, and the trust in each edge.

    Args:
        view: The landmarks.
        trust: Further weight in [0, 1] of each.
        orientations: Measured orientations by joint.
        lengths: Of the edges: MediaPipe's bones change theirs from frame to frame, so only their directions are taken.
        looseness: How many times less edges count.
    """
    aim = trust  # in directions
    for joint in orientations:
        if joint in _SOLVED_APART:
            aim = aim * _SOLVED_APART[joint]
    edges, edge_trust = np.empty((len(_EDGES), 3)), np.empty(len(_EDGES))
    edge_sigmas, ray_sigmas = np.empty((len(_EDGES), 3)), np.empty(len(USED))
    rays = np.empty((len(USED), 2))
    _weigh(view.seen, trust, aim, view.rays, edge_trust, rays, ray_sigmas)
    _measure(view.world, lengths, looseness, edge_trust, edges, edge_sigmas)
    observations = Observations(
        edge_starts=_STARTS,
        edge_ends=_ENDS,
        edge_vectors=edges,
        edge_sigmas=edge_sigmas,
        rays=rays,
        ray_sigmas=ray_sigmas,
        orientation_joints=np.array(list(orientations), np.int64),
        orientations=np.array([o.rotation for o in orientations.values()]).reshape(-1, 3, 3),
        orientation_sigmas=np.array([o.sigma_rad for o in orientations.values()], np.float64),
    )
    return observations, edge_trust


@numba.njit(cache=True)
def points_elsewhere(
    points: NDArray[np.float64],
    vectors: NDArray[np.float64],
    trust: NDArray[np.float64],
    lengths: NDArray[np.float64],
) -> bool:
    """Return whether a well seen bone of posed points (m, 3) points elsewhere than its landmarks do."""
    for e in range(_BONES):
        cosine = 0.0
        for a in range(3):
            end = points[_ENDS[e, 0], a] + points[_ENDS[e, 1], a]
            start = points[_STARTS[e, 0], a] + points[_STARTS[e, 1], a]
            cosine += 0.5 * (end - start) * vectors[e, a]
        if cosine < _LOST_COSINE * lengths[e] ** 2 and trust[e] > _LOST_TRUST:
            return True
    return False


@numba.njit(cache=True)
def write_errors(
    points: NDArray[np.float64],
    rays: NDArray[np.float64],
    distance: float,
    errors: NDArray[np.float64],
) -> None:
    """Write how far posed points (m, 3) are from their rays at a distance, by landmark."""
    for i in range(len(points)):
        depth = max(points[i, 2], MIN_DEPTH_M)
        x, y = points[i, 0] / depth - rays[i, 0], points[i, 1] / depth - rays[i, 1]
        errors[USED[i]] = distance * np.sqrt(x * x + y * y)


@numba.njit(cache=True, error_model="numpy")
def _weigh(
    seen: NDArray[np.float64],
    trust: NDArray[np.float64],
    aim: NDArray[np.float64],
    all_rays: NDArray[np.float64],
    edge_trust: NDArray[np.float64],
    rays: NDArray[np.float64],
    ray_sigmas: NDArray[np.float64],
) -> None:
    """Write the trust in edges, by that in directions to their ends, and the rays that are used with their sigmas."""
    weights = np.empty(len(USED))
    for i in range(len(USED)):
        k = USED[i]
        rays[i] = all_rays[k]
        ray_sigmas[i] = _RAY_SIGMA_M / np.sqrt(seen[k] * trust[k] * _SURE_OF[i])
        weights[i] = max(seen[k], _MIN_TRUST) * aim[k]
        if k in _HIPS:  # hips out of view are guessed too, and say how the torso leans
            weights[i] = max(weights[i], _MIN_TRUST)
    for e in range(len(_STARTS)):
        start = min(weights[_STARTS[e, 0]], weights[_STARTS[e, 1]])
        edge_trust[e] = min(start, min(weights[_ENDS[e, 0]], weights[_ENDS[e, 1]]))


@numba.njit(cache=True, error_model="numpy")
def _measure(
    world: NDArray[np.float64],
    lengths: NDArray[np.float64],
    looseness: float,
    trust: NDArray[np.float64],
    edges: NDArray[np.float64],
    sigmas: NDArray[np.float64],
) -> None:
    """Write the edges, brought to their lengths, and their standard deviations."""
    for e in range(len(_STARTS)):
        squared = 0.0
        for a in range(3):
            end = world[USED[_ENDS[e, 0]], a] + world[USED[_ENDS[e, 1]], a]
            start = world[USED[_STARTS[e, 0]], a] + world[USED[_STARTS[e, 1]], a]
            edges[e, a] = 0.5 * (end - start)
            squared += edges[e, a] ** 2
        scale = lengths[e] / max(np.sqrt(squared), 1e-6)
        for a in range(3):
            edges[e, a] *= scale
            sigma = _EDGE_XY_SIGMA_M if a < 2 else _EDGE_Z_SIGMA_M
            sigmas[e, a] = sigma * looseness / np.sqrt(trust[e])
