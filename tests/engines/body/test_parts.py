import numpy as np
import pytest

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints
from engines.body.parts import ALL_PARTS, rest_parts
from engines.body.pose import full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, LEFT_HAND, MIRROR
from tests.estimates import estimate, open_body

WORLD = np.array([[1, 0, 0, -0.2], [0, -1, 0, 1.1], [0, 0, -1, 2.5], [0, 0, 0, 1]], np.float32)


@pytest.fixture
def dancing():
    pose = np.random.default_rng(0).normal(0, 0.4, (55, 3))
    return estimate(
        pose, pelvis=(0.6, 0.2, 3.0), blendshapes=np.full(52, 0.5), expression=np.ones(10)
    )


def off(dancing, *parts):
    return rest_parts(open_body(), dancing, frozenset(parts), WORLD)


def moved(before, after):
    changed = np.abs(full_pose(before.params) - full_pose(after.params)).max(axis=1) > 1e-6
    return set(np.flatnonzero(changed))


def test_nothing_off_is_nothing_done(dancing):
    assert off(dancing) is dancing


def test_hands_relax_and_count_as_not_seen(dancing):
    result = off(dancing, "hands")
    wrists = {JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]}
    assert moved(dancing, result) == wrists | set(range(25, 55))
    np.testing.assert_array_equal(result.params.left_hand_pose, RELAXED_POSE[LEFT_HAND])
    assert result.confidence[LEFT_HAND].max() == 0
    assert result.confidence[JOINT_INDEX["left_elbow"]] == 1
    assert not result.left_hand_seen
    assert not result.right_hand_seen
    assert result.face_seen


def test_body_stands_upright_and_faces_the_camera(dancing):
    result = off(dancing, "body")
    assert moved(dancing, result) == set(range(20))
    in_world = result.joints @ WORLD[:3, :3].T
    up = in_world[JOINT_INDEX["head"]] - in_world[0]
    across = in_world[JOINT_INDEX["left_hip"]] - in_world[JOINT_INDEX["right_hip"]]
    assert up[1] > 0.4
    assert across[0] > 0.1
    np.testing.assert_allclose(result.joints[0], dancing.joints[0], atol=1e-5)


def test_root_stays_above_the_origin_at_its_height(dancing):
    result = off(dancing, "root")
    assert moved(dancing, result) == set()
    before = WORLD[:3, :3] @ dancing.joints[0] + WORLD[:3, 3]
    after = WORLD[:3, :3] @ result.joints[0] + WORLD[:3, 3]
    np.testing.assert_allclose(after, (0, before[1], 0), atol=1e-5)


@pytest.mark.parametrize(
    ("part", "joints", "prefixes"),
    [
        ("eyes", {LEFT_EYE, LEFT_EYE + 1}, ("eye",)),
        ("jaw", {JAW}, ("jaw",)),
        ("face", set(), ("brow", "cheek", "mouth", "nose", "tongue")),
    ],
)
def test_parts_of_the_face(dancing, part, joints, prefixes):
    result = off(dancing, part)
    assert moved(dancing, result) == joints
    resting = {
        name for name, value in zip(ARKIT_NAMES, result.blendshapes, strict=True) if value == 0
    }
    assert resting == {name for name in ARKIT_NAMES if name.startswith(prefixes)}
    assert (result.params.expression == 0).all() == (part == "face")


def test_all_off_is_the_body_at_rest(dancing):
    result = off(dancing, *ALL_PARTS)
    np.testing.assert_allclose(full_pose(result.params)[1:], RELAXED_POSE[1:])
    assert result.confidence.max() == 0
    assert result.blendshapes.max() == 0
    np.testing.assert_allclose(result.joints, posed_joints(open_body(), result.params), atol=1e-6)


def test_relaxed_pose_is_symmetric_with_hanging_arms():
    np.testing.assert_allclose(RELAXED_POSE[MIRROR] * (1, -1, -1), RELAXED_POSE)
    joints = estimate(RELAXED_POSE, pelvis=(0, 0, 0)).joints  # y up: the pelvis is not turned
    left_wrist = joints[JOINT_INDEX["left_wrist"]]
    assert left_wrist[1] < joints[JOINT_INDEX["left_shoulder"], 1] - 0.3
    assert 0.1 < left_wrist[0] < 0.6
    assert left_wrist[2] > joints[JOINT_INDEX["left_elbow"], 2]
    tip, knuckle = joints[JOINT_INDEX["left_index3"]], joints[JOINT_INDEX["left_index1"]]
    assert tip[1] < knuckle[1]
