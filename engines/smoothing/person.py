"""One person made steady: filters for every joint, the face and the place, and what is done about parts out of view."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import axis_angle_from_quaternion, quaternion_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.banks import FilterBanks, joint_strengths
from engines.smoothing.one_euro import OneEuroVector
from engines.smoothing.options import SmoothingOptions
from engines.smoothing.presence import Presence
from engines.smoothing.rotations import OneEuroRotations
from engines.types import EXPRESSION_COUNT, JOINT_COUNT, PartStrengths, PoseEstimate, SmplxParams

_MIN_DEPTH_M: Final = 0.1
"""Below this depth the direction of the root is not defined; no camera sees a pelvis that near."""

_FACE: Final = JOINT_COUNT
"""Presence channel of the face, after those of the joints."""

_REST: Final = quaternion_from_axis_angle(RELAXED_POSE.astype(np.float64))

_LIMBS: Final = tuple(
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("hip", "knee", "ankle", "shoulder", "elbow")
)
_NEXT: Final = {
    "hip": "knee",
    "knee": "ankle",
    "ankle": "foot",
    "shoulder": "elbow",
    "elbow": "wrist",
}


def _witnesses() -> NDArray[np.int64]:
    """Return for each joint the one whose sight tells its rotation: for a limb, the next joint along it."""
    witness = np.arange(JOINT_COUNT)
    for name in _LIMBS:
        side, joint = name.split("_")
        witness[JOINT_INDEX[name]] = JOINT_INDEX[f"{side}_{_NEXT[joint]}"]
    return witness


_WITNESS: Final = _witnesses()


class PersonSmoother:
    """Smooths the estimates of one track; begins with its first estimate, which is taken as it is."""

    def __init__(
        self, model: BodyModel, options: SmoothingOptions, banks: FilterBanks, first: PoseEstimate
    ) -> None:
        self._model = model
        self._options = options
        self._rotations = OneEuroRotations(banks.joints, _quaternions(first.params))
        self._expression = OneEuroVector(banks.expression, first.params.expression)
        self._blendshape_bank = banks.blendshapes
        self._blendshapes = self._begin_blendshapes(first)
        self._root = OneEuroVector(banks.root, _root_coordinates(first.joints[0]))
        self._presence = Presence(JOINT_COUNT + 1, hold_s=options.hold_s, ease_s=options.ease_s)
        self.latest = first
        """The latest result."""
        self.unseen_s = 0.0
        """Time since the person was last seen."""

    def step(
        self, estimate: PoseEstimate | None, dt_s: float, strengths: PartStrengths
    ) -> PoseEstimate:
        """Return the steadied estimate, `dt_s` > 0 after the last one; None for a person not seen now."""
        self.unseen_s = 0.0 if estimate is not None else self.unseen_s + dt_s
        source = self.latest if estimate is None else estimate
        seen = self._seen(estimate)
        ease = self._presence.step(seen, dt_s)
        pose = self._step_joints(source, seen, ease, dt_s, strengths)
        expression = self._step_face(source, bool(seen[_FACE]), ease[_FACE], dt_s, strengths)
        transl = self._step_root(source, estimate is not None, dt_s, strengths)
        params = params_from_full_pose(
            pose, betas=source.params.betas, expression=expression, transl=transl
        )
        self.latest = PoseEstimate(
            track_id=self.latest.track_id,
            params=params,
            joints=read_only(posed_joints(self._model, params)),
            confidence=self._confidence(estimate, dt_s),
            blendshapes=None if self._blendshapes is None else read_only(self._blendshapes.value),
            left_hand_seen=estimate is not None and estimate.left_hand_seen,
            right_hand_seen=estimate is not None and estimate.right_hand_seen,
            face_seen=estimate is not None and estimate.face_seen,
        )
        return self.latest

    def _seen(self, estimate: PoseEstimate | None) -> NDArray[np.bool_]:
        """Return which joints' rotations, and last the face, were seen (56,)."""
        seen = np.zeros(JOINT_COUNT + 1, np.bool_)
        if estimate is not None:
            seen[:JOINT_COUNT] = estimate.confidence[_WITNESS] >= self._options.min_confidence
            seen[0] = True  # a person in view has an attitude, if only guessed from the shoulders
            seen[_FACE] = estimate.face_seen
        return seen

    def _step_joints(
        self,
        source: PoseEstimate,
        seen: NDArray[np.bool_],
        ease: NDArray[np.float64],
        dt_s: float,
        strengths: PartStrengths,
    ) -> NDArray[np.floating]:
        """Return the smoothed pose (55, 3)."""
        of_joints = joint_strengths(strengths)
        self._rotations.step(
            _quaternions(source.params), dt_s, strength=of_joints, observed=seen[:JOINT_COUNT]
        )
        if ease[1:JOINT_COUNT].any():
            fraction = ease[:JOINT_COUNT].copy()
            fraction[0] = 0.0  # a lost person keeps the last attitude and place
            self._rotations.ease(_REST, fraction)
        return axis_angle_from_quaternion(self._rotations.value)

    def _step_face(
        self, source: PoseEstimate, seen: bool, ease: float, dt_s: float, strengths: PartStrengths
    ) -> NDArray[np.float64]:
        """Smooth the face and return the expression (10,)."""
        self._expression.step(
            source.params.expression, dt_s, strength=strengths.face, observed=seen
        )
        self._expression.ease(np.zeros(EXPRESSION_COUNT), ease)
        if self._blendshapes is None:
            self._blendshapes = self._begin_blendshapes(source)
        else:
            if source.blendshapes is not None:
                self._blendshapes.step(
                    source.blendshapes, dt_s, strength=strengths.face, observed=seen
                )
            self._blendshapes.ease(np.zeros(len(ARKIT_NAMES)), ease)
        return self._expression.value

    def _begin_blendshapes(self, estimate: PoseEstimate) -> OneEuroVector | None:
        if estimate.blendshapes is None:
            return None
        return OneEuroVector(self._blendshape_bank, estimate.blendshapes)

    def _step_root(
        self, source: PoseEstimate, seen: bool, dt_s: float, strengths: PartStrengths
    ) -> NDArray[np.floating]:
        """Return the smoothed `transl`, by way of the pelvis: `transl` itself jumps with the betas."""
        pelvis = source.joints[0]
        self._root.step(_root_coordinates(pelvis), dt_s, strength=strengths.root, observed=seen)
        direction_x, direction_y, depth = self._root.value
        reach = max(depth, _MIN_DEPTH_M)
        smoothed = np.array([direction_x * reach, direction_y * reach, depth])
        return source.params.transl + (smoothed - pelvis)

    def _confidence(self, estimate: PoseEstimate | None, dt_s: float) -> Float32[np.ndarray, "55"]:
        """Return the confidence of seen joints as it is; that of others falls to theirs until they are at rest."""
        fall = dt_s / max(self._options.hold_s + self._options.ease_s, dt_s)
        falling = self.latest.confidence - fall
        if estimate is None:
            return read_only(np.maximum(falling, 0))
        seen = estimate.confidence >= self._options.min_confidence
        return read_only(
            np.where(seen, estimate.confidence, np.maximum(falling, estimate.confidence))
        )


def _quaternions(params: SmplxParams) -> NDArray[np.floating]:
    """Return the rotations of all joints (55, 4)."""
    return quaternion_from_axis_angle(full_pose(params).astype(np.float64))


def _root_coordinates(pelvis: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return direction x/z, y/z and depth z of a pelvis in the camera frame.

    The error of one camera lies along the ray: so coordinates do not mix certain and uncertain parts, and the body
    stays over its picture while its depth settles.
    """
    x, y, z = (float(value) for value in pelvis)
    reach = max(z, _MIN_DEPTH_M)
    return np.array([x / reach, y / reach, z])
