"""Skin, hair, face and clothes for the open body, as one colour for each vertex."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.shading import normals_at_rest
from engines.body.model import BodyModel, OpenBodyExtras
from engines.body.skeleton import JOINT_INDEX

_Color = tuple[int, int, int]

# BGR
_SKIN: Final = (138, 168, 214)
_LIPS: Final = (112, 116, 188)
_HAIR: Final = (28, 38, 52)
_WHITE_OF_EYE: Final = (232, 236, 238)
_IRIS: Final = (58, 88, 112)
_PUPIL: Final = (14, 14, 16)
_SHIRT: Final = (150, 92, 48)
_TROUSERS: Final = (66, 58, 54)
_SHOES: Final = (36, 52, 84)

# MediaPipe face-mesh points
_OUTER_LIPS: Final = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
_BROWS: Final = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))

_HAIRLINE_Z: Final = (-0.02, 0.03, 0.06, 0.11, 0.15, 0.17, 0.20)
_HAIRLINE_Y: Final = (0.175, 0.19, 0.24, 0.265, 0.31, 0.335, 0.345)

_SMOOTHING_STEPS: Final = 12
"""Cloth bridges the hollows of the body, and toes: so many times each vertex moves to the mean of its neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class Costume:
    """How one dressed body looks, in its rest pose."""

    colors: Float32[np.ndarray, "vertices 3"]
    """BGR of each vertex, 0 to 255, without light."""
    thickness: Float32[np.ndarray, "vertices 3"]
    """What hair and clothes add to each rest vertex, metres."""


class _Garment(NamedTuple):
    inside_m: NDArray[np.float32]
    """How far each vertex is inside its outline; negative outside."""
    color: _Color
    thickness_m: float
    is_cloth: bool = True
    """It bridges hollows; hair does not."""


def dress(model: BodyModel) -> Costume:
    """Return the open body in a T-shirt, trousers and shoes.

    Raises:
        ValueError: the body is not the open body: the outlines are measured on its template.
    """
    if model.extras is None:
        raise ValueError(f"{model.name}: only the open body can be dressed")
    rest, part = model.v_template, model.weight_joints[:, 0]
    colors = np.tile(np.array(_SKIN, np.float32), (len(rest), 1))
    thickness = np.zeros_like(rest)
    _paint_face(colors, model, model.extras)
    _paint_eyes(colors, rest, part)
    normals = normals_at_rest(rest, model.faces)
    sag = np.sum((_smoothed(rest, model.faces) - rest) * normals, axis=1, keepdims=True)
    drape = np.maximum(sag, 0) * normals  # out over hollows, never into the body
    for garment in (*_clothes(rest, part), _hair(rest, part)):
        cover = _soft(garment.inside_m, 0.012)
        _tint(colors, garment.color, cover)
        cloth = garment.thickness_m * normals + garment.is_cloth * drape
        thickness += cover * (cloth - thickness)
    return Costume(colors, thickness)


def _clothes(rest: NDArray[np.float32], part: NDArray[np.int32]) -> list[_Garment]:
    """Return trousers, shirt and shoes: later ones on top."""
    x, y, z = np.abs(rest[:, 0]), rest[:, 1], rest[:, 2]
    trunk = _is_part(part, "spine1", "spine2", "spine3", "neck", "pelvis")
    shoulders = _is_part(part, "left_collar", "right_collar", "left_shoulder", "right_shoulder")
    legs = _is_part(part, "pelvis", "left_hip", "right_hip", "left_knee", "right_knee")
    feet = _is_part(part, "left_ankle", "right_ankle", "left_foot", "right_foot")
    neckline = np.maximum(np.hypot(x, z - 0.055) - 0.09, 0.075 - y)
    shirt = np.minimum.reduce([neckline, y + 0.40, 0.35 - x])
    return [
        _Garment(_only(legs | feet, np.minimum(y + 1.30, -y - 0.33)), _TROUSERS, 0.010),
        _Garment(_only(trunk | shoulders, shirt), _SHIRT, 0.010),
        _Garment(_only(feet, -1.275 - y), _SHOES, 0.010),
    ]


