import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.gl.orbit_camera import OrbitCamera

angles = st.floats(-7, 7)
cameras = st.builds(
    OrbitCamera,
    target_m=st.tuples(*[st.floats(-3, 3)] * 3),
    yaw_rad=st.floats(-math.pi, math.pi),
    pitch_rad=st.floats(-math.pi / 2, math.pi / 2),
    distance_m=st.floats(0.5, 10),
)


def clip(camera, points, aspect=1.5):
    """Normalised device coordinates (N, 3)."""
    homogeneous = np.c_[points, np.ones(len(points))] @ camera.view(aspect).clip_from_world.T
    return homogeneous[:, :3] / homogeneous[:, 3:]


@given(cameras, angles, angles)
def test_orbiting_keeps_the_target_in_the_middle_and_its_distance(camera, yaw, pitch):
    turned = camera.orbited(yaw, pitch)
    np.testing.assert_allclose(clip(turned, [camera.target_m])[0, :2], 0, atol=1e-5)
    distance = np.linalg.norm(turned.eye_m - camera.target_m)
    assert distance == pytest.approx(camera.distance_m, rel=1e-6)
    assert turned.axes[1, 1] >= -1e-9  # upright


@given(cameras)
def test_axes_are_a_right_handed_frame(camera):
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.axes) == pytest.approx(1)


@given(cameras, angles)
def test_orbiting_back_comes_back(camera, yaw):
    there = camera.orbited(yaw, 0).orbited(-yaw, 0)
    np.testing.assert_allclose(there.eye_m, camera.eye_m, atol=1e-9)


@given(cameras, st.floats(-1, 1), st.floats(-1, 1))
def test_panning_moves_the_old_target_by_heights_of_the_picture(camera, right, up):
    aspect = 1.5
    x, y, _ = clip(camera.panned(right, up), [camera.target_m], aspect)[0]
    assert x == pytest.approx(-2 * right / aspect, abs=1e-4)
    assert y == pytest.approx(-2 * up, abs=1e-4)


def test_zooming_in_and_out_and_the_ends_of_it():
    camera = OrbitCamera(distance_m=2.0)
    assert camera.zoomed(2).distance_m == pytest.approx(1)
    assert camera.zoomed(2).zoomed(0.5).distance_m == pytest.approx(2)
    assert 0 < camera.zoomed(1e9).distance_m < camera.zoomed(1e-9).distance_m < 60


@pytest.mark.parametrize(
    ("side", "back"), [("front", (0, 0, 1)), ("side", (1, 0, 0)), ("top", (0, 1, 0))]
)
def test_sides(side, back):
    camera = OrbitCamera(target_m=(1, 2, 3)).seen_from(side)
    np.testing.assert_allclose(
        camera.eye_m - (1, 2, 3), camera.distance_m * np.array(back), atol=1e-9
    )


def test_from_the_top_the_face_looks_down_the_picture():
    ahead = clip(OrbitCamera(target_m=(0, 0, 0)).seen_from("top"), [(0, 0, 0.5)])[0]
    assert ahead[1] < 0


@given(cameras, st.floats(0.4, 3), st.tuples(*[st.floats(0.2, 2)] * 3))
def test_a_fitted_box_is_in_the_picture_and_fills_it(camera, aspect, size):
    low = np.array((0.5, -1.0, -3.0))
    high = low + size
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    edge = np.abs(clip(camera.fitted(low, high, aspect), corners, aspect)[:, :2]).max()
    assert 0.8 < edge < 1
