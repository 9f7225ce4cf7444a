import numpy as np

from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.landmarks.confidence import joint_confidence

SEEN = np.ones(33)
EXACT = np.zeros(33)


def confidence(seen=SEEN, errors=EXACT, left=0.0, right=0.0, face=0.0):
    return joint_confidence(seen, errors, left_hand=left, right_hand=right, face=face)


def test_a_body_seen_clearly_is_sure():
    assert (confidence()[:22] == 1).all()
    assert (confidence()[22:] == 0).all()


def test_what_is_hidden_is_a_guess():
    seen = SEEN.copy()
    seen[[25, 27]] = 0.02
    given = confidence(seen)
    assert given[JOINT_INDEX["left_knee"]] == 0
    assert given[JOINT_INDEX["left_ankle"]] == 0
    assert given[JOINT_INDEX["right_knee"]] == 1


def test_a_joint_off_its_landmark_is_doubtful():
    errors = EXACT.copy()
    errors[13] = 0.2
    given = confidence(errors=errors)
    assert 0 < given[JOINT_INDEX["left_elbow"]] < 0.3
    assert given[JOINT_INDEX["right_elbow"]] == 1


def test_unused_landmarks_do_not_count():
    errors = np.full(33, np.nan)
    errors[[11, 12]] = 0
    assert confidence(errors=errors)[JOINT_INDEX["left_shoulder"]] == 1


def test_hands_and_face_have_their_own():
    seen = SEEN.copy()
    seen[[15, 16]] = 0
    given = confidence(seen, left=0.8, face=0.6)
    assert (given[LEFT_HAND] == np.float32(0.8)).all()
    assert (given[RIGHT_HAND] == 0).all()
    assert given[JAW] == np.float32(0.6)
    assert given[JOINT_INDEX["left_wrist"]] == np.float32(0.8)
    assert given[JOINT_INDEX["right_wrist"]] == 0
