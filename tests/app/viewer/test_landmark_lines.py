from itertools import pairwise

import pytest

from app.viewer import landmark_lines as lines

vision = pytest.importorskip("mediapipe.tasks.python.vision")


def joined(chains):
    return {frozenset(pair) for chain in chains for pair in pairwise(chain)}


def official(connections):
    return {frozenset((each.start, each.end)) for each in connections}


def test_lines_are_those_of_mediapipe():
    body = (
        *lines.BODY_MIDDLE, *lines.BODY_LEFT, *lines.BODY_RIGHT,
        *lines.ROUGH_LEFT_HAND, *lines.ROUGH_RIGHT_HAND, *lines.ROUGH_FACE,
    )  # fmt: skip
    assert joined(body) == official(vision.PoseLandmarksConnections.POSE_LANDMARKS)
    assert joined(lines.HAND) == official(vision.HandLandmarksConnections.HAND_CONNECTIONS)
    contours = vision.FaceLandmarksConnections.FACE_LANDMARKS_CONTOURS
    assert joined(lines.FACE) == official(contours)
