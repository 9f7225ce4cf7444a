"""One person followed over time: from landmarks to a whole expressive body."""

import math
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import params_from_full_pose, read_only
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND
from engines.landmarks.attachments import attach_body
from engines.landmarks.body import BodyPose, BodySolver
from engines.landmarks.body_observations import Orientation
from engines.landmarks.confidence import joint_confidence
from engines.landmarks.face import FaceFit, FaceSolver
from engines.landmarks.hand_lifter import HandLifter
from engines.landmarks.hands import HandPose, HandSolver
from engines.landmarks.least_squares import rotation_vectors
from engines.landmarks.lifter import Lifter
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.shape import ShapeEstimator
from engines.landmarks.swap_repair import SwapRepair
from engines.landmarks.view import PersonView, rays_of_pixels, view_person
from engines.landmarks.visibility import LegGate
from engines.types import JOINT_COUNT, Camera, PersonLandmarks, PoseEstimate

_HEAD: Final = JOINT_INDEX["head"]
_WRISTS: Final = (JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"])
_FACE_SIGMA_RAD: Final = 0.06  # of a frontal face; profiles are guessed
_LEAST_FACING: Final = 0.2
_LEAST_HAND: Final = 0.1  # a hand fitted worse than this says nothing of the wrist
_POOR_FACE_MM: Final = 6.0  # mean error of the face mesh that halves its confidence


class PersonSolver:
    """The state of one person.

    Args:
        model: The body.
        options: The engine's settings.
        lifter: An open lifter to ask in each frame; None to go without.
        hand_lifter: The same for the hands.
    """

    def __init__(
        self,
        model: BodyModel,
        options: LandmarkOptions,
        lifter: Lifter | None = None,
        hand_lifter: HandLifter | None = None,
    ) -> None:
        attachments = attach_body(model)
        self._lifter = lifter
        self._model = model
        self._swaps = SwapRepair()
        self._legs = LegGate()
        self._shape = ShapeEstimator(model, attachments, options.stature_m)
        self._measured_betas = np.array(options.betas) if options.betas else None
        self._body = BodySolver(attachments, is_analytic=options.solver == "analytic")
        self._hands = (
            HandSolver(model, "left", hand_lifter), HandSolver(model, "right", hand_lifter),
        )  # fmt: skip
        self._face = FaceSolver(model)

    def solve(
        self, landmarks: PersonLandmarks, camera: Camera, track_id: int, step_s: float
    ) -> PoseEstimate | None:
        """Return the body of one frame; None where the landmarks make no sense.

        Args:
            landmarks: What was seen of the person.
            camera: What it was seen with.
            track_id: Goes into the estimate.
            step_s: Time since the last frame, seconds.
        """
        view = view_person(landmarks, camera)
        if view is None:
            return None
        face_px = _finite(landmarks.face_px)
        face_rays = (
            None if face_px is None else rays_of_pixels(face_px[:, :2].astype(float), camera)
        )
        view = self._swaps.repair(view, face_rays, step_s)
        if self._swaps.has_turned:
            self._body.forget()
        trust = self._legs.update(view, step_s)
        hands = self._solve_hands(landmarks, view, camera, step_s)
        face = (
            None
            if face_px is None
            else self._face.solve(face_px, camera, _finite(landmarks.irises_px))
        )
        betas = self._measured_betas
        if betas is None:
            betas = self._shape.update(view.world, view.seen * trust, step_s)
        lifted = None if self._lifter is None else self._lifter.lift(view)
        body = self._body.solve(view, trust, betas, _orientations(hands, face), step_s, lifted)
        return self._estimate(track_id, betas, body, hands, face, view.seen * trust)

    def _solve_hands(
        self, landmarks: PersonLandmarks, view: PersonView, camera: Camera, step_s: float
    ) -> tuple[HandPose, HandPose]:
        seen = [
            (_finite(landmarks.left_hand_px), landmarks.left_hand_score, landmarks.left_hand_world),
            (_finite(landmarks.right_hand_px), landmarks.right_hand_score, landmarks.right_hand_world),
        ]  # fmt: skip
        if _hands_are_crossed(seen[0][0], seen[1][0], view, camera):
            seen.reverse()
        left, right = (
            hand.solve(points, score, camera, step_s, _finite(world))
            for hand, (points, score, world) in zip(self._hands, seen, strict=True)
        )
        return left, right

    def _estimate(
        self,
        track_id: int,
        betas: Float64[np.ndarray, "10"],
        body: BodyPose,
        hands: tuple[HandPose, HandPose],
        face: FaceFit | None,
        seen: Float64[np.ndarray, "33"],
    ) -> PoseEstimate:
        pose = np.zeros((JOINT_COUNT, 3))
        pose[:22] = rotation_vectors(body.rotations)
        pose[LEFT_HAND], pose[RIGHT_HAND] = hands[0].fingers, hands[1].fingers
        if face is not None:
            pose[JAW], pose[[LEFT_EYE, RIGHT_EYE]] = face.jaw_pose, face.eye_pose
        params = params_from_full_pose(
            pose,
            betas=betas,
            expression=None if face is None else face.expression,
            transl=body.pelvis - self._model.rest_joints(betas)[0],
        )
        confidence = joint_confidence(
            seen,
            body.errors_m,
            left_hand=hands[0].confidence,
            right_hand=hands[1].confidence,
            face=0.0 if face is None else 0.5 ** ((face.residual_mm / _POOR_FACE_MM) ** 2),
        )
        return PoseEstimate(
            track_id=track_id,
            params=params,
            joints=read_only(posed_joints(self._model, params)),
            confidence=confidence,
            blendshapes=None if face is None else read_only(face.blendshapes),
            left_hand_seen=hands[0].wrist is not None,
            right_hand_seen=hands[1].wrist is not None,
            face_seen=face is not None,
        )


def _orientations(hands: tuple[HandPose, HandPose], face: FaceFit | None) -> dict[int, Orientation]:
    known = {}
    if face is not None:
        rotation = face.head_rotation.astype(np.float64)
        facing = max(
            -float(rotation[2, 2]), _LEAST_FACING
        )  # cosine between its z axis and the way to the camera
        known[_HEAD] = Orientation(rotation, _FACE_SIGMA_RAD / facing**2)
    for joint, hand in zip(_WRISTS, hands, strict=True):
        if hand.wrist is not None and hand.confidence > _LEAST_HAND:
            known[joint] = Orientation(hand.wrist, hand.wrist_sigma)
    return known


def _hands_are_crossed(
    left: NDArray[np.floating] | None,
    right: NDArray[np.floating] | None,
    view: PersonView,
    camera: Camera,
) -> bool:
    """Return whether the hands lie at each other's wrists, as they do where left and right were repaired."""
    roots = [
        (hand[0, :2], sides)
        for hand, sides in ((left, (15, 16)), (right, (16, 15)))
        if hand is not None
    ]
    if not roots:
        return False
    rays = rays_of_pixels(np.array([root for root, _ in roots], np.float64), camera)
    kept = crossed = 0.0
    for (x, y), (_, (own, other)) in zip(rays.tolist(), roots, strict=True):
        kept += math.hypot(x - view.rays[own, 0], y - view.rays[own, 1])
        crossed += math.hypot(x - view.rays[other, 0], y - view.rays[other, 1])
    return crossed < 0.5 * kept


def _finite(points: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    return points if points is not None and np.isfinite(points).all() else None
