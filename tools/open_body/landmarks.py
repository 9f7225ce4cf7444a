"""Named vertices, and the points of MediaPipe's face mesh on the body's face."""

import math
from pathlib import Path
from typing import Final

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.shading import Light, lit_colors, vertex_normals
from engines.body.skeleton import JOINT_INDEX
from engines.body.surface import Surface
from engines.types import Camera

POINT_COUNT: Final = 468
_PICTURE_PX: Final = 900
_FIELD_OF_VIEW: Final = 0.36
_DISTANCE_M: Final = 0.95
_VIEWS: Final = [(yaw, pitch) for yaw in (0, -0.25, 0.25, 0.5, -0.5) for pitch in (0.0, 0.15)]
"""Turns of the camera about the head, radians."""

_HEAD_JOINTS: Final = ("head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
_UPPER_LIP: Final = (
    13, 82, 81, 80, 191, 312, 311, 310, 415, 0, 37, 39, 40, 185, 267, 269, 270, 409, 11, 72, 73, 74, 184, 302, 303, 304,
    408, 12, 38, 41, 42, 183, 268, 271, 272, 407,
)  # fmt: skip
_LOWER_LIP: Final = (
    14, 87, 178, 88, 95, 317, 402, 318, 324, 17, 84, 181, 91, 146, 314, 405, 321, 375, 16, 85, 180, 90, 77, 315, 404,
    320, 307, 15, 86, 179, 89, 96, 316, 403, 319, 325,
)  # fmt: skip
IBUG_51: Final = (
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144,
    362, 385, 387, 263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14,
    87,
)  # fmt: skip
"""Face-mesh points at the 51 landmarks that SMPL-X files carry: the iBUG 68 without the contour."""


def named_vertices(
    template: NDArray[np.float64], joints: NDArray[np.float64], joint_weights: NDArray[np.float64]
) -> dict[str, int]:
    """Return nose, eyes, ears, toes, heels and finger tips, by the names smplx uses."""
    part = joint_weights.argmax(axis=1)

    def furthest(joint: str, score: NDArray[np.float64]) -> int:
        return int(np.where(part == JOINT_INDEX[joint], score, -np.inf).argmax())

    x, y, z = template.T
    eye_y = joints[JOINT_INDEX["left_eye_smplhf"], 1]
    found = {"nose": furthest("head", z - 5 * np.abs(x))}
    for letter, side, sign in (("l", "left", 1), ("r", "right", -1)):
        out, big = sign * x, letter.upper()
        found[f"{letter}eye"] = furthest(f"{side}_eye_smplhf", z)
        found[f"{letter}ear"] = furthest("head", out - 3 * np.abs(y - eye_y + 0.01))
        found[f"{big}BigToe"] = furthest(f"{side}_foot", z - 0.8 * out)
        found[f"{big}SmallToe"] = furthest(f"{side}_foot", 0.4 * z + 1.2 * out)
        found[f"{big}Heel"] = furthest(f"{side}_ankle", -z - 0.6 * y)
        for finger in ("thumb", "index", "middle", "ring", "pinky"):
            first, last = (joints[JOINT_INDEX[f"{side}_{finger}{k}"]] for k in (1, 3))
            found[f"{letter}{finger}"] = furthest(f"{side}_{finger}3", template @ (last - first))
    return found


def face_mesh_points(
    template: NDArray[np.float64],
    faces: NDArray[np.int32],
    joints: NDArray[np.float64],
    joint_weights: NDArray[np.float64],
    lips: NDArray[np.bool_],
    model: Path,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return face (468,) and barycentric weights (468, 3) of MediaPipe's points on the body.

    The face is drawn from ten sides, MediaPipe finds its points in each picture, and each point is the mean of the
    places that were seen there, frontal ones counting most.

    Args:
        template: Vertices.
        faces: Triangles.
        joints: Joints of the template.
        joint_weights: Skinning weights (vertices, 55).
        lips: Vertices to paint as lips.
        model: face.task.

    Raises:
        RuntimeError: a point was seen from no side.
    """
    head = joint_weights[:, [JOINT_INDEX[name] for name in _HEAD_JOINTS]].sum(axis=1) > 0.5
    own_faces = np.flatnonzero(head[faces].all(axis=1))
    head_faces = np.ascontiguousarray(faces[own_faces])
    colors = _face_colors(template, joint_weights, lips)
    centre = joints[JOINT_INDEX["head"]] + (0, 0.045, 0.03)
    sums, weights = np.zeros((POINT_COUNT, 3)), np.zeros(POINT_COUNT)
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)), min_face_detection_confidence=0.2
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for yaw, pitch in _VIEWS:
            places, facing = _see(template, head_faces, colors, centre, yaw, pitch, landmarker)
            sums += facing[:, None] * places
            weights += facing
    if weights.min() < 0.02:
        raise RuntimeError(f"face-mesh point {weights.argmin()} was seen from no side")
    points = sums / weights[:, None]
    jaw = joint_weights[head_faces, JOINT_INDEX["jaw"]].mean(axis=1)
    found, barycentric = _closest(template, head_faces, points, joints, jaw)
    return own_faces[found], barycentric


def _see(
    template: NDArray[np.float64],
    faces: NDArray[np.int32],
    colors: NDArray[np.float32],
    centre: NDArray[np.float64],
    yaw: float,
    pitch: float,
    landmarker: vision.FaceLandmarker,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the points are (468, 3) as seen from one side, and how frontally (468,): 0 for unseen ones."""
    focal = _PICTURE_PX / (2 * math.tan(_FIELD_OF_VIEW / 2))
    camera = Camera(_PICTURE_PX, _PICTURE_PX, focal, focal, _PICTURE_PX / 2, _PICTURE_PX / 2)
    rotation = _camera_from_body(yaw, pitch)
    vertices = ((template - centre) @ rotation.T + (0, 0, _DISTANCE_M)).astype(np.float32)
    buffer = SampleBuffer(_PICTURE_PX, _PICTURE_PX, samples=1)
    image = np.full((_PICTURE_PX, _PICTURE_PX, 3), (51, 41, 38), np.uint8)
    lit = lit_colors(colors, vertex_normals(vertices, faces), Light())
    draw_mesh(image, buffer, vertices, faces, lit, camera)
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    result = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb))
    if not result.face_landmarks:
        return np.zeros((POINT_COUNT, 3)), np.zeros(POINT_COUNT)
    pixels = _PICTURE_PX * np.array([(p.x, p.y) for p in result.face_landmarks[0][:POINT_COUNT]])
    x, y = np.clip(pixels, 0, _PICTURE_PX - 1).astype(int).T
    depth = buffer.depth()[y, x].astype(np.float64)
    rays = np.concatenate([(pixels - _PICTURE_PX / 2) / focal, np.ones((POINT_COUNT, 1))], axis=1)
    is_seen = np.isfinite(depth)
    places = (rays * np.where(is_seen, depth, 0)[:, None] - (0, 0, _DISTANCE_M)) @ rotation + centre
    a, b, c = np.moveaxis(vertices[faces[buffer.triangles[y, x]]].astype(np.float64), 1, 0)
    normals = np.cross(b - a, c - a)
    facing = -np.sum(normals * rays, axis=1)
    facing /= np.linalg.norm(normals, axis=1) * np.linalg.norm(rays, axis=1)
    return places, np.where(is_seen, np.clip(facing, 0, 1), 0) ** 2


