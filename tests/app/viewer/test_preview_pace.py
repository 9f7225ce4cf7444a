"""When the machine is short, the window draws less; when it has time again, more."""

import itertools

import pytest

from app.viewer.preview_pace import COMFORTABLE_HZ, FASTEST_HZ, SLOWEST_HZ, PreviewPace


def test_nothing_is_drawn_faster_than_the_limit():
    pace = PreviewPace(20.0)
    drawn = [k / 100 for k in range(300) if pace.is_due(k / 100)]
    assert len(drawn) == pytest.approx(60, abs=1)
    assert min(b - a for a, b in itertools.pairwise(drawn)) > 0.039  # asked every 10 ms


def test_lost_frames_slow_the_preview_and_their_end_lets_it_go():
    pace = PreviewPace()
    published = dropped = 0
    for _ in range(20):
        published, dropped = published + 12, dropped + 3
        pace.note(published, dropped, 20.0)
    assert pace.rate_hz == SLOWEST_HZ
    for _ in range(20):
        published += 15
        pace.note(published, dropped, 20.0)
    assert pace.rate_hz == FASTEST_HZ


def test_a_few_lost_frames_do_not_matter():
    pace = PreviewPace()
    pace.note(100, 2, 20.0)
    assert pace.rate_hz == FASTEST_HZ


def test_another_session_begins_anew():
    pace = PreviewPace()
    pace.note(10, 90, 2.0)
    assert pace.rate_hz < FASTEST_HZ
    pace.restart()
    assert pace.rate_hz == FASTEST_HZ
    pace.note(30, 0, 30.0)
    assert pace.rate_hz == FASTEST_HZ


def test_a_pause_does_not_let_pictures_pile_up():
    pace = PreviewPace(10.0)
    assert pace.is_due(0.0)
    assert pace.is_due(60.0)
    assert not pace.is_due(60.05)
    assert pace.is_due(60.1)


def test_a_camera_faster_than_anybody_needs_is_no_reason_to_look_slow():
    pace = PreviewPace()
    for k in range(1, 20):
        pace.note(15 * k, 15 * k, 30.0)
    assert pace.rate_hz == COMFORTABLE_HZ
    for k in range(20, 40):
        pace.note(15 * k, 15 * k, 20.0)
    assert pace.rate_hz == SLOWEST_HZ