def _hair(rest: NDArray[np.float32], part: NDArray[np.int32]) -> _Garment:
    y, z = rest[:, 1], rest[:, 2]
    above_hairline = y - np.interp(z, _HAIRLINE_Z, _HAIRLINE_Y)
    around_ear = np.hypot(y - 0.252, 1.2 * (z - 0.068)) - 0.043
    is_inside = np.abs(rest[:, 0]) < 0.04  # of the head, under the ears
    inside_m = np.minimum(above_hairline, np.where(is_inside, 1, around_ear))
    return _Garment(_only(_is_part(part, "head", "neck"), inside_m), _HAIR, 0.012, is_cloth=False)


def _paint_face(colors: NDArray[np.float32], model: BodyModel, extras: OpenBodyExtras) -> None:
    corners = model.v_template[model.faces[extras.face_mesh_faces]]
    points = np.einsum("pkx,pk->px", corners, extras.face_mesh_barycentric)
    in_front = model.v_template[:, 2] > 0.15
    at = model.v_template[:, :2]
    outline = points[list(_OUTER_LIPS), :2]
    inside = np.where(_is_inside(at, outline), 1, -1) * _distance(
        at, np.roll(outline, 1, 0), outline
    )
    _tint(colors, _LIPS, _soft(_only(in_front, inside), 0.004))
    for brow in _BROWS:
        line = points[list(brow), :2]
        inside = 0.0035 - _distance(at, line[:-1], line[1:])
        _tint(colors, _HAIR, _soft(_only(in_front, inside), 0.004))


def _paint_eyes(
    colors: NDArray[np.float32], rest: NDArray[np.float32], part: NDArray[np.int32]
) -> None:
    for name in ("left_eye_smplhf", "right_eye_smplhf"):
        eye = np.flatnonzero(part == JOINT_INDEX[name])
        at = rest[eye] - rest[eye].mean(axis=0)
        from_axis = np.linalg.norm(at[:, :2], axis=1) / np.ptp(at[:, 0])
        in_front = at[:, 2] > 0
        colors[eye] = _WHITE_OF_EYE
        colors[eye[in_front & (from_axis < 0.25)]] = _IRIS
        colors[eye[in_front & (from_axis < 0.11)]] = _PUPIL


def _tint(colors: NDArray[np.float32], color: _Color, cover: NDArray[np.float32]) -> None:
    colors += cover * (np.array(color, np.float32) - colors)


def _soft(inside_m: NDArray[np.float32], width_m: float) -> NDArray[np.float32]:
    """Return the cover (N, 1) of an outline that fades over a width: vertex colours step no finer than the mesh."""
    return np.clip(inside_m / width_m + 0.5, 0, 1).astype(np.float32)[:, None]


def _only(mask: NDArray[np.bool_], inside_m: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.where(mask, inside_m, -1).astype(np.float32)


def _is_part(part: NDArray[np.int32], *names: str) -> NDArray[np.bool_]:
    return np.isin(part, [JOINT_INDEX[name] for name in names])


def _distance(
    points: NDArray[np.float32], starts: NDArray[np.float32], ends: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the distance of points (N, 2) from the nearest of the segments (M, 2)."""
    along = ends - starts
    to = points[:, None] - starts
    place = np.clip(np.sum(to * along, axis=2) / np.sum(along**2, axis=1), 0, 1)
    return np.linalg.norm(to - place[:, :, None] * along, axis=2).min(axis=1)


def _is_inside(points: NDArray[np.float32], outline: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return whether points (N, 2) are inside a polygon (M, 2), by the even-odd rule."""
    x, y = points[:, 0, None], points[:, 1, None]
    (x0, y0), (x1, y1) = outline.T, np.roll(outline, -1, axis=0).T
    crosses = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1, y1 - y0)
    return np.sum(crosses & (x < x0 + (y - y0) * (x1 - x0) / rise), axis=1) % 2 == 1


def _smoothed(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    count = len(vertices)
    starts, ends = faces.ravel(), np.roll(faces, 1, axis=1).ravel()
    neighbours = np.bincount(starts, minlength=count)
    smooth = vertices
    for _ in range(_SMOOTHING_STEPS):
        sums = [np.bincount(starts, weights=smooth[ends, k], minlength=count) for k in range(3)]
        smooth = (np.stack(sums, axis=1) / neighbours[:, None]).astype(np.float32)
    return smooth
