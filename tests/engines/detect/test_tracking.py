"""Track ids of boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.detect.tracking import BoxTracker


def box(x, y=0.0, width=100.0, height=200.0):
    return np.array([x, y, x + width, y + height], np.float32)


def test_persons_keep_their_ids_whatever_the_order():
    tracker = BoxTracker()
    assert tracker.assign([box(0), box(500)]) == [0, 1]
    assert tracker.assign([box(510), box(10)]) == [1, 0]
    assert tracker.assign([box(20), box(520)]) == [0, 1]


def test_persons_who_walk_past_each_other_keep_their_ids():
    tracker = BoxTracker()
    for step in range(21):
        ids = tracker.assign([box(25.0 * step), box(500 - 25.0 * step, y=40)])
        assert ids == [0, 1]


@pytest.mark.parametrize("speed", [8.0, 20.0])
@pytest.mark.parametrize("jitter", [0.0, 6.0])
def test_persons_who_pass_behind_each_other_keep_their_ids(speed, jitter):
    rng = np.random.default_rng(0)
    tracker = BoxTracker()
    for step in range(int(600 / speed) + 1):
        right, left = speed * step, 600 - speed * step
        boxes = [box(right, rng.normal(0, jitter))]
        if abs(right - left) > 70:  # else hidden
            boxes.append(box(left, 10 + rng.normal(0, jitter)))
        assert tracker.assign(boxes) == [0, 1][: len(boxes)]


def test_newcomer_gets_a_new_id():
    tracker = BoxTracker()
    tracker.assign([box(0)])
    assert tracker.assign([box(900), box(5)]) == [1, 0]


def test_somebody_who_comes_back_soon_is_known():
    tracker = BoxTracker()
    tracker.assign([box(0)])
    for _ in range(20):
        tracker.assign([])
    assert tracker.assign([box(30)]) == [0]


def test_somebody_who_comes_back_late_is_new():
    tracker = BoxTracker()
    tracker.assign([box(0)])
    for _ in range(40):
        tracker.assign([])
    assert tracker.assign([box(0)]) == [1]


def test_legs_that_come_into_view_are_the_same_person():
    tracker = BoxTracker()
    tracker.assign([box(0, height=150)])
    assert tracker.assign([box(0, height=350)]) == [0]


@given(st.lists(st.lists(st.floats(0, 2000), max_size=4), max_size=8))
def test_no_two_persons_share_an_id(frames):
    tracker = BoxTracker()
    for places in frames:
        ids = tracker.assign([box(x) for x in places])
        assert len(set(ids)) == len(places)
