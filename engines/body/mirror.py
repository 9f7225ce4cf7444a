"""The motion as in a looking glass: left becomes right, in the camera frame and about the picture's middle line."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.skeleton import MIRROR
from engines.types import PoseEstimate, SmplxParams

_FLIP: Final = np.array([-1, 1, 1], np.float32)
"""x to -x."""
_FLIP_ROTATION: Final = np.array([1, -1, -1], np.float32)
"""S R S with S = diag(-1, 1, 1), as a rotation vector."""


def _other_side(name: str) -> str:
    if "Left" in name:
        return name.replace("Left", "Right")
    return name.replace("Right", "Left")


BLENDSHAPE_MIRROR: Final = np.array([ARKIT_NAMES.index(_other_side(name)) for name in ARKIT_NAMES])
"""Index of the coefficient on the other side of the face, for each one."""


def mirror_params(model: BodyModel, params: SmplxParams) -> SmplxParams:
    """Return the parameters of the mirrored body; doing it twice gives the first body back.

    Betas stay, because the shape space is symmetric. The ten expression numbers stay too: SMPL-X does not say which of
    them belong to one side of the face. On the open body that leaves 1 mm; the blendshapes are mirrored exactly.
    """
    rest_pelvis = model.rest_joints(params.betas, params.expression)[0]
    return params_from_full_pose(
        full_pose(params)[MIRROR] * _FLIP_ROTATION,
        betas=params.betas,
        expression=params.expression,
        transl=_FLIP * (rest_pelvis + params.transl) - rest_pelvis,
    )


def mirror_estimate(model: BodyModel, estimate: PoseEstimate) -> PoseEstimate:
    """Return the estimate of the mirrored body, what was seen of it included."""
    params = mirror_params(model, estimate.params)
    blendshapes = estimate.blendshapes
    return PoseEstimate(
        track_id=estimate.track_id,
        params=params,
        joints=read_only(posed_joints(model, params)),
        confidence=read_only(estimate.confidence[MIRROR]),
        blendshapes=None if blendshapes is None else read_only(blendshapes[BLENDSHAPE_MIRROR]),
        left_hand_seen=estimate.right_hand_seen,
        right_hand_seen=estimate.left_hand_seen,
        face_seen=estimate.face_seen,
    )


def mirror_world(world_from_camera: NDArray[np.floating]) -> Float32[np.ndarray, "4 4"]:
    """Return the world that belongs to mirrored estimates: S W S, the first world mirrored about its plane x = 0."""
    flip = np.append(_FLIP, 1)
    return read_only(flip[:, None] * world_from_camera * flip)
