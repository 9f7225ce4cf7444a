"""One person made steady: filters for every joint, the face and the place, and what is done about parts out of view."""

from dataclasses import replace
from typing import Final

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rest_pose import RELAXED_POSE
from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.banks import FilterBanks, joint_strengths
from engines.smoothing.one_euro import OneEuroVector
from engines.smoothing.options import SmoothingOptions
from engines.smoothing.presence import Presence, Shares
from engines.smoothing.root_anchor import RootAnchor
from engines.smoothing.rotations import OneEuroRotations, quaternions, rotation_vectors
from engines.types import JOINT_COUNT, PartStrengths, PoseEstimate

_FACE: Final = JOINT_COUNT
"""Presence channel of the face, after those of the joints."""

_TRUNK: Final = tuple(JOINT_INDEX[name] for name in ("pelvis", "spine1", "spine2", "spine3"))
_SURE: Final = 0.8
_MOST_DOUBT: Final = 3.0
"""A joint of less than this confidence trembles more, by the inverse, up to so many times."""

_REST: Final = quaternions(RELAXED_POSE)

_LIMBS: Final = tuple(
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("hip", "knee", "ankle", "shoulder", "elbow")
)
_ROOTS: Final = ("hip", "shoulder")
_NEXT: Final = {
    "hip": "knee",
    "knee": "ankle",
    "ankle": "foot",
    "shoulder": "elbow",
    "elbow": "wrist",
}


def _witnesses() -> NDArray[np.int64]:
    """Return for each joint those whose sight tells its rotation (55, 2): for a limb, the next joint along it.

    Or the one after that: a hand held up to a webcam tells how the arm is turned while the elbow is out of the picture.
    """
    witnesses = np.repeat(np.arange(JOINT_COUNT)[:, None], 2, axis=1)
    for name in _LIMBS:
        side, joint = name.split("_")
        following = _NEXT[joint]
        last = _NEXT.get(following, following) if joint in _ROOTS else following
        witnesses[JOINT_INDEX[name]] = [
            JOINT_INDEX[f"{side}_{next_}"] for next_ in (following, last)
        ]
    return witnesses


_WITNESSES: Final = _witnesses()


