"""Random people who walk in front of random cameras, as landmarks with noise, and the exact truth."""

from dataclasses import dataclass

import numpy as np

from calibration.floor import up_of_camera, world_from_up
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.least_squares import pose_joints, pose_points
from engines.landmarks.view import PersonView
from tests.estimates import open_body

FPS = 15
GAIT_HZ = 0.85
LANDMARKS = list(BODY_LANDMARKS)
SOLES = [LANDMARKS.index(each) for each in (29, 30, 31, 32)]


@dataclass
class Noise:
    """Standard deviations; those of a session hold for all of its frames."""

    pixel: float = 0.010  # of the person's height in the picture, each landmark and frame
    pixel_of_session: float = 0.004  # each landmark
    scale: float = 0.03  # of MediaPipe's metres
    lean: float = np.radians(4)  # of MediaPipe's depth
    metres: float = 0.02  # each landmark and frame
    depth: float = 0.05
    posture: float = np.radians(2)  # how far people lean forward, beside 2 degrees


@dataclass
class Session:
    views: list
    pitch_deg: float
    roll_deg: float
    camera_height_m: float
    stature_m: float
    world_from_camera: np.ndarray
    soles_camera: np.ndarray  # (frames, 3) the lowest point of the standing foot
    betas: np.ndarray


# degrees over one step cycle from heel strike on, after the usual curves of gait analysis
CYCLE = (0.0, 0.12, 0.4, 0.5, 0.62, 0.72, 0.86, 1.0)
HIP = (26, 22, -4, -10, -4, 14, 28, 26)
KNEE = (6, 16, 6, 18, 42, 58, 24, 6)
ANKLE = (2, -5, 9, 4, -16, -4, 2, 2)


def gait(steps=20):
    """Parent-relative rotations (steps, 22, 3, 3) of a walk on the spot."""
    pose = np.zeros((steps, 22, 3))
    for side, shift in (("left", 0.0), ("right", 0.5)):
        phase = (np.arange(steps) / steps + shift) % 1
        pose[:, JOINT_INDEX[f"{side}_hip"], 0] = -np.radians(np.interp(phase, CYCLE, HIP))
        pose[:, JOINT_INDEX[f"{side}_knee"], 0] = np.radians(np.interp(phase, CYCLE, KNEE))
        pose[:, JOINT_INDEX[f"{side}_ankle"], 0] = -np.radians(np.interp(phase, CYCLE, ANKLE))
    return matrix_from_axis_angle(pose)


def walking_session(rng, *, is_walking=True, seconds=6, noise=None):
    """A walk towards the camera and back, a little to the side, or shifting weight in one place."""
    noise = noise or Noise()
    model = open_body()
    attachments = attach_body(model)
    betas = rng.normal(0, 1, 10)
    rest = model.rest_vertices(betas)
    stature, low = float(np.ptp(rest[:, 1])), float(rest[:, 1].min())
    skeleton = attachments.skeleton(betas)
    frames = int(seconds * FPS)
    time = np.arange(frames) / FPS
    pitch, roll = rng.uniform(-22, 8), rng.normal(0, 3)
    height = rng.uniform(0.6, 2.0)
    up = up_of_camera(pitch, roll)
    focal = rng.uniform(0.7, 1.2)
    middle = rng.uniform(3.0, 3.8)
    depth, side = _path(rng, time, is_walking, middle)
    turned = np.arctan2(np.gradient(side), np.gradient(depth)) if is_walking else np.zeros(frames)
    cycle = gait() if is_walking else np.repeat(np.eye(3)[None, None], 20, 0).repeat(22, 1)
    lean = np.radians(2) * is_walking + rng.normal(0, noise.posture)
    shapes = []
    for rotations in cycle:
        rotations = rotations.copy()
        rotations[0] = matrix_from_axis_angle(np.array([lean, 0, 0])) @ rotations[0]
        global_rotations, joints = pose_joints(skeleton, rotations, np.zeros(3))
        points = pose_points(skeleton, global_rotations, joints)
        shapes.append(points)
    shapes = np.array(shapes)
    # the sole under heel and toe: what the lowest of them is above the floor at rest
    rest_points = pose_points(
        skeleton, *pose_joints(skeleton, np.tile(np.eye(3), (22, 1, 1)), np.zeros(3))
    )
    sole = rest_points[SOLES, 1].min() - (low - skeleton.rest_joints[0, 1])
    shapes[..., 1] += sole - shapes[:, SOLES, 1].min(axis=1, keepdims=True)
    phase = (time * GAIT_HZ * len(shapes)).astype(int) % len(shapes)
    matrix = world_from_up(up, height, np.zeros(3))
    heading = np.pi + turned if is_walking else rng.normal(0, 0.2) + np.zeros(frames)
    around = matrix_from_axis_angle(np.stack([0 * heading, heading, 0 * heading], axis=1))
    world = np.einsum("fab,fpb->fpa", around, shapes[phase])
    world += np.stack([side, 0 * side, -depth], axis=1)[:, None]
    camera = (world - matrix[:3, 3]) @ matrix[:3, :3]  # inverse of a rotation
    views = _views(rng, camera, focal, noise)
    lowest = camera[np.arange(frames), np.array(SOLES)[world[:, SOLES, 1].argmin(axis=1)]]
    return Session(views, pitch, roll, height, stature, matrix, lowest - up * sole, betas)


def _path(rng, time, is_walking, middle):
    if not is_walking:
        return middle + 0.01 * np.sin(time), 0.02 * np.sin(0.7 * time)
    reach = rng.uniform(0.8, 1.2)
    depth = middle - reach * np.cos(2 * np.pi * time / time[-1])
    return depth, 0.35 * np.sin(2 * np.pi * time / time[-1] + rng.uniform(0, 6))


def _views(rng, camera, focal, noise):
    frames = len(camera)
    rays = camera[..., :2] / camera[..., 2:]
    size = np.ptp(rays[..., 1], axis=1)[:, None, None]
    rays = rays + size * rng.normal(0, noise.pixel, rays.shape)
    rays = rays + size * rng.normal(0, noise.pixel_of_session, (1, *rays.shape[1:]))
    hips = camera[:, [LANDMARKS.index(23), LANDMARKS.index(24)]].mean(axis=1, keepdims=True)
    metres = (camera - hips) * (1 + rng.normal(0, noise.scale))
    metres = metres @ matrix_from_axis_angle(np.array([rng.normal(0, noise.lean), 0, 0])).T
    spread = np.array([noise.metres, noise.metres, noise.depth])
    metres = metres + rng.normal(0, 1, metres.shape) * spread
    seen = np.ones(33)
    views = []
    for k in range(frames):
        all_rays, all_metres = np.zeros((33, 2)), np.zeros((33, 3))
        all_rays[LANDMARKS], all_metres[LANDMARKS] = rays[k], metres[k]
        views.append(PersonView(all_rays, all_metres, seen, seen))
    return views
