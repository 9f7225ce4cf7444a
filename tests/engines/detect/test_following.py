"""Keeping to one person."""

import numpy as np

from engines.detect.following import Follower

# Trunk lengths and places of the hips, pixels, that MediaPipe gave frame by frame of two rendered people who pass
# each other: nine frames of the one who walks to the right behind, then the other, who walks to the left.
BEHIND = [
    (55, 201), (54, 204), (54, 208), (55, 213), (55, 216), (54, 221), (55, 225), (54, 230), (53, 235),
]  # fmt: skip
BEFORE = [(62, 260), (63, 267), (65, 266), (62, 262), (64, 258), (65, 253), (63, 246), (60, 238)]
FRAME_NS = 33_333_333
AGAIN = [(56, 285), (55, 295), (56, 303), (55, 309)]


def landmarks(trunk_px, x):
    points = np.zeros((33, 3), np.float32)
    points[[11, 12]] = x, 200, 0
    points[[23, 24]] = x, 200 + trunk_px, 0
    return points


def accepted(follower, frames):
    return [follower.accepts(landmarks(*frame)) for frame in frames]


def test_another_who_walks_past_is_not_taken_for_the_person():
    follower = Follower()
    assert all(accepted(follower, BEHIND))
    assert not any(accepted(follower, BEFORE))
    assert all(accepted(follower, AGAIN))


def test_the_person_is_looked_for_where_they_would_come_out():
    follower = Follower()
    picture = np.full((400, 512, 3), 255, np.uint8)
    accepted(follower, BEHIND)
    assert follower.view(picture, FRAME_NS) is picture
    accepted(follower, BEFORE)
    seen = np.flatnonzero(follower.view(picture, 2 * FRAME_NS)[0, :, 0])
    assert 150 < seen[0] < AGAIN[0][1] - 27
    assert AGAIN[0][1] + 27 < seen[-1] < 400


def test_after_a_second_the_other_will_do():
    follower = Follower()
    accepted(follower, BEHIND)
    answers = accepted(follower, [BEFORE[0]] * 40)
    assert not any(answers[:30])
    assert all(answers[31:])


def test_after_a_pause_in_the_pictures_anybody_will_do():
    follower = Follower()
    picture = np.full((400, 512, 3), 255, np.uint8)
    accepted(follower, BEHIND)
    follower.view(picture, FRAME_NS)
    assert not any(accepted(follower, BEFORE[:1]))
    assert follower.view(picture, 10 * FRAME_NS) is picture
    assert all(accepted(follower, BEFORE))


def test_who_is_seen_far_from_the_person_is_somebody_new():
    follower = Follower()
    accepted(follower, BEHIND)
    assert all(accepted(follower, [(63, 450), (63, 452)]))


def test_a_person_who_comes_nearer_or_stops_is_the_same():
    follower = Follower()
    assert all(accepted(follower, [(50 * 1.03**n, 200 + 5 * n) for n in range(30)]))
    assert all(accepted(follower, [(50 * 1.03**29, 345)] * 10))


def test_landmarks_that_flutter_tell_nobody_apart():
    rng = np.random.default_rng(0)
    follower = Follower()
    frames = [(50 * np.exp(rng.normal(0, 0.4)), 200 + rng.normal(0, 30)) for _ in range(60)]
    assert np.mean(accepted(follower, frames)) > 0.9
