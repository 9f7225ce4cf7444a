"""The lower body in the world: standing feet stay, nobody sinks into the floor, legs out of view rest.

Each foot that stands is held by bending its leg; the whole body is raised as far as a sole is below the floor, and
lowered, slowly, while the standing foot is above it or as far as a held foot would be out of reach. Every correction is
a continuous function of what is seen, or fades in and out: nothing pops.
"""

import dataclasses
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rotations import matrix_from_axis_angle_kernel
from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.feet import Foot, GroundOptions
from engines.smoothing.leg_ik import FULL_REACH, bend_leg, leg_turns
from engines.smoothing.soles import Soles
from engines.smoothing.upper_body import LEG_JOINTS, UpperBody, UpperBodyMode
from engines.types import PoseEstimate

_LEGS: Final = tuple(
    tuple(JOINT_INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "foot"))
    for side in ("left", "right")
)
_SETTLE_M_S: Final = 0.05
"""The body rises and sinks no faster than this, except out of the floor."""
_FARTHEST_LIFT_M: Final = 0.15
"""A body that seems deeper in the floor, or higher above it, than this does not belong on it."""
_FARTHEST_FLOOR_M: Final = 0.6
"""A floor that was only guessed gives way by up to this: a camera that looks down sees near feet low."""
_RESTS: Final = 0.5
"""Legs that rest by more than this share do not stand."""
_FOLLOW_S: Final = 0.1
"""Time constant with which the body follows what its feet tell; until then the legs make up for it."""
_TINY_M: Final = 1e-6
_FARTHEST_SINK_M: Final = 0.1
"""A pelvis is lowered by no more than this to let held feet reach."""
_SPEED_MEMORY_S: Final = 0.03
"""Time constant of the low-passed speed of a foot."""
_UNKNOWN_M_S: Final = 1.0
"""Speed of feet at first sight: they must prove to be at rest."""
_TRUST_IN_DEPTH: Final = 0.2
"""Share of a foot's speed along the line of sight that counts."""
_LONGEST_STEP_S: Final = 0.3


class Ground:
    """Steadies the lower bodies of any number of persons, by their `track_id`."""

    def __init__(self, model: BodyModel, options: GroundOptions | None = None) -> None:
        self._model = model
        self._options = GroundOptions() if options is None else options
        self._soles = Soles(model)
        self._persons: dict[int, _Person] = {}
        self._timestamp_ns: int | None = None

    def apply(
        self,
        estimates: Sequence[PoseEstimate],
        world_from_camera: Float32[np.ndarray, "4 4"],
        timestamp_ns: int,
        *,
        upper_body: UpperBodyMode = "auto",
        floor_is_known: bool = True,
    ) -> tuple[tuple[PoseEstimate, ...], Float32[np.ndarray, "4 4"]]:
        """Return the estimates with their lower bodies put right, and the world in which they are right.

        Args:
            estimates: Smoothed estimates, camera frame.
            world_from_camera: World with y up and the floor at y = 0.
            timestamp_ns: When; after a pause, or when time runs backwards, everything begins anew.
            upper_body: When the legs rest.
            floor_is_known: The floor was measured, so a body that is off it is raised or lowered. Else the floor gives
                way, which leaves the bodies over their pictures.
        """
        before, self._timestamp_ns = self._timestamp_ns, timestamp_ns
        dt_s = 0.0 if before is None else (timestamp_ns - before) * 1e-9
        if not 0 <= dt_s <= _LONGEST_STEP_S:
            self._persons.clear()
        present = {estimate.track_id for estimate in estimates}
        self._persons = {i: person for i, person in self._persons.items() if i in present}
        place = _Place(world_from_camera.astype(np.float64), floor_is_known)
        steadied = []
        for estimate in estimates:
            person = self._persons.get(estimate.track_id)
            if person is None:
                person = _Person(self._model, self._soles, self._options)
                self._persons[estimate.track_id] = person
            steadied.append(person.step(estimate, place, dt_s, upper_body))
        if floor_is_known or not self._persons:
            return tuple(steadied), world_from_camera
        raised = np.array(world_from_camera)
        raised[1, 3] += max(person.lift_m for person in self._persons.values())
        return tuple(steadied), read_only(raised)


class _Place(NamedTuple):
    world_from_camera: NDArray[np.float64]
    floor_is_known: bool


