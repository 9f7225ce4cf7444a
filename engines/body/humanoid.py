"""The 55 joints as the 55 human bones of Unity, and the way between the two coordinate systems.

Unity is left-handed: x right, y up, z forward, metres. The body and world frames are right-handed with y up; a body at
rest faces +z with its left at +x. Mirroring x takes one to the other and leaves left on the left; a rotation R becomes
S R S with S = diag(-1, 1, 1), which is (x, -y, -z, w) as a quaternion.
"""

from typing import Final

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.rotations import (
    axis_angle_from_matrix_kernel,
    euler_zxy_from_matrix,
    matrix_from_axis_angle_kernel,
    multiply_matrices_kernel,
)
from engines.body.skeleton import JOINT_NAMES, PARENTS
from engines.types import JOINT_COUNT

_SIDES: Final = ("Left", "Right")
_FINGERS: Final = {
    "Thumb": "thumb", "Index": "index", "Middle": "middle", "Ring": "ring", "Little": "pinky"
}  # fmt: skip
_PHALANGES: Final = ("Proximal", "Intermediate", "Distal")
_CENTRAL: Final = {
    "Hips": "pelvis", "Spine": "spine1", "Chest": "spine2", "UpperChest": "spine3", "Neck": "neck", "Head": "head",
    "Jaw": "jaw", "LeftEye": "left_eye_smplhf", "RightEye": "right_eye_smplhf",
}  # fmt: skip
_LIMBS: Final = {
    "UpperLeg": "hip", "LowerLeg": "knee", "Foot": "ankle", "Toes": "foot",
    "Shoulder": "collar", "UpperArm": "shoulder", "LowerArm": "elbow", "Hand": "wrist",
}  # fmt: skip


def _bone_of_joint() -> dict[str, str]:
    bones = {joint: bone for bone, joint in _CENTRAL.items()}
    for side in _SIDES:
        prefix = side.lower()
        for bone, joint in _LIMBS.items():
            bones[f"{prefix}_{joint}"] = f"{side}{bone}"
        for bone, finger in _FINGERS.items():
            for k, phalanx in enumerate(_PHALANGES, start=1):
                bones[f"{prefix}_{finger}{k}"] = f"{side}{bone}{phalanx}"
    return bones


HUMAN_BONES: Final[tuple[str, ...]] = tuple(map(_bone_of_joint().__getitem__, JOINT_NAMES))
"""Name in UnityEngine.HumanBodyBones of each joint, in SMPL-X order: a parent comes before its children."""

BONE_PARENTS: Final[dict[str, str]] = {
    bone: HUMAN_BONES[parent]
    for bone, parent in zip(HUMAN_BONES, PARENTS, strict=True)
    if parent >= 0
}
"""Bone -> the bone it hangs from; the hips hang from nothing."""

_MIRRORED_MATRIX: Final = np.array([[1, -1, -1], [-1, 1, 1], [-1, 1, 1]], np.float32)
"""Signs of a matrix between two mirrors of x."""
_PARENTS: Final = np.array(PARENTS)
_PARENT_OR_SELF: Final = np.array([max(parent, 0) for parent in PARENTS])


def bone_offsets(
    joints: NDArray[np.floating], global_rotations: NDArray[np.floating]
) -> Float32[np.ndarray, "55 3"]:
    """Return where each joint sits in its parent's own frame, metres: the rest offsets. Zero for the pelvis.

    They come from a posed body, so that they fit its joints whatever body model made them.

    Args:
        joints: Posed joints (55, 3), in any frame.
        global_rotations: The joints' rotations (55, 3, 3) in that frame, as `forward_kinematics` returns them.
    """
    offsets = joints - joints[_PARENT_OR_SELF]
    return np.einsum("jba,jb->ja", global_rotations[_PARENT_OR_SELF], offsets).astype(np.float32)


def unity_bones_from_pose(
    pose: NDArray[np.float32],
    joints: NDArray[np.float32],
    world_from_frame: NDArray[np.float32],
) -> Float32[np.ndarray, "55 7"]:
    """Return the local pose of each bone in Unity's frame: position, and quaternion (x, y, z, w), in its parent's.

    The hips are in the world. The positions of the others are their rest offsets (`bone_offsets`); a bone at rest has
    no rotation, as in a normalised VRM model.

    Args:
        pose: Axis-angle (55, 3) in SMPL-X order, the pelvis in some right-handed frame.
        joints: The posed joints (55, 3) in that frame, metres.
        world_from_frame: Takes that frame to the world (4, 4): y up.
    """
    world = np.ascontiguousarray(world_from_frame, np.float32)
    bones = np.empty((JOINT_COUNT, 7), np.float32)
    _unity_bones_kernel(pose, joints, _PARENTS, world, bones)
    return bones


