"""The pose of parts that nobody sees: standing, arms hanging, hands relaxed, face still."""

from typing import Final

import numpy as np
from jaxtyping import Float32

from engines.body.pose import params_from_full_pose, read_only
from engines.body.skeleton import JOINT_INDEX, MIRROR
from engines.types import JOINT_COUNT, SmplxParams

_ARM_DOWN_RAD: Final = 1.25
_ELBOW_BEND_RAD: Final = 0.2
_FINGER_CURL_RAD: Final = (0.31, 0.42, 0.24)
"""Knuckle, middle and end joint of the four fingers; the thumb stays."""


def _relaxed_pose() -> Float32[np.ndarray, "55 3"]:
    """Return the left side from its axes, the right side as its mirror image.

    At rest the left arm points to +x with the palm down: a turn about -z lowers the arm and curls the fingers, a turn
    about -y brings the forearm forward.
    """
    pose = np.zeros((JOINT_COUNT, 3))
    pose[JOINT_INDEX["left_shoulder"], 2] = -_ARM_DOWN_RAD
    pose[JOINT_INDEX["left_elbow"], 1] = -_ELBOW_BEND_RAD
    for finger in ("index", "middle", "ring", "pinky"):
        for k, curl in enumerate(_FINGER_CURL_RAD, start=1):
            pose[JOINT_INDEX[f"left_{finger}{k}"], 2] = -curl
    return read_only(pose + pose[MIRROR] * (1, -1, -1))


RELAXED_POSE: Final[Float32[np.ndarray, "55 3"]] = _relaxed_pose()
"""Axis-angle of all joints in SMPL-X order; zero for the pelvis, spine, legs, jaw and eyes."""


def standing_before_camera() -> SmplxParams:
    """Return somebody at rest three metres before a camera, upright and facing it: to try out what is ready."""
    pose = RELAXED_POSE.copy()
    pose[0] = np.pi, 0, 0  # the camera's y points down
    return params_from_full_pose(pose, transl=np.array([0.0, 0.0, 3.0]))
