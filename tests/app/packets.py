"""Packets of moving bodies for the tests of sinks, takes and exports."""

import functools

import numpy as np

from app.pipeline.packet import LEVEL_CAMERA, Packet
from engines.body.kinematics import posed_joints
from engines.body.model import load_body
from engines.body.pose import params_from_full_pose, read_only
from engines.model_store import model_path
from engines.types import Camera, Frame, PoseEstimate

CAMERA = Camera(64, 48, 70.0, 71.0, 32.0, 24.0, (0.1, -0.2, 0.0, 0.0))
IMAGE = np.zeros((48, 64, 3), np.uint8)


@functools.cache
def body():
    return load_body(model_path("open_body"))


def make_frame(index=0, *, timestamp_ns=None, captured_ns=0):
    if timestamp_ns is None:
        timestamp_ns = round(index * 1e9 / 30)
    return Frame(index, captured_ns, timestamp_ns, IMAGE, CAMERA)


def make_estimate(rng, *, track_id=1, spread=0.4, betas=None, blendshapes=True, facing=True):
    """A body in front of the camera; every joint turned by about `spread` radians."""
    pose = rng.normal(scale=spread, size=(55, 3))
    if facing:
        pose[0] = np.array([np.pi, 0, 0]) + rng.normal(scale=0.1, size=3)
    params = params_from_full_pose(
        pose,
        betas=rng.normal(size=10) if betas is None else betas,
        expression=rng.normal(size=10),
        transl=np.array([0, 0, 3]) + rng.normal(size=3),
    )
    return PoseEstimate(
        track_id=track_id,
        params=params,
        joints=read_only(posed_joints(body(), params)),
        confidence=read_only(rng.uniform(size=55)),
        blendshapes=read_only(rng.uniform(size=52)) if blendshapes else None,
        left_hand_seen=bool(rng.integers(2)),
        right_hand_seen=bool(rng.integers(2)),
        face_seen=blendshapes,
    )


def make_packet(index=0, estimates=(), *, world_from_camera=LEVEL_CAMERA, **frame):
    return Packet(
        make_frame(index, **frame),
        estimates=tuple(estimates),
        world_from_camera=world_from_camera,
    )


def moving_packets(count, *, seed=0, betas=None):
    """One person in every frame."""
    rng = np.random.default_rng(seed)
    return [make_packet(k, [make_estimate(rng, betas=betas)]) for k in range(count)]


def tilted_world():
    """A camera 1.2 m above the floor that looks down by 0.2 rad."""
    c, s = np.cos(0.2), np.sin(0.2)
    tilt = np.array([[1, 0, 0, 0], [0, c, -s, 1.2], [0, s, c, 0], [0, 0, 0, 1]])
    return read_only(tilt @ LEVEL_CAMERA)
