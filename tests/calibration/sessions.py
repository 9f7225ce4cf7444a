"""Random people who stand and walk in front of random cameras, as landmarks with noise, and the exact truth.

The body stands by its skin: in each picture the lowest vertex of its feet is at the height of the floor.
"""

from dataclasses import dataclass

import numpy as np

from calibration.floor import up_of_camera, world_from_up
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.least_squares import pose_joints, pose_points
from engines.landmarks.view import PersonView
from tests.estimates import open_body

FPS = 10
# as `app.calibrate.cues` asks: stand, then walk to the camera, stop, walk back, stop, and again
STAND_S, WALK_S, STOP_S, LAPS, MORE_LAPS = 3.0, 4.0, 2.0, 2, 2
LAP_S = 2 * (WALK_S + STOP_S)
GAIT_HZ = 0.85
LANDMARKS = list(BODY_LANDMARKS)
FOOT_LANDMARKS = [[LANDMARKS.index(each) for each in foot] for foot in ((27, 29, 31), (28, 30, 32))]
SHARED = 0.75  # of the variance of a foot's landmarks
ANKLES = [JOINT_INDEX[f"{side}_ankle"] for side in ("left", "right")]
FEET = [[JOINT_INDEX[f"{side}_ankle"], JOINT_INDEX[f"{side}_foot"]] for side in ("left", "right")]


@dataclass
class Noise:
    """Standard deviations; those of a session hold for all of its frames.

    In the picture as MediaPipe's full model was seen to err: on two real clips with truth, landmarks of trunk and legs
    wander by 0.5 to 1.9 % of the person's height and forget it within 0.1 s, and jump by 0.3 % from one picture to the
    next; a noise model of training/lifter, from 1,729 renders, had 0.8 to 2.3 % and 0.24 s. In both the ankle, heel
    and toe of one foot go astray together.
    """

    pixel: float = 0.003  # of the person's height in the picture, each landmark and frame
    pixel_slow: float = 0.010  # the same, but it stays for a while
    pixel_of_session: float = 0.004  # each landmark
    scale: float = 0.03  # of MediaPipe's metres
    lean: float = np.radians(4)  # of MediaPipe's depth
    metres: float = 0.03  # each landmark, stays for a while
    depth: float = 0.08
    posture: float = np.radians(2)  # how far people lean forward, beside 2 degrees
    slow_s: float = 0.24  # how long


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
STEPS = 20


def gait(steps=STEPS):
    """Parent-relative rotations (steps, 22, 3, 3) of a walk on the spot."""
    pose = np.zeros((steps, 22, 3))
    for side, shift in (("left", 0.0), ("right", 0.5)):
        phase = (np.arange(steps) / steps + shift) % 1
        pose[:, JOINT_INDEX[f"{side}_hip"], 0] = -np.radians(np.interp(phase, CYCLE, HIP))
        pose[:, JOINT_INDEX[f"{side}_knee"], 0] = np.radians(np.interp(phase, CYCLE, KNEE))
        pose[:, JOINT_INDEX[f"{side}_ankle"], 0] = -np.radians(np.interp(phase, CYCLE, ANKLE))
    return matrix_from_axis_angle(pose)


def frames_of(laps):
    """Return how many pictures there are by the end of so many laps."""
    return int((STAND_S + laps * LAP_S) * FPS)


def walking_session(rng, *, is_walking=True, noise=None, laps=LAPS):
    """Stands, then walks to the camera, stops, walks back, and stops with the back to it; or stands all the time."""
    noise = noise or Noise()
    betas = rng.normal(0, 1, 10)
    pitch, roll = rng.uniform(-22, 8), rng.normal(0, 3)
    height = rng.uniform(0.6, 2.0)
    up = up_of_camera(pitch, roll)
    lean = np.radians(2) * is_walking + rng.normal(0, noise.posture)
    rest = open_body().rest_vertices(betas)
    shapes, contacts = _shapes(betas, rest, lean)
    time = np.arange(frames_of(laps)) / FPS
    halves, walks = _halves(time if is_walking else 0 * time)
    depth, side = _path(rng, time, halves)
    backs = (halves > 1.5) & (halves % 2 < 0.5)  # stops far away after walking back
    heading = rng.normal(0, 0.2) + np.pi * backs
    heading[walks] = np.pi + np.arctan2(np.gradient(side), np.gradient(depth))[walks]
    phase = np.where(walks, (time * GAIT_HZ * STEPS).astype(int) % STEPS, STEPS)
    around = matrix_from_axis_angle(heading[:, None] * (0.0, 1.0, 0.0))
    place = np.stack([side, 0 * side, -depth], axis=1)
    matrix = world_from_up(up, height, np.zeros(3))

    def to_camera(points):
        world = np.einsum("fab,fpb->fpa", around, points[phase]) + place[:, None]
        return (world - matrix[:3, 3]) @ matrix[:3, :3]  # inverse of a rotation

    views = _views(rng, to_camera(shapes), noise)
    soles = to_camera(contacts[:, None])[:, 0]
    return Session(views, pitch, roll, height, float(np.ptp(rest[:, 1])), matrix, soles, betas)


