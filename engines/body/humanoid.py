"""The 55 joints as the 55 human bones of Unity, and the way between the two coordinate systems.

Unity is left-handed: x right, y up, z forward, metres. The body and world frames are right-handed with y up; a body at
rest faces +z with its left at +x. Mirroring x takes one to the other and leaves left on the left; a rotation R becomes
S R S with S = diag(-1, 1, 1), which is (x, -y, -z, w) as a quaternion.
"""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.skeleton import JOINT_NAMES, PARENTS

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


def unity_position_from_body(position: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return positions (..., 3) of the right-handed body or world frame in Unity's frame."""
    return np.asarray(position) * np.array([-1, 1, 1], dtype=np.asarray(position).dtype)


def unity_quaternion_from_body(quaternion: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return quaternions (..., 4) of the right-handed body or world frame in Unity's frame, (x, y, z, w)."""
    return np.asarray(quaternion) * np.array([1, -1, -1, 1], dtype=np.asarray(quaternion).dtype)
