from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.kinematics import posed_joints
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import LEFT_HAND, RIGHT_HAND
from engines.landmarks import least_squares
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.regressor import LandmarkRegressor
from engines.landmarks.swap_repair import SwapRepair, swap_sides
from engines.landmarks.view import view_person
from engines.types import Camera, PersonLandmarks
from tests.engines.landmarks.people import (
    CAMERA,
    HIPS_AND_LEGS,
    LEGS,
    angles_deg,
    between,
    detection,
    frame,
    hidden,
    person,
    pose_of,
    random_pose,
    run,
    seen,
    standing_pose,
    swapped,
    turned_about,
)


@pytest.fixture(scope="module")
def opened(open_body):
    regressor = LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares"))
    regressor.open()
    return regressor


@pytest.fixture
def regressor(opened):
    opened.close()
    return opened


def walk(body, frames, *, legs=0.5, step=0.25):
    """Return landmarks of somebody who swings arms and legs."""
    poses = []
    for index in range(frames):
        swing = np.sin(step * index)
        pose = standing_pose()
        pose[1, 0], pose[2, 0] = -legs * swing, legs * swing
        pose[7, 0], pose[8, 0] = legs * swing, -legs * swing  # the soles stay level
        pose[16, 1], pose[17, 1] = 0.4 * swing, 0.4 * swing
        poses.append(pose)
    return [seen(body, person(pose)) for pose in poses], poses


def relative_error_mm(estimate, truth):
    return 1e3 * np.linalg.norm((estimate.joints - estimate.joints[0]) - (truth - truth[0]), axis=1)


class TestExactLandmarks:
    def test_joints_come_back_but_for_the_priors(self, regressor, open_body):
        rng = np.random.default_rng(0)
        errors, apart = [], []
        for index in range(15):
            truth = person(random_pose(rng))
            (estimate,) = regressor.regress(frame(0), [detection(seen(open_body, truth), index)])
            joints = posed_joints(open_body, truth)
            errors.append(relative_error_mm(estimate, joints)[:22].mean())
            apart.append(abs(estimate.joints[0, 2] - joints[0, 2]))
        assert np.mean(errors) < 20
        assert np.max(errors) < 40
        assert np.max(apart) < 0.1

    def test_the_body_lands_on_its_landmarks(self, regressor, open_body):
        rng = np.random.default_rng(1)
        for index in range(6):
            truth = person(random_pose(rng), place=(rng.normal(0, 0.4), 0.2, 3.0))
            (estimate,) = regressor.regress(frame(0), [detection(seen(open_body, truth), index)])
            expected = posed_joints(open_body, truth)[:22]
            found = estimate.joints[:22]
            pixels = CAMERA.fx * (found / found[:, 2:] - expected / expected[:, 2:])[:, :2]
            assert np.linalg.norm(pixels, axis=1).mean() < 6

    @pytest.mark.parametrize("yaw", [0.0, 1.5, 3.0, -2.0])
    def test_any_side_may_face_the_camera(self, regressor, open_body, yaw):
        pose = standing_pose()
        pose[0] = turned_about(pose[0], yaw=yaw)
        (estimate,) = run(regressor, [seen(open_body, person(pose))])
        assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 10

    def test_wrists_and_fingers_come_back(self, regressor, open_body):
        rng = np.random.default_rng(2)
        wrists, fingers = [], []
        for index in range(8):
            pose = random_pose(rng)
            landmarks = seen(open_body, person(pose))
            (estimate,) = regressor.regress(frame(0), [detection(landmarks, index)])
            found = pose_of(estimate)
            for chain in ((0, 3, 6, 9, 13, 16, 18, 20), (0, 3, 6, 9, 14, 17, 19, 21)):
                turns = [
                    matrix_from_axis_angle(p[list(chain)].astype(float)) for p in (found, pose)
                ]
                a, b = (np.linalg.multi_dot(turn) for turn in turns)
                wrists.append(np.degrees(np.arccos(min(1, (np.trace(a.T @ b) - 1) / 2))))
            fingers += [
                angles_deg(found[hand], pose[hand]).mean() for hand in (LEFT_HAND, RIGHT_HAND)
            ]
        assert np.mean(wrists) < 6
        assert np.mean(fingers) < 6

    def test_a_distorted_picture_gives_the_same_body(self, regressor, open_body):
        cv2 = pytest.importorskip("cv2")
        camera = Camera(1280, 720, 900.0, 905.0, 640.0, 360.0)
        coefficients = (-0.3, 0.1, 0.001, -0.002)
        straight = seen(open_body, person(standing_pose()), camera, hands=False)
        rays = np.column_stack(
            [
                (straight.pose_px[:, 0] - camera.cx) / camera.fx,
                (straight.pose_px[:, 1] - camera.cy) / camera.fy,
                np.ones(33),
            ]
        )
        matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
        bent, _ = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), matrix, np.array(coefficients))
        pixels = straight.pose_px.copy()
        pixels[:, :2] = bent.reshape(-1, 2)
        lens = replace(camera, distortion=coefficients)
        (expected,) = regressor.regress(frame(0, camera), [detection(straight, 1)])
        (found,) = regressor.regress(
            frame(0, lens), [detection(replace(straight, pose_px=pixels), 2)]
        )
        np.testing.assert_allclose(found.joints, expected.joints, atol=2e-3)


