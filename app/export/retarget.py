"""A motion on another skeleton: its bones point where the performer's do, whatever their lengths and rest pose.

Let F be the yaw from the body's +z to the avatar's own front, G the world rotation of a joint of the performer, T that
of the avatar's bone at rest, and S the smallest turn from the performer's bone at rest (turned by F) to the avatar's.
The avatar's bone then turns to F G F^-1 S^-1 T. Trunk, head and shoulders have S = 1: there the avatar keeps its own
posture.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.humanoid_motion import (
    HumanoidMotion,
    eyes_from_head,
    floor_height,
    gaze,
    preset_weights,
)
from app.export.motion import Motion
from engines.body.avatar import Avatar
from engines.body.bone_names import VRM_BONES
from engines.body.rotations import (
    conjugate_quaternion,
    multiply_quaternions,
    quaternion_between,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
    rotate_vector,
)
from engines.body.skeleton import JOINT_INDEX, JOINT_NAMES, LEFT_EYE, PARENTS, RIGHT_EYE

_IDENTITY: Final = np.array([0.0, 0.0, 0.0, 1.0])
_LIMB_NEXT: Final = {
    "shoulder": "elbow", "elbow": "wrist", "wrist": "middle1", "hip": "knee", "knee": "ankle", "ankle": "foot"
}  # fmt: skip


def _aligned_bones() -> dict[int, int]:
    """Return joint -> the joint its bone points to, of limbs and fingers."""
    pointing = {}
    for joint, name in enumerate(JOINT_NAMES):
        side, _, part = name.partition("_")
        if side in ("left", "right") and part in _LIMB_NEXT:
            pointing[joint] = JOINT_INDEX[f"{side}_{_LIMB_NEXT[part]}"]
        elif part[-1:] in ("1", "2"):
            pointing[joint] = joint + 1
    return pointing


_POINTS_TO: Final = _aligned_bones()


@dataclass(frozen=True, slots=True, eq=False)
class WornMotion:
    """The motion of an avatar's bones; M frames."""

    avatar: Avatar
    """The avatar."""
    fps: float
    """Frames per second."""
    facing: Float64[np.ndarray, "4"]
    """F: the yaw from +z to the avatar's front."""
    turned: dict[int, Float64[np.ndarray, "M 4"]]
    """Joint -> rotation of its bone in the scene."""
    hips: Float64[np.ndarray, "M 3"]
    """Where the hips are in the scene."""


def retarget(motion: Motion, avatar: Avatar) -> WornMotion:
    """Return the motion as the avatar makes it; the steps fit the length of its legs."""
    facing = _facing(avatar)
    turned = {}
    performer = motion.global_rotations()
    for joint, node in avatar.node_of_joint.items():
        in_scene = multiply_quaternions(facing, performer[:, joint])
        in_scene = multiply_quaternions(in_scene, conjugate_quaternion(facing))
        back = conjugate_quaternion(_rest_turn(joint, motion, avatar, facing))
        rest = multiply_quaternions(back, _rotation(avatar.world[node]))
        turned[joint] = multiply_quaternions(in_scene, rest)
    return WornMotion(avatar, motion.fps, facing, turned, _hips(motion, avatar, facing))


def local_rotations(worn: WornMotion) -> dict[int, Float64[np.ndarray, "M 4"]]:
    """Return node -> its rotation relative to its parent, for the nodes of bones."""
    avatar = worn.avatar
    joint_of_node = {node: joint for joint, node in avatar.node_of_joint.items()}

    def rotation_in_scene(node: int) -> NDArray[np.floating]:
        if node < 0:
            return _IDENTITY
        if node in joint_of_node:
            return worn.turned[joint_of_node[node]]
        above = rotation_in_scene(avatar.parents[node])
        return multiply_quaternions(above, _rotation(avatar.local[node]))

    return {
        node: multiply_quaternions(
            conjugate_quaternion(rotation_in_scene(avatar.parents[node])), worn.turned[joint]
        )
        for joint, node in avatar.node_of_joint.items()
    }


def local_hips(worn: WornMotion) -> Float64[np.ndarray, "M 3"]:
    """Return where the hips are relative to their parent node."""
    parent = worn.avatar.parents[worn.avatar.node_of_joint[0]]
    if parent < 0:
        return worn.hips
    scene_to_parent = np.linalg.inv(worn.avatar.world[parent])
    return worn.hips @ scene_to_parent[:3, :3].T + scene_to_parent[:3, 3]


