import numpy as np
import pytest

from calibration.correction import PerformerCorrection
from calibration.floor import FloorCalibration, matrix_rows
from calibration.performer import calibrate_performer
from calibration.quality import Quality
from engines.body.face import ARKIT_NAMES, expression_from_blendshapes
from engines.body.kinematics import posed_joints
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.errors import CalibrationError, ConfigError
from engines.landmarks.face_basis import JAW_OPEN_RAD
from engines.landmarks.view import PersonView
from tests.calibration.sessions import FPS, walking_session
from tests.calibration.test_profile import performer
from tests.estimates import estimate, open_body, upright_pose

SMILE = ARKIT_NAMES.index("mouthSmileLeft")
JAW, LEFT, RIGHT = (
    ARKIT_NAMES.index(name) for name in ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight")
)


def true_floor(session, sigma=0.3) -> FloorCalibration:
    rows = matrix_rows(session.world_from_camera)
    return FloorCalibration(
        "board",
        rows,
        session.camera_height_m,
        session.pitch_deg,
        session.roll_deg,
        sigma,
        0.01,
        9,
        "",
        Quality("green", ""),
    )


def faces(*values):
    """Estimates with face coefficients by name, ten pictures each."""
    estimates = []
    for value in values:
        face = np.full(52, 0.02)
        for name, coefficient in value.items():
            face[ARKIT_NAMES.index(name)] = coefficient
        estimates += [estimate(blendshapes=face)] * 10
    return estimates


def leaning(session, lean_deg, *, turned_deg=0.0, knee=0.0):
    """Estimates of somebody who stands on the session's floor, but for a lean towards the camera."""
    tilt = matrix_from_axis_angle(np.radians([lean_deg, 0, 0]))
    turn = matrix_from_axis_angle(np.radians([0, turned_deg, 0]))
    pose = upright_pose(left_knee=(knee, 0, 0), right_knee=(knee, 0, 0))
    camera_from_world = session.world_from_camera[:3, :3].T
    pose[0] = axis_angle_from_matrix(camera_from_world @ tilt @ turn)
    return [estimate(pose)] * 30


@pytest.mark.parametrize("lean", [-6.0, 0.0, 8.0])
@pytest.mark.parametrize("turned", [0.0, 90.0, 180.0])
def test_height_as_given_and_lean_against_gravity(lean, turned):
    session = walking_session(np.random.default_rng(2), is_walking=False)
    bodies = leaning(session, lean, turned_deg=turned)
    found = calibrate_performer(
        open_body(),
        session.views,
        bodies,
        stature_m=session.stature_m,
        floor=true_floor(session),
        rate_hz=FPS,
    )
    assert found.stature_m == session.stature_m
    assert found.lean_deg == pytest.approx(np.sign(lean) * max(abs(lean) - 2, 0), abs=0.5)
    correction = PerformerCorrection(open_body(), found, session.world_from_camera)
    (upright,) = correction.apply(bodies[:1])
    left = leaning(session, float(np.clip(lean, -2, 2)), turned_deg=turned)  # posture stays
    np.testing.assert_allclose(upright.joints, left[0].joints, atol=0.02)


def test_lean_is_left_alone_where_gravity_is_uncertain_or_nobody_stood():
    session = walking_session(np.random.default_rng(3), is_walking=False)
    for bodies, sigma in ((leaning(session, 8.0), 3.0), (leaning(session, 8.0, knee=1.2), 0.3)):
        found = calibrate_performer(
            open_body(),
            session.views,
            bodies,
            stature_m=1.7,
            floor=true_floor(session, sigma),
            rate_hz=FPS,
        )
        assert found.lean_deg == 0
        assert found.quality.mark == "yellow"


