"""Where hands and faces are looked for."""

from dataclasses import replace

import numpy as np
import pytest

from engines.detect.heads import can_show_face, is_on_head
from engines.detect.regions import Region, hand_region, head_region, pixels_per_metre
from tests.engines.detect.people import PIXELS_PER_METRE, upright_person, with_moved


def test_region_beyond_the_picture_is_black_there():
    image = np.full((4, 6, 3), 7, np.uint8)
    part = Region(-1, -2, 5).of(image)
    assert part.shape == (5, 5, 3)
    assert not part[:2].any()
    assert not part[:, 0].any()
    assert (part[2:, 1:] == 7).all()


def test_region_inside_the_picture_is_not_copied():
    image = np.zeros((10, 10, 3), np.uint8)
    assert np.shares_memory(Region(2, 3, 4).of(image), image)


def test_scale_of_the_person():
    assert pixels_per_metre(upright_person(), 640, 480) == pytest.approx(PIXELS_PER_METRE, rel=0.01)


def test_scale_does_not_heed_landmarks_out_of_the_picture():
    person = with_moved(upright_person(), {23: (330, 700), 24: (310, 700)})
    assert pixels_per_metre(person, 640, 480) == pytest.approx(PIXELS_PER_METRE, rel=0.15)


@pytest.mark.parametrize("side", ["left", "right"])
def test_hand_is_in_the_middle_of_its_region(side):
    person = upright_person()
    region = hand_region(person, side, 640, 480)
    knuckle = person.pose_px[19 if side == "left" else 20, :2]
    middle = np.array((region.x0, region.y0)) + region.side / 2
    assert np.abs(knuckle - middle).max() < 0.1 * PIXELS_PER_METRE
    assert 0.4 < region.side / PIXELS_PER_METRE < 0.6


def test_hand_out_of_the_picture_is_not_looked_for():
    person = upright_person(middle_px=(640 + 0.5 * PIXELS_PER_METRE, 300))
    assert hand_region(person, "left", 640, 480) is None
    assert hand_region(person, "right", 640, 480) is not None


def test_most_of_a_region_is_in_the_picture():
    person = upright_person(middle_px=(20.0, 20.0 + 0.25 * PIXELS_PER_METRE))
    region = hand_region(person, "right", 640, 480)
    if region is not None:
        assert region.x0 >= -0.26 * region.side
    region = hand_region(person, "left", 640, 480)
    assert region.y0 >= -0.26 * region.side


def test_tiny_persons_have_no_parts():
    person = upright_person()
    small = replace(person, pose_px=person.pose_px / 10)
    assert hand_region(small, "left", 640, 480) is None
    assert head_region(small, 640, 480) is None


def test_head_turned_away_shows_no_face():
    person = upright_person()
    assert can_show_face(person)
    away = person.pose_world * np.array((1, 1, -1), np.float32)
    assert not can_show_face(replace(person, pose_world=away))
    assert not can_show_face(replace(person, pose_visibility=np.zeros(33, np.float32)))


def test_face_has_to_be_on_the_head():
    person = upright_person()
    eyes_and_nose = person.pose_px[[0, 2, 5]]
    face = np.tile(eyes_and_nose.mean(axis=0), (468, 1)).astype(np.float32)
    assert is_on_head(face, person, PIXELS_PER_METRE)
    assert not is_on_head(face + 0.1 * PIXELS_PER_METRE, person, PIXELS_PER_METRE)