def _shapes(betas, rest, lean):
    """Return landmarks (21, points, 3) of a step cycle and of standing, feet on the floor, and where they touch it."""
    skeleton = attach_body(open_body()).skeleton(betas)
    carrier = open_body().weight_joints[:, 0]
    feet = [rest[np.isin(carrier, foot)] - skeleton.rest_joints[foot[0]] for foot in FEET]
    standing = np.tile(np.eye(3), (1, 22, 1, 1))
    shapes, contacts = [], []
    for rotations in np.concatenate([gait(), standing]):
        rotations[0] = matrix_from_axis_angle(np.array([lean, 0, 0]))
        rotations[ANKLES] = rotations[0].T @ rotations[ANKLES]  # the feet lean with nobody
        turns, joints = pose_joints(skeleton, rotations, np.zeros(3))
        skin = np.concatenate(
            [
                foot @ turns[ankle].T + joints[ankle]
                for foot, ankle in zip(feet, ANKLES, strict=True)
            ]
        )
        lowest = skin[skin[:, 1].argmin()]
        lift = (0, -lowest[1], 0)
        shapes.append(pose_points(skeleton, turns, joints) + lift)
        contacts.append(lowest + lift)
    return np.array(shapes), np.array(contacts)


def _halves(time):
    """Return how many ways between far and near have been gone, and whether one is being walked."""
    gone, into = np.divmod(np.maximum(time - STAND_S, 0), WALK_S + STOP_S)
    return gone + np.minimum(into / WALK_S, 1), (time >= STAND_S) & (into < WALK_S)


def _path(rng, time, halves):
    """Return how far away and how far to the side: standing far away, then nearer and back."""
    reach, middle = rng.uniform(0.8, 1.2), rng.uniform(3.0, 3.8)
    depth = middle + reach * np.cos(np.pi * halves) + 0.01 * np.sin(time)
    start = rng.uniform(0, 6)
    side = 0.35 * (np.sin(np.pi * halves + start) - np.sin(start)) + 0.02 * np.sin(0.7 * time)
    return depth if halves.any() else depth - reach, side


def _slow(rng, noise, shape):
    """Return noise (frames, landmarks, ...) of variance 1 that is forgotten within some time."""
    drawn = rng.normal(0, 1, shape)
    for foot in FOOT_LANDMARKS:
        shared = rng.normal(0, 1, (shape[0], 1, *shape[2:]))
        drawn[:, foot] = SHARED**0.5 * shared + (1 - SHARED) ** 0.5 * drawn[:, foot]
    keep = np.exp(-1 / (FPS * noise.slow_s)) if noise.slow_s else 0.0
    for k in range(1, len(drawn)):
        drawn[k] = keep * drawn[k - 1] + (1 - keep**2) ** 0.5 * drawn[k]
    return drawn


def _views(rng, camera, noise):
    frames = len(camera)
    rays = camera[..., :2] / camera[..., 2:]
    size = np.ptp(rays[..., 1], axis=1)[:, None, None]
    rays = rays + size * rng.normal(0, noise.pixel, rays.shape)
    rays = rays + size * noise.pixel_slow * _slow(rng, noise, rays.shape)
    rays = rays + size * rng.normal(0, noise.pixel_of_session, (1, *rays.shape[1:]))
    hips = camera[:, [LANDMARKS.index(23), LANDMARKS.index(24)]].mean(axis=1, keepdims=True)
    metres = (camera - hips) * (1 + rng.normal(0, noise.scale))
    metres = metres @ matrix_from_axis_angle(np.array([rng.normal(0, noise.lean), 0, 0])).T
    spread = np.array([noise.metres, noise.metres, noise.depth])
    metres = metres + _slow(rng, noise, metres.shape) * spread
    seen = np.ones(33)
    views = []
    for k in range(frames):
        all_rays, all_metres = np.zeros((33, 2)), np.zeros((33, 3))
        all_rays[LANDMARKS], all_metres[LANDMARKS] = rays[k], metres[k]
        views.append(PersonView(all_rays, all_metres, seen, seen))
    return views
