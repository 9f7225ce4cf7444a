"""Estimates of the open body in any pose, for tests of what comes after the engines."""

from functools import cache
from pathlib import Path

import numpy as np

import assets
from engines.body.kinematics import posed_joints
from engines.body.model import BodyModel, load_body
from engines.body.pose import params_from_full_pose, read_only
from engines.body.skeleton import JOINT_INDEX
from engines.types import JOINT_COUNT, PoseEstimate


@cache
def open_body() -> BodyModel:
    return load_body(Path(assets.__file__).parent / "open_body.npz")


def upright_pose(**joints) -> np.ndarray:
    """A pose (55, 3) facing a level camera; joints by name, axis-angle."""
    pose = np.zeros((JOINT_COUNT, 3))
    pose[0] = (np.pi, 0, 0)  # body y up is camera y down
    for name, axis_angle in joints.items():
        pose[JOINT_INDEX[name]] = axis_angle
    return pose


def estimate(
    pose=None,
    *,
    track_id=1,
    pelvis=(0.0, 0.0, 3.0),
    confidence=1.0,
    unseen=(),
    blendshapes=None,
    expression=None,
    betas=None,
    seen=True,
) -> PoseEstimate:
    """One estimate with its pelvis at a place in the camera frame; `unseen` joints have confidence 0."""
    model = open_body()
    betas = np.zeros(10) if betas is None else betas
    rest_pelvis = model.rest_joints(betas, expression)[0]
    params = params_from_full_pose(
        upright_pose() if pose is None else pose,
        betas=betas,
        expression=expression,
        transl=np.subtract(pelvis, rest_pelvis),
    )
    confidences = np.full(JOINT_COUNT, confidence)
    confidences[[JOINT_INDEX[name] for name in unseen]] = 0
    return PoseEstimate(
        track_id=track_id,
        params=params,
        joints=read_only(posed_joints(model, params)),
        confidence=read_only(confidences),
        blendshapes=None if blendshapes is None else read_only(blendshapes),
        left_hand_seen=seen,
        right_hand_seen=seen,
        face_seen=seen,
    )
