"""The learned hand lifter inside the landmark engine."""

import numpy as np
import pytest

from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import StageError
from engines.landmarks.attachments import attach_hand
from engines.landmarks.hand_lifter import HandLifter, see_hand
from engines.landmarks.hands import HandSolver
from engines.landmarks.least_squares import posed_points
from engines.landmarks.view import turn_to_ray
from engines.model_store import model_path
from engines.types import Camera
from tools.compare_hands import bends_deg, photographs, solved_points

CAMERA = Camera(640, 480, 500, 500, 320, 240)


@pytest.fixture(scope="module")
def body():
    return load_body(model_path("open_body"))


@pytest.fixture(scope="module")
def lifter():
    lifter = HandLifter()
    lifter.open()
    yield lifter
    lifter.close()


def hand(body, side, curl, *, place=(0.05, -0.02, 0.6)):
    """Return a hand that points up, its palm to the camera, as it is seen, and the rotations of wrist and fingers."""
    sign = 1 if side == "left" else -1
    fingers = np.zeros((15, 3))
    fingers[:12, 2] = -sign * curl
    up = matrix_from_axis_angle(np.array([0, 0, -sign * np.pi / 2]))
    palm = matrix_from_axis_angle(np.array([0, sign * np.pi / 2, 0]))
    wrist = (palm @ up).astype(float)
    rotations = np.concatenate([wrist[None], matrix_from_axis_angle(fingers)]).astype(float)
    points = posed_points(attach_hand(body, side).skeleton(np.zeros(10)), rotations, np.zeros(3))
    seen = points + np.array(place)
    pixels = 500 * seen[:, :2] / seen[:, 2:] + (320, 240)
    depth = 500 * (points[:, 2:] - points[:1, 2:]) / place[2]
    world = points @ turn_to_ray((seen[:, :2] / seen[:, 2:]).mean(axis=0))
    return see_hand(np.column_stack([pixels, depth]), world, CAMERA), wrist, fingers


def degrees_between(a, b):
    return np.degrees(np.arccos(np.clip(0.5 * (np.einsum("...ab,...ab->...", a, b) - 1), -1, 1)))


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("curl", [0.05, 0.5])
def test_knows_a_clear_hand(body, lifter, side, curl):
    seen, wrist, fingers = hand(body, side, curl)
    lifted = lifter.lift(seen, side)
    assert degrees_between(lifted.rotations[0], wrist) < 35
    errors = degrees_between(lifted.rotations[1:13], matrix_from_axis_angle(fingers[:12]))
    assert errors.mean() < 18
    assert ((lifted.sigmas > 0.02) & (lifted.sigmas < 2.1)).all()


def test_left_and_right_are_mirror_images(body, lifter):
    seen, _, _ = hand(body, "left", 0.4, place=(0, 0, 0.6))
    mirror = np.array([-1.0, 1, 1])
    other = seen._replace(
        points=seen.points * mirror,
        world=seen.world * mirror,
        to_camera=mirror[:, None] * seen.to_camera * mirror,
    )
    left, right = lifter.lift(seen, "left").rotations, lifter.lift(other, "right").rotations
    assert np.abs(mirror[:, None] * left * mirror - right).max() < 1e-4


def test_a_turned_hand_is_the_same_hand(body, lifter):
    seen = hand(body, "left", 0.4, place=(0, 0, 0.6))[0]._replace(to_camera=np.eye(3))
    turn = matrix_from_axis_angle(np.array([0, 0, 2.2])).astype(float)
    other = seen._replace(points=seen.points @ turn.T, world=seen.world @ turn.T)
    first, second = (lifter.lift(one, "left").rotations for one in (seen, other))
    assert np.abs(first[1:] - second[1:]).max() < 1e-4
    assert np.abs(turn @ first[0] - second[0]).max() < 1e-4


def test_metric_landmarks_may_be_missing(body, lifter):
    seen, wrist, _ = hand(body, "left", 0.3)
    lifted = lifter.lift(seen._replace(world=np.zeros((21, 3))), "left")
    assert degrees_between(lifted.rotations[0], wrist) < 40


def test_solver_stays_near_its_answer_and_comes_closer_to_the_picture(body, lifter):
    seen, _, _ = hand(body, "left", 0.4, place=(0, 0, 0.6))
    pixels = np.column_stack([500 * seen.points[:, :2] + (320, 240), 500 * seen.points[:, 2]])
    pose = HandSolver(body, "left", lifter).solve(pixels, 1.0, CAMERA, 1 / 30, seen.world)
    lifted = lifter.lift(see_hand(pixels, seen.world, CAMERA), "left")
    turned = degrees_between(matrix_from_axis_angle(pose.fingers), lifted.rotations[1:])
    assert 0 < turned.mean() < np.degrees(lifted.sigmas[1:].mean())
    skeleton = attach_hand(body, "left").skeleton(np.zeros(10))
    alone = posed_points(skeleton, lifted.rotations, np.zeros(3))
    off = [
        np.linalg.norm(points[:, :2] / 0.6 - seen.points[:, :2], axis=1).mean()
        for points in (alone, solved_points(body, "left", pose))
    ]
    assert off[1] < off[0]
    assert pose.wrist_sigma >= lifted.sigmas[0]
    assert 0.3 < pose.confidence <= 1


def test_fingers_of_photographs_are_as_curled_as_they_look(body, lifter):
    bends = {}
    for photo in photographs():
        solver = HandSolver(body, "right", lifter)
        pose = solver.solve(photo.points_px, 1.0, photo.camera, 1 / 30, photo.world)
        bends[photo.name] = bends_deg(solved_points(body, "right", pose))
    straight = {"point": ["index"], "point_turned": ["index"], "victory": ["index", "middle"]}
    assert len(bends) == 6
    for name, bend in bends.items():
        for finger, degrees in bend.items():
            if finger in straight.get(name, ()):
                assert degrees < 40, (name, finger)
            else:
                assert 175 < degrees < 285, (name, finger)


def test_asked_before_open_it_says_so(body):
    with pytest.raises(StageError, match="not open"):
        HandLifter().lift(hand(body, "left", 0.2)[0], "left")


def test_nonsense_is_no_hand(body, lifter):
    seen, _, _ = hand(body, "left", 0.2)
    broken = seen.points.copy()
    broken[3] = np.nan
    assert lifter.lift(seen._replace(points=broken), "left") is None
    pose = HandSolver(body, "left", lifter).solve(500 * broken, 1.0, CAMERA, 1 / 30)
    assert pose.wrist is None
