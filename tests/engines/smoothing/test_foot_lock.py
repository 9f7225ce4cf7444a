import numpy as np
import pytest

from engines.body.kinematics import forward_kinematics
from engines.body.model import load_body
from engines.body.rotations import (
    matrix_from_quaternion,
    quaternion_from_axis_angle,
    relative_angle,
)
from engines.body.skeleton import JOINT_INDEX
from engines.model_store import model_path
from engines.smoothing.foot_lock import FootLockOptions, lock_feet

TIMES = np.arange(120) / 30
TOES = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
OPTIONS = FootLockOptions()


@pytest.fixture(scope="module")
def rest():
    body = load_body(model_path("open_body"))
    return body.rest_joints(np.zeros(10)).astype(np.float64)


def joints_of(rotations, pelvis, rest):
    places = []
    for turns, place in zip(rotations, pelvis, strict=True):
        _, joints = forward_kinematics(rest, matrix_from_quaternion(turns))
        places.append(joints - joints[0] + place)
    return np.array(places)


@pytest.fixture(scope="module")
def sliding(rest):
    """Somebody in a slight crouch whose pelvis drifts and shakes; from 2 s to 3 s the left knee is lifted."""
    rng = np.random.default_rng(0)
    pose = np.zeros((120, 55, 3))
    for side in ("left", "right"):
        pose[:, JOINT_INDEX[f"{side}_hip"], 0] = -0.4
        pose[:, JOINT_INDEX[f"{side}_knee"], 0] = 0.8
        pose[:, JOINT_INDEX[f"{side}_ankle"], 0] = -0.4
    lift = np.sin(np.clip(TIMES - 2, 0, 1) * np.pi)
    pose[:, JOINT_INDEX["left_hip"], 0] -= lift
    pose[:, JOINT_INDEX["left_knee"], 0] += lift
    pelvis = np.cumsum(rng.normal(scale=0.001, size=(120, 3)), axis=0)
    pelvis[:, 1] += 0.9
    pelvis[:, 0] += 0.02 * TIMES
    return quaternion_from_axis_angle(pose), pelvis


def test_standing_feet_stay_and_a_lifted_one_is_left_alone(sliding, rest):
    rotations, pelvis = sliding
    lock = lock_feet(TIMES, rotations, pelvis, rest, OPTIONS)
    before = joints_of(rotations, pelvis, rest)
    after = joints_of(lock.rotations, pelvis, rest)
    assert lock.contacts[:, 1].all()
    assert lock.contacts[:55, 0].all()
    assert not lock.contacts[65:85, 0].any()
    assert np.ptp(before[:, TOES[1]], axis=0).max() > 0.05
    assert np.ptp(after[:, TOES[1]], axis=0).max() < 1e-3
    np.testing.assert_allclose(after[70:80, TOES[0]], before[70:80, TOES[0]], atol=1e-5)


def test_bones_keep_their_length_and_feet_their_attitude(sliding, rest):
    rotations, pelvis = sliding
    after = lock_feet(TIMES, rotations, pelvis, rest, OPTIONS).rotations
    np.testing.assert_allclose(np.linalg.norm(after, axis=2), 1, atol=1e-6)
    others = [j for j in range(55) if j not in (1, 2, 4, 5, 7, 8)]
    np.testing.assert_array_equal(after[:, others], rotations[:, others])
    for turns, old in ((after[30], rotations[30]),):
        now, _ = forward_kinematics(rest, matrix_from_quaternion(turns))
        then, _ = forward_kinematics(rest, matrix_from_quaternion(old))
        np.testing.assert_allclose(now[TOES], then[TOES], atol=1e-5)


def test_corrections_come_and_go_without_a_jump(sliding, rest):
    rotations, pelvis = sliding
    lock = lock_feet(TIMES, rotations, pelvis, rest, OPTIONS)
    steps = relative_angle(lock.rotations[1:], lock.rotations[:-1])
    assert steps.max() < relative_angle(rotations[1:], rotations[:-1]).max() + 0.05


def test_a_foot_out_of_reach_stretches_the_leg_and_no_more(rest):
    rotations = np.zeros((30, 55, 4))
    rotations[..., 3] = 1
    pelvis = np.tile([0.0, 1.0, 0.0], (30, 1))
    pelvis[:, 1] += np.linspace(0, 0.1, 30)
    after = lock_feet(TIMES[:30], rotations, pelvis, rest, OPTIONS).rotations
    assert np.isfinite(after).all()
    legs = joints_of(after, pelvis, rest)
    lengths = np.linalg.norm(legs[:, 4] - legs[:, 1], axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(rest[4] - rest[1]), atol=1e-5)


@pytest.mark.parametrize("count", [1, 2])
def test_few_frames_are_no_trouble(sliding, rest, count):
    rotations, pelvis = (each[:count] for each in sliding)
    lock = lock_feet(TIMES[:count], rotations, pelvis, rest, OPTIONS)
    assert lock.contacts.shape == (count, 2)
