"""A motion on VRM's humanoid: bones that rest unturned in a T-pose, facing +z, with the floor at y = 0."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from app.export.motion import Motion
from app.export.rest_turns import in_t_pose
from engines.body.bone_names import VRM_BONES
from engines.body.rotations import slerp
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, PARENTS, RIGHT_EYE
from engines.body.vrm_expressions import VRM1_NAMES, vrm_expressions

_TOES: Final = (JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"])
_SOLE_BELOW_TOES_M: Final = 0.028
"""How far the open body's sole is below its toe joints."""


@dataclass(frozen=True, slots=True, eq=False)
class HumanoidMotion:
    """The motion of B bones in M frames; parents come before their children, the hips first."""

    fps: float
    """Frames per second."""
    bones: tuple[str, ...]
    """Names in VRM 1.0."""
    parents: tuple[int, ...]
    """Parent of each bone; -1 for the hips."""
    rest: Float64[np.ndarray, "B 3"]
    """Where the bones are at rest, metres."""
    rotations: Float64[np.ndarray, "M B 4"]
    """Relative to the parent bone, quaternions; the hips' in the world."""
    hips: Float64[np.ndarray, "M 3"]
    """Where the hips are."""
    gaze: Float64[np.ndarray, "M 4"]
    """Where the eyes look, relative to the head."""
    eyes: Float64[np.ndarray, "3"]
    """Middle between the eyes at rest, relative to the head bone."""
    expressions: Float32[np.ndarray, "M 15"]
    """Weights of VRM's presets, in the order of `VRM1_NAMES`."""


def humanoid_motion(motion: Motion) -> HumanoidMotion:
    """Return the motion on its own skeleton; no joint moves."""
    motion = in_t_pose(motion)
    kept = [joint for joint in range(len(VRM_BONES)) if joint not in (LEFT_EYE, RIGHT_EYE)]
    rest = motion.rest_joints - (0, floor_height(motion.rest_joints), 0)
    return HumanoidMotion(
        fps=motion.fps,
        bones=tuple(VRM_BONES[joint] for joint in kept),
        parents=tuple(kept.index(PARENTS[joint]) if joint else -1 for joint in kept),
        rest=rest[kept],
        rotations=motion.rotations[:, kept],
        hips=motion.pelvis,
        gaze=gaze(motion),
        eyes=eyes_from_head(motion.rest_joints),
        expressions=preset_weights(motion.blendshapes),
    )


def floor_height(rest_joints: NDArray[np.float64]) -> float:
    """Return the height of the floor under a skeleton at rest."""
    return float(rest_joints[list(_TOES), 1].min()) - _SOLE_BELOW_TOES_M


def gaze(motion: Motion) -> Float64[np.ndarray, "M 4"]:
    """Return the turn half way between those of the two eyes, relative to the head."""
    return slerp(motion.rotations[:, LEFT_EYE], motion.rotations[:, RIGHT_EYE], 0.5)


def eyes_from_head(rest_joints: NDArray[np.float64]) -> Float64[np.ndarray, "3"]:
    """Return the middle between the eyes at rest, relative to the head bone."""
    middle = (rest_joints[LEFT_EYE] + rest_joints[RIGHT_EYE]) / 2
    return middle - rest_joints[JOINT_INDEX["head"]]


def preset_weights(blendshapes: NDArray[np.float32]) -> Float32[np.ndarray, "M 15"]:
    """Return the weights of VRM's presets in each frame, in the order of `VRM1_NAMES`."""
    weights = np.empty((len(blendshapes), len(VRM1_NAMES)), np.float32)
    for frame, row in enumerate(blendshapes):
        weights[frame] = vrm_expressions(row)
    return weights
