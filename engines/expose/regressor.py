"""The regressor of the ExPose engine: detections in, whole bodies in the camera's frame out."""

import logging
from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel
from engines.body.pose import params_from_full_pose, read_only
from engines.body.rotations import axis_angle_from_matrix
from engines.body.skeleton import BODY, LEFT_HAND, RIGHT_HAND
from engines.errors import UsageError
from engines.expose.boxes import PersonBoxes
from engines.expose.camera import (
    image_from_projected,
    place_in_camera,
    projected_to_crop,
    turn_towards,
)
from engines.expose.scheduler import PersonSolver, Solved
from engines.types import Detection, Frame, PoseEstimate

logger = logging.getLogger(__name__)


class ExposeRegressor:
    """Gives each detected person the body that ExPose sees, placed in front of the real camera.

    What differs from the authors' answer, on purpose: the box is held steady (`PersonBoxes`), hands and heads that are
    out of the picture keep the body network's pose, and the body is turned and placed for the frame's camera instead of
    a very distant one.

    Args:
        body: The release's body.
        open_solver: Loads the networks; called by `open`, on the thread that uses them.
    """

    def __init__(self, body: BodyModel, open_solver: Callable[[], PersonSolver]) -> None:
        self._body = body
        self._open_solver = open_solver
        self._solver: PersonSolver | None = None
        self._boxes = PersonBoxes()

    def open(self) -> None:
        """Load the networks and run them once."""
        self._solver = self._open_solver()
        self._solver.warm_up()
        logger.info("ExPose runs with %s", self._solver.provider)
        self._boxes = PersonBoxes()

    def regress(self, frame: Frame, detections: Sequence[Detection]) -> tuple[PoseEstimate, ...]:
        """Return one estimate for each detection whose box lies in the picture."""
        if self._solver is None:
            raise RuntimeError("regress() before open()")
        track_ids = {detection.track_id for detection in detections}
        self._solver.keep_only(track_ids)
        self._boxes.keep_only(track_ids)
        estimates = []
        for detection in detections:
            box = self._boxes.place(frame, detection)
            try:
                solved = self._solver.solve(detection.track_id, frame.image, box)
            except UsageError:  # the detector's box has left the picture: nobody there to solve
                continue
            estimates.append(self._placed(frame, detection, solved))
        return tuple(estimates)

    def close(self) -> None:
        """Free the networks."""
        if self._solver is not None:
            self._solver.close()
            self._solver = None

    def _placed(self, frame: Frame, detection: Detection, solved: Solved) -> PoseEstimate:
        whole, square = solved.whole, solved.square
        rest = self._body.rest_joints(whole.betas, whole.expression)
        _, joints = forward_kinematics(rest, whole.rotations)
        pixels = image_from_projected(projected_to_crop(joints, whole), square)
        self._boxes.learn(frame, detection, pixels)
        turn = turn_towards(square.centre, frame.camera)
        joints = (joints - joints[0]) @ turn.T + joints[0]
        transl = place_in_camera(joints[BODY], pixels[BODY], frame.camera)
        rotations = whole.rotations.copy()
        rotations[0] = turn @ rotations[0]
        params = params_from_full_pose(
            axis_angle_from_matrix(rotations),
            betas=whole.betas,
            expression=whole.expression,
            transl=transl,
        )
        right, left, head = (bool(part) for part in solved.seen)
        return PoseEstimate(
            track_id=detection.track_id,
            params=params,
            joints=read_only(joints + transl),
            confidence=read_only(_confidence(frame, detection, pixels, left=left, right=right)),
            left_hand_seen=left,
            right_hand_seen=right,
            face_seen=head,
        )


def _confidence(
    frame: Frame, detection: Detection, pixels: NDArray[np.floating], *, left: bool, right: bool
) -> Float32[np.ndarray, "55"]:
    """Return the person's score for joints in the picture, 0 for others and for fingers that nothing looked at."""
    height, width = frame.image.shape[:2]
    inside = ((pixels >= 0) & (pixels < (width, height))).all(axis=1)
    confidence = np.where(inside, np.clip(detection.score, 0, 1), 0).astype(np.float32)
    if not left:
        confidence[LEFT_HAND] = 0
    if not right:
        confidence[RIGHT_HAND] = 0
    return confidence
