"""Shape directions from a sampled population of adults, and joints that follow them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.spatial import cKDTree

from engines.body.skeleton import JOINT_INDEX, PARENTS
from engines.types import BETA_COUNT, BODY_JOINT_COUNT, JOINT_COUNT
from tools.open_body.rig import Rig
from tools.open_body.t_pose import TPose

_HEIGHT: Final = (0.43, 0.075)
"""Mean and spread of the height phenotype: about 1.75 m and 0.09 m."""
_BUILD_SPREAD: Final = 0.22
NEUTRAL: Final = {
    "gender": 0.5, "age": 2 / 3, "muscle": 0.5, "weight": 0.5, "height": _HEIGHT[0], "proportions": 0.5,
}  # fmt: skip
"""The body to which others are compared."""


@dataclass(frozen=True, slots=True)
class ShapeSpace:
    """Mean, principal directions and joints of a population."""

    template: NDArray[np.float64]
    """Mean vertices (vertices, 3), metres."""
    directions: NDArray[np.float64]
    """Offsets (vertices, 3, 10) of one standard deviation; more is taller."""
    joints: NDArray[np.float64]
    """Joints (55, 3) of the mean."""
    joint_directions: NDArray[np.float64]
    """Their offsets (10, 55, 3)."""
    explained: NDArray[np.float64]
    """Share of the variance that each direction holds."""


def shape_space(rig: Rig, t_pose: TPose, count: int, rng: np.random.Generator) -> ShapeSpace:
    """Return the space of `count` random adults."""
    reference, _ = t_pose(*rig.rest(NEUTRAL))
    bodies = [t_pose(*rig.rest(_random_adult(rng))) for _ in range(count)]
    offsets = np.stack([vertices - reference for vertices, _ in bodies]).reshape(count, -1)
    joints = np.stack([joints for _, joints in bodies])
    mean = offsets.mean(axis=0)
    _, sizes, rows = np.linalg.svd(offsets - mean, full_matrices=False)
    deviations = sizes[:BETA_COUNT] / np.sqrt(count - 1)
    directions = (rows[:BETA_COUNT] * deviations[:, None]).reshape(BETA_COUNT, -1, 3)
    signs = np.array([_taller(reference, direction) for direction in directions])
    coefficients = (offsets - mean) @ rows[:BETA_COUNT].T / deviations * signs
    design = np.concatenate([np.ones((count, 1)), coefficients], axis=1)
    fit = np.linalg.lstsq(design, joints.reshape(count, -1), rcond=None)[0]
    return ShapeSpace(
        template=reference + mean.reshape(-1, 3),
        directions=np.moveaxis(directions * signs[:, None, None], 0, 2),
        joints=fit[0].reshape(JOINT_COUNT, 3),
        joint_directions=fit[1:].reshape(BETA_COUNT, JOINT_COUNT, 3),
        explained=(sizes**2 / np.sum(sizes**2))[:BETA_COUNT],
    )


def _random_adult(rng: np.random.Generator) -> dict[str, float]:
    phenotype = {
        "gender": rng.uniform(0, 1),
        "age": rng.uniform(0.6, 0.9),
        "height": float(np.clip(rng.normal(*_HEIGHT), 0, 1)),
    }
    for name in ("muscle", "weight", "proportions"):
        phenotype[name] = float(np.clip(rng.normal(0.5, _BUILD_SPREAD), 0, 1))
    return phenotype


def _taller(reference: NDArray[np.float64], direction: NDArray[np.float64]) -> int:
    more, less = (np.ptp((reference + sign * direction)[:, 1]) for sign in (1, -1))
    return 1 if more >= less else -1


def joint_regressor(
    space: ShapeSpace, joint_weights: NDArray[np.float64], face_mobility: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return weights (55, vertices), none negative, that give the joints of any shape.

    Args:
        space: The shapes.
        joint_weights: Skinning weights (vertices, 55): a joint is found from vertices that move with it, with its
            parent or with its children.
        face_mobility: How far each vertex moves in any face action: neck, head and jaw are found from those that stay.
    """
    regressor = np.zeros((JOINT_COUNT, len(space.template)))
    tree = cKDTree(space.template)
    for joint in range(JOINT_COUNT):
        vertices = _candidates(joint, space, tree, joint_weights, face_mobility)
        regressor[joint, vertices] = _affine_weights(joint, space, vertices)
    return regressor


def _candidates(
    joint: int,
    space: ShapeSpace,
    tree: cKDTree,
    joint_weights: NDArray[np.float64],
    face_mobility: NDArray[np.float64],
) -> NDArray[np.intp]:
    still = np.flatnonzero(face_mobility < 1e-4)
    near = tree.query(space.joints[joint], k=600 if joint < BODY_JOINT_COUNT else 250)[1]
    if joint in (JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]):
        near = np.flatnonzero(joint_weights[:, joint] > 0.9)
    elif joint in (JOINT_INDEX["neck"], JOINT_INDEX["head"], JOINT_INDEX["jaw"]):
        near = near[np.isin(near, still)]
    if len(near) < 30:
        near = tree.query(space.joints[joint], k=3000)[1]
        near = near[np.isin(near, still)][:400]
    family = [joint, *([PARENTS[joint]] if joint else [])]
    family += [child for child in range(JOINT_COUNT) if PARENTS[child] == joint]
    moving_along = near[joint_weights[near][:, family].sum(axis=1) > 0.5]
    return moving_along if len(moving_along) >= 30 else near


def _affine_weights(
    joint: int, space: ShapeSpace, vertices: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Solve for weights that add up to 1 and give the joint of the mean and its change along each direction."""
    rows = [300.0 * space.template[vertices].T]
    wanted = [300.0 * space.joints[joint]]
    for k in range(BETA_COUNT):
        rows.append(100.0 * space.directions[vertices, :, k].T)
        wanted.append(100.0 * space.joint_directions[k, joint])
    rows.append(np.full((1, len(vertices)), 300.0))
    wanted.append(np.array([300.0]))
    rows.append(0.02 * np.eye(len(vertices)))  # rather many small weights than few large ones
    wanted.append(np.zeros(len(vertices)))
    weights, _ = nnls(np.concatenate(rows), np.concatenate(wanted), maxiter=20_000)
    weights[weights < 1e-5] = 0
    return weights / weights.sum()
