"""How high the soles of a body are."""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.skeleton import JOINT_INDEX

_ANKLES: Final = (JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"])
_ANKLE, _FOOT = 2, 3
"""Places of ankle and foot among the joints of a leg."""
_MARGIN_M: Final = 0.004
"""Other points of a tilted foot are lower by up to about this."""
_SOLE_THICKNESS_M: Final = 0.01
"""Vertices of a foot no higher than this above its lowest one belong to the sole."""


class Soles:
    """The points on which a body stands: the outermost of heel and ball of each foot."""

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        feet = [
            [
                *_sole(model, JOINT_INDEX[f"{side}_ankle"]),
                *_sole(model, JOINT_INDEX[f"{side}_foot"]),
            ]
            for side in ("left", "right")
        ]
        self._vertices = np.array(feet)
        self._joints = model.weight_joints[self._vertices, 0]
        self._joint_of_leg = np.where(np.isin(self._joints, _ANKLES), _ANKLE, _FOOT)
        self._betas: NDArray[np.float32] | None = None
        self._offsets = np.zeros((2, 8, 3))

    def heights(
        self,
        betas: NDArray[np.float32],
        rest_joints: NDArray[np.floating],
        turns: Float64[np.ndarray, "2 4 3 3"],
        joints: NDArray[np.float64],
    ) -> Float64[np.ndarray, "2"]:
        """Return the height of the lowest point of each sole.

        Args:
            betas: The body's shape.
            rest_joints: Its joints at rest (55, 3).
            turns: World rotations of hip, knee, ankle and foot of both legs.
            joints: World places of the joints, y up.
        """
        if self._betas is None or not np.array_equal(betas, self._betas):
            shape = self._model.shapedirs[self._vertices] @ betas
            points = self._model.v_template[self._vertices] + shape
            self._offsets = points - rest_joints[self._joints]
            self._betas = betas.copy()
        up = turns[np.arange(2)[:, None], self._joint_of_leg, 1]  # the rows that give y
        lowest: NDArray[np.float64] = (
            joints[self._joints, 1] + np.einsum("fpk,fpk->fp", up, self._offsets)
        ).min(axis=1) - _MARGIN_M
        return lowest


def _sole(model: BodyModel, joint: int) -> list[int]:
    """Return the outermost four vertices of the part of the sole that moves with a joint."""
    of_joint = np.flatnonzero(model.weight_joints[:, 0] == joint)
    heights = model.v_template[of_joint, 1]
    sole = of_joint[heights <= heights.min() + _SOLE_THICKNESS_M]
    x, _, z = model.v_template[sole].T
    return [int(sole[k]) for k in (x.argmin(), x.argmax(), z.argmin(), z.argmax())]
