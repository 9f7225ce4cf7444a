"""The 55 joints under the names that other tools know them by."""

from typing import Final, Literal, get_args

from engines.body.humanoid import HUMAN_BONES
from engines.body.skeleton import JOINT_NAMES

BoneNames = Literal["unity", "smplx", "mixamo", "cmu"]
"""`unity`: UnityEngine.HumanBodyBones. `smplx`: SMPL-X. `mixamo`: Adobe Mixamo's rig. `cmu`: the BVH conversion of the
CMU motion capture data base, which has one finger; the other fingers are named in its manner."""

_MIXAMO_CENTRAL: Final = {
    "Hips": "Hips", "Spine": "Spine", "Chest": "Spine1", "UpperChest": "Spine2", "Neck": "Neck", "Head": "Head",
    "Jaw": "Jaw", "LeftEye": "LeftEye", "RightEye": "RightEye",
}  # fmt: skip
_CMU_CENTRAL: Final = {**_MIXAMO_CENTRAL, "Spine": "LowerBack", "Chest": "Spine", "UpperChest": "Spine1"}  # fmt: skip
_LIMBS: Final = {
    "UpperLeg": "UpLeg", "LowerLeg": "Leg", "Foot": "Foot", "Toes": "ToeBase",
    "Shoulder": "Shoulder", "UpperArm": "Arm", "LowerArm": "ForeArm", "Hand": "Hand",
}  # fmt: skip
_PHALANX_NUMBERS: Final = {"Proximal": "1", "Intermediate": "2", "Distal": "3"}


def _autodesk_name(bone: str, central: dict[str, str]) -> str:
    """Return the name in the manner of Autodesk's tools, from which both Mixamo's and CMU's come."""
    if bone in central:
        return central[bone]
    side = "Left" if bone.startswith("Left") else "Right"
    rest = bone.removeprefix(side)
    if rest in _LIMBS:
        return side + _LIMBS[rest]
    for phalanx, number in _PHALANX_NUMBERS.items():
        if rest.endswith(phalanx):
            finger = rest.removesuffix(phalanx).replace("Little", "Pinky")
            return f"{side}Hand{finger}{number}"
    raise KeyError(bone)


def _vrm_name(bone: str) -> str:
    """Return the name in VRM 1.0, whose thumb begins with a metacarpal and has no intermediate bone."""
    if "Thumb" in bone:
        bone = bone.replace("Proximal", "Metacarpal").replace("Intermediate", "Proximal")
    return bone[0].lower() + bone[1:]


BONE_NAMES: Final[dict[BoneNames, tuple[str, ...]]] = {
    "unity": HUMAN_BONES,
    "smplx": JOINT_NAMES,
    "mixamo": tuple("mixamorig:" + _autodesk_name(bone, _MIXAMO_CENTRAL) for bone in HUMAN_BONES),
    "cmu": tuple(_autodesk_name(bone, _CMU_CENTRAL) for bone in HUMAN_BONES),
}
"""Preset -> name of each joint, in SMPL-X order; no two are the same."""

NAME_PRESETS: Final[tuple[BoneNames, ...]] = get_args(BoneNames)
"""The presets."""

VRM_BONES: Final[tuple[str, ...]] = tuple(map(_vrm_name, HUMAN_BONES))
"""Name of each joint in VRM 1.0's humanoid, in SMPL-X order."""
