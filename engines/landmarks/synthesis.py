"""The landmarks that a perfect detector would give for a known body: to warm up the solver, and to test it."""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics, skin
from engines.body.model import BodyModel, OpenBodyExtras
from engines.body.pose import full_pose, read_only
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ModelError
from engines.landmarks.attachments import BODY_LANDMARKS, SIDES, Side, attach_hand
from engines.types import Camera, PersonLandmarks, SmplxParams

# pose landmarks that the solver does not use, and what lies near: a face-mesh point or a joint
_ON_FACE: Final = {1: 362, 3: 263, 4: 133, 6: 33, 9: 291, 10: 61}
_ON_JOINT: Final = {21: JOINT_INDEX["left_thumb2"], 22: JOINT_INDEX["right_thumb2"]}


def landmark_places(model: BodyModel, params: SmplxParams) -> Float64[np.ndarray, "33 3"]:
    """Return where a body's pose landmarks are, metres, camera frame; NaN for the eight that are not used."""
    rest = model.rest_joints(params.betas, params.expression)
    turned, joints = forward_kinematics(rest, matrix_from_axis_angle(full_pose(params)))
    return _on_joints(turned, (joints + params.transl).astype(np.float64))


def landmarks_of_body(model: BodyModel, params: SmplxParams, camera: Camera) -> PersonLandmarks:
    """Return exact landmarks of a body in the camera frame, every one of them visible.

    Raises:
        ModelError: the body has no face-mesh points or named vertices.
    """
    if model.extras is None:
        raise ModelError(f"{model.name}: has no landmarks; use assets/open_body.npz")
    rest = model.rest_joints(params.betas, params.expression)
    turned, joints = forward_kinematics(rest, matrix_from_axis_angle(full_pose(params)))
    joints = (joints + params.transl).astype(np.float64)
    face = _face_points(model, model.extras, skin(model, params).astype(np.float64))
    pose = _on_joints(turned, joints)
    for landmark, point in _ON_FACE.items():
        pose[landmark] = face[point]
    for landmark, joint in _ON_JOINT.items():
        pose[landmark] = joints[joint]
    hands = [_hand_points(model, side, turned, joints) for side in SIDES]
    hips = pose[[23, 24]].mean(axis=0)
    return PersonLandmarks(
        pose_px=_project(pose, hips, camera),
        pose_world=read_only(pose - hips),
        pose_visibility=read_only(np.ones(33)),
        left_hand_px=_project(hands[0], hands[0][0], camera),
        right_hand_px=_project(hands[1], hands[1][0], camera),
        left_hand_score=1.0,
        right_hand_score=1.0,
        face_px=_project(face, face.mean(axis=0), camera),
    )


def _on_joints(turned: NDArray[np.float32], joints: NDArray[np.float64]) -> NDArray[np.float64]:
    pose = np.full((33, 3), np.nan)
    for landmark, (joint, offset) in BODY_LANDMARKS.items():
        pose[landmark] = joints[joint] + turned[joint] @ np.array(offset)
    return pose


def _hand_points(
    model: BodyModel, side: Side, turned: NDArray[np.float32], joints: NDArray[np.float64]
) -> NDArray[np.float64]:
    attachments = attach_hand(model, side)
    first = JOINT_INDEX[f"{side}_index1"]
    indices = np.array([JOINT_INDEX[f"{side}_wrist"], *range(first, first + 15)])
    carriers = indices[attachments.point_joints]
    return joints[carriers] + np.einsum("pab,pb->pa", turned[carriers], attachments.point_offsets)


def _face_points(
    model: BodyModel, extras: OpenBodyExtras, vertices: NDArray[np.float64]
) -> NDArray[np.float64]:
    corners = vertices[model.faces[extras.face_mesh_faces]]
    return np.einsum("pc,pca->pa", extras.face_mesh_barycentric.astype(np.float64), corners)


def _project(
    points: NDArray[np.float64], origin: NDArray[np.float64], camera: Camera
) -> NDArray[np.float32]:
    """Return x, y in pixels and the depth behind `origin` at the scale of the picture there."""
    depth = points[:, 2]
    return read_only(
        np.column_stack(
            [
                camera.cx + camera.fx * points[:, 0] / depth,
                camera.cy + camera.fy * points[:, 1] / depth,
                camera.fx * (depth - origin[2]) / origin[2],
            ]
        )
    )
