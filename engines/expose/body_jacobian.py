"""The SMPL-X body with the derivative of each vertex by each parameter, for fits of the whole body.

Posing is that of `engines.body.kinematics` (Loper et al., SIGGRAPH Asia 2015, equations 2 to 12). A joint's rotation
is varied on its left, in its parent's frame, R <- exp([a]) R, so that the derivative needs no rotation vector.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import PARENTS
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

POSE: Final = slice(0, 3 * JOINT_COUNT)
"""Columns of the rotations, three for each joint."""
BETAS: Final = slice(POSE.stop, POSE.stop + BETA_COUNT)
"""Columns of the shape."""
EXPRESSION: Final = slice(BETAS.stop, BETAS.stop + EXPRESSION_COUNT)
"""Columns of the expression."""
TRANSL: Final = slice(EXPRESSION.stop, EXPRESSION.stop + 3)
"""Columns of the translation."""

_ROOT: Final = 0
# cross-product matrices of the three axes: _CROSS[m] @ v = e_m x v
_CROSS: Final = np.cross(np.eye(3)[:, None], np.eye(3)[None]).transpose(0, 2, 1)


@dataclass(frozen=True, slots=True, eq=False)
class BodyState:
    """Parameters of one body while it is being fitted."""

    rotations: Float64[np.ndarray, "55 3 3"]
    """Of each joint relative to its parent."""
    shape: Float64[np.ndarray, "20"]
    """Ten betas, then ten expression numbers."""
    transl: Float64[np.ndarray, "3"]
    """Added after posing, metres."""

    def stepped(self, step: NDArray[np.float64]) -> "BodyState":
        """Return the state moved by a step of all columns (188,)."""
        turns = matrix_from_axis_angle(step[POSE].reshape(JOINT_COUNT, 3))
        return replace(
            self,
            rotations=turns @ self.rotations,
            shape=self.shape + step[BETAS.start : EXPRESSION.stop],
            transl=self.transl + step[TRANSL],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Posed:
    turns: NDArray[np.float64]
    """(55, 3, 3) global rotations."""
    places: NDArray[np.float64]
    """(55, 3) posed joints, without the translation."""
    offsets: NDArray[np.float32]
    """(55, 3) what each joint adds to a turned rest vertex."""
    rest: NDArray[np.float32]
    """(vertices, 3) unposed vertices, correctives included."""
    blended: NDArray[np.float32]
    """(vertices, 3, 4) the motion of each vertex."""


class JacobianBody:
    """Poses the chosen vertices of a body and differentiates them.

    Args:
        model: The body.
        vertices: Numbers of the vertices that are wanted.
    """

    def __init__(self, model: BodyModel, vertices: NDArray[np.integer]) -> None:
        weights = np.zeros((len(vertices), JOINT_COUNT), np.float32)
        np.put_along_axis(weights, model.weight_joints[vertices], model.weights[vertices], axis=1)
        directions = np.concatenate([model.shapedirs, model.expressiondirs], axis=2)
        self._weights = weights
        self._template = model.v_template[vertices]
        self._directions = np.ascontiguousarray(directions[vertices])
        self._joint_template = model.joint_template.astype(np.float64)
        self._joint_directions = np.concatenate(
            [model.joint_shapedirs, model.joint_expressiondirs], axis=2
        ).astype(np.float64)
        self._correctives: NDArray[np.float32] | None = None  # (54, vertices * 3, 9)
        if model.posedirs is not None:
            flat = model.posedirs[vertices].reshape(3 * len(vertices), JOINT_COUNT - 1, 9)
            self._correctives = np.ascontiguousarray(flat.transpose(1, 0, 2))
        self._carries = np.eye(JOINT_COUNT, dtype=np.float32)  # [k, j]: joint k carries joint j
        for joint in range(JOINT_COUNT - 1, 0, -1):
            self._carries[PARENTS[joint]] += self._carries[joint]

    @property
    def carried_weight(self) -> Float32[np.ndarray, "55"]:
        """How many of the vertices each joint moves, itself or by the joints that it carries: sums of their weights."""
        return (self._carries @ self._weights.T).sum(axis=1)

    def vertices(self, state: BodyState) -> Float32[np.ndarray, "vertices 3"]:
        """Return the posed vertices, metres."""
        return self._place(self._pose(state), state)

    def vertices_and_jacobian(
        self, state: BodyState
    ) -> tuple[Float32[np.ndarray, "vertices 3"], Float32[np.ndarray, "vertices 3 188"]]:
        """Return the posed vertices and their derivatives by the columns `POSE`, `BETAS`, `EXPRESSION`, `TRANSL`."""
        posed = self._pose(state)
        jacobian = np.zeros((len(self._template), 3, TRANSL.stop), np.float32)
        by_joint = jacobian[:, :, POSE].reshape(len(jacobian), 3, JOINT_COUNT, 3)
        by_joint[:] = self._by_rotations(posed).transpose(1, 2, 0, 3)
        if self._correctives is not None:
            by_joint[:, :, 1:] += self._by_correctives(posed, state).transpose(1, 2, 0, 3)
        jacobian[:, :, BETAS.start : EXPRESSION.stop] = self._by_shape(posed)
        jacobian[:, :, TRANSL] = np.eye(3)
        return self._place(posed, state), jacobian

    def _pose(self, state: BodyState) -> _Posed:
        joints = self._joint_template + self._joint_directions @ state.shape
        turns, places = np.empty((JOINT_COUNT, 3, 3)), np.empty((JOINT_COUNT, 3))
        for joint, parent in enumerate(PARENTS):
            if joint == _ROOT:
                turns[joint], places[joint] = state.rotations[joint], joints[joint]
                continue
            turns[joint] = turns[parent] @ state.rotations[joint]
            places[joint] = places[parent] + turns[parent] @ (joints[joint] - joints[parent])
        rest = self._template + self._directions @ state.shape.astype(np.float32)
        if self._correctives is not None:
            feature = (state.rotations[1:] - np.eye(3)).reshape(-1, 9, 1).astype(np.float32)
            rest += (self._correctives @ feature).sum(axis=0).reshape(-1, 3)
        offsets = (places - np.einsum("jab,jb->ja", turns, joints)).astype(np.float32)
        motion = np.concatenate([turns.astype(np.float32), offsets[:, :, None]], axis=2)
        blended = (self._weights @ motion.reshape(JOINT_COUNT, 12)).reshape(-1, 3, 4)
        return _Posed(turns, places, offsets, rest, blended)

    @staticmethod
    def _place(posed: _Posed, state: BodyState) -> NDArray[np.float32]:
        moved = (
            np.einsum("vab,vb->va", posed.blended[:, :, :3], posed.rest) + posed.blended[:, :, 3]
        )
        return moved + state.transl.astype(np.float32)

    def _by_rotations(self, posed: _Posed) -> NDArray[np.float32]:
        """Return (55, vertices, 3, 3): what a turn of each joint does through the joints that it carries."""
        turns = posed.turns.astype(np.float32)
        seen = posed.rest @ turns.reshape(-1, 3).T  # each vertex as each joint alone would turn it
        seen = seen.reshape(-1, JOINT_COUNT, 3) + posed.offsets
        carried = np.einsum("kj,vj,vjx->kvx", self._carries, self._weights, seen, optimize=True)
        share = self._carries @ self._weights.T  # (55, vertices)
        lever = carried - share[:, :, None] * posed.places[:, None].astype(np.float32)
        above = np.concatenate([np.eye(3)[None], posed.turns[list(PARENTS[1:])]])
        crosses = np.einsum("jcm,cab->jbam", above, _CROSS)  # (axis m of the parent) x
        product = lever @ crosses.reshape(JOINT_COUNT, 3, 9).astype(np.float32)
        return product.reshape(JOINT_COUNT, -1, 3, 3)

    def _by_correctives(self, posed: _Posed, state: BodyState) -> NDArray[np.float32]:
        """Return (54, vertices, 3, 3): what a turn of each joint does through its correctives."""
        varied = np.einsum("mab,jbc->jacm", _CROSS, state.rotations[1:])
        rest = self._correctives @ varied.reshape(-1, 9, 3).astype(np.float32)
        rest = rest.reshape(JOINT_COUNT - 1, -1, 3, 3)
        turned = np.zeros_like(rest)
        for axis in range(3):  # three times as fast as a matrix product of 3 x 3 each
            turned += posed.blended[None, :, :, axis, None] * rest[:, :, None, axis]
        return turned

    def _by_shape(self, posed: _Posed) -> NDArray[np.float32]:
        """Return (vertices, 3, 20)."""
        moved = np.empty_like(self._joint_directions)  # of the posed joints
        for joint, parent in enumerate(PARENTS):
            if joint == _ROOT:
                moved[joint] = self._joint_directions[joint]
                continue
            bone = self._joint_directions[joint] - self._joint_directions[parent]
            moved[joint] = moved[parent] + posed.turns[parent] @ bone
        offsets = (moved - posed.turns @ self._joint_directions).astype(np.float32)
        through_joints = self._weights @ offsets.reshape(JOINT_COUNT, -1)
        through_rest = posed.blended[:, :, :3] @ self._directions
        return through_rest + through_joints.reshape(through_rest.shape)
