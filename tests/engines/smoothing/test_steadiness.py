"""What people see: how still, how late, and whether anything jumps."""

import dataclasses

import numpy as np
import pytest

from app.evaluation.motion_measures import delay_ms
from engines.body.rotations import quaternion_from_axis_angle, relative_angle
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ConfigError
from engines.smoothing.options import SmoothingOptions
from engines.smoothing.smoother import EstimateSmoother
from tests.estimates import estimate, open_body, upright_pose

FPS = 30
LEGS = [f"{s}_{j}" for s in ("left", "right") for j in ("hip", "knee", "ankle", "foot")]
HIDDEN = ["pelvis", *LEGS]


def steadied(given, options=None):
    """Run lists of estimates, one list a frame, through a smoother at 30 fps."""
    smoother = EstimateSmoother(open_body(), options)
    return [smoother.smooth(each, k * 1_000_000_000 // FPS) for k, each in enumerate(given)]


def joints_of(results):
    return np.array([persons[0].joints for persons in results], np.float64)


def trembling(frames, rng, *, turn=0.008, place=(0.0015, 0.002, 0.003), **kwargs):
    """Somebody who stands still before a detector that trembles as MediaPipe does."""
    body = [j for j in range(22) if j not in (10, 11)]
    for _ in range(frames):
        pose = upright_pose(left_elbow=(0, -0.8, 0))
        pose[body] += rng.normal(scale=turn / np.sqrt(3), size=(len(body), 3))
        yield [estimate(pose, pelvis=np.array([0, 0, 3]) + rng.normal(scale=place), **kwargs)]


def gesturing(frames, rng, noise=0.008):
    """Both arms wave, the trunk sways, the pelvis walks to and fro."""
    for k in range(frames):
        t = k / FPS
        pose = upright_pose(
            left_shoulder=(0, 0.5 * np.sin(2.1 * t), 0.7 * np.sin(2.9 * t)),
            right_shoulder=(0, 0, 0.9 * np.sin(2.3 * t + 1)),
            left_elbow=(0, -0.8 - 0.6 * np.sin(4.0 * t), 0),
            spine2=(0.15 * np.sin(1.3 * t), 0, 0),
        )
        pose[:22] += rng.normal(scale=noise / np.sqrt(3), size=(22, 3))
        yield [estimate(pose, pelvis=(0.5 * np.sin(0.9 * t), 0, 3 + 0.3 * np.sin(1.1 * t)))]


def speed_mm_s(joints):
    return 1e3 * FPS * np.linalg.norm(np.diff(joints, axis=0), axis=2)


def test_a_still_person_is_still():
    given = list(trembling(150, np.random.default_rng(0)))
    before, after = (
        np.sqrt((speed_mm_s(joints_of(each))[60:, :22] ** 2).mean())
        for each in (given, steadied(given))
    )
    assert before > 150
    assert after < 15


def test_a_person_without_hips_trembles_more_and_is_still_all_the_same():
    rng = np.random.default_rng(0)
    place = (0.004, 0.004, 0.015)
    given = list(trembling(150, rng, turn=0.016, place=place, unseen=HIDDEN))
    after = speed_mm_s(joints_of(steadied(given)))[60:]
    above = [JOINT_INDEX[name] for name in ("neck", "head", "left_shoulder", "right_shoulder")]
    assert np.sqrt((after[:, above] ** 2).mean()) < 20


def drifting(frames, rng, *, speed_m_s, turn_rad_s):
    """Somebody before a webcam, hips out of view, who glides aside and turns for three seconds, then stays there."""
    for k in range(frames):
        t = min(k / FPS, 3.0)
        pose = upright_pose(spine2=(0, turn_rad_s * t, 0), left_shoulder=(0, 0, -turn_rad_s * t))
        pose[:22] += rng.normal(scale=0.008 / np.sqrt(3), size=(22, 3))
        place = np.array([speed_m_s * t, 0.5, 0.9 - speed_m_s * t])
        yield [estimate(pose, pelvis=place + rng.normal(scale=0.003, size=3), unseen=HIDDEN)]


def test_a_body_before_a_webcam_stays_over_its_picture():
    """Slow motion was taken for trembling, and a body that had stopped stayed seconds behind its picture."""
    given = list(drifting(150, np.random.default_rng(0), speed_m_s=0.03, turn_rad_s=0.12))
    late, early = joints_of(steadied(given)), joints_of(given)
    above = [JOINT_INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("shoulder", "elbow")]
    above += [JOINT_INDEX["head"], JOINT_INDEX["neck"]]
    behind = np.linalg.norm(late - early, axis=2)[:, above]
    assert behind[30:90].mean() < 0.025  # while it moves
    assert behind[120:].mean() < 0.014  # one second after


def test_a_hand_held_up_while_its_elbow_is_out_of_the_picture_is_followed():
    """The upper arm stayed at rest until the elbow came into view, and the hand was drawn a forearm away."""
    at_rest = estimate(upright_pose(left_shoulder=(0, 0, -1.25)))
    raised = upright_pose(left_shoulder=(-0.6, 0, -0.9), left_elbow=(0, -2.2, 0))
    given = [[at_rest]] * 30 + [[estimate(raised, unseen=[*HIDDEN, "left_elbow"])]] * 60
    late, early = joints_of(steadied(given)), joints_of(given)
    wrist = JOINT_INDEX["left_wrist"]
    assert np.linalg.norm(early[-1, wrist] - early[0, wrist]) > 0.3
    assert np.linalg.norm(late[60:, wrist] - early[60:, wrist], axis=1).max() < 0.02


def test_the_added_delay_is_small():
    given = list(gesturing(240, np.random.default_rng(0)))
    clean = list(gesturing(240, np.random.default_rng(0), noise=0))
    late, early = joints_of(steadied(given)), joints_of(clean)
    arms = [JOINT_INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("elbow", "wrist")]
    relative = [each[:, arms] - each[:, :1] for each in (late, early)]
    assert 0 < delay_ms(*relative, FPS) <= 50
    assert 0 < delay_ms(late[:, :1], early[:, :1], FPS) <= 50


def test_looking_ahead_takes_delay_away_and_leaves_stillness():
    clean = list(gesturing(240, np.random.default_rng(0), noise=0))
    early = joints_of(clean)[:, [18, 19]] - joints_of(clean)[:, :1]
    delays = []
    for ahead in (0.0, 0.03):
        options = SmoothingOptions(predict_s=ahead)
        late = joints_of(steadied(clean, options))
        delays.append(delay_ms(late[:, [18, 19]] - late[:, :1], early, FPS))
    assert delays[1] == pytest.approx(delays[0] - 30, abs=12)
    given = list(trembling(150, np.random.default_rng(0)))
    after = speed_mm_s(joints_of(steadied(given, SmoothingOptions(predict_s=0.03))))
    assert np.sqrt((after[60:, :22] ** 2).mean()) < 18
    with pytest.raises(ConfigError, match="predict_s"):
        SmoothingOptions(predict_s=0.2)


def test_a_person_who_leaves_and_comes_back_elsewhere_does_not_flash():
    """Away for 1.5 s, then 0.8 m to the side in another pose: the body flows there within the time to return."""
    there = estimate(upright_pose(left_shoulder=(0, 0, 1.0)))
    back = estimate(upright_pose(right_shoulder=(0, 0, -1.0)), pelvis=(0.8, 0, 3))
    given = [[there]] * 30 + [[]] * 45 + [[back]] * 30
    joints = joints_of(steadied(given))
    steps = np.linalg.norm(np.diff(joints, axis=0), axis=2)
    way = np.linalg.norm(joints[-1] - joints[70], axis=1).max()
    assert steps.max() < 0.25 * way
    np.testing.assert_allclose(joints[75 + 12], back.joints, atol=0.02)


def test_a_joint_on_the_edge_of_sight_does_not_flicker():
    """The wrist's confidence wavers about the limit while what is guessed for it jumps about."""
    rng = np.random.default_rng(0)
    given = []
    for k in range(120):
        pose = upright_pose(left_elbow=(0, rng.uniform(-2, 0), 0))
        seen = estimate(pose)
        confidence = seen.confidence.copy()
        confidence[JOINT_INDEX["left_wrist"]] = 1.0 if k < 5 else rng.uniform(0.0, 0.35)
        given.append([dataclasses.replace(seen, confidence=confidence)])
    joints = joints_of(steadied(given))
    assert (
        np.linalg.norm(np.diff(joints[75:, JOINT_INDEX["left_wrist"]], axis=0), axis=1).max() < 0.02
    )


def test_two_persons_who_cross_keep_their_numbers_and_their_places():
    given = []
    for k in range(90):
        x = -1 + 2 * k / 90
        one = estimate(upright_pose(left_elbow=(0, -1, 0)), track_id=1, pelvis=(x, 0, 3))
        two = estimate(upright_pose(), track_id=2, pelvis=(-x, 0, 3.5))
        given.append([one] if 40 <= k < 48 else [one, two])  # the second is hidden for a moment
    for k, result in enumerate(steadied(given)):
        places = {each.track_id: each.joints[0, 0] for each in result}
        x = -1 + 2 * k / 90
        assert set(places) == {1, 2}
        assert places[1] == pytest.approx(x, abs=0.08)
        assert places[2] == pytest.approx(-x, abs=0.3 if 40 <= k < 62 else 0.08)


def test_a_new_number_for_the_same_person_goes_on_from_where_the_old_one_was():
    bent = estimate(upright_pose(left_elbow=(0, -1, 0)))
    given = [[bent]] * 20 + [[]] * 5
    given += [[estimate(track_id=7, pelvis=(0.3, 0, 3))]] * 20
    results = steadied(given)
    first = results[25]
    assert [each.track_id for each in first] == [7]
    turned = relative_angle(
        *(
            quaternion_from_axis_angle(e.params.body_pose[17].astype(float))
            for e in (first[0], bent)
        )
    )
    assert turned < 0.5
    assert [each.track_id for each in results[-1]] == [7]
