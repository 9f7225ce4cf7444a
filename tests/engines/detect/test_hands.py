"""Whose hand is which."""

from dataclasses import replace

import numpy as np
import pytest

from engines.detect.hands import assign_hands
from engines.detect.mediapipe_tasks import FoundHand
from tests.engines.detect.people import upright_person, with_moved

SIZE_PX = 40


def hand_at(wrist, right_likelihood=0.5):
    """Return a hand of 40 pixels that points up from its wrist."""
    points = np.zeros((21, 3), np.float32)
    points[:, 0] = np.linspace(0, 0.5 * SIZE_PX, 21)
    points[:, 1] = np.linspace(0, -SIZE_PX, 21)
    points[:, :2] += wrist
    return FoundHand(points, right_likelihood, np.zeros((21, 3), np.float32))


@pytest.fixture
def person():
    return upright_person()


@pytest.fixture
def left(person):
    return hand_at(person.pose_px[15, :2], right_likelihood=0.1)


@pytest.fixture
def right(person):
    return hand_at(person.pose_px[16, :2], right_likelihood=0.9)


def test_hands_go_to_their_wrists_in_any_order(person, left, right):
    assert assign_hands(person, [left, right]) == {"left": left, "right": right}
    assert assign_hands(person, [right, left]) == {"left": left, "right": right}


def test_wrists_overrule_looks_when_they_are_apart(person):
    mistaken = hand_at(person.pose_px[15, :2], right_likelihood=1.0)
    assert assign_hands(person, [mistaken]) == {"left": mistaken}


def test_looks_decide_when_both_wrists_are_there(person):
    together = with_moved(person, {15: (320, 200), 16: (320, 200)})
    hand = hand_at((322, 200), right_likelihood=0.95)
    assert assign_hands(together, [hand]) == {"right": hand}


def test_one_hand_found_twice_is_one_hand(person, left):
    again = replace(left, points_px=left.points_px + 2)
    assert assign_hands(person, [left, again]) == {"left": left}


def test_hand_near_no_wrist_is_nobodys(person):
    assert assign_hands(person, [hand_at((5, 470))]) == {}


def test_no_hands(person):
    assert assign_hands(person, []) == {}
