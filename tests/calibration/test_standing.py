import dataclasses

import numpy as np
import pytest

from calibration.body_shape import fit_shape, stature_on_floor
from calibration.floor import (
    floor_from_board,
    pitch_and_roll_deg,
    up_of_camera,
    world_from_up,
)
from calibration.standing import floor_from_person
from calibration.upright import body_proportions, upright_frames
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import CalibrationError
from engines.landmarks.view import PersonView
from engines.types import Camera
from tests.calibration.boards import random_views
from tests.calibration.sessions import FPS, Noise, walking_session
from tests.estimates import open_body

SESSIONS = 80
EXACT = Noise(*[0.0] * 9)


@pytest.fixture(scope="module")
def proportions():
    return body_proportions(open_body())


@pytest.fixture(scope="module")
def sessions():
    """Random cameras, floors and bodies; each stands, then walks there and back twice, and stops at the ends."""
    rng = np.random.default_rng(11)
    return [walking_session(rng) for _ in range(SESSIONS)]


def soles_in_world(session, floor):
    matrix = np.array(floor.world_from_camera)
    return (session.soles_camera @ matrix[:3, :3].T + matrix[:3, 3])[:, 1]


def share_within(errors, limit):
    return float((np.abs(errors) <= limit).mean())


def test_walks_of_people_of_known_height_tell_the_floor(sessions, proportions):
    fits = [
        floor_from_person(
            s.views, body_proportions(open_body(), s.stature_m), rate_hz=FPS, stature_m=s.stature_m
        )
        for s in sessions
    ]
    pairs = list(zip(sessions, fits, strict=True))
    pitch = np.array([f.floor.pitch_deg - s.pitch_deg for s, f in pairs])
    roll = np.array([f.floor.roll_deg - s.roll_deg for s, f in pairs])
    height = np.array([f.floor.camera_height_m / s.camera_height_m - 1 for s, f in pairs])
    stature = np.array([f.stature_m / s.stature_m - 1 for s, f in pairs])
    soles = np.array([np.median(soles_in_world(s, f.floor)) for s, f in pairs])
    sure = np.array([f.is_sure for f in fits])
    assert share_within(pitch, 1.0) == 1
    assert share_within(roll, 1.0) == 1
    assert share_within(height[sure], 0.03) == 1
    assert share_within(height, 0.03) >= 0.97  # before the unsure ones walk once more
    assert share_within(stature, 0.02) == 1
    assert share_within(soles, 0.015) >= 0.98
    assert sure.mean() >= 0.6
    doubts = {
        f.floor.quality.reason.partition(" ")[0] for f in fits if f.floor.quality.mark != "green"
    }
    assert doubts <= {"camera", "floor"}  # how well they are known, and what to do
    honest = [(f.floor.pitch_deg - s.pitch_deg) / f.floor.pitch_sigma_deg for s, f in pairs]
    assert np.std(honest) < 1.3


def test_noise_of_the_shoulders_depth_hides_no_lean():
    noises = (EXACT, dataclasses.replace(EXACT, depth=0.08))
    for seed in (4, 5):  # bodies that lean by 5 and 12 degrees
        floors = []
        for noise in noises:
            leaning = dataclasses.replace(noise, posture=np.radians(6))
            session = walking_session(np.random.default_rng(seed), noise=leaning)
            known = body_proportions(open_body(), session.stature_m)
            fit = floor_from_person(session.views, known, rate_hz=FPS, stature_m=session.stature_m)
            floors.append(np.median(soles_in_world(session, fit.floor)))
        assert abs(floors[1] - floors[0]) < 0.006


def test_without_the_height_size_is_known_to_six_per_cent(sessions, proportions):
    some = sessions[::3]
    fits = [floor_from_person(s.views, proportions, rate_hz=FPS) for s in some]
    stature = np.array([f.stature_m / s.stature_m - 1 for s, f in zip(some, fits, strict=True)])
    assert share_within(stature, 0.06) >= 0.96
    assert np.std(stature) < 0.035
    assert {f.floor.quality.mark for f in fits} == {"yellow"}
    assert "height" in fits[0].floor.quality.reason


