from dataclasses import replace

import numpy as np
import pytest

from calibration.correction import PerformerCorrection
from calibration.floor import FloorCalibration, matrix_rows
from calibration.performer import calibrate_performer
from calibration.quality import Quality
from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX
from engines.errors import CalibrationError, ConfigError
from engines.landmarks.view import PersonView
from tests.calibration.sessions import Noise, walking_session
from tests.calibration.test_profile import performer
from tests.estimates import estimate, open_body, upright_pose

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


def test_height_as_given_and_lean_against_gravity():
    rng = np.random.default_rng(2)
    for lean in (-6.0, 0.0, 8.0):
        session = walking_session(rng, is_walking=False, noise=Noise(lean=0, posture=0))
        tilt = matrix_from_axis_angle(np.radians([lean, 0, 0]))
        views = [replace(view, world=view.world @ tilt.T) for view in session.views]
        found = calibrate_performer(
            open_body(), views, [], stature_m=session.stature_m, floor=true_floor(session)
        )
        assert found.stature_m == session.stature_m
        assert found.lean_deg == pytest.approx(lean, abs=2.0)


def test_lean_is_left_alone_where_gravity_is_uncertain():
    session = walking_session(np.random.default_rng(3), is_walking=False)
    found = calibrate_performer(
        open_body(), session.views, [], stature_m=1.7, floor=true_floor(session, sigma=3.0)
    )
    assert found.lean_deg == 0
    assert found.quality.mark == "yellow"


def test_ranges_of_jaw_lids_and_the_face_at_rest():
    session = walking_session(np.random.default_rng(4), is_walking=False)
    seen = faces({}, {}, {"jawOpen": 0.7}, {"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.5})
    found = calibrate_performer(open_body(), session.views, seen, stature_m=1.7)
    assert found.neutral_face == pytest.approx([0.02] * 52)
    assert found.jaw_open == pytest.approx(0.7)
    assert found.blink_left == pytest.approx(0.6)
    assert found.blink_right == pytest.approx(0.5)
    still = calibrate_performer(open_body(), session.views, faces({}, {}), stature_m=1.7)
    assert (still.jaw_open, still.blink_left) == (None, None)
    unseen = calibrate_performer(open_body(), session.views, [], stature_m=1.7)
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
        open_body(), session.views, [estimate()] * 20 + [estimate(fist)] * 20, stature_m=1.7
    )
    assert found.hand_open_rad == pytest.approx(0, abs=0.05)
    assert found.hand_closed_rad == pytest.approx(1.2, abs=0.05)


def test_correction_turns_the_body_back_about_its_pelvis():
    leaning = upright_pose()
    leaning[0] = (np.pi + np.radians(5), 0, 0)  # the head nearer to the camera, whose z points away
    before = estimate(leaning, pelvis=(0.3, 0.1, 3.0))
    towards = before.joints[0, 2] - before.joints[JOINT_INDEX["neck"], 2]
    assert towards > 0.02
    (after,) = PerformerCorrection(open_body(), performer(lean_deg=5.0)).apply([before])
    upright = estimate(upright_pose(), pelvis=(0.3, 0.1, 3.0))
    np.testing.assert_allclose(after.joints, upright.joints, atol=2e-4)
    np.testing.assert_allclose(after.joints, posed_joints(open_body(), after.params), atol=2e-4)


def test_correction_stretches_what_was_measured_and_nothing_else():
    known = performer(lean_deg=0.0, jaw_open=0.45, neutral_face=tuple([0.05] * 52))
    face = np.full(52, 0.25)
    (after,) = PerformerCorrection(open_body(), known).apply([estimate(blendshapes=face)])
    assert after.blendshapes[JAW] == pytest.approx(0.5)
    assert after.blendshapes[LEFT] == pytest.approx(0.25)
    (none,) = PerformerCorrection(open_body(), known).apply([estimate()])
    assert none.blendshapes is None


def test_nobody_and_giants_are_refused():
    with pytest.raises(CalibrationError, match="performer: nobody was seen"):
        calibrate_performer(open_body(), [], [], stature_m=1.7)
    with pytest.raises(ConfigError, match=r"0.8 to 2.5"):
        calibrate_performer(open_body(), [], [], stature_m=178)


def test_without_any_help_the_height_is_an_estimate_and_says_so():
    session = walking_session(np.random.default_rng(6))
    found = calibrate_performer(open_body(), session.views, [])
    assert found.stature_m == pytest.approx(session.stature_m, rel=0.1)
    assert found.quality.mark == "yellow"
    assert isinstance(session.views[0], PersonView)
