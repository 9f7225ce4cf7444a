"""Parts of a person that the user can switch off: they come to rest and count as not seen."""

import dataclasses
from collections.abc import Set
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import axis_angle_from_matrix
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, RIGHT_EYE
from engines.types import PoseEstimate

Part = Literal["body", "hands", "face", "eyes", "jaw", "root"]
"""`body`: pelvis attitude, spine, head, arms, legs. `hands`: wrists and fingers. `face`: expression, brows, cheeks and
mouth. `eyes`: gaze and eyelids. `jaw`: jaw. `root`: the place on the floor."""

ALL_PARTS: Final[frozenset[Part]] = frozenset(get_args(Part))
"""Every part that can be switched off."""

_WRISTS: Final = (JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"])
PART_JOINTS: Final[dict[Part, tuple[int, ...]]] = {
    "body": tuple(j for j in range(22) if j not in _WRISTS),
    "hands": (*_WRISTS, *range(25, 55)),
    "eyes": (LEFT_EYE, RIGHT_EYE),
    "jaw": (JAW,),
}
"""The joints of each part that has some."""


def _part_of_blendshape(name: str) -> Part:
    if name.startswith("eye"):
        return "eyes"
    return "jaw" if name.startswith("jaw") else "face"


BLENDSHAPE_PARTS: Final = np.array([_part_of_blendshape(name) for name in ARKIT_NAMES])
"""The part that each face action belongs to, in the order of `ARKIT_NAMES`."""


def rest_parts(
    model: BodyModel,
    estimate: PoseEstimate,
    off: Set[Part],
    world_from_camera: NDArray[np.floating],
) -> PoseEstimate:
    """Return the estimate with the parts `off` at rest.

    A body at rest stands upright and faces along the world's z; a root at rest stays above the world's origin and
    keeps its height.
    """
    if not off:
        return estimate
    joints = [joint for part in PART_JOINTS if part in off for joint in PART_JOINTS[part]]
    pose = full_pose(estimate.params)
    pose[joints] = RELAXED_POSE[joints]
    if "body" in off:
        pose[0] = axis_angle_from_matrix(np.asarray(world_from_camera[:3, :3]).T)
    confidence = np.array(estimate.confidence)
    confidence[joints] = 0
    place = _place_above_origin(estimate.joints[0], world_from_camera)
    shift = place - estimate.joints[0] if "root" in off else 0
    params = params_from_full_pose(
        pose,
        betas=estimate.params.betas,
        expression=estimate.params.expression * ("face" not in off),
        transl=estimate.params.transl + shift,
    )
    return dataclasses.replace(
        estimate,
        params=params,
        joints=read_only(posed_joints(model, params)),
        confidence=read_only(confidence),
        blendshapes=_rest_blendshapes(estimate.blendshapes, off),
        left_hand_seen=estimate.left_hand_seen and "hands" not in off,
        right_hand_seen=estimate.right_hand_seen and "hands" not in off,
        face_seen=estimate.face_seen and "face" not in off,
    )


def _rest_blendshapes(
    blendshapes: NDArray[np.float32] | None, off: Set[Part]
) -> NDArray[np.float32] | None:
    if blendshapes is None:
        return None
    return read_only(np.where(np.isin(BLENDSHAPE_PARTS, list(off)), 0, blendshapes))


def _place_above_origin(
    pelvis: NDArray[np.floating], world_from_camera: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the point above the world's origin at the height of the pelvis, in the camera frame."""
    rotation, translation = world_from_camera[:3, :3], world_from_camera[:3, 3]
    in_world = rotation @ pelvis + translation
    return rotation.T @ (in_world * (0, 1, 0) - translation)
