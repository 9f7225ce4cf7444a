"""People of known pose in front of a camera, and the landmarks a perfect detector gives for them."""

from dataclasses import replace

import numpy as np

from engines.body.pose import full_pose, params_from_full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import LEFT_HAND, MIRROR, RIGHT_HAND
from engines.landmarks.synthesis import landmarks_of_body
from engines.types import Camera, Detection, Frame

CAMERA = Camera.guess(1280, 720)
STEP_NS = 33_333_333
NOTHING = np.zeros((1, 1, 3), np.uint8)
TO_CAMERA = np.array([np.pi, 0.0, 0.0])
"""Root rotation of a person who stands upright and faces a level camera."""
LEGS = list(range(25, 33))
HIPS_AND_LEGS = list(range(23, 33))


def turned_about(root, *, yaw=0.0, lean=0.0):
    """Return a root rotation turned about the person's own axis, then leant to the side."""
    rotation = matrix_from_axis_angle(np.array([0, 0, lean])) @ matrix_from_axis_angle(root)
    return axis_angle_from_matrix(rotation @ matrix_from_axis_angle(np.array([0, yaw, 0])))


def random_pose(rng, *, yaw=1.0):
    """Return a (55, 3) pose within what joints do: upright, arms and legs moving, fingers curled."""
    pose = np.zeros((55, 3))
    pose[0] = turned_about(TO_CAMERA, yaw=rng.uniform(-yaw, yaw), lean=rng.normal(0, 0.1))
    pose[[3, 6, 9]] = rng.normal(0, 0.06, (3, 3))
    pose[[12, 15]] = rng.normal(0, 0.1, (2, 3))
    for side in (1, -1):
        shoulder, elbow, hip, knee = (16, 18, 1, 4) if side == 1 else (17, 19, 2, 5)
        lift = matrix_from_axis_angle(np.array([0, 0, -side * rng.uniform(0.0, 1.3)]))
        swing = matrix_from_axis_angle(
            np.array([rng.normal(0, 0.15), -side * rng.uniform(0, 0.7), 0])
        )
        pose[shoulder] = axis_angle_from_matrix(lift @ swing)
        pose[elbow] = [0, -side * rng.uniform(0.2, 1.6), 0]
        pose[hip] = [-abs(rng.normal(0, 0.4)), 0, side * abs(rng.normal(0, 0.1))]
        pose[knee] = [abs(rng.normal(0, 0.5)), 0, 0]
    curl = np.repeat(rng.uniform(0, 1, 4), 3) * np.tile([1.0, 1.2, 0.8], 4)
    pose[LEFT_HAND][:12, 2] = -curl
    pose[RIGHT_HAND][:12, 2] = curl
    return pose


def standing_pose():
    """Return a relaxed pose facing the camera."""
    pose = RELAXED_POSE.copy()
    pose[0] = TO_CAMERA
    return pose


def person(pose, *, place=(0.0, 0.2, 3.0), betas=None):
    """Return parameters of a pose (55, 3) whose root offset is `place`."""
    return params_from_full_pose(pose, transl=np.array(place), betas=betas)


def seen(body, params, camera=CAMERA, *, face=False, hands=True):
    """Return exact landmarks. Without a face, as its own solver has its own tests."""
    landmarks = landmarks_of_body(body, params, camera)
    if not face:
        landmarks = replace(landmarks, face_px=None)
    if not hands:
        landmarks = replace(landmarks, left_hand_px=None, right_hand_px=None)
    return landmarks


def hidden(landmarks, indices, *, out_of_picture=True):
    """Return landmarks of which some are out of view."""
    visibility = landmarks.pose_visibility.copy()
    visibility[indices] = 0.05
    pixels = landmarks.pose_px.copy()
    if out_of_picture:
        pixels[indices, 1] += 2000
    return replace(landmarks, pose_px=pixels, pose_visibility=visibility)


def swapped(landmarks):
    """Return landmarks as MediaPipe confuses them: left and right exchanged, front and back turned over."""
    order = [0, 4, 5, 6, 1, 2, 3, *(i + 1 if i % 2 else i - 1 for i in range(7, 33))]
    world = landmarks.pose_world[order].astype(np.float64)
    up = world[[11, 12]].sum(axis=0) - world[[27, 28]].sum(axis=0)
    up /= np.linalg.norm(up)
    level = np.array([0.0, 0.0, 1.0]) - up[2] * up
    level /= np.linalg.norm(level)
    return replace(
        landmarks,
        pose_px=landmarks.pose_px[order],
        pose_world=(world - 2 * np.outer(world @ level, level)).astype(np.float32),
        pose_visibility=landmarks.pose_visibility[order],
        left_hand_px=landmarks.right_hand_px,
        right_hand_px=landmarks.left_hand_px,
    )


def between(landmarks, others, part):
    """Return landmarks of which each lies this part of the way to its namesake among the others."""
    return replace(
        landmarks,
        pose_px=(1 - part) * landmarks.pose_px + part * others.pose_px,
        pose_world=(1 - part) * landmarks.pose_world + part * others.pose_world,
    )


def detection(landmarks, track_id=1):
    return Detection(track_id, np.zeros(4, np.float32), 1.0, landmarks)


def frame(index, camera=CAMERA, *, step_ns=STEP_NS):
    return Frame(index, 0, index * step_ns, NOTHING, camera)


def run(regressor, sequence, camera=CAMERA):
    """Return the only estimate of each frame."""
    return [
        regressor.regress(frame(index, camera), [detection(landmarks)])[0]
        for index, landmarks in enumerate(sequence)
    ]


def mirrored(pose):
    """Return the pose of the mirror image, the root apart."""
    other = pose[MIRROR] * (1, -1, -1)
    other[0] = pose[0]
    return other


def angles_deg(pose_a, pose_b):
    """Return the angles between rotations of two (n, 3) poses."""
    relative = np.swapaxes(matrix_from_axis_angle(pose_a), -1, -2) @ matrix_from_axis_angle(pose_b)
    return np.degrees(np.linalg.norm(axis_angle_from_matrix(relative), axis=-1))


def pose_of(estimate):
    return full_pose(estimate.params)
