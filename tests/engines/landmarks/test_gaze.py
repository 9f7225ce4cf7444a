"""Where the eyes look."""

import numpy as np
import pytest

from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.gaze import Gaze, GazeReader

FACING = np.diag([1.0, -1.0, -1.0])
SCALE = 3.0
"""Pixels of a millimetre."""
CORNERS = {33: (-44, 0, 9), 133: (-17, -2, 14), 362: (17, -2, 14), 263: (44, 0, 9)}
RADIUS_MM = 5.1


def seen(down, left, *, rotation=FACING, radius_mm=RADIUS_MM):
    """Return mesh and irises (degrees, as the reader takes eyes to be made)."""
    points = np.zeros((468, 3))
    for index, place in CORNERS.items():
        points[index] = SCALE * rotation @ np.array(place, float)
    gaze = matrix_from_axis_angle(np.radians([0, left, 0])) @ matrix_from_axis_angle(
        np.radians([down, 0, 0])
    )
    across = (rotation @ gaze @ np.array([0.0, 0, 1]))[:2] * radius_mm * (1.8, 1.2)
    irises = np.zeros((2, 5, 3))
    for eye, corners in zip(irises, ((33, 133), (263, 362)), strict=True):
        middle = points[list(corners)].mean(axis=0) + SCALE * rotation @ np.array([0, 1.3, -11.8])
        eye[:, :2] = middle[:2] + SCALE * across
        eye[1:, :2] += SCALE * radius_mm * np.array([(1, 0), (0, -1), (-1, 0), (0, 1)])
    return points, irises.reshape(10, 3), rotation, SCALE


def read(reader, *args, blinks=(0.0, 0.0), **kwargs):
    return np.degrees(reader.read(*seen(*args, **kwargs), blinks))


@pytest.fixture
def used_to_ahead():
    """Return a reader that has long seen somebody look straight ahead."""
    reader = GazeReader()
    for _ in range(200):
        read(reader, 0, 0)
    return reader


@pytest.mark.parametrize("yaw", [-25, 0, 25])
@pytest.mark.parametrize(("down", "left"), [(0, 20), (0, -20), (12, 0), (-12, 5)])
def test_turned_eyes_are_seen_whichever_way_the_head_is_turned(used_to_ahead, down, left, yaw):
    rotation = matrix_from_axis_angle(np.radians([0, yaw, 0])) @ FACING
    assert read(used_to_ahead, down, left, rotation=rotation) == pytest.approx((down, left), abs=2)


def test_size_of_the_iris_does_not_matter_in_the_long_run():
    reader = GazeReader()
    for _ in range(400):
        read(reader, 0, 0, radius_mm=6.0)
    assert read(reader, 0, 15, radius_mm=6.0)[1] == pytest.approx(15, abs=1.5)


def test_a_blink_does_not_throw_the_gaze(used_to_ahead):
    before = read(used_to_ahead, 0, 10)
    assert read(used_to_ahead, 25, -20, blinks=(1.0, 1.0)) == pytest.approx(before)


def test_one_shut_eye_leaves_it_to_the_other(used_to_ahead):
    points, irises, rotation, scale = seen(0, 15)
    irises[:5, :2] += 40
    gaze = used_to_ahead.read(points, irises, rotation, scale, (1.0, 0.0))
    assert np.degrees(gaze.left) == pytest.approx(15, abs=2)


def test_where_somebody_looks_all_the_time_is_mostly_ahead():
    reader = GazeReader()
    for _ in range(600):
        last = read(reader, 0, 8)
    assert abs(last[1]) < 2


def test_turns_stay_within_what_eyes_do(used_to_ahead):
    down, left = read(used_to_ahead, 60, 60)
    assert 0 < down < 30
    assert 0 < left < 42


def test_coefficients_say_which_way(used_to_ahead):
    points, irises, rotation, scale = seen(-10, 25)
    gaze = used_to_ahead.read(points, irises, rotation, scale, (0.0, 0.0))
    actions = gaze.actions()
    assert actions["eyeLookOutLeft"] == actions["eyeLookInRight"] > 0.6
    assert actions["eyeLookUpLeft"] == actions["eyeLookUpRight"] > 0.2
    assert actions["eyeLookInLeft"] == actions["eyeLookDownLeft"] == 0
    assert gaze.eye_pose()[1] > 0 > gaze.eye_pose()[0]


def test_eye_pose_is_down_then_left():
    gaze = Gaze(down=0.2, left=-0.35)
    wanted = matrix_from_axis_angle(np.array([0, -0.35, 0])) @ matrix_from_axis_angle(
        np.array([0.2, 0, 0])
    )
    assert np.allclose(matrix_from_axis_angle(gaze.eye_pose()), wanted, atol=1e-6)
    assert np.array_equal(Gaze(0.0, 0.0).eye_pose(), np.zeros(3))
