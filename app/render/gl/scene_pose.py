"""One person as the graphics card wants it: a matrix for each bone, and the numbers of shape and face."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.pipeline.packet import LEVEL_CAMERA
from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.types import PoseEstimate

_FEET: Final = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
_SOLE_M: Final = 0.03
"""From the joint of the toes down to the sole."""
_FLESH_M: Final = np.array([0.10, 0.13, 0.10], np.float32)
"""From the joints to the skin, at most: the head's joint is well below its crown."""
_FLOOR_FOLLOWS: Final = 0.08
"""Share of the way by which an unmeasured floor rises to the feet with each pose; it sinks at once."""


@dataclass(frozen=True, slots=True, eq=False)
class ScenePose:
    """One posed body in the world: y up, metres."""

    track_id: int
    """The person's track."""
    bones: Float32[np.ndarray, "55 3 4"]
    """World from rest: takes unposed points to where each joint carries them."""
    joints: Float32[np.ndarray, "55 3"]
    """Posed joints."""
    rest_joints: Float32[np.ndarray, "55 3"]
    """Joints of the same shape at rest."""
    local_rotations: Float32[np.ndarray, "55 3 3"]
    """Rotation of each joint in its parent's frame, the pelvis in the world: what pose correctives are made from."""
    confidence: Float32[np.ndarray, "55"]
    """Of each joint, in [0, 1]; 0 for a guess."""
    betas: Float32[np.ndarray, "10"]
    """Shape."""
    expression: Float32[np.ndarray, "10"]
    """Face, in the numbers of the body."""
    blendshapes: Float32[np.ndarray, "52"] | None
    """Face as ARKit-named coefficients; where a body knows them they say more than `expression`."""

    @classmethod
    def from_estimate(
        cls,
        model: BodyModel,
        estimate: PoseEstimate,
        world_from_camera: Float32[np.ndarray, "4 4"] = LEVEL_CAMERA,
    ) -> "ScenePose":
        """Return the body of an estimate; its arrays are new or those of the estimate.

        Args:
            model: The body that the estimate was made for.
            estimate: The estimate, in the camera frame.
            world_from_camera: Takes that frame to the world, without a scale, as in the packet.
        """
        turn, shift = world_from_camera[:3, :3], world_from_camera[:3, 3]
        params = estimate.params
        rest = model.rest_joints(params.betas, params.expression)
        rotations = matrix_from_axis_angle(full_pose(params))
        rotations[0] = turn @ rotations[0]
        global_rotations, joints = forward_kinematics(rest, rotations)
        joints += turn @ (rest[0] + params.transl) + shift - rest[0]
        return cls(
            track_id=estimate.track_id,
            bones=bone_matrices(global_rotations, joints, rest),
            joints=joints,
            rest_joints=rest,
            local_rotations=rotations,
            confidence=estimate.confidence,
            betas=params.betas,
            expression=params.expression,
            blendshapes=estimate.blendshapes,
        )

    @property
    def lowest_m(self) -> float:
        """Height of its lowest point: of its soles, as long as it stands."""
        soles = float(self.joints[_FEET, 1].min()) - _SOLE_M
        return min(soles, float(self.joints[:, 1].min()))


def bounds_m(poses: Sequence[ScenePose]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lowest and highest corner (3,) of a box around some bodies, flesh included."""
    joints = np.concatenate([pose.joints for pose in poses])
    return joints.min(axis=0) - _FLESH_M, joints.max(axis=0) + _FLESH_M


def floor_height_m(lowest_m: float, before_m: float | None) -> float:
    """Return where the floor is, when nobody has measured it: under the feet.

    Args:
        lowest_m: The lowest point of the bodies now.
        before_m: What this function returned for the pose before; None for the first.
    """
    before = lowest_m if before_m is None else before_m
    return min(lowest_m, before + _FLOOR_FOLLOWS * (lowest_m - before))


def bone_matrices(
    rotations: NDArray[np.floating], joints: NDArray[np.floating], rest: NDArray[np.floating]
) -> Float32[np.ndarray, "55 3 4"]:
    """Return world from rest for each joint.

    Args:
        rotations: Of the joints in the world (55, 3, 3).
        joints: Posed, in the world (55, 3).
        rest: The same joints at rest (55, 3).
    """
    bones = np.empty((len(joints), 3, 4), np.float32)
    bones[:, :, :3] = rotations
    bones[:, :, 3] = joints - (rotations @ rest[:, :, None])[:, :, 0]
    return bones
