import dataclasses

import numpy as np
import pytest

from app.export.motion import motion_from_take
from app.takes.load import load_take
from app.takes.refine import refine_take
from app.takes.steady import RefineOptions
from engines.body.kinematics import posed_joints
from engines.body.pose import params_from_full_pose, read_only
from engines.errors import ConfigError, TakeError
from tests.app.packets import body, make_estimate, make_packet, tilted_world
from tests.app.recordings import load_arrays, record


def waving(noise, *, unseen=()):
    """Two seconds of an arm that waves, seen with some noise."""
    rng = np.random.default_rng(7)
    packets = []
    for k in range(60):
        angle = 0.7 * np.sin(2 * np.pi * k / 30)
        pose = np.zeros((55, 3))
        pose[0, 0], pose[16, 2] = np.pi, angle
        pose += rng.normal(scale=noise, size=pose.shape)
        place = np.array([0.2 * k / 60, 0.3, 3.0]) + rng.normal(scale=noise, size=3)
        params = params_from_full_pose(pose, transl=place)
        estimate = dataclasses.replace(
            make_estimate(rng),
            params=params,
            joints=read_only(posed_joints(body(), params)),
            confidence=read_only(np.ones(55)),
        )
        estimates = [] if k in unseen else [estimate]
        packets.append(make_packet(k, estimates, world_from_camera=tilted_world()))
    return packets


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    take = load_take(record(tmp_path_factory.mktemp("truth"), waving(0.0)))
    return motion_from_take(take).joints()


def joints_of(path):
    return motion_from_take(load_take(path)).joints()


def test_a_second_pass_comes_nearer_to_the_truth_and_keeps_the_take(tmp_path, truth):
    folder = record(tmp_path, waving(0.03))
    before = (folder / "take.npz").read_bytes()
    done = refine_take(folder, RefineOptions(locks_feet=False))
    assert done.path == folder / "take_refined.npz"
    assert (folder / "take.npz").read_bytes() == before
    raw = np.linalg.norm(joints_of(folder) - truth, axis=2).mean()
    refined = np.linalg.norm(joints_of(done.path) - truth, axis=2).mean()
    assert refined < 0.7 * raw


def test_frames_in_which_nobody_was_seen_are_bridged(tmp_path, truth):
    folder = record(tmp_path, waving(0.0, unseen=range(26, 32)))
    done = refine_take(folder, RefineOptions(locks_feet=False))
    take = load_take(done.path)
    assert done.bridged_frames == 6
    assert take.seen.all()
    assert not take.confidence[26:32].any(), "a bridge is a guess, and says so"
    errors = np.linalg.norm(joints_of(done.path) - truth, axis=2)
    held = np.linalg.norm(joints_of(folder) - truth, axis=2)
    assert errors.max() < 0.2 * held.max()


def test_camera_and_world_tell_the_same(tmp_path):
    folder = record(tmp_path, waving(0.02))
    take = load_take(refine_take(folder).path)
    turn, shift = take.world_from_camera[0, :3, :3], take.world_from_camera[0, :3, 3]
    np.testing.assert_allclose(
        take.joints @ turn.T + shift, motion_from_take(take).joints(), atol=1e-5
    )
    arrays = load_arrays(take.path)
    np.testing.assert_array_equal(arrays["pose_body"], arrays["poses"][:, 3:66])
    assert arrays["foot_contact"].shape == (60, 2)


def test_no_strength_changes_no_joint(tmp_path):
    folder = record(tmp_path, waving(0.02))
    options = RefineOptions(strength=0, locks_feet=False)
    done = refine_take(folder, options, output=tmp_path / "same.npz")
    np.testing.assert_allclose(joints_of(done.path), joints_of(folder), atol=1e-5)


def test_a_take_of_nobody_stays_one(tmp_path):
    folder = record(tmp_path, [make_packet(k) for k in range(3)])
    assert not load_take(refine_take(folder).path).seen.any()


def test_wrong_requests_are_one_line(tmp_path):
    folder = record(tmp_path, waving(0.0)[:3])
    with pytest.raises(ConfigError, match="is the take itself"):
        refine_take(folder, output=folder / "take.npz")
    with pytest.raises(TakeError, match="cannot be written"):
        refine_take(folder, output=tmp_path / "nowhere" / "a.npz")
    with pytest.raises(ConfigError, match="strength is -1"):
        RefineOptions(strength=-1)
