"""Landmarks of an upright person who looks at the camera, made by hand."""

from dataclasses import replace

import numpy as np

from engines.types import PersonLandmarks

_METRES = {
    0: (0.0, -0.65, -0.25), 2: (0.03, -0.68, -0.23), 5: (-0.03, -0.68, -0.23), 7: (0.07, -0.66, -0.12),
    8: (-0.07, -0.66, -0.12), 9: (0.02, -0.61, -0.23), 10: (-0.02, -0.61, -0.23), 11: (0.18, -0.5, 0.0),
    12: (-0.18, -0.5, 0.0), 13: (0.25, -0.25, 0.0), 14: (-0.25, -0.25, 0.0), 15: (0.4, -0.2, 0.0),
    16: (-0.4, -0.2, 0.0), 17: (0.45, -0.24, 0.0), 18: (-0.45, -0.24, 0.0), 19: (0.45, -0.26, 0.0),
    20: (-0.45, -0.26, 0.0), 21: (0.42, -0.24, 0.0), 22: (-0.42, -0.24, 0.0), 23: (0.1, 0.0, 0.0),
    24: (-0.1, 0.0, 0.0),
}  # fmt: skip
"""MediaPipe landmark -> place; the person's left is at the picture's right. Those not named are the hips' middle."""

PIXELS_PER_METRE = 300.0


def upright_person(middle_px=(320.0, 300.0)):
    """Return a person whose hips are seen at a pixel, at 300 pixels a metre."""
    world = np.zeros((33, 3), np.float32)
    for index, place in _METRES.items():
        world[index] = place
    pixels = world * PIXELS_PER_METRE
    pixels[:, :2] += middle_px
    return PersonLandmarks(
        pose_px=pixels.astype(np.float32),
        pose_world=world,
        pose_visibility=np.ones(33, np.float32),
    )


def with_moved(person, moves):
    """Return the person with body landmarks moved to other pixels."""
    pixels = person.pose_px.copy()
    for index, place in moves.items():
        pixels[index, :2] = place
    return replace(person, pose_px=pixels)