def test_a_floor_that_a_board_measured_tells_the_height_of_a_person(sessions, proportions):
    errors = []
    for session in sessions[::4]:
        frames = upright_frames(session.views, proportions, rate_hz=FPS)
        up = up_of_camera(session.pitch_deg, session.roll_deg)
        found = stature_on_floor(frames, proportions, up, session.camera_height_m)
        errors.append(found / session.stature_m - 1)
    assert share_within(np.array(errors), 0.03) >= 0.95


def test_exact_landmarks_give_the_exact_floor(proportions):
    rng = np.random.default_rng(1)
    for _ in range(5):
        session = walking_session(rng, noise=EXACT)
        fit = floor_from_person(
            session.views, proportions, rate_hz=FPS, stature_m=session.stature_m
        )
        assert fit.floor.pitch_deg == pytest.approx(session.pitch_deg, abs=0.4)
        assert fit.floor.roll_deg == pytest.approx(session.roll_deg, abs=0.3)
        assert fit.floor.camera_height_m == pytest.approx(session.camera_height_m, rel=0.03)


def test_standing_in_one_place_is_marked_as_uncertain(proportions):
    rng = np.random.default_rng(4)
    surprise = []
    for _ in range(20):
        session = walking_session(rng, is_walking=False)
        floor = floor_from_person(
            session.views, proportions, rate_hz=FPS, stature_m=session.stature_m
        ).floor
        assert floor.quality.mark == "yellow"
        assert "walk towards the camera" in floor.quality.reason
        assert np.median(np.abs(soles_in_world(session, floor))) < 0.06
        surprise.append((floor.pitch_deg - session.pitch_deg) / floor.pitch_sigma_deg)
    assert np.std(surprise) < 2


def test_limbs_and_betas_of_a_person_of_known_height():
    rng = np.random.default_rng(8)
    model = open_body()
    errors, statures = [], []
    for _ in range(20):
        session = walking_session(rng, is_walking=False)
        shape = fit_shape(model, session.views, session.stature_m)
        assert len(shape.lengths_m) == 7
        statures.append(np.ptp(model.rest_vertices(shape.betas)[:, 1]) / session.stature_m - 1)
        mean = model.rest_joints(np.zeros(10))[:22]
        truth, found = model.rest_joints(session.betas)[:22], model.rest_joints(shape.betas)[:22]
        errors.append(
            np.linalg.norm(found - found[0] - truth + truth[0], axis=1).mean()
            / np.linalg.norm(mean - mean[0] - truth + truth[0], axis=1).mean()
        )
    assert np.abs(statures).max() < 0.02
    assert np.median(errors) < 0.6  # of the error of the mean body


@pytest.mark.parametrize("count", [0, 8])
def test_nobody_or_too_little_is_told(proportions, count):
    views = walking_session(np.random.default_rng(1)).views[:count]
    with pytest.raises(CalibrationError, match="step back"):
        floor_from_person(views, proportions, rate_hz=FPS)


def test_legs_out_of_view_are_told(proportions):
    views = walking_session(np.random.default_rng(1)).views
    seen = np.ones(33)
    seen[25:] = 0
    cut = [PersonView(view.rays, view.world, seen, seen) for view in views]
    with pytest.raises(CalibrationError, match="not seen from head to foot"):
        floor_from_person(cut, proportions, rate_hz=FPS)


def test_a_person_who_leans_like_nobody_is_refused(proportions):
    views = walking_session(np.random.default_rng(1), noise=EXACT).views
    turn = matrix_from_axis_angle(np.array([np.radians(50), 0, 0]))
    leaning = [PersonView(v.rays, v.world @ turn.T, v.seen, v.sight) for v in views]
    with pytest.raises(CalibrationError, match=r"lean by|do not fit"):
        floor_from_person(leaning, proportions, rate_hz=FPS, stature_m=1.7)


