import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.gl.view import FAR_M, NEAR_M, perspective, pinhole_view
from engines.body.rotations import matrix_from_axis_angle
from engines.types import Camera

CAMERA = Camera(640, 480, 500.0, 520.0, 300.0, 250.0)


@given(st.tuples(*[st.floats(-1, 1)] * 3), st.tuples(*[st.floats(-2, 2)] * 3))
def test_points_fall_on_their_pixels(turn, shift):
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3] = matrix_from_axis_angle(np.array(turn))
    world_from_camera[:3, 3] = shift
    point = np.array((0.4, -0.3, 2.5))
    homogeneous = np.append(world_from_camera[:3, :3] @ point + shift, 1)
    clip = pinhole_view(CAMERA, world_from_camera).clip_from_world @ homogeneous
    x = (clip[0] / clip[3] + 1) / 2 * CAMERA.width
    y = (1 - clip[1] / clip[3]) / 2 * CAMERA.height
    assert x == pytest.approx(CAMERA.fx * 0.4 / 2.5 + CAMERA.cx, abs=0.01)
    assert y == pytest.approx(CAMERA.fy * -0.3 / 2.5 + CAMERA.cy, abs=0.01)


def test_the_eye_is_where_the_camera_is():
    place = np.eye(4)
    place[:3, 3] = (1, 2, 3)
    view = pinhole_view(CAMERA, place)
    np.testing.assert_allclose(view.eye_m, (1, 2, 3))
    np.testing.assert_allclose(view.camera_from_world @ (1, 2, 3, 1), (0, 0, 0, 1), atol=1e-6)


@pytest.mark.parametrize(("depth", "expected"), [(NEAR_M, -1), (FAR_M, 1)])
def test_depth_runs_from_minus_one_to_one(depth, expected):
    clip = perspective(0.7, 1.5) @ (0, 0, -depth, 1)
    assert clip[2] / clip[3] == pytest.approx(expected, abs=1e-4)


def test_the_field_of_view_is_from_bottom_to_top():
    clip = perspective(0.7, 1.5) @ (1.5 * np.tan(0.35), np.tan(0.35), -1, 1)
    np.testing.assert_allclose(clip[:2] / clip[3], (1, 1), atol=1e-6)
