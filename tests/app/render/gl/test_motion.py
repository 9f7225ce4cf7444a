import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.gl.motion import PoseMotion, interpolated
from app.render.gl.scene_pose import ScenePose
from tests.estimates import estimate, open_body, upright_pose

BENT = upright_pose(left_elbow=(0, -1.2, 0), right_knee=(0.9, 0, 0), head=(0, 0.4, 0))


def at(x, track_id=1):
    return ScenePose.from_estimate(open_body(), estimate(pelvis=(x, 0, 3), track_id=track_id))


def shown_x(motion, now_s):
    return [pose.joints[0, 0] for pose in motion.at(now_s)]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_interpolation_begins_and_ends_at_its_poses(share):
    ends = [
        ScenePose.from_estimate(open_body(), estimate(pose, pelvis=(x, 0, 3)))
        for pose, x in ((BENT, 0.0), (upright_pose(), 0.2))
    ]
    mixed = interpolated(*ends, share)
    np.testing.assert_allclose(mixed.bones, ends[int(share)].bones, atol=1e-5)
    np.testing.assert_allclose(mixed.joints, ends[int(share)].joints, atol=1e-6)


@given(st.floats(0, 1), st.floats(-0.3, 0.3))
def test_between_frames_bones_are_rigid_and_keep_their_length(share, turn):
    before, after = (
        ScenePose.from_estimate(open_body(), estimate(upright_pose(left_elbow=(0, angle, 0))))
        for angle in (-0.8, -0.8 + turn)
    )
    mixed = interpolated(before, after, share)
    rotations = mixed.bones[:, :, :3].astype(float)
    identity = np.broadcast_to(np.eye(3), rotations.shape)
    np.testing.assert_allclose(rotations @ rotations.swapaxes(1, 2), identity, atol=1e-5)
    forearm = [np.linalg.norm(pose.joints[20] - pose.joints[18]) for pose in (before, mixed)]
    assert forearm[1] == pytest.approx(forearm[0], rel=0.015)


def test_nobody_is_shown_before_the_first_pose():
    assert list(PoseMotion().at(5.0)) == []


def test_the_first_pose_is_shown_at_once_and_the_next_in_the_time_between_the_two():
    motion = PoseMotion()
    motion.add([at(0.0)], 10.0)
    assert shown_x(motion, 10.0) == pytest.approx([0], abs=1e-5)
    motion.add([at(0.1)], 10.1)
    for share in (0.0, 0.3, 0.9):
        assert shown_x(motion, 10.1 + 0.1 * share) == pytest.approx([0.1 * share], abs=1e-5)
    assert not motion.is_done(10.15)
    assert motion.is_done(10.2)
    assert shown_x(motion, 10.2) == pytest.approx([0.1], abs=1e-5)


def test_an_early_pose_makes_no_jump():
    motion = PoseMotion()
    motion.add([at(0.0)], 10.0)
    motion.add([at(0.1)], 10.1)
    before = shown_x(motion, 10.14)
    motion.add([at(0.2)], 10.14)
    assert shown_x(motion, 10.14) == pytest.approx(before, abs=1e-5)
    assert shown_x(motion, 10.18) == pytest.approx([0.2], abs=1e-5)


def test_after_a_pause_the_new_pose_is_reached_soon():
    motion = PoseMotion()
    motion.add([at(0.0)], 10.0)
    motion.add([at(0.1)], 60.0)
    assert shown_x(motion, 60.25) == pytest.approx([0.1], abs=1e-5)


def test_persons_appear_disappear_and_leap_at_once():
    motion = PoseMotion()
    motion.add([at(0.0), at(0.5, track_id=2)], 10.0)
    motion.add([at(2.0), at(0.7, track_id=3)], 10.1)
    assert shown_x(motion, 10.1) == pytest.approx([2.0, 0.7], abs=1e-5)
