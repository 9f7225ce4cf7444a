"""Boxes that stand still with the person, follow without falling behind, and are nobody else's."""

import numpy as np
import pytest

from engines.expose.boxes import CENTRE_PLAY, SIZE_PLAY, PersonBoxes
from engines.expose.crops import BOX_FACTOR, body_square
from engines.types import Camera, Detection, Frame, PersonLandmarks

HEIGHT_PX = 300
STEP_NS = 33_000_000
IMAGE = np.zeros((480, 640, 3), np.uint8)
CAMERA = Camera.guess(640, 480)
SHAPE = np.random.default_rng(0).uniform(0, 0.85, (33, 2)) * (120, HEIGHT_PX)
SHAPE[0], SHAPE[32] = (60, 0), (60, HEIGHT_PX)  # nose and foot: the highest and the lowest


def frame(index):
    return Frame(index, index * STEP_NS, index * STEP_NS, IMAGE, CAMERA)


def person(corner=(200, 100), *, track_id=1, scale=1.0, noise=None, hidden=(), held=False):
    points = SHAPE * scale + corner
    if noise is not None:
        points = points + noise.uniform(-1, 1, points.shape) * CENTRE_PLAY * HEIGHT_PX / 2
    pixels = np.concatenate([points, np.zeros((33, 1))], axis=1).astype(np.float32)
    visibility = np.ones(33, np.float32)
    visibility[list(hidden)] = 0
    landmarks = PersonLandmarks(pixels, np.zeros((33, 3), np.float32), visibility)
    box = np.concatenate([points.min(0) - 30, points.max(0) + 30]).astype(np.float32)
    return Detection(track_id, box, 0.9, landmarks, held=held)


def joints(corner, count=55):
    """Where an answer for `person` puts the joints: a little inside of its landmarks."""
    rng = np.random.default_rng(1)
    inner = rng.uniform(0.05, 0.95, (count, 2))
    inner[:2] = (0.05, 0.05), (0.95, 0.95)
    return (inner * (120, HEIGHT_PX) + corner).astype(np.float32)


def middle(box):
    return np.array([box[0] + box[2], box[1] + box[3]]) / 2


def true_middle(corner):
    return np.array(corner) + (SHAPE.min(0) + SHAPE.max(0)) / 2


def test_the_margin_is_added_once():
    box = PersonBoxes().place(frame(0), person())
    assert body_square(box, 256).side == pytest.approx(BOX_FACTOR * HEIGHT_PX)
    assert np.allclose(middle(box), true_middle((200, 100)))


def test_a_still_person_has_a_still_crop():
    rng = np.random.default_rng(2)
    boxes = PersonBoxes()
    placed = [boxes.place(frame(k), person(noise=rng)) for k in range(200)]
    # the first pictures may still push it to where all noise fits in
    assert all(np.array_equal(placed[100], box) for box in placed[100:])


def test_a_walking_person_is_followed_within_the_play():
    boxes = PersonBoxes()
    for k in range(40):
        corner = (20 + 8 * k, 100 + 2 * k)
        scale = 1 - k / 100
        box = boxes.place(frame(k), person(corner, scale=scale))
        size = HEIGHT_PX * scale
        want = np.array(corner) + (SHAPE.min(0) + SHAPE.max(0)) / 2 * scale
        assert np.abs(middle(box) - want).max() <= CENTRE_PLAY * size + 1e-3
        assert abs(box[3] - box[1] - size) <= SIZE_PLAY * size + 1e-3


def test_a_jump_is_no_motion():
    boxes = PersonBoxes()
    boxes.place(frame(0), person((20, 100)))
    box = boxes.place(frame(1), person((420, 100)))
    assert np.allclose(middle(box), true_middle((420, 100)))


def test_nobody_s_box_is_remembered():
    boxes = PersonBoxes()
    boxes.place(frame(0), person())
    boxes.keep_only(())
    moved = (200 + CENTRE_PLAY * HEIGHT_PX / 2, 100)
    assert np.allclose(middle(boxes.place(frame(9), person(moved))), true_middle(moved))


def test_two_persons_have_boxes_of_their_own():
    boxes = PersonBoxes()
    for k in range(20):
        left = boxes.place(frame(k), person((20 + 2 * k, 100), track_id=1))
        right = boxes.place(frame(k), person((500 - 2 * k, 100), track_id=2))
    assert np.abs(middle(left) - true_middle((58, 100))).max() <= CENTRE_PLAY * HEIGHT_PX + 1e-3
    assert np.abs(middle(right) - true_middle((462, 100))).max() <= CENTRE_PLAY * HEIGHT_PX + 1e-3


def test_a_person_at_the_border_is_cut_off_there():
    box = PersonBoxes().place(frame(0), person((200, 300)))
    size = 480 - 300  # what is left of the height is still longer than the width
    assert box[3] - box[1] == pytest.approx(size)
    assert middle(box)[1] == pytest.approx(390)


def test_a_foot_that_flickers_does_not_shake_the_box():
    boxes = PersonBoxes()
    first = boxes.place(frame(0), person())
    for k in range(1, 30):
        box = boxes.place(frame(k), person(hidden=(32,) if k % 3 == 0 else ()))
        assert np.array_equal(box, first)


def test_a_foot_that_stays_hidden_leaves_the_box():
    boxes = PersonBoxes()
    first = boxes.place(frame(0), person())
    for k in range(1, 60):
        box = boxes.place(frame(k), person(hidden=(32,)))
    assert box[3] - box[1] < (first[3] - first[1]) * (1 - SIZE_PLAY / 2)


def test_held_persons_are_where_the_answers_go():
    boxes = PersonBoxes()
    for k in range(40):
        corner = (20 + 8 * k, 100)
        detection = person(corner if k % 4 == 0 else (20 + 8 * (k - k % 4), 100), held=k % 4 > 0)
        box = boxes.place(frame(k), detection)
        if k > 1:  # two answers tell a speed
            assert np.abs(middle(box) - true_middle(corner)).max() <= CENTRE_PLAY * HEIGHT_PX + 1e-3
        boxes.learn(frame(k), detection, joints(corner))


def test_an_answer_that_runs_away_is_not_followed():
    boxes = PersonBoxes()
    for k in range(2):
        boxes.place(frame(k), person())
        boxes.learn(frame(k), person(), joints((200, 100)))
    boxes.learn(frame(2), person(), joints((600, 100)))
    box = boxes.place(frame(3), person(held=True))
    assert np.abs(middle(box) - true_middle((200, 100))).max() <= CENTRE_PLAY * HEIGHT_PX


def test_joints_out_of_the_picture_count_for_nothing():
    boxes = PersonBoxes()
    corner = (200, 100)
    for k in range(2):
        boxes.place(frame(k), person(corner))
        guesses = np.vstack([joints(corner), [[250, 900], [-200, 50]]]).astype(np.float32)
        boxes.learn(frame(k), person(corner), guesses)
    box = boxes.place(frame(2), person(corner, held=True))
    assert np.abs(middle(box) - true_middle(corner)).max() <= CENTRE_PLAY * HEIGHT_PX


def test_a_box_from_a_file_is_used_as_it_is():
    given = Detection(1, np.array([5.5, -20.25, 90.5, 300.75], np.float32), 1.0)
    boxes = PersonBoxes()
    boxes.place(frame(0), person())
    assert boxes.place(frame(1), given).tolist() == [5.5, -20.25, 90.5, 300.75]
