import dataclasses
from typing import get_args

import numpy as np
import pytest

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.pose import full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import quaternion_from_axis_angle, relative_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND
from engines.errors import ConfigError
from engines.smoothing.options import TYPICAL_SPEED, OneEuroSettings, Signal, SmoothingOptions
from engines.smoothing.smoother import EstimateSmoother
from engines.types import PartStrengths, SmoothedPart
from tests.estimates import estimate, open_body, upright_pose

STEP_NS = 16_666_667
FINGERS = tuple(name for name, j in JOINT_INDEX.items() if 25 <= j < 40)


class Clock:
    """Runs a smoother at 60 fps."""

    def __init__(self, options=None):
        self.smoother = EstimateSmoother(open_body(), options)
        self.now_ns = 0

    def __call__(self, *estimates, seconds=None):
        for _ in range(1 if seconds is None else round(seconds * 60)):
            self.now_ns += STEP_NS
            result = self.smoother.smooth(estimates, self.now_ns)
        return result


@pytest.fixture
def run():
    return Clock()


def angle(a, b, joint):
    """Angle in radians between a joint's rotations in two estimates or poses."""
    rotations = [
        quaternion_from_axis_angle(
            np.float64(x if isinstance(x, np.ndarray) else full_pose(x.params))
        )
        for x in (a, b)
    ]
    return relative_angle(*rotations)[JOINT_INDEX[joint]]


def test_first_estimate_passes_unchanged(run):
    first = estimate(upright_pose(left_knee=(4.0, 0, 0)))
    assert run(first)[0] is first


def test_at_rest_stays_at_rest(run):
    still = estimate(
        upright_pose(left_elbow=(0, -1, 0.2)), blendshapes=np.full(52, 0.3), betas=np.ones(10)
    )
    result = run(still, seconds=1)[0]
    assert max(angle(result, still, joint) for joint in JOINT_INDEX) < 1e-5
    np.testing.assert_allclose(result.params.transl, still.params.transl, atol=1e-5)
    np.testing.assert_allclose(result.joints, still.joints, atol=1e-5)
    np.testing.assert_array_equal(result.confidence, still.confidence)
    np.testing.assert_allclose(result.blendshapes, still.blendshapes, atol=1e-6)
    assert result.left_hand_seen
    assert result.right_hand_seen
    assert result.face_seen


def test_joints_are_those_of_the_smoothed_parameters(run):
    run(estimate())
    result = run(estimate(upright_pose(left_shoulder=(0, 0, -1)), pelvis=(0.2, 0.1, 2.8)))[0]
    np.testing.assert_allclose(result.joints, posed_joints(open_body(), result.params), atol=1e-6)
    assert not result.joints.flags.writeable


def test_jump_is_damped_and_reached(run):
    bent = estimate(upright_pose(left_elbow=(0, -1, 0)))
    run(estimate())
    first = run(bent)[0]
    assert 0 < angle(first, estimate(), "left_elbow") < 0.95
    assert angle(run(bent, seconds=1)[0], bent, "left_elbow") < 0.01


def test_no_strength_passes_all_through():
    run = Clock(SmoothingOptions(strength=0))
    run(estimate())
    moved = estimate(
        upright_pose(left_elbow=(0, -1, 0)), pelvis=(0.5, 0.2, 2.0), blendshapes=np.full(52, 0.5)
    )
    result = run(moved)[0]
    np.testing.assert_allclose(result.joints, moved.joints, atol=1e-5)
    np.testing.assert_allclose(result.blendshapes, moved.blendshapes, atol=1e-6)


def test_strength_is_live(run):
    bent = estimate(upright_pose(left_elbow=(0, -1, 0)))
    run(estimate())
    run.smoother.strengths = PartStrengths(body=0)
    assert angle(run(bent)[0], bent, "left_elbow") < 1e-3
    with pytest.raises(ConfigError, match="strength of hands"):
        PartStrengths(hands=-1)


@pytest.mark.parametrize("part", get_args(SmoothedPart))
def test_each_part_has_its_own_strength(run, part):
    run(estimate(blendshapes=np.zeros(52)))
    run.smoother.strengths = dataclasses.replace(PartStrengths(), **{part: 0.0})
    moved = estimate(
        upright_pose(left_elbow=(0, -1, 0), left_index1=(0, 0, -1), jaw=(0.3, 0, 0)),
        pelvis=(0.5, 0, 3), blendshapes=np.full(52, 0.9),
    )  # fmt: skip
    result = run(moved)[0]
    followed = {
        "body": angle(result, moved, "left_elbow") < 1e-3,
        "hands": angle(result, moved, "left_index1") < 1e-3,
        "face": abs(result.blendshapes - 0.9).max() < 1e-3 and angle(result, moved, "jaw") < 1e-3,
        "root": abs(result.joints[0] - moved.joints[0]).max() < 1e-3,
    }
    assert [name for name, all_of_it in followed.items() if all_of_it] == [part]


