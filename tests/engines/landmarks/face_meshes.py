"""Face meshes of the usual person as a camera and MediaPipe would see them, with exact truth."""

from functools import cache

import numpy as np

from engines.body.face import ARKIT_INDEX
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JAW
from engines.landmarks.face_actions import ACTIONS, load_face_actions
from engines.types import Camera

CAMERA = Camera.guess(1280, 720)
TOWARDS_CAMERA = np.diag([1.0, -1.0, -1.0])
"""Head rotation of a person who looks straight at a level camera."""


def face_mesh(
    body,
    actions=None,
    *,
    jaw_pose=(0.0, 0.0, 0.0),
    turn=(0.0, 0.0, 0.0),
    pixel=(640.0, 360.0),
    distance_m=1.0,
    identity=0.0,
    noise_m=0.0,
    rng=None,
):
    """Return the 468 points in pixels.

    Args:
        body: The open body.
        actions: Name -> coefficient; those of the eyes move the body, all others the mesh as the detector shows them.
        jaw_pose: Axis-angle of the jaw.
        turn: Axis-angle, camera frame, away from looking straight at the camera.
        pixel: Where the middle of the face is seen.
        distance_m: Depth of the middle of the face.
        identity: Added to the points (468, 3) at rest, metres, rest frame.
        noise_m: Standard deviation of each coordinate.
        rng: Of the noise.
    """
    vertices = body.v_template.astype(np.float64)
    shown = _shown()
    moved = shown.mean.copy()
    for name, coefficient in (actions or {}).items():
        if name in ACTIONS:
            moved += coefficient * shown.columns[:, ACTIONS.index(name)].reshape(-1, 3)
            continue
        vertices = vertices + coefficient * body.extras.arkit_dirs[:, :, ARKIT_INDEX[name]]
    weight = np.where(body.weight_joints == JAW, body.weights, 0).sum(axis=1)[:, None]
    arm = vertices - body.joint_template[JAW]
    vertices = vertices + weight * (arm @ matrix_from_axis_angle(np.array(jaw_pose)).T - arm)
    corners = vertices[body.faces[body.extras.face_mesh_faces]]
    points = np.einsum("nk,nkd->nd", body.extras.face_mesh_barycentric, corners) + identity
    points = points + 1e-3 * moved
    if noise_m:
        points = points + rng.normal(0, noise_m, points.shape)
    rotation = matrix_from_axis_angle(np.array(turn)) @ TOWARDS_CAMERA
    return _seen((points - points.mean(axis=0)) @ rotation.T, np.array(pixel), distance_m)


@cache
def _shown():
    return load_face_actions()


def _seen(points, pixel, distance_m):
    """Return points about the middle of the face, camera frame, as pixels; z along the line of sight."""
    place = np.array(
        [
            (pixel[0] - CAMERA.cx) * distance_m / CAMERA.fx,
            (pixel[1] - CAMERA.cy) * distance_m / CAMERA.fy,
            distance_m,
        ]
    )
    seen = points + place
    z = points @ (place / np.linalg.norm(place)) * CAMERA.fx / distance_m
    x = seen[:, 0] / seen[:, 2] * CAMERA.fx + CAMERA.cx
    y = seen[:, 1] / seen[:, 2] * CAMERA.fy + CAMERA.cy
    return np.stack([x, y, z], axis=1).astype(np.float32)