class TestOverTime:
    def test_motion_is_followed(self, regressor, open_body):
        landmarks, poses = walk(open_body, 30)
        errors = [
            relative_error_mm(estimate, posed_joints(open_body, person(pose)))[:22].mean()
            for estimate, pose in zip(run(regressor, landmarks), poses, strict=True)
        ]
        assert np.mean(errors) < 35

    def test_the_same_frames_give_the_same_bytes(self, open_body):
        landmarks, _ = walk(open_body, 12)
        runs = [
            run(LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares")), landmarks)
            for _ in range(2)
        ]
        for a, b in zip(*runs, strict=True):
            assert pose_of(a).tobytes() == pose_of(b).tobytes()
            assert a.joints.tobytes() == b.joints.tobytes()
            assert a.confidence.tobytes() == b.confidence.tobytes()
            assert a.params.betas.tobytes() == b.params.betas.tobytes()

    def test_tracks_do_not_touch_each_other(self, open_body):
        one, _ = walk(open_body, 8)
        other = [
            seen(open_body, person(random_pose(np.random.default_rng(3)), place=(0.8, 0.2, 4.0)))
        ] * 8
        alone = run(LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares")), one)
        both = LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares"))
        for index in range(8):
            pair = both.regress(
                frame(index), [detection(other[index], 2), detection(one[index], 1)]
            )
            assert [estimate.track_id for estimate in pair] == [2, 1]
            assert pair[1].joints.tobytes() == alone[index].joints.tobytes()

    def test_somebody_long_gone_is_solved_afresh(self, regressor, open_body):
        landmarks = seen(open_body, person(standing_pose()))
        first = run(regressor, [landmarks])[0]
        back = regressor.regress(frame(100), [detection(hidden(landmarks, LEGS))])
        assert back  # within the time to forget: remembered
        assert regressor.regress(frame(1000), []) == ()
        again = regressor.regress(frame(1001), [detection(landmarks)])[0]
        assert again.joints.tobytes() == first.joints.tobytes()

    def test_frame_rate_does_not_change_what_stands_still(self, open_body):
        landmarks = seen(open_body, person(standing_pose()))
        slow, fast = (
            LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares")) for _ in range(2)
        )
        for index in range(20):
            a = slow.regress(frame(index, step_ns=100_000_000), [detection(landmarks)])[0]
            b = fast.regress(frame(index, step_ns=10_000_000), [detection(landmarks)])[0]
        np.testing.assert_allclose(a.joints, b.joints, atol=0.02)

    def test_only_one_form_of_the_solver_is_compiled(self, regressor, open_body):
        landmarks, _ = walk(open_body, 3)
        run(regressor, landmarks)
        assert len(least_squares.solve.signatures) == 1


class TestSwaps:
    def test_a_swap_in_the_middle_is_undone(self, open_body):
        landmarks, _ = walk(open_body, 20)
        expected = run(
            LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares")), landmarks
        )
        confused = [
            swapped(item) if 8 <= index < 14 else item for index, item in enumerate(landmarks)
        ]
        found = run(LandmarkRegressor(open_body, LandmarkOptions(hands="least_squares")), confused)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a.joints, b.joints, atol=1e-3)
            assert a.left_hand_seen
            assert a.right_hand_seen

    def test_the_face_settles_a_swap_at_the_start(self, regressor, open_body):
        pose = standing_pose()
        landmarks = seen(open_body, person(pose), face=True)
        confused = replace(swapped(landmarks), face_px=landmarks.face_px)
        (estimate,) = run(regressor, [confused])
        assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 15

    @pytest.mark.parametrize("yaw", [0.0, np.pi])
    def test_the_toes_settle_one_without_a_face(self, regressor, open_body, yaw):
        pose = standing_pose()
        pose[0] = turned_about(pose[0], yaw=yaw)
        landmarks = seen(open_body, person(pose, place=(0.0, 0.2, 4.0)))
        mixed = [swapped(landmarks), swapped(landmarks), landmarks, swapped(landmarks)]
        for item in (landmarks, swapped(landmarks)):
            estimate = run(regressor, [item, item])[-1]
            assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 15
            regressor.close()
            estimate = run(regressor, [item] * 4 + mixed)[-1]
            assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 15
            regressor.close()

    def test_they_settle_it_at_once_of_somebody_who_bends_forward(self, regressor, open_body):
        pose = standing_pose()
        pose[[3, 6, 9], 0] = 0.5
        pose[0] = turned_about(pose[0], yaw=np.pi)
        landmarks = seen(open_body, person(pose, place=(0.0, 0.5, 4.0)))
        estimate = run(regressor, [swapped(landmarks)] * 2)[-1]
        assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 60

    def test_where_little_continues_the_nearer_sides_are_taken(self, open_body):
        landmarks = seen(open_body, person(standing_pose()))
        confused = between(swapped(landmarks), landmarks, 0.35)
        halfway = between(swapped(landmarks), landmarks, 0.5)  # faces nowhere
        blurred = replace(confused, pose_world=halfway.pose_world)
        repair = SwapRepair()
        for item in [landmarks] * 20:
            repair.repair(view_person(item, CAMERA), None, 1 / 60)
        view = view_person(blurred, CAMERA)
        repaired = repair.repair(view, None, 1 / 60)
        np.testing.assert_array_equal(repaired.rays, swap_sides(view).rays)

    def test_a_jump_does_not_turn_a_known_person(self, regressor, open_body):
        pose = standing_pose()
        landmarks = seen(open_body, person(pose))
        elsewhere = seen(open_body, person(pose, place=(0.5, 0.2, 3.0)))
        (*_, estimate) = run(regressor, [landmarks] * 10 + [swapped(elsewhere)])
        assert angles_deg(pose_of(estimate)[:1], pose[:1])[0] < 15

    def test_somebody_who_turns_away_is_believed(self, regressor, open_body):
        landmarks = []
        for yaw in np.linspace(0, np.pi, 45):
            pose = standing_pose()
            pose[0] = turned_about(pose[0], yaw=yaw)
            landmarks.append(seen(open_body, person(pose)))
        last = run(regressor, landmarks)[-1]
        assert angles_deg(pose_of(last)[:1], pose[:1])[0] < 20


class TestOutOfView:
    def test_invented_legs_do_not_move_the_body(self, regressor, open_body):
        landmarks, _ = walk(open_body, 40, legs=1.2)
        waist_up = [hidden(item, HIPS_AND_LEGS) for item in landmarks]
        estimates = run(regressor, waist_up)[5:]
        legs = np.array([pose_of(estimate)[[1, 2, 4, 5, 7, 8, 10, 11]] for estimate in estimates])
        assert np.ptp(legs, axis=0).max() < np.radians(3)
        tilts = [matrix_from_axis_angle(pose_of(e)[0].astype(float))[:, 1] for e in estimates]
        assert np.min([-tilt[1] for tilt in tilts]) > np.cos(np.radians(10))

    def test_legs_fade_out_and_in_without_a_jump(self, regressor, open_body):
        pose = standing_pose()
        pose[1, 0], pose[4, 0] = -0.8, 0.9
        landmarks = seen(open_body, person(pose))
        sequence = [landmarks] * 10 + [hidden(landmarks, LEGS)] * 40 + [landmarks] * 40
        poses = np.array([pose_of(estimate) for estimate in run(regressor, sequence)])
        steps = np.array([angles_deg(a, b)[:22].max() for a, b in pairwise(poses)])
        assert steps.max() < 12
        assert angles_deg(poses[49, 1:2], np.zeros((1, 3)))[0] < 20  # came to rest
        assert angles_deg(poses[-1, 1:2], poses[9, 1:2])[0] < 3  # found again

    def test_hidden_legs_are_no_observation(self, regressor, open_body):
        landmarks = hidden(seen(open_body, person(standing_pose())), LEGS)
        (estimate,) = run(regressor, [landmarks])
        assert (estimate.confidence[[4, 5, 7, 8, 10, 11]] == 0).all()
        assert (estimate.confidence[[16, 17, 18, 19, 15]] > 0.8).all()

    def test_unseen_fingers_ease_from_their_last_pose_to_rest(self, regressor, open_body):
        pose = standing_pose()
        pose[LEFT_HAND][:12, 2] = -1.3  # a fist
        fist = seen(open_body, person(pose))
        sequence = [fist] * 5 + [replace(fist, left_hand_px=None, left_hand_score=0.0)] * 90
        estimates = run(regressor, sequence)
        curls = [-float(e.params.left_hand_pose[:12, 2].mean()) for e in estimates]
        assert estimates[4].left_hand_seen
        assert not estimates[5].left_hand_seen
        assert (estimates[5].confidence[LEFT_HAND] == 0).all()
        assert abs(curls[5] - curls[4]) < 0.1
        assert (np.diff(curls[5:]) <= 1e-6).all()
        assert curls[-1] < 0.45


class TestNonsense:
    def test_a_detection_without_landmarks_gives_no_estimate(self, regressor):
        assert regressor.regress(frame(0), [detection(None)]) == ()

    @pytest.mark.parametrize("field", ["pose_px", "pose_world", "pose_visibility"])
    def test_what_is_not_a_number_gives_no_estimate(self, regressor, open_body, field):
        landmarks = seen(open_body, person(standing_pose()))
        broken = getattr(landmarks, field).copy()
        broken.flat[7] = np.nan
        assert regressor.regress(frame(0), [detection(replace(landmarks, **{field: broken}))]) == ()

    def test_a_person_of_no_size_gives_no_estimate(self, regressor, open_body):
        landmarks = seen(open_body, person(standing_pose()))
        point = replace(landmarks, pose_px=np.full((33, 3), 100, np.float32))
        assert regressor.regress(frame(0), [detection(point)]) == ()

    def test_somebody_outside_the_picture_gives_no_estimate(self, regressor, open_body):
        landmarks = seen(open_body, person(standing_pose()))
        away = replace(landmarks, pose_px=landmarks.pose_px + np.float32([5000, 0, 0]))
        assert regressor.regress(frame(0), [detection(away)]) == ()

    def test_broken_hands_and_faces_count_as_not_seen(self, regressor, open_body):
        landmarks = seen(open_body, person(standing_pose()), face=True)
        broken = replace(
            landmarks,
            left_hand_px=np.full((21, 3), np.nan, np.float32),
            right_hand_px=np.zeros((21, 3), np.float32),
            face_px=np.full((468, 3), np.inf, np.float32),
        )
        (estimate,) = run(regressor, [broken])
        assert not estimate.left_hand_seen
        assert not estimate.right_hand_seen
        assert not estimate.face_seen
        assert estimate.blendshapes is None

    @settings(max_examples=20, deadline=None)
    @given(
        pixels=arrays(np.float32, (33, 3), elements=st.floats(-3e3, 3e3, width=32)),
        world=arrays(np.float32, (33, 3), elements=st.floats(-2, 2, width=32)),
        visibility=arrays(np.float32, 33, elements=st.floats(0, 1, width=32)),
        hand=arrays(np.float32, (21, 3), elements=st.floats(-3e3, 3e3, width=32)),
    )
    def test_whatever_comes_is_solved_or_left_out(self, opened, pixels, world, visibility, hand):
        opened.close()
        landmarks = PersonLandmarks(pixels, world, visibility, left_hand_px=hand, left_hand_score=1)
        for index in range(2):
            for estimate in opened.regress(frame(index), [detection(landmarks)]):
                assert np.isfinite(pose_of(estimate)).all()
                assert np.isfinite(estimate.joints).all()
                assert np.isfinite(estimate.params.betas).all()
                assert ((estimate.confidence >= 0) & (estimate.confidence <= 1)).all()


def test_arrays_are_read_only_float32(regressor, open_body):
    (estimate,) = run(regressor, [seen(open_body, person(standing_pose()), face=True)])
    arrays_given = [estimate.joints, estimate.confidence, estimate.blendshapes]
    arrays_given += [getattr(estimate.params, name) for name in estimate.params.__slots__]
    for array in arrays_given:
        assert array.dtype == np.float32
        assert not array.flags.writeable
    np.testing.assert_allclose(estimate.joints, posed_joints(open_body, estimate.params), atol=1e-6)