class _Person:
    def __init__(self, model: BodyModel, soles: Soles, options: GroundOptions) -> None:
        self._model = model
        self._soles = soles
        self._options = options
        self._feet = (Foot(options), Foot(options))
        self._upper_body = UpperBody()
        self._toes: NDArray[np.float64] | None = None
        self._feet_m_s = np.full(2, _UNKNOWN_M_S)
        self._away = np.zeros(3)
        self.lift_m = 0.0
        """How far the body is raised above where it was seen."""

    def step(
        self, estimate: PoseEstimate, place: _Place, dt_s: float, mode: UpperBodyMode
    ) -> PoseEstimate:
        """Return the estimate with the lower body put right."""
        resting = self._upper_body.step(estimate, mode, dt_s)
        if resting > 0:
            to_world = place.world_from_camera[:3, :3]
            estimate = self._upper_body.rest(self._model, estimate, to_world)
        if not self._options.locks_feet or resting > _RESTS:
            return estimate
        return self._grounded(estimate, place, dt_s)

    def _grounded(self, estimate: PoseEstimate, place: _Place, dt_s: float) -> PoseEstimate:
        world = place.world_from_camera
        rest = self._model.rest_joints(estimate.params.betas)
        pose = full_pose(estimate.params)
        pelvis_turn = world[:3, :3] @ matrix_from_axis_angle_kernel(pose[0].astype(np.float64))
        joints = estimate.joints[: _LEGS[1][3] + 1] @ world[:3, :3].T + world[:3, 3]
        turns = leg_turns(pelvis_turn, pose[list(LEG_JOINTS)])
        heights = self._soles.heights(estimate.params.betas, rest, turns, joints)
        sure = [float(estimate.confidence[leg[3]]) >= self._options.min_confidence for leg in _LEGS]
        self._raise(heights[sure], place.floor_is_known, dt_s)
        joints[:, 1] += self.lift_m
        heights = heights + self.lift_m
        if dt_s > 0:
            self._step_feet(joints, heights, sure, world[:3, 3], dt_s)
        self._away += _share(dt_s) * (self._along_sight(joints[0] - world[:3, 3]) - self._away)
        moved = self._away.copy()
        for foot in self._feet:
            foot.follow(moved)
        moved[1] -= self._sink(joints, moved)
        for side, (leg, foot) in enumerate(zip(_LEGS, self._feet, strict=True)):
            way = foot.displacement.copy()
            way[1] = max(way[1], -heights[side] - foot.give_m)  # never into the floor
            if np.abs(way - moved).max() > _TINY_M:
                hip, knee, ankle = leg[:3]
                bent = bend_leg(
                    pelvis_turn,
                    turns[side][:3],
                    joints[[hip, knee, ankle]] + moved,
                    joints[ankle] + way,
                )
                pose[[hip, knee, ankle]] = bent
        lift = (0, self.lift_m if place.floor_is_known else 0, 0)
        return self._replaced(estimate, pose, world[:3, :3].T @ (moved + lift))

    def _raise(self, heights: NDArray[np.float64], floor_is_known: bool, dt_s: float) -> None:
        """Raise the body out of the floor at once; let it sink onto the foot that stands, or back, slowly."""
        farthest = _FARTHEST_LIFT_M if floor_is_known else _FARTHEST_FLOOR_M
        lowest = float(heights.min()) if len(heights) else 0.0
        standing = any(foot.stands for foot in self._feet)
        wanted = -lowest if standing else max(-lowest, 0.0)
        step = _share(dt_s) * max(
            wanted - self.lift_m, 0.0
        )  # what is still missing, the legs are bent by
        lift_m = max(self.lift_m - _SETTLE_M_S * dt_s, min(self.lift_m + step, wanted))
        self.lift_m = float(np.clip(lift_m, -farthest, farthest))

    def _step_feet(
        self,
        joints: NDArray[np.float64],
        heights: NDArray[np.float64],
        sure: Sequence[bool],
        camera: NDArray[np.float64],
        dt_s: float,
    ) -> None:
        toes = joints[[leg[3] for leg in _LEGS]]
        speeds = self._speeds(toes - (0, self.lift_m, 0), camera, dt_s)
        for side, foot in enumerate(self._feet):
            foot.step(
                toes[side],
                float(heights[side]),
                speed_m_s=float(speeds[side]),
                other_m_s=float(speeds[1 - side]),
                is_sure=sure[side],
                dt_s=dt_s,
            )

    def _speeds(
        self, toes: NDArray[np.float64], camera: NDArray[np.float64], dt_s: float
    ) -> NDArray[np.float64]:
        """Return how fast the feet (2,) seem to be; what they do along the line of sight is seen worst."""
        before, self._toes = self._toes, toes
        if before is None:
            return self._feet_m_s
        velocity = (toes - before) / dt_s
        sight = toes - camera
        sight /= np.linalg.norm(sight, axis=1, keepdims=True)
        away = (velocity * sight).sum(axis=1)
        squares = (velocity**2).sum(axis=1) - (1 - _TRUST_IN_DEPTH**2) * away**2
        share = dt_s / (dt_s + _SPEED_MEMORY_S)
        self._feet_m_s += share * (np.sqrt(np.maximum(squares, 0)) - self._feet_m_s)
        return self._feet_m_s

    def _along_sight(self, sight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far (3,) the body is moved towards or away from the camera so that standing feet stay.

        One camera sees that distance worst, and for the whole body alike; across the line of sight the legs are bent.
        """
        away = np.array([sight[0], 0.0, sight[2]])
        away /= max(float(np.linalg.norm(away)), 1e-9)
        weights = [foot.weight for foot in self._feet]
        wanted = [float(foot.correction @ away) for foot in self._feet]
        share: float = np.dot(weights, wanted) / max(sum(weights), 1.0)
        return share * away

    def _sink(self, joints: NDArray[np.float64], moved: NDArray[np.float64]) -> float:
        """Return how far the pelvis must go down for both legs to reach the held feet."""
        sink = 0.0
        for leg, foot in zip(_LEGS, self._feet, strict=True):
            if not foot.weight:
                continue
            hip, knee, ankle = joints[list(leg[:3])]
            length = FULL_REACH * float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
            way = ankle + foot.displacement - hip - moved
            across = min(float(np.hypot(way[0], way[2])), length)
            sink = max(sink, -float(way[1]) - float(np.sqrt(length**2 - across**2)))
        return min(sink, _FARTHEST_SINK_M)

    def _replaced(
        self, estimate: PoseEstimate, pose: NDArray[np.float32], moved: NDArray[np.float64]
    ) -> PoseEstimate:
        params = params_from_full_pose(
            pose,
            betas=estimate.params.betas,
            expression=estimate.params.expression,
            transl=estimate.params.transl + moved,
        )
        return dataclasses.replace(
            estimate,
            params=params,
            joints=read_only(posed_joints(self._model, params)),
            left_foot_stands=self._feet[0].stands,
            right_foot_stands=self._feet[1].stands,
        )


def _share(dt_s: float) -> float:
    return dt_s / (dt_s + _FOLLOW_S)
