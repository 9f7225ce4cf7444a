import cv2
import numpy as np
import pytest

from calibration.board import parse_board
from calibration.camera import calibrate_camera
from calibration.camera_guess import (
    camera_of_fov,
    camera_of_standing_person,
    guess_camera,
)
from calibration.intrinsics import fit_intrinsics, pose_rms_px
from calibration.reprojection import Points, State, jacobians, padded, residuals
from calibration.views import ViewCollector
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import CalibrationError, ConfigError
from tests.calibration.boards import random_camera, random_views, webcam_views

BOARD = parse_board("charuco:4x5:DICT_4X4_1000:0.054:0.75:inverted")
PEER = {0: (894.53, 896.88, 624.01, 361.28), 1: (703.96, 706.24, 626.01, 348.86)}
"""fx fy cx cy by caliscope, from longer recordings of the same cameras."""


def collected(views):
    collector = ViewCollector(1280, 720)
    for view in views:
        collector.add(view)
    return collector.views


def matrix(fit):
    return np.array([[fit.fx, 0, fit.cx], [0, fit.fy, fit.cy], [0, 0, 1]])


@pytest.mark.parametrize("camera", [0, 1])
def test_real_webcams_agree_with_the_peer(camera):
    found = calibrate_camera(collected(webcam_views(camera)), 1280, 720, BOARD)
    fx, fy, cx, cy = PEER[camera]
    assert found.camera.fx == pytest.approx(fx, rel=0.03)
    assert found.camera.fy == pytest.approx(fy, rel=0.03)
    assert np.hypot(found.camera.cx - cx, found.camera.cy - cy) < 25
    assert found.rms_px <= 0.6
    assert found.mirrored == (camera == 1)
    assert found.quality.mark == ("red" if camera == 1 else "green")


def test_a_middle_of_the_lens_that_few_views_leave_open_is_marked():
    found = calibrate_camera(collected(webcam_views(0)[::2]), 1280, 720, BOARD)
    assert found.quality.mark == "yellow"
    assert "middle of the lens" in found.quality.reason


@pytest.mark.parametrize("camera", [0, 1])
def test_left_out_frames_are_explained_at_least_as_well_as_by_opencv(camera):
    views = [view for view in webcam_views(camera) if len(view.ids) >= 6]
    ours, plain = [], []
    folds = 5
    for fold in range(folds):
        part = np.arange(len(views)) * folds // len(views)
        kept = [view for view, k in zip(views, part, strict=True) if k != fold]
        fit = fit_intrinsics([view.points for view in collected(kept)], 1280, 720)
        rms, intrinsics, distortion, *_ = cv2.calibrateCamera(
            [view.points.board_m.astype(np.float32) for view in kept],
            [view.points.pixels.astype(np.float32) for view in kept],
            (1280, 720),
            None,
            None,
        )
        assert rms < 1
        for view, k in zip(views, part, strict=True):
            if k == fold:
                ours.append(pose_rms_px(matrix(fit), fit.distortion, view.points))
                plain.append(pose_rms_px(intrinsics, distortion.ravel(), view.points))
    assert np.mean(np.square(ours)) <= np.mean(np.square(plain))


def test_random_cameras_are_found_and_the_errors_are_honest():
    rng = np.random.default_rng(3)
    focal, centre, surprise = [], [], []
    for _ in range(15):
        camera = random_camera(rng)
        views = random_views(rng, camera, bend=rng.normal(0, 0.2))
        fit = fit_intrinsics([view.points for view in views], camera.width, camera.height)
        longer = max(camera.width, camera.height)
        focal.append(abs(fit.fx / camera.fx - 1))
        centre.append(np.hypot(fit.cx - camera.cx, fit.cy - camera.cy) / longer)
        surprise.append((fit.fx - camera.fx) / fit.focal_sigma_px)
    assert max(focal) < 0.02
    assert max(centre) < 0.02
    assert 0.2 < np.std(surprise) < 1.5


