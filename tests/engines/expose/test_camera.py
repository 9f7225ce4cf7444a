"""Placing a weakly seen body before a real camera."""

import cv2
import numpy as np
import pytest

from engines.expose.backend import WholeBody
from engines.expose.camera import (
    authors_camera,
    image_from_projected,
    place_in_camera,
    projected_to_crop,
    turn_towards,
)
from engines.expose.crops import body_square
from engines.types import Camera

CAMERA = Camera(640, 480, 600.0, 620.0, 330.0, 235.0)
POINTS = np.random.default_rng(0).normal(size=(22, 3)) * (0.3, 0.6, 0.2)


def seen_by(camera, points):
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    distortion = np.array(camera.distortion)
    return cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, distortion)[0][:, 0]


@pytest.mark.parametrize("distortion", [(), (0.1, -0.05, 0.002, -0.001, 0.01)])
def test_place_is_found_again(distortion):
    camera = Camera(640, 480, 600.0, 620.0, 330.0, 235.0, distortion)
    transl = np.array([0.4, -0.2, 3.0])
    found = place_in_camera(POINTS, seen_by(camera, POINTS + transl), camera)
    assert np.allclose(found, transl, atol=1e-3)


@pytest.mark.parametrize("pixel", [(330.0, 235.0), (0.0, 0.0), (639.0, 235.0), (400.0, 479.0)])
def test_turn_takes_the_axis_to_the_ray(pixel):
    turn = turn_towards(np.array(pixel), CAMERA)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.isclose(np.linalg.det(turn), 1)
    seen = seen_by(CAMERA, 2 * turn[None, :, 2])
    assert np.allclose(seen, pixel, atol=1e-6)


def test_authors_camera_sees_what_the_weak_camera_sees():
    """The long focal length of 5000 px differs from parallel rays by the depth of the body alone."""
    zero = np.zeros(10, np.float32)
    pose = np.zeros((55, 3, 3), np.float32)
    whole = WholeBody(pose, zero, zero, 0.9, np.array([0.1, 0.3], np.float32))
    square = body_square((100.5, 50.5, 300.5, 400.5), 256)
    camera = authors_camera(whole, square, width=640, height=480)
    points = (POINTS * (1, 1, 0)).astype(np.float32)
    moved = points + camera.transl
    pixels = camera.focal_length_in_px * moved[:, :2] / moved[:, 2:] + camera.center
    weak = image_from_projected(projected_to_crop(points, whole), square)
    assert np.allclose(pixels, weak, atol=1e-3)
