import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.smoothing.presence import Presence

UNSEEN = np.array([False])
SEEN = np.array([True])


def eased(steps_s, hold_s=0.5, ease_s=1.0):
    """How far a channel at 1 has come to rest at 0."""
    presence, value = Presence(1, hold_s=hold_s, ease_s=ease_s, return_s=0.3), 1.0
    course = []
    for dt_s in steps_s:
        value -= presence.step(UNSEEN, dt_s).rest[0] * value
        course.append(value)
    return course


def test_holds_then_eases_then_rests():
    course = eased([0.05] * 40)
    assert course[9] == 1.0  # 0.5 s
    assert 0 < course[19] < 1
    assert course[30] == pytest.approx(0, abs=1e-9)
    assert all(later <= earlier for earlier, later in itertools.pairwise(course))


@given(st.integers(1, 12))
def test_course_does_not_depend_on_the_frame_rate(parts):
    assert eased([1.0 / parts] * parts)[-1] == pytest.approx(eased([1.0])[-1])


def test_seen_again_begins_anew():
    presence = Presence(1, hold_s=0.5, ease_s=1.0, return_s=0.3)
    presence.step(UNSEEN, 1.0)
    assert presence.step(SEEN, 0.1).rest[0] == 0
    assert presence.step(UNSEEN, 0.4).rest[0] == 0


def test_no_times_go_to_rest_at_once():
    presence = Presence(1, hold_s=0.0, ease_s=0.0, return_s=0.3)
    assert presence.step(UNSEEN, 0.01).rest[0] == 1


def returned(unseen_s, steps_s):
    """How far a channel that was away at 0 has come to where it is seen at 1, after each step."""
    presence, value, course = Presence(1, hold_s=0.5, ease_s=1.0, return_s=0.3), 0.0, []
    presence.step(UNSEEN, unseen_s)
    for dt_s in steps_s:
        value += presence.step(SEEN, dt_s).arrival[0] * (1 - value)
        course.append(value)
    return course


def test_comes_back_along_a_smooth_step():
    course = returned(1.0, [0.03] * 12)
    assert course[0] < 0.05
    assert course[4] == pytest.approx(0.5)
    assert course[9] == pytest.approx(1)
    assert course[11] == pytest.approx(1)
    assert max(np.diff(course)) < 0.16


@given(st.integers(1, 12))
def test_way_back_does_not_depend_on_the_frame_rate(parts):
    assert returned(1.0, [0.12 / parts] * parts)[-1] == pytest.approx(returned(1.0, [0.12])[-1])


def test_a_short_absence_is_made_up_as_quickly():
    assert returned(0.03, [0.03])[-1] == pytest.approx(1)


def test_what_was_never_away_does_not_arrive():
    presence = Presence(1, hold_s=0.5, ease_s=1.0, return_s=0.3)
    assert presence.step(SEEN, 0.03).arrival[0] == 0