class PersonSmoother:
    """Smooths the estimates of one track; begins with its first estimate, which is taken as it is."""

    def __init__(
        self, model: BodyModel, options: SmoothingOptions, banks: FilterBanks, first: PoseEstimate
    ) -> None:
        self._model = model
        self._options = options
        self._rotations = OneEuroRotations(banks.joints, quaternions(full_pose(first.params)))
        self._expression = OneEuroVector(banks.expression, first.params.expression)
        self._blendshape_bank = banks.blendshapes
        self._blendshapes = self._begin_blendshapes(first)
        self._anchor = RootAnchor(banks.root, first)
        self._presence = Presence(
            JOINT_COUNT + 1,
            hold_s=options.hold_s,
            ease_s=options.ease_s,
            return_s=options.return_s,
        )
        self._seen = first.confidence[_WITNESSES].max(axis=1) >= options.min_confidence
        self._strengths = PartStrengths()
        self._of_joints = joint_strengths(self._strengths)
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
        seen = self._observed(estimate)
        shares = self._presence.step(seen, dt_s)
        pose = self._step_joints(source, seen, shares, dt_s, strengths)
        expression = self._step_face(source, bool(seen[_FACE]), shares, dt_s, strengths.face)
        unplaced = params_from_full_pose(pose, betas=source.params.betas, expression=expression)
        joints = posed_joints(self._model, unplaced)
        place = self._anchor.step(
            estimate,
            joints,
            dt_s,
            strength=strengths.root,
            arrival=float(shares.arrival[0]),
            ahead_s=self._options.predict_s,
        )
        params = replace(unplaced, transl=read_only(place))
        self.latest = PoseEstimate(
            track_id=self.latest.track_id if estimate is None else estimate.track_id,
            params=params,
            joints=read_only(joints + place),
            confidence=self._confidence(estimate, dt_s),
            blendshapes=None if self._blendshapes is None else read_only(self._blendshapes.value),
            left_hand_seen=estimate is not None and estimate.left_hand_seen,
            right_hand_seen=estimate is not None and estimate.right_hand_seen,
            face_seen=estimate is not None and estimate.face_seen,
        )
        return self.latest

    def _observed(self, estimate: PoseEstimate | None) -> NDArray[np.bool_]:
        """Return which joints' rotations, and last the face, are seen (56,).

        A joint on the edge of sight would flicker: one that is not seen must become surer than one that is.
        """
        observed = np.zeros(JOINT_COUNT + 1, np.bool_)
        if estimate is not None:
            options = self._options
            _observe(
                estimate.confidence,
                self._seen,
                options.min_confidence,
                options.return_confidence,
                observed,
            )
            observed[_FACE] = estimate.face_seen
            self._seen = observed[:JOINT_COUNT]
        return observed

    def _step_joints(
        self,
        source: PoseEstimate,
        seen: NDArray[np.bool_],
        shares: Shares,
        dt_s: float,
        strengths: PartStrengths,
    ) -> NDArray[np.floating]:
        """Return the smoothed pose (55, 3)."""
        self._rotations.step(
            quaternions(full_pose(source.params)),
            dt_s,
            strength=self._joint_strengths(strengths),
            observed=seen[:JOINT_COUNT],
            arrival=shares.arrival[:JOINT_COUNT],
            doubt=_doubt(source.confidence),
        )
        if shares.rest[1:JOINT_COUNT].any():
            fraction = shares.rest[:JOINT_COUNT].copy()
            fraction[0] = 0.0  # a lost person keeps the last attitude and place
            self._rotations.ease(_REST, fraction)
        ahead_s = self._options.predict_s
        value = self._rotations.ahead(ahead_s) if ahead_s > 0 else self._rotations.value
        return rotation_vectors(value)

    def _joint_strengths(self, strengths: PartStrengths) -> NDArray[np.float64]:
        """Return the strength of each joint (55,), made anew when somebody moves a slider."""
        if strengths is not self._strengths:
            self._strengths, self._of_joints = strengths, joint_strengths(strengths)
        return self._of_joints

    def _step_face(
        self, source: PoseEstimate, seen: bool, shares: Shares, dt_s: float, strength: float
    ) -> NDArray[np.float64]:
        """Smooth the face and return the expression (10,)."""
        rest, arrival = float(shares.rest[_FACE]), float(shares.arrival[_FACE])
        known = self._blendshapes
        for filters, target in (
            (self._expression, source.params.expression),
            (known, source.blendshapes),
        ):
            if filters is None:
                continue
            if target is not None:
                filters.step(target, dt_s, strength=strength, observed=seen, arrival=arrival)
            if rest > 0:
                filters.ease(np.zeros(len(filters.value)), rest)
        if known is None:
            self._blendshapes = self._begin_blendshapes(source)
        return self._expression.value

    def _begin_blendshapes(self, estimate: PoseEstimate) -> OneEuroVector | None:
        if estimate.blendshapes is None:
            return None
        return OneEuroVector(self._blendshape_bank, estimate.blendshapes)

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


@numba.njit(cache=True)
def _observe(
    confidence: NDArray[np.float32],
    seen_before: NDArray[np.bool_],
    min_confidence: float,
    return_confidence: float,
    observed: NDArray[np.bool_],
) -> None:
    """Write which joints' rotations are seen."""
    observed[0] = True  # a person in view has an attitude, if only guessed from the shoulders
    for joint in range(1, JOINT_COUNT):
        needed = min_confidence if seen_before[joint] else return_confidence
        observed[joint] = confidence[_WITNESSES[joint]].max() >= needed


@numba.njit(cache=True)
def _doubt(confidence: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how many times noisier than usual each joint's rotation is (55,)."""
    sure = np.empty(JOINT_COUNT)
    for joint in range(JOINT_COUNT):
        sure[joint] = max(confidence[_WITNESSES[joint, 0]], 1e-3)
    least = 1.0
    for joint in _TRUNK:  # the trunk is one: its lean is as uncertain as the hips
        least = min(least, sure[joint])
    for joint in _TRUNK:
        sure[joint] = least
    for joint in range(JOINT_COUNT):
        sure[joint] = min(max(_SURE / sure[joint], 1.0), _MOST_DOUBT)
    return sure
