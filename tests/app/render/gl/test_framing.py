import numpy as np
import pytest

from app.render.gl.framing import Framing
from app.render.gl.scene_pose import ScenePose
from tests.estimates import estimate, open_body


def person(x=0.0, track_id=1):
    return ScenePose.from_estimate(open_body(), estimate(pelvis=(x, 0.0, 3.0), track_id=track_id))


@pytest.fixture
def framing():
    made = Framing()
    made.resize(4 / 3)
    made.show([person()], world_is_measured=False)
    return made


def chosen(framing):
    camera = framing.camera.orbited(0.3, 0.1).zoomed(1.5)
    framing.look_with(camera)
    return camera


def test_the_first_body_is_in_the_middle(framing):
    x, y, z = framing.camera.target_m
    assert (x, z) == pytest.approx((0.0, -3.0), abs=0.15)
    assert y == pytest.approx(0.0, abs=0.4)  # the pelvis is at the height of the camera


def test_the_view_goes_with_the_body_and_keeps_the_users_side(framing):
    before = chosen(framing)
    for _ in range(200):
        framing.show([person(1.0)], world_is_measured=False)
    moved = np.subtract(framing.camera.target_m, before.target_m)
    np.testing.assert_allclose(moved, (1.0, 0.0, 0.0), atol=0.02)
    assert framing.camera.yaw_rad == before.yaw_rad
    assert framing.camera.distance_m == before.distance_m


def test_another_person_is_taken_into_view_until_the_user_has_chosen_one(framing):
    two = [person(), person(1.5, track_id=2)]
    before = framing.camera
    framing.show(two, world_is_measured=False)
    assert framing.camera.distance_m > before.distance_m
    choice = chosen(framing)
    framing.show([*two, person(-1.5, track_id=3)], world_is_measured=False)
    assert framing.camera.distance_m == choice.distance_m


def test_a_narrow_picture_is_taken_from_farther_until_the_user_has_chosen(framing):
    before = framing.camera.distance_m
    framing.resize(0.5)
    assert framing.camera.distance_m > 1.2 * before
    choice = chosen(framing)
    framing.resize(2.0)
    assert framing.camera == choice


def test_starting_over_and_sides_show_everybody_again(framing):
    start = framing.camera
    chosen(framing)
    framing.reset()
    assert framing.camera == start
    chosen(framing)
    framing.look_from("side")
    assert framing.camera.yaw_rad == pytest.approx(np.pi / 2)
    framing.resize(0.5)
    assert framing.camera.distance_m > start.distance_m


def test_with_nobody_there_everything_still_works():
    framing = Framing()
    framing.show([], world_is_measured=False)
    framing.reset()
    framing.look_from("top")
    assert framing.camera.pitch_rad == pytest.approx(np.pi / 2)
    assert framing.floor_y_m == 0


def test_a_measured_floor_is_at_zero_and_an_unmeasured_one_under_the_feet(framing):
    assert framing.floor_y_m == pytest.approx(person().lowest_m)
    framing.show([person()], world_is_measured=True)
    assert framing.floor_y_m == 0