def test_ranges_of_jaw_lids_and_the_face_at_rest():
    session = walking_session(np.random.default_rng(4), is_walking=False)
    seen = faces({}, {}, {"jawOpen": 0.7}, {"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.5})
    found = calibrate_performer(open_body(), session.views, seen, stature_m=1.7, rate_hz=FPS)
    assert found.neutral_face == pytest.approx([0.02] * 52)
    assert found.jaw_open == pytest.approx(0.7)
    assert found.blink_left == pytest.approx(0.6)
    assert found.blink_right == pytest.approx(0.5)
    still = calibrate_performer(
        open_body(), session.views, faces({}, {}), stature_m=1.7, rate_hz=FPS
    )
    assert (still.jaw_open, still.blink_left) == (None, None)
    unseen = calibrate_performer(open_body(), session.views, [], stature_m=1.7, rate_hz=FPS)
    assert unseen.neutral_face == ()
    assert "floor" in unseen.quality.reason or "face" in unseen.quality.reason


def test_hands_open_and_closed():
    session = walking_session(np.random.default_rng(5), is_walking=False)
    fist = upright_pose(
        **{
            f"left_{f}{k}": (0, 0, -1.2)
            for f in ("index", "middle", "pinky", "ring")
            for k in (1, 2, 3)
        }
    )
    found = calibrate_performer(
        open_body(),
        session.views,
        [estimate()] * 20 + [estimate(fist)] * 20,
        rate_hz=FPS,
        stature_m=1.7,
    )
    assert found.hand_open_rad == pytest.approx(0, abs=0.05)
    assert found.hand_closed_rad == pytest.approx(1.2, abs=0.05)


def curled(bend, **joints):
    fingers = ("index", "middle", "pinky", "ring")
    left = {f"left_{f}{k}": (0, 0, -bend) for f in fingers for k in (1, 2, 3)}
    return estimate(upright_pose(**(left | joints)))


def bends(found):
    return np.linalg.norm(found.params.left_hand_pose[:12], axis=1)


def test_an_open_hand_becomes_flat_and_a_fist_a_fist():
    known = performer(lean_deg=0.0, neutral_face=(), hand_open_rad=0.2, hand_closed_rad=1.1)
    correction = PerformerCorrection(open_body(), known)
    opened, half, closed = correction.apply([curled(0.2), curled(0.65), curled(1.1)])
    assert bends(opened) == pytest.approx(0, abs=1e-5)
    assert bends(half) == pytest.approx(0.65, abs=1e-3)
    assert bends(closed) == pytest.approx(1.3, abs=1e-3)
    np.testing.assert_allclose(closed.joints, posed_joints(open_body(), closed.params), atol=2e-4)
    thumb = curled(1.1, left_thumb1=(0.3, 0, 0))
    (after,) = correction.apply([thumb])
    np.testing.assert_array_equal(
        after.params.left_hand_pose[12:], thumb.params.left_hand_pose[12:]
    )
    pointing = curled(1.1, **{f"left_index{k}": (0, 0, -0.2) for k in (1, 2, 3)})
    (after,) = correction.apply([pointing])
    assert bends(after)[:3] == pytest.approx(0, abs=1e-5)
    assert bends(after)[3:] == pytest.approx(1.3, abs=1e-3)


def test_hands_that_close_well_or_were_not_measured_are_not_bent_further():
    wide = performer(lean_deg=0.0, neutral_face=(), hand_open_rad=0.0, hand_closed_rad=1.6)
    (after,) = PerformerCorrection(open_body(), wide).apply([curled(1.6)])
    assert bends(after) == pytest.approx(1.6, abs=1e-3)
    none = performer(lean_deg=0.0, neutral_face=())
    (after,) = PerformerCorrection(open_body(), none).apply([curled(0.7)])
    assert bends(after) == pytest.approx(0.7, abs=1e-3)
    narrow = performer(lean_deg=0.0, neutral_face=(), hand_open_rad=0.5, hand_closed_rad=0.9)
    (after,) = PerformerCorrection(open_body(), narrow).apply([curled(0.9)])
    assert bends(after) == pytest.approx(0.4 * 1.6, abs=1e-3)


def test_correction_turns_the_body_back_about_its_pelvis():
    leaning = upright_pose()
    leaning[0] = (np.pi + np.radians(5), 0, 0)  # the head nearer to the camera, whose z points away
    before = estimate(leaning, pelvis=(0.3, 0.1, 3.0))
    towards = before.joints[0, 2] - before.joints[JOINT_INDEX["neck"], 2]
    assert towards > 0.02
    known, level = performer(lean_deg=5.0), np.diag([1.0, -1, -1, 1])
    (after,) = PerformerCorrection(open_body(), known, level).apply([before])
    upright = estimate(upright_pose(), pelvis=(0.3, 0.1, 3.0))
    np.testing.assert_allclose(after.joints, upright.joints, atol=2e-4)
    np.testing.assert_allclose(after.joints, posed_joints(open_body(), after.params), atol=2e-4)
    (elsewhere,) = PerformerCorrection(open_body(), known).apply([before])  # no floor, no lean
    np.testing.assert_allclose(elsewhere.joints, before.joints, atol=1e-6)


def test_the_face_is_measured_from_its_own_rest():
    neutral = np.full(52, 0.05)
    neutral[SMILE] = 0.2
    known = performer(lean_deg=0.0, jaw_open=0.45, neutral_face=tuple(neutral))
    correction = PerformerCorrection(open_body(), known)
    face = np.full(52, 0.25)
    (after,) = correction.apply([estimate(upright_pose(jaw=(0.09, 0, 0)), blendshapes=face)])
    assert after.blendshapes[JAW] == pytest.approx(0.5)
    assert after.blendshapes[LEFT] == pytest.approx(0.2 / 0.95)
    assert after.blendshapes[SMILE] == pytest.approx(0.05 / 0.8)
    assert after.params.jaw_pose[0] == pytest.approx(0.5 * JAW_OPEN_RAD)
    (rest,) = correction.apply([estimate(blendshapes=neutral)])
    np.testing.assert_allclose(rest.blendshapes, 0, atol=1e-6)
    np.testing.assert_allclose(rest.params.expression, 0, atol=1e-6)
    smiling = np.where(np.arange(52) == SMILE, 1, neutral)
    (smile,) = correction.apply([estimate(blendshapes=smiling)])
    assert smile.blendshapes[SMILE] == pytest.approx(1)
    np.testing.assert_allclose(
        smile.params.expression, expression_from_blendshapes(open_body(), smile.blendshapes)
    )


def test_without_a_face_at_rest_nothing_is_done_to_the_face():
    known = performer(lean_deg=0.0, jaw_open=0.45, neutral_face=())
    face = np.full(52, 0.25)
    (after,) = PerformerCorrection(open_body(), known).apply([estimate(blendshapes=face)])
    np.testing.assert_allclose(after.blendshapes, face)
    (none,) = PerformerCorrection(open_body(), known).apply([estimate()])
    assert none.blendshapes is None


def test_nobody_and_giants_are_refused():
    with pytest.raises(CalibrationError, match="performer: nobody was seen"):
        calibrate_performer(open_body(), [], [], stature_m=1.7, rate_hz=FPS)
    with pytest.raises(ConfigError, match=r"0.8 to 2.5"):
        calibrate_performer(open_body(), [], [], stature_m=178, rate_hz=FPS)


def test_without_any_help_the_height_is_an_estimate_and_says_so():
    session = walking_session(np.random.default_rng(6))
    found = calibrate_performer(open_body(), session.views, [], rate_hz=FPS)
    assert found.stature_m == pytest.approx(session.stature_m, rel=0.1)
    assert found.quality.mark == "yellow"
    assert isinstance(session.views[0], PersonView)