def test_betas_pass_and_do_not_move_the_pelvis(run):
    run(estimate(betas=np.zeros(10)))
    betas = np.linspace(-2, 2, 10)
    result = run(estimate(betas=betas))[0]
    np.testing.assert_allclose(result.params.betas, betas, atol=1e-6)
    np.testing.assert_allclose(result.joints[0], (0, 0, 3), atol=1e-5)


def test_depth_noise_does_not_move_the_body_in_the_picture(run):
    rng = np.random.default_rng(0)
    for depth in rng.normal(3.0, 0.05, 30):
        result = run(estimate(pelvis=(0.2 * depth, -0.1 * depth, depth)))[0]
        x, y, z = result.joints[0]
        assert (x / z, y / z) == pytest.approx((0.2, -0.1), abs=1e-5)


def test_blinks_are_quicker_than_the_mouth(run):
    run(estimate(blendshapes=np.zeros(52)))
    face = run(estimate(blendshapes=np.ones(52)))[0].blendshapes
    assert face[ARKIT_NAMES.index("eyeBlinkLeft")] > face[ARKIT_NAMES.index("mouthSmileLeft")]


def test_fast_kick_at_60_fps_loses_little():
    """A hip flexed by 110 degrees in 0.25 s and back: the mean error of the ankle stays below 25 mm."""
    run, errors = Clock(), []
    for k in range(90):
        t = np.clip((k / 60 - 0.3) / 0.25, 0, 1) - np.clip((k / 60 - 0.7) / 0.35, 0, 1)
        flexion = 1.92 * t**3 * (10 - 15 * t + 6 * t * t)  # minimum jerk
        given = estimate(upright_pose(left_hip=(-flexion, 0, 0)))
        result = run(given)[0]
        errors.append(np.linalg.norm((result.joints - given.joints)[JOINT_INDEX["left_ankle"]]))
    assert np.mean(errors[18:66]) < 0.025


def test_lost_hand_holds_then_relaxes_while_confidence_falls(run):
    fist = upright_pose(**dict.fromkeys(FINGERS, (0, 0, -1.4)))
    run(estimate(fist))
    unseen = estimate(upright_pose(), unseen=FINGERS, seen=False)
    held = run(unseen, seconds=0.45)[0]
    assert angle(held, fist, "left_index1") < 1e-3
    assert 0.5 < held.confidence[LEFT_HAND].mean() < 0.9
    easing = run(unseen, seconds=0.5)[0]
    assert 0.05 < angle(easing, fist, "left_index1") < angle(fist, RELAXED_POSE, "left_index1")
    relaxed = run(unseen, seconds=0.7)[0]
    assert angle(relaxed, RELAXED_POSE, "left_index1") < 1e-3
    assert relaxed.confidence[LEFT_HAND].max() == 0
    assert relaxed.confidence[JOINT_INDEX["right_index1"]] == 1


def test_hand_seen_again_flows_to_its_pose(run):
    fist = estimate(upright_pose(**dict.fromkeys(FINGERS, (0, 0, -1.4))))
    run(fist)
    run(estimate(unseen=FINGERS), seconds=2)
    first = run(fist)[0]
    assert angle(first, fist, "left_index1") > 0.1
    assert first.confidence[LEFT_HAND].min() == 1
    assert angle(run(fist, seconds=1)[0], fist, "left_index1") < 0.02


def test_a_limb_is_lost_with_its_far_end(run):
    """The elbow is in view but not the wrist: the rotation at the elbow is a guess."""
    run(estimate())
    guess = estimate(
        upright_pose(left_elbow=(0, -1, 0), left_shoulder=(0, 0, -1)), unseen=["left_wrist"]
    )
    result = run(guess, seconds=0.4)[0]
    assert angle(result, estimate(), "left_elbow") < 1e-3
    assert angle(result, guess, "left_shoulder") < 0.1
    assert result.confidence[JOINT_INDEX["left_elbow"]] == 1


