"""Bodies over pictures of lenses that bend."""

import dataclasses

import cv2
import numpy as np
import pytest

from app.render.lens import through_lens
from app.render.overlay import BodyOverlay, OverlayOptions
from app.viewer.picture_fit import Size, scaled_camera
from engines.types import Camera
from tests.estimates import estimate, open_body, upright_pose

# of the webcam of webcam_charuco_cam0, as a peer measured it
BENT = Camera(
    1280, 720, 894.5, 896.9, 624.0, 361.3, (-0.33836, 0.09673, -0.00135, 0.00316, -0.00375)
)  # fmt: skip
STRAIGHT = dataclasses.replace(BENT, distortion=())


def pinhole(points, camera):
    return points[:, :2] / points[:, 2:] * (camera.fx, camera.fy) + (camera.cx, camera.cy)


def inside(pixels, camera):
    return ((pixels >= 0) & (pixels < (camera.width, camera.height))).all(axis=1)


def test_points_are_seen_where_the_lens_shows_them():
    points = np.random.default_rng(0).uniform((-0.7, -0.4, 0.8), (0.7, 0.4, 1.2), (500, 3))
    points = points.astype(np.float32)
    matrix = np.array([[BENT.fx, 0, BENT.cx], [0, BENT.fy, BENT.cy], [0, 0, 1]])
    shown, _ = cv2.projectPoints(
        points.astype(float), np.zeros(3), np.zeros(3), matrix, np.array(BENT.distortion)
    )
    shown = shown[:, 0]
    seen = inside(shown, BENT)
    moved = through_lens(points, BENT)
    np.testing.assert_allclose(pinhole(moved, BENT)[seen], shown[seen], atol=0.05)
    assert np.linalg.norm(shown - pinhole(points, BENT), axis=1)[seen].max() > 30
    np.testing.assert_array_equal(moved[:, 2], points[:, 2])
    assert through_lens(points, STRAIGHT) is points


def test_what_is_far_outside_does_not_fold_back_into_the_picture():
    points = np.array([(x, y, 0.5) for x in (-5, 0.1, 5) for y in (2, 5, 20)], np.float32)
    assert not inside(pinhole(through_lens(points, BENT), BENT), BENT).any()


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_overlay_lies_over_a_bent_picture(mirrored):
    """A body near the edge of the picture: its silhouette is where the lens shows its surface."""
    body = estimate(upright_pose(), pelvis=(0.5 * (-1 if mirrored else 1), 0.5, 1.1))
    camera = scaled_camera(BENT, Size(640, 360), is_mirrored=mirrored)
    covered = []
    for each in (camera, dataclasses.replace(camera, distortion=())):
        image = np.zeros((360, 640, 3), np.uint8)
        BodyOverlay(open_body(), OverlayOptions(opacity=1.0)).draw(image, [body], each)
        covered.append(image.any(axis=2))
    bent, straight = covered
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    rows, columns = np.nonzero(straight)
    rays = (np.c_[columns, rows] - (camera.cx, camera.cy)) / (camera.fx, camera.fy)
    shown, _ = cv2.projectPoints(
        np.c_[rays, np.ones(len(rays))], np.zeros(3), np.zeros(3), matrix,
        np.array(camera.distortion),
    )  # fmt: skip
    shown = np.rint(shown[:, 0]).astype(int)
    shown = shown[inside(shown, camera)]
    assert bent[shown[:, 1], shown[:, 0]].mean() > 0.98
    assert straight[shown[:, 1], shown[:, 0]].mean() < 0.95
