"""Whether a head can show a face, and whether a face is on it."""

from typing import Final

import numpy as np
from jaxtyping import Float32

from engines.types import PersonLandmarks

_NOSE, _EYES, _EARS = 0, [2, 5], [7, 8]
_MESH_NOSE_AND_EYES: Final = [1, 33, 263]
_POSE_NOSE_AND_EYES: Final = [_NOSE, *_EYES]
_MIN_VISIBILITY: Final = 0.3
_PROFILE: Final = 0.1
"""How far the nose has to be in front of the ears, in units of how far it is beside them: 84 degrees."""
_FARTHEST_M: Final = 0.04
"""Faces were at most 3.2 cm off the body's eyes and nose in our clips, hair taken for a face 4.6 cm."""


def can_show_face(person: PersonLandmarks) -> bool:
    """Return whether the head is in view and not turned away."""
    if float(person.pose_visibility[_POSE_NOSE_AND_EYES].max()) < _MIN_VISIBILITY:
        return False
    nose = person.pose_world[_NOSE] - person.pose_world[_EARS].mean(axis=0)
    return bool(-nose[2] > _PROFILE * abs(nose[0]))


def is_on_head(
    face_px: Float32[np.ndarray, "points 3"], person: PersonLandmarks, pixels_per_metre: float
) -> bool:
    """Return whether a face mesh, irises or not, in pixels of the frame, is where the body's eyes and nose are."""
    face = face_px[_MESH_NOSE_AND_EYES, :2].mean(axis=0)
    head = person.pose_px[_POSE_NOSE_AND_EYES, :2].mean(axis=0)
    return float(np.linalg.norm(face - head)) < _FARTHEST_M * pixels_per_metre