def unity_position_from_body(position: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return positions (..., 3) of the right-handed body or world frame in Unity's frame."""
    return np.asarray(position) * np.array([-1, 1, 1], dtype=np.asarray(position).dtype)


def unity_quaternion_from_body(quaternion: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return quaternions (..., 4) of the right-handed body or world frame in Unity's frame, (x, y, z, w)."""
    return np.asarray(quaternion) * np.array([1, -1, -1, 1], dtype=np.asarray(quaternion).dtype)


def unity_matrix_from_body(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rotations (..., 3, 3) of the right-handed body or world frame in Unity's frame."""
    return np.asarray(matrix) * _MIRRORED_MATRIX


def unity_euler_from_matrix(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Unity's angles about x, y, z (..., 3), degrees, of rotations (..., 3, 3) in Unity's frame.

    Unity turns about z first, then x, then y: matrix = Ry Rx Rz. Positive x looks down, positive y to the right,
    positive z tilts the head to the left shoulder.
    """
    # the inverse of Ry Rx Rz is Rz Rx Ry of the opposite angles
    angles = euler_zxy_from_matrix(np.swapaxes(matrix, -1, -2))
    return -np.degrees(angles)[..., [1, 2, 0]]


def metahuman_angles_from_matrix(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return yaw, pitch, roll (..., 3), degrees, of rotations (..., 3, 3) of the body frame, as a MetaHuman has them.

    Positive is to its own left, up, and with the top of the head to its own right. In Unreal's axes of a character (x
    its left, y forward, z up) a MetaHuman's head is at Rx(pitch) Ry(-roll) Rz(-yaw); see docs/streaming.md for who
    measured that.
    """
    m = np.asarray(matrix)
    # Unreal's axes are the body frame's with y and z exchanged: rows and columns 0, 2, 1
    about_x = np.arctan2(-m[..., 2, 1], m[..., 1, 1])
    about_y = np.arcsin(np.clip(m[..., 0, 1], -1, 1))
    about_z = np.arctan2(-m[..., 0, 2], m[..., 0, 0])
    return np.degrees(np.stack([-about_z, about_x, -about_y], axis=-1))


@numba.njit(cache=True)
def _unity_bones_kernel(
    pose: NDArray[np.float32],
    joints: NDArray[np.float32],
    parents: NDArray[np.int64],
    world: NDArray[np.float32],
    bones: NDArray[np.float32],
) -> None:
    axes = world[:3, :3].astype(np.float64)
    rotations = np.empty((len(parents), 3, 3))
    vector = np.empty(3)
    offset = np.empty(3)
    for j in range(len(parents)):
        parent = parents[j]
        vector[:] = pose[j]
        if parent < 0:  # the hips hang from the world
            multiply_matrices_kernel(axes, matrix_from_axis_angle_kernel(vector), rotations[j])
            vector = axis_angle_from_matrix_kernel(rotations[j])
            _turn(axes, joints[j], offset)
            offset += world[:3, 3]
        else:
            multiply_matrices_kernel(
                rotations[parent], matrix_from_axis_angle_kernel(vector), rotations[j]
            )
            _turn(axes, joints[j] - joints[parent], offset)
            _turn(rotations[parent].T, offset.copy(), offset)
        angle = np.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2)
        scale = 0.5 if angle < 1e-9 else np.sin(angle / 2) / angle  # sin(a/2)/a tends to 1/2
        bones[j, 0], bones[j, 1], bones[j, 2] = -offset[0], offset[1], offset[2]
        bones[j, 3], bones[j, 4] = scale * vector[0], -scale * vector[1]
        bones[j, 5], bones[j, 6] = -scale * vector[2], np.cos(angle / 2)


@numba.njit(cache=True)
def _turn(
    matrix: NDArray[np.float64], vector: NDArray[np.floating], out: NDArray[np.float64]
) -> None:
    for row in range(3):
        out[row] = (
            matrix[row, 0] * vector[0] + matrix[row, 1] * vector[1] + matrix[row, 2] * vector[2]
        )
