"""Errors of bodies against known ones: the measures of the frozen test set."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics, skin
from engines.body.metrics import pa_mpjpe, pa_v2v
from engines.body.model import BodyModel
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.body.surface_parts import surface_parts
from engines.types import PoseEstimate, SmplxParams

_LIMBS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_JOINTS: Final = [JOINT_INDEX[f"{side}_{limb}"] for limb in _LIMBS for side in ("left", "right")]
_HIPS: Final = slice(6, 8)
_HANDS: Final = (("left", LEFT_HAND), ("right", RIGHT_HAND))
_MM: Final = 1e3


@dataclass(frozen=True, slots=True)
class BodyErrors:
    """Of one picture."""

    mpjpe_mm: float
    """Twelve joints (shoulders to wrists, hips to ankles) about the hips' middle."""
    pa_mpjpe_mm: float
    """The same after the best similarity transform."""
    pve_mm: float
    """All vertices about the pelvis."""
    pa_v2v_mm: float
    """All vertices after the best similarity transform."""


@dataclass(frozen=True, slots=True)
class HandErrors:
    """Of one hand that was seen."""

    pa_v2v_mm: float
    """Vertices of hand and fingers after their own best similarity transform."""
    fingers_deg: float
    """Mean over the 15 finger joints, parent-relative."""
    wrist_deg: float
    """The wrist's orientation in the camera frame."""


class Judge:
    """Compares estimates of one body model with the truth."""

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        parts = surface_parts(model)
        self._hand_vertices = (parts["left_hand"], parts["right_hand"])

    def body(self, estimate: PoseEstimate, truth: SmplxParams) -> BodyErrors:
        """Return the errors of a whole body."""
        found, true = skin(self._model, estimate.params), skin(self._model, truth)
        joints, (_, true_joints) = estimate.joints, self._posed(truth)
        picked, wanted = joints[_JOINTS], true_joints[_JOINTS]
        return BodyErrors(
            mpjpe_mm=_mean(_centred(picked, picked[_HIPS]) - _centred(wanted, wanted[_HIPS])),
            pa_mpjpe_mm=_MM * float(pa_mpjpe(picked, wanted).mean()),
            pve_mm=_mean(_centred(found, joints[:1]) - _centred(true, true_joints[:1])),
            pa_v2v_mm=_MM * float(pa_v2v(found, true).mean()),
        )

    def hands(
        self, estimate: PoseEstimate, truth: SmplxParams
    ) -> tuple[HandErrors | None, HandErrors | None]:
        """Return the errors of the left and the right hand, None for one that was not seen."""
        found, true = skin(self._model, estimate.params), skin(self._model, truth)
        turned, true_turned = self._posed(estimate.params)[0], self._posed(truth)[0]
        local, true_local = (
            matrix_from_axis_angle(full_pose(params)) for params in (estimate.params, truth)
        )
        errors: list[HandErrors | None] = []
        seen = estimate.left_hand_seen, estimate.right_hand_seen
        for is_seen, vertices, (side, fingers) in zip(
            seen, self._hand_vertices, _HANDS, strict=True
        ):
            wrist = JOINT_INDEX[f"{side}_wrist"]
            errors.append(
                HandErrors(
                    _MM * float(pa_v2v(found, true, vertices).mean()),
                    float(_angles_deg(local[fingers], true_local[fingers]).mean()),
                    float(_angles_deg(turned[wrist], true_turned[wrist])),
                )
                if is_seen
                else None
            )
        return errors[0], errors[1]

    def _posed(self, params: SmplxParams) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return global rotations and joints."""
        rest = self._model.rest_joints(params.betas, params.expression)
        turned, joints = forward_kinematics(rest, matrix_from_axis_angle(full_pose(params)))
        return turned, joints + params.transl


def _centred(points: NDArray[np.floating], about: NDArray[np.floating]) -> NDArray[np.floating]:
    centred: NDArray[np.floating] = points - about.mean(axis=0)
    return centred


def _mean(vectors: NDArray[np.floating]) -> float:
    return _MM * float(np.linalg.norm(vectors, axis=-1).mean())


def _angles_deg(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    cosines = 0.5 * ((a * b).sum(axis=(-2, -1)) - 1)
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))
