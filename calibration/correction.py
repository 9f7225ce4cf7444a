"""Applies what is known of a performer: takes the lean out, measures face and hands from their own rest."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.performer import FINGER_JOINTS, PerformerCalibration
from engines.body.face import ARKIT_NAMES, expression_from_blendshapes
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import read_only
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.landmarks.face_basis import JAW_OPEN_RAD
from engines.types import PoseEstimate

_JAW: Final = ARKIT_NAMES.index("jawOpen")
_LEFT_LID: Final = ARKIT_NAMES.index("eyeBlinkLeft")
_RIGHT_LID: Final = ARKIT_NAMES.index("eyeBlinkRight")
_LEAST_RANGE: Final = 0.1
"""Rest and end of an action are at least this far apart."""
_FIST_RAD: Final = 1.3
"""Mean bend of the finger joints of a fist, thumb left out: about 80, 90 and 55 degrees from the knuckles on."""
_MOST_GAIN: Final = 1.6
"""Fingers are never bent more than this factor beyond what was seen."""


class PerformerCorrection:
    """Corrects the estimates of one performer; everybody in view is taken to be that person."""

    def __init__(
        self,
        model: BodyModel,
        performer: PerformerCalibration,
        world_from_camera: NDArray[np.floating] | None = None,
    ) -> None:
        """Without `world_from_camera` (4, 4) bodies keep their lean: it was measured by a camera on its floor."""
        self._model = model
        self._turn: NDArray[np.floating] = np.eye(3)
        if world_from_camera is not None:
            # a turn about the world's x by a positive angle takes y up towards z, the camera: undo that
            vector = world_from_camera[0, :3].astype(np.float64) * -np.radians(performer.lean_deg)
            self._turn = matrix_from_axis_angle(vector)
        self._starts, self._ends = _ranges(performer)
        self._hands = _hand_line(performer)

    def apply(self, estimates: Sequence[PoseEstimate]) -> tuple[PoseEstimate, ...]:
        """Return the corrected estimates; each is turned about its pelvis."""
        return tuple(self._corrected(estimate) for estimate in estimates)

    def _corrected(self, estimate: PoseEstimate) -> PoseEstimate:
        params = estimate.params
        orient = self._turn @ matrix_from_axis_angle(params.global_orient.astype(np.float64))
        pelvis = estimate.joints[0]
        joints = (estimate.joints - pelvis) @ self._turn.T + pelvis
        turned = replace(
            estimate,
            params=replace(params, global_orient=read_only(axis_angle_from_matrix(orient))),
            joints=read_only(joints),
        )
        return self._with_hands(self._from_neutral(turned))

    def _with_hands(self, estimate: PoseEstimate) -> PoseEstimate:
        """Return the estimate with its fingers bent so that this person's open hand is flat and their fist a fist."""
        if self._hands is None or not (estimate.left_hand_seen or estimate.right_hand_seen):
            return estimate
        params = estimate.params
        left, right = params.left_hand_pose, params.right_hand_pose
        if estimate.left_hand_seen:
            left = self._bent(left)
        if estimate.right_hand_seen:
            right = self._bent(right)
        params = replace(params, left_hand_pose=left, right_hand_pose=right)
        return replace(estimate, params=params, joints=posed_joints(self._model, params))

    def _bent(self, pose: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a hand pose (15, 3), each finger bent on its own; the thumb is left as it is."""
        opened, gain = self._hands or (0.0, 1.0)
        bends = np.linalg.norm(pose[FINGER_JOINTS], axis=1).reshape(-1, 3).mean(axis=1)
        factors = np.maximum(bends - opened, 0) * gain / np.maximum(bends, 1e-6)
        bent = pose.copy()
        bent[FINGER_JOINTS] *= factors.repeat(3)[:, None]
        return read_only(bent)

    def _from_neutral(self, estimate: PoseEstimate) -> PoseEstimate:
        """Return the estimate with the face measured from this person's own rest, jaw and expression with it."""
        if estimate.blendshapes is None or self._starts is None:
            return estimate
        seen = estimate.blendshapes.astype(np.float64)
        face = np.clip((seen - self._starts) / (self._ends - self._starts), 0, 1)
        jaw = estimate.params.jaw_pose.copy()
        jaw[0] += (face[_JAW] - seen[_JAW]) * JAW_OPEN_RAD
        params = replace(
            estimate.params,
            jaw_pose=read_only(jaw),
            expression=expression_from_blendshapes(self._model, face),
        )
        # no joint hangs on the jaw, and the expression moves none of the body's
        return replace(estimate, params=params, blendshapes=read_only(face))


def _hand_line(performer: PerformerCalibration) -> tuple[float, float] | None:
    """Return the bend of the open hand and the factor of what is beyond it; None where hands were not measured.

    A range is widened, never narrowed: fists that are seen well need no help.
    """
    opened, closed = performer.hand_open_rad, performer.hand_closed_rad
    if opened is None or closed is None:
        return None
    return opened, min(max(_FIST_RAD / max(closed - opened, _LEAST_RANGE), 1.0), _MOST_GAIN)


def _ranges(
    performer: PerformerCalibration,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """Return rest and end of each coefficient; an unmeasured end is 1; no rest without a face seen."""
    ends = np.ones(len(ARKIT_NAMES))
    for index, end in (
        (_JAW, performer.jaw_open),
        (_LEFT_LID, performer.blink_left),
        (_RIGHT_LID, performer.blink_right),
    ):
        if end is not None:
            ends[index] = end
    if len(performer.neutral_face) != len(ARKIT_NAMES):
        return None, ends
    return np.minimum(performer.neutral_face, ends - _LEAST_RANGE), ends