def test_lost_face_comes_to_rest(run):
    smile = estimate(blendshapes=np.full(52, 0.8), expression=np.ones(10))
    run(smile)
    blank = estimate(expression=np.full(10, 3.0), seen=False)
    held = run(blank, seconds=0.4)[0]
    np.testing.assert_allclose(held.blendshapes, 0.8, atol=1e-5)
    np.testing.assert_allclose(held.params.expression, 1, atol=1e-5)
    rest = run(blank, seconds=1.3)[0]
    np.testing.assert_allclose(rest.blendshapes, 0, atol=1e-6)
    np.testing.assert_allclose(rest.params.expression, 0, atol=1e-6)


def test_face_that_comes_late_begins_as_it_is(run):
    run(estimate(seen=False))
    np.testing.assert_allclose(
        run(estimate(blendshapes=np.full(52, 0.8)))[0].blendshapes, 0.8, atol=1e-6
    )


def test_lost_person_is_held_then_dropped(run):
    walking = estimate(upright_pose(left_knee=(1.0, 0, 0)), pelvis=(0.5, 0, 3))
    run(walking)
    (held,) = run(seconds=0.4)
    np.testing.assert_allclose(held.joints, walking.joints, atol=1e-4)
    assert not held.face_seen
    assert not held.left_hand_seen
    assert 0 < held.confidence.max() < 1
    (resting,) = run(seconds=1.3)
    assert angle(resting, RELAXED_POSE, "left_knee") < 1e-3
    np.testing.assert_allclose(resting.joints[0], walking.joints[0], atol=1e-4)
    assert angle(resting, walking, "pelvis") < 1e-3
    assert resting.confidence.max() == 0
    assert run(seconds=1) == ()


def test_person_found_again_flows_from_where_he_was_held(run):
    run(estimate(pelvis=(0, 0, 3)))
    run(seconds=0.4)
    (found,) = run(estimate(pelvis=(1, 0, 3)))
    assert 0 < found.joints[0, 0] < 1
    assert found.confidence.min() == 1


def test_two_persons_do_not_mix(run):
    left, right = estimate(track_id=1, pelvis=(-1, 0, 3)), estimate(track_id=2, pelvis=(1, 0, 3))
    run(left, right)
    result = run(right, left)
    assert [e.track_id for e in result] == [2, 1]
    assert [round(float(e.joints[0, 0])) for e in result] == [1, -1]


@pytest.mark.parametrize(("pelvis", "count"), [((0.2, 0, 3.2), 1), ((2.0, 0, 3.0), 2)])
def test_person_under_a_new_number_replaces_the_one_just_lost(run, pelvis, count):
    run(estimate(track_id=1))
    run(seconds=0.2)
    assert len(run(estimate(track_id=2, pelvis=pelvis))) == count


@pytest.mark.parametrize("jump_ns", [400_000_000, -1_000_000_000])
def test_pause_or_backward_time_begins_anew(run, jump_ns):
    run(estimate(), estimate(track_id=2, pelvis=(2, 0, 3)), seconds=0.5)
    run.now_ns += jump_ns
    other = estimate(upright_pose(left_elbow=(0, -1, 0)))
    result = run(other)
    assert len(result) == 1
    assert result[0] is other


def test_same_time_stamp_twice_gives_the_same_result(run):
    run(estimate())
    before = run(estimate(upright_pose(left_elbow=(0, -1, 0))))[0]
    assert run.smoother.smooth([estimate()], run.now_ns)[0] is before


def test_added_delay_follows_cutoff_and_strength():
    smoother = EstimateSmoother(open_body(), SmoothingOptions(body=OneEuroSettings(3.0, 0.0)))
    assert smoother.added_delay_ms("body", 1) == pytest.approx(53.05, abs=0.01)
    assert smoother.added_delay_ms("body", 2) == pytest.approx(106.1, abs=0.01)


def test_every_signal_is_an_option_and_every_part_has_a_delay():
    fields = {f.name for f in dataclasses.fields(SmoothingOptions) if f.type is OneEuroSettings}
    assert set(get_args(Signal)) == fields == set(TYPICAL_SPEED)
    smoother = EstimateSmoother(open_body())
    assert all(smoother.added_delay_ms(part, 1) > 0 for part in get_args(SmoothedPart))


def test_options_without_a_meaning_are_refused():
    with pytest.raises(ConfigError, match="hold_s"):
        SmoothingOptions(hold_s=-1)