def worn_humanoid_motion(worn: WornMotion, motion: Motion) -> HumanoidMotion:
    """Return the worn motion on the avatar's humanoid, facing +z with its bones unturned at rest."""
    avatar, back = worn.avatar, conjugate_quaternion(worn.facing)
    kept = [joint for joint in sorted(worn.turned) if joint not in (LEFT_EYE, RIGHT_EYE)]
    parents = tuple(_kept_parent(joint, kept) for joint in kept)
    unturned = []
    for joint in kept:
        rest = _rotation(avatar.world[avatar.node_of_joint[joint]])
        turn = multiply_quaternions(worn.turned[joint], conjugate_quaternion(rest))
        unturned.append(multiply_quaternions(multiply_quaternions(back, turn), worn.facing))
    local = [
        turn if parent < 0 else multiply_quaternions(conjugate_quaternion(unturned[parent]), turn)
        for turn, parent in zip(unturned, parents, strict=True)
    ]
    places = np.array([avatar.world[avatar.node_of_joint[joint]][:3, 3] for joint in kept])
    return HumanoidMotion(
        fps=worn.fps,
        bones=tuple(VRM_BONES[joint] for joint in kept),
        parents=parents,
        rest=rotate_vector(back, places),
        rotations=np.stack(local, axis=1),
        hips=rotate_vector(back, worn.hips),
        gaze=gaze(motion),
        eyes=eyes_from_head(motion.rest_joints) * _stature_ratio(motion, avatar),
        expressions=preset_weights(motion.blendshapes),
    )


def _kept_parent(joint: int, kept: list[int]) -> int:
    parent = PARENTS[joint]
    while parent >= 0 and parent not in kept:
        parent = PARENTS[parent]
    return kept.index(parent) if parent >= 0 else -1


def _place(avatar: Avatar, joint: int) -> NDArray[np.floating]:
    return avatar.world[avatar.node_of_joint[joint]][:3, 3]


def _rotation(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the rotation of a node's matrix, whatever its scale."""
    columns = matrix[:3, :3]
    return quaternion_from_matrix(columns / np.linalg.norm(columns, axis=0))


def _facing(avatar: Avatar) -> NDArray[np.floating]:
    """Return the yaw from +z to where the avatar looks at rest: its left arm is on its left."""
    left = _place(avatar, JOINT_INDEX["left_shoulder"]) - _place(
        avatar, JOINT_INDEX["right_shoulder"]
    )
    return quaternion_from_axis_angle(np.array([0.0, np.arctan2(-left[2], left[0]), 0.0]))


def _rest_turn(
    joint: int, motion: Motion, avatar: Avatar, facing: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return S of a joint; a finger's end goes on as the bone before it, and so do bones without a next one."""
    child = _POINTS_TO.get(joint)
    if child is not None and child in avatar.node_of_joint:
        performer = rotate_vector(facing, motion.rest_joints[child] - motion.rest_joints[joint])
        worn = _place(avatar, child) - _place(avatar, joint)
        if np.linalg.norm(worn) > 0:
            return quaternion_between(performer, worn)
    parent = PARENTS[joint]
    if parent in _POINTS_TO and parent in avatar.node_of_joint:
        return _rest_turn(parent, motion, avatar, facing)
    return _IDENTITY


def _leg_length(places: NDArray[np.floating]) -> float:
    """Return the length of the left leg of (hip, knee, ankle)."""
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


def _stature_ratio(motion: Motion, avatar: Avatar) -> float:
    leg = [JOINT_INDEX[f"left_{name}"] for name in ("hip", "knee", "ankle")]
    worn = np.array([_place(avatar, joint) for joint in leg])
    return _leg_length(worn) / _leg_length(motion.rest_joints[leg])


def _hips(
    motion: Motion, avatar: Avatar, facing: NDArray[np.floating]
) -> Float64[np.ndarray, "M 3"]:
    """Return the path of the hips: a performer who stands gives an avatar that stands on its own floor."""
    ratio = _stature_ratio(motion, avatar)
    standing = motion.rest_joints[0, 1] - floor_height(motion.rest_joints)
    path = rotate_vector(facing, motion.pelvis * ratio)
    path[:, 1] += _place(avatar, 0)[1] - ratio * standing
    return path