def test_bent_board_is_seen_through():
    rng = np.random.default_rng(5)
    camera = random_camera(rng)
    views = random_views(rng, camera, bend=0.4)
    fit = fit_intrinsics([view.points for view in views], camera.width, camera.height)
    assert fit.fx == pytest.approx(camera.fx, rel=0.01)


def test_derivatives_are_those_of_the_residuals():
    rng = np.random.default_rng(1)
    batch = padded([view.points for view in random_views(rng, random_camera(rng), count=3)])
    shared = np.array([7.0, 0.01, 600, 350, -0.2, 0.05, 0.001, -0.002, 0.01, 0.003, -0.002, 0.001])
    turns = matrix_from_axis_angle(rng.normal(0, 0.3, (3, 3)))
    state = State(shared, turns, np.tile([0.02, -0.03, 0.6], (3, 1)))
    by_shared, by_pose = jacobians(state, batch)
    for k, step in enumerate(np.diag(1e-6 * np.array([1, 1, 100, 100, *[1.0] * 8]))):
        moved = state._replace(camera=shared + step)
        slope = (residuals(moved, batch) - residuals(state, batch)) / step[k]
        np.testing.assert_allclose(by_shared[..., k], slope, rtol=2e-3, atol=2e-3)
    for k, step in enumerate(np.eye(6) * 1e-7):
        moved = State(
            shared, matrix_from_axis_angle(step[None, :3]) @ turns, state.places + step[3:]
        )
        slope = (residuals(moved, batch) - residuals(state, batch)) / 1e-7
        np.testing.assert_allclose(by_pose[..., k], slope, rtol=2e-3, atol=5e-3)


def test_one_view_only_is_refused():
    view = webcam_views(0)[0]
    with pytest.raises(CalibrationError, match=r"1 different views.*tilt"):
        calibrate_camera(collected([view] * 20), 1280, 720, BOARD)


def test_views_that_are_too_much_alike_are_refused():
    rng = np.random.default_rng(2)
    view = webcam_views(0)[0]
    near = [
        view.points._replace(
            pixels=view.points.pixels
            + np.array([3 * k, 0])
            + rng.normal(0, 0.3, view.points.pixels.shape)
        )
        for k in range(8)
    ]
    views = [type(view)(view.ids, points, False, 2.0) for points in near]
    with pytest.raises(CalibrationError, match=r"too much alike.*tilt"):
        calibrate_camera(views, 1280, 720, BOARD)


def test_corners_of_another_board_are_refused():
    views = webcam_views(0)
    wrong = [
        type(view)(
            view.ids,
            Points(np.roll(view.points.board_m, 1, axis=0), view.points.pixels),
            False,
            2.0,
        )
        for view in views
    ]
    with pytest.raises(CalibrationError, match=r"any flat board.*columns"):
        calibrate_camera(wrong, 1280, 720, BOARD)


def test_guesses_by_kind_and_field_of_view():
    wide = guess_camera(1280, 720, "webcam")
    assert 2 * np.degrees(np.arctan(np.hypot(640, 360) / wide.fx)) == pytest.approx(78)
    cut = guess_camera(640, 480, "webcam")  # 4:3 keeps the height of the full picture
    assert cut.fx / 480 == pytest.approx(wide.fx / 720)
    assert camera_of_fov(1000, 500, 90, "horizontal").fx == pytest.approx(500)
    with pytest.raises(ConfigError, match="known are"):
        guess_camera(640, 480, "telescope")


def test_standing_person_of_known_height_tells_the_field_of_view():
    rng = np.random.default_rng(0)
    feet_and_top = np.array([[640, 700], [640, 700 - 0.9 * 1280 * 1.8 / 4]])
    frames = feet_and_top + rng.normal(0, 3, (30, 2, 2))
    frames[3] = np.nan
    camera = camera_of_standing_person(1280, 720, frames, stature_m=1.8, distance_m=4.0)
    assert camera.fx == pytest.approx(0.9 * 1280, rel=0.01)
    with pytest.raises(CalibrationError, match="head to foot"):
        camera_of_standing_person(1280, 720, frames[3:4], stature_m=1.8, distance_m=4.0)
