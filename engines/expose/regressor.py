"""The regressor of the ExPose engine: detections in, whole bodies in the camera's frame out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel
from engines.body.pose import params_from_full_pose, read_only
from engines.body.rotations import axis_angle_from_matrix
from engines.body.skeleton import BODY, LEFT_HAND, RIGHT_HAND
from engines.errors import UsageError
from engines.expose import stagewise
from engines.expose.backend import Backend, WholeBody
from engines.expose.camera import (
    image_from_projected,
    place_in_camera,
    projected_to_crop,
    turn_towards,
)
from engines.expose.config import ExposeConfig
from engines.expose.options import ExposeOptions
from engines.expose.stagewise import BodyView, Stagewise
from engines.types import Detection, Frame, PoseEstimate


@dataclass(slots=True)
class _Held:
    """The part networks' last answers for one track."""

    frames: int = 0
    hands: Float32[np.ndarray, "2 hand"] | None = None
    head: Float32[np.ndarray, "head"] | None = None


class ExposeRegressor:
    """Gives each detected person the body that ExPose sees, placed in front of the real camera.

    What differs from the authors' answer, on purpose: hands and heads that are out of the picture keep the body
    network's pose, and the body is turned and placed for the frame's camera instead of a very distant one.

    Args:
        body: The release's body.
        config: The release's configuration.
        open_backend: Loads the networks; called by `open`, on the thread that uses them.
        options: The user's settings.
    """

    def __init__(
        self,
        body: BodyModel,
        config: ExposeConfig,
        open_backend: Callable[[], Backend],
        options: ExposeOptions,
    ) -> None:
        self._body = body
        self._config = config
        self._open_backend = open_backend
        self._options = options
        self._stages: Stagewise | None = None
        self._held: dict[int, _Held] = {}

    def open(self) -> None:
        """Load the networks and run them once."""
        self._stages = Stagewise(self._open_backend(), self._config)
        self._stages.whole(np.zeros((64, 64, 3), np.uint8), (8, 8, 56, 56))

    def regress(self, frame: Frame, detections: Sequence[Detection]) -> tuple[PoseEstimate, ...]:
        """Return one estimate for each detection whose box lies in the picture."""
        self._held = {d.track_id: self._held.get(d.track_id, _Held()) for d in detections}
        estimates = (self._estimate(frame, detection) for detection in detections)
        return tuple(estimate for estimate in estimates if estimate is not None)

    def close(self) -> None:
        """Free the networks."""
        self._stages = None
        self._held = {}

    def _estimate(self, frame: Frame, detection: Detection) -> PoseEstimate | None:
        if self._stages is None:
            raise RuntimeError("regress() before open()")
        try:
            view = self._stages.body(frame.image, detection.box)
        except UsageError:  # the detector's box has left the picture: nobody there to solve
            return None
        held = self._held[detection.track_id]
        self._update(self._stages, frame, view, held)
        whole = self._stages.merge(view, held.hands, held.head, view.parts_in_picture)
        seen = view.parts_in_picture & [held.hands is not None] * 2 + [held.head is not None]
        return self._placed(frame, detection, view, whole, seen)

    def _update(self, stages: Stagewise, frame: Frame, view: BodyView, held: _Held) -> None:
        """Run the part networks whose turn it is; the head's turn is half a period after the hands'."""
        options, inside = self._options, view.parts_in_picture
        any_hand = bool(inside[stagewise.RIGHT_HAND] or inside[stagewise.LEFT_HAND])
        if not any_hand:
            held.hands = None
        elif _is_turn(held.frames, options.hands_every, held.hands):
            held.hands = stages.hands(frame.image, view)
        if not inside[stagewise.HEAD]:
            held.head = None
        elif _is_turn(held.frames + options.head_every // 2, options.head_every, held.head):
            held.head = stages.head(frame.image, view)
        held.frames += 1

    def _placed(
        self,
        frame: Frame,
        detection: Detection,
        view: BodyView,
        whole: WholeBody,
        seen: Bool[np.ndarray, "3"],
    ) -> PoseEstimate:
        rest = self._body.rest_joints(whole.betas, whole.expression)
        _, joints = forward_kinematics(rest, whole.rotations)
        pixels = image_from_projected(projected_to_crop(joints, whole), view.square)
        turn = turn_towards(view.square.centre, frame.camera)
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
        right, left, head = (bool(part) for part in seen)
        return PoseEstimate(
            track_id=detection.track_id,
            params=params,
            joints=read_only(joints + transl),
            confidence=read_only(_confidence(frame, detection, pixels, left=left, right=right)),
            left_hand_seen=left,
            right_hand_seen=right,
            face_seen=head,
        )


def _is_turn(frame: int, every: int, held: object) -> bool:
    """Return whether a part that runs every so many frames runs now: in its turn, or when there is no answer yet."""
    return every > 0 and (held is None or frame % every == 0)


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