def test_pitch_and_roll_are_what_the_up_vector_says():
    assert up_of_camera(0, 0) == pytest.approx((0, -1, 0))
    assert up_of_camera(-30, 0) == pytest.approx((0, -np.cos(np.pi / 6), -0.5))
    for pitch, roll in ((-20, 5), (10, -12), (0, 0)):
        assert pitch_and_roll_deg(up_of_camera(pitch, roll)) == pytest.approx((pitch, roll))


def test_world_has_y_up_z_towards_the_camera_and_its_origin_on_the_floor():
    up = up_of_camera(-20, 5)
    matrix = world_from_up(up, 1.4, np.array([0.3, 0.2, 3.0]))
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1)
    assert matrix[:3, :3] @ up == pytest.approx((0, 1, 0))
    lens = matrix[:3, 3]
    assert lens[1] == pytest.approx(1.4)
    assert lens[2] > 2
    under = matrix[:3, :3] @ np.array([0.3, 0.2, 3.0]) + matrix[:3, 3]
    assert under[[0, 2]] == pytest.approx((0, 0), abs=1e-9)


CAMERA = Camera(1280, 720, 950.0, 950.0, 640.0, 360.0)


def board_on_floor(rng, pitch, roll, height, *, count=12, drift=0.0):
    """Views of a sheet on the floor, 6 x 4 corners of 10 cm."""
    from calibration.board import BoardView
    from calibration.reprojection import Points

    up = up_of_camera(pitch, roll)
    matrix = world_from_up(up, height, np.zeros(3))
    ids = np.arange(24)
    flat = np.stack([ids % 6, ids // 6, 0 * ids], axis=1) * 0.1
    views = []
    for k in range(count):
        world = np.stack([flat[:, 0] - 0.3 + drift * k, 0 * ids, flat[:, 1] - 2.4], axis=1)
        camera = (world - matrix[:3, 3]) @ matrix[:3, :3]
        pixels = camera[:, :2] / camera[:, 2:] * 950 + (640, 360) + rng.normal(0, 0.2, (24, 2))
        views.append(BoardView(ids, Points(flat, pixels), False, 2.0))
    return views


def test_board_on_the_floor_tells_pitch_roll_and_height():
    rng = np.random.default_rng(6)
    for _ in range(20):
        pitch, roll, height = rng.uniform(-35, -15), rng.normal(0, 4), rng.uniform(0.8, 1.8)
        floor = floor_from_board(board_on_floor(rng, pitch, roll, height), CAMERA)
        assert floor.pitch_deg == pytest.approx(pitch, abs=1)
        assert floor.roll_deg == pytest.approx(roll, abs=1)
        assert floor.camera_height_m == pytest.approx(height, rel=0.03)
        assert floor.quality.mark in ("green", "yellow")


def test_board_that_moves_stands_upright_or_is_mirrored_is_refused():
    rng = np.random.default_rng(7)
    with pytest.raises(CalibrationError, match="moved"):
        floor_from_board(board_on_floor(rng, -25, 0, 1.4, drift=0.08), CAMERA)
    with pytest.raises(CalibrationError, match="does not lie on the floor"):
        floor_from_board(board_on_floor(rng, 80, 0, -1.4), CAMERA)
    with pytest.raises(CalibrationError, match="3 is the least"):
        floor_from_board(board_on_floor(rng, -25, 0, 1.4, count=2), CAMERA)
    views = board_on_floor(rng, -25, 0, 1.4)
    mirrored = [type(view)(view.ids, view.points, True, 2.0) for view in views]
    with pytest.raises(CalibrationError, match="mirrored"):
        floor_from_board(mirrored, CAMERA)


def test_random_boards_of_the_camera_tests_are_no_floor():
    rng = np.random.default_rng(8)
    with pytest.raises(CalibrationError, match="moved"):
        floor_from_board(random_views(rng, CAMERA), CAMERA)
