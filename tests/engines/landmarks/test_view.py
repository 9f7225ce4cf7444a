from dataclasses import replace

import numpy as np
import pytest

from engines.landmarks.view import rays_of_pixels, turn_to_ray, view_person
from engines.landmarks.visibility import FADE_S, LegGate
from engines.types import Camera
from tests.engines.landmarks.people import (
    CAMERA,
    HIPS_AND_LEGS,
    LEGS,
    hidden,
    person,
    seen,
    standing_pose,
)


@pytest.fixture(scope="module")
def landmarks(open_body):
    return seen(open_body, person(standing_pose()))


def test_rays_point_at_what_was_projected():
    point = np.array([0.3, -0.2, 2.0])
    pixel = CAMERA.fx * point[:2] / point[2] + (CAMERA.cx, CAMERA.cy)
    np.testing.assert_allclose(rays_of_pixels(pixel[None], CAMERA)[0], point[:2] / point[2])


def test_lens_distortion_is_taken_out():
    camera = Camera(1280, 720, 900.0, 900.0, 640.0, 360.0, (-0.3, 0.1, 0.0, 0.0))
    corner = rays_of_pixels(np.array([[1200.0, 650.0]]), camera)[0]
    plain = rays_of_pixels(np.array([[1200.0, 650.0]]), replace(camera, distortion=()))[0]
    assert np.linalg.norm(corner) > 1.05 * np.linalg.norm(plain)


@pytest.mark.parametrize("ray", [(0.0, 0.0), (0.5, -0.2), (-2.0, 1.0)])
def test_the_turn_to_a_ray_is_the_smallest_rotation(ray):
    turn = turn_to_ray(np.array(ray))
    direction = np.array([*ray, 1.0]) / np.linalg.norm([*ray, 1.0])
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(turn[:, 2], direction, atol=1e-12)
    assert (np.trace(turn) - 1) / 2 == pytest.approx(direction[2])  # no roll


def test_landmarks_outside_the_picture_are_not_seen(landmarks):
    view = view_person(hidden(landmarks, LEGS), CAMERA)
    assert (view.seen[LEGS] == 0).all()
    assert (view.seen[:23] == 1).all()


def test_depth_is_meant_along_the_ray(open_body):
    aside = seen(open_body, person(standing_pose(), place=(1.0, 0.2, 3.0)))
    view = view_person(aside, CAMERA)
    np.testing.assert_allclose(
        view.sight, turn_to_ray(view.rays[[23, 24]].mean(0))[:, 2], atol=1e-6
    )
    np.testing.assert_allclose(
        view.world, aside.pose_world @ turn_to_ray(view.rays[[23, 24]].mean(0)).T, atol=1e-5
    )


def trust_after(gate, view, seconds, step_s=0.05):
    for _ in range(round(seconds / step_s)):
        trust = gate.update(view, step_s)
    return trust


def test_the_first_frame_decides_at_once(landmarks):
    assert (LegGate().update(view_person(landmarks, CAMERA), 0.03) == 1).all()
    waist_up = LegGate().update(view_person(hidden(landmarks, HIPS_AND_LEGS), CAMERA), 0.03)
    assert (waist_up[HIPS_AND_LEGS] == 0).all()
    assert (waist_up[:23] == 1).all()


def test_trust_fades_in_and_out(landmarks):
    gate = LegGate()
    whole, half = (view_person(item, CAMERA) for item in (landmarks, hidden(landmarks, LEGS)))
    gate.update(whole, 0.05)
    middle = trust_after(gate, half, FADE_S / 2)
    assert 0 < middle[25] < 1
    assert trust_after(gate, half, FADE_S)[25] == 0
    assert gate.update(half, 0.05)[23] == 1  # hips are still in view
    assert trust_after(gate, whole, FADE_S + 0.1)[25] == 1


def test_a_doubtful_leg_does_not_flicker(landmarks):
    gate = LegGate()
    doubtful = landmarks.pose_visibility.copy()
    doubtful[25:] = 0.4
    view = view_person(replace(landmarks, pose_visibility=doubtful), CAMERA)
    gate.update(view_person(landmarks, CAMERA), 0.05)
    assert trust_after(gate, view, 1.0)[25] == 1  # it was seen
    assert LegGate().update(view, 0.05)[25] == 0  # it was never seen


def test_one_leg_behind_the_other_is_still_believed(landmarks):
    half_hidden = landmarks.pose_visibility.copy()
    half_hidden[[26, 28, 30, 32]] = 0.05
    view = view_person(replace(landmarks, pose_visibility=half_hidden), CAMERA)
    assert (LegGate().update(view, 0.05) == 1).all()
