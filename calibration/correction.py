"""Applies what is known of a performer to estimates: takes the lean out, stretches jaw and lids to their full range."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.performer import PerformerCalibration
from engines.body.face import ARKIT_NAMES
from engines.body.model import BodyModel
from engines.body.pose import read_only
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.types import PoseEstimate

_JAW: Final = ARKIT_NAMES.index("jawOpen")
_LEFT_LID: Final = ARKIT_NAMES.index("eyeBlinkLeft")
_RIGHT_LID: Final = ARKIT_NAMES.index("eyeBlinkRight")


class PerformerCorrection:
    """Corrects the estimates of one performer; everybody in view is taken to be that person."""

    def __init__(
        self,
        model: BodyModel,
        performer: PerformerCalibration,
        world_from_camera: NDArray[np.floating] | None = None,
    ) -> None:
        """Without `world_from_camera` (4, 4) the camera is taken to be level."""
        self._model = model
        across = (1.0, 0.0, 0.0) if world_from_camera is None else world_from_camera[0, :3]
        # a turn about the world's x by a positive angle takes y up towards z, the camera: undo that
        vector = np.asarray(across, np.float64) * -np.radians(performer.lean_deg)
        self._turn = matrix_from_axis_angle(vector)
        self._ranges = _ranges(performer)

    def apply(self, estimates: Sequence[PoseEstimate]) -> tuple[PoseEstimate, ...]:
        """Return the corrected estimates; each is turned about its pelvis."""
        return tuple(self._corrected(estimate) for estimate in estimates)

    def _corrected(self, estimate: PoseEstimate) -> PoseEstimate:
        params = estimate.params
        orient = self._turn @ matrix_from_axis_angle(params.global_orient.astype(np.float64))
        pelvis = estimate.joints[0]
        joints = (estimate.joints - pelvis) @ self._turn.T + pelvis
        return replace(
            estimate,
            params=replace(params, global_orient=read_only(axis_angle_from_matrix(orient))),
            joints=read_only(joints),
            blendshapes=self._stretched(estimate.blendshapes),
        )

    def _stretched(self, face: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        if face is None or not self._ranges:
            return face
        values = face.astype(np.float64)
        for index, (start, end) in self._ranges.items():
            values[index] = np.clip((values[index] - start) / (end - start), 0, 1)
        return read_only(values)


def _ranges(performer: PerformerCalibration) -> dict[int, tuple[float, float]]:
    """Return rest and end of each coefficient whose range was measured."""
    if not performer.neutral_face:
        return {}
    ends = {
        _JAW: performer.jaw_open,
        _LEFT_LID: performer.blink_left,
        _RIGHT_LID: performer.blink_right,
    }
    return {
        index: (performer.neutral_face[index], end)
        for index, end in ends.items()
        if end is not None
    }