def _camera_from_body(yaw: float, pitch: float) -> NDArray[np.float64]:
    """Return the rotation into the frame of a camera that looks at the face from its left and from above."""
    cos_y, sin_y, cos_p, sin_p = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    back = (sin_y * cos_p, sin_p, cos_y * cos_p)
    right = (cos_y, 0, -sin_y)
    return np.stack([right, -np.cross(back, right), np.negative(back)])


def _face_colors(
    template: NDArray[np.float64], joint_weights: NDArray[np.float64], lips: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return BGR of skin, lips and eyes: enough for a face detector."""
    colors = np.tile(np.float32([140, 170, 214]), (len(template), 1))
    colors[lips] = (105, 110, 190)
    for name in ("left_eye_smplhf", "right_eye_smplhf"):
        eye = np.flatnonzero(joint_weights[:, JOINT_INDEX[name]] > 0.5)
        at = template[eye] - template[eye].mean(axis=0)
        from_axis = np.linalg.norm(at[:, :2], axis=1) / np.ptp(at[:, 0])
        in_front = at[:, 2] > 0
        colors[eye] = (245, 245, 245)
        colors[eye[in_front & (from_axis < 0.26)]] = (30, 45, 70)
        colors[eye[in_front & (from_axis < 0.11)]] = (10, 10, 10)
    return colors


def _closest(
    template: NDArray[np.float64],
    faces: NDArray[np.int32],
    points: NDArray[np.float64],
    joints: NDArray[np.float64],
    jaw: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the closest triangle and place in it; a lip's points stay on that lip, whose triangles touch the other."""
    closest = Surface(template, faces).closest(points)
    found, barycentric = closest.triangles.copy(), closest.barycentric.copy()
    before_tongue = template[faces].mean(axis=1)[:, 2] > joints[JOINT_INDEX["head"], 2] + 0.095
    for lip, is_own in ((_UPPER_LIP, jaw < 0.4), (_LOWER_LIP, jaw > 0.5)):
        own = np.flatnonzero(is_own & before_tongue)
        on_lip = Surface(template, faces[own]).closest(points[list(lip)])
        found[list(lip)] = own[on_lip.triangles]
        barycentric[list(lip)] = on_lip.barycentric
    return found, barycentric
