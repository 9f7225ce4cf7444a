"""The learned hand lifter inside the landmark engine."""

import numpy as np
import pytest

from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import StageError
from engines.landmarks.attachments import attach_hand
from engines.landmarks.hand_lifter import HandLandmarks, HandLifter
from engines.landmarks.hands import HandSolver
from engines.landmarks.least_squares import posed_points
from engines.landmarks.view import turn_to_ray
from engines.model_store import model_path
from engines.types import Camera

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
    """Return landmarks of a hand that points up, its palm to the camera, and its wrist's rotation."""
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
    return HandLandmarks(np.column_stack([pixels, depth]), world), wrist, fingers


def degrees_between(a, b):
    return np.degrees(np.arccos(np.clip(0.5 * (np.einsum("...ab,...ab->...", a, b) - 1), -1, 1)))


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("curl", [0.05, 0.5])
def test_knows_a_clear_hand(body, lifter, side, curl):
    landmarks, wrist, fingers = hand(body, side, curl)
    lifted = lifter.lift(landmarks, side, CAMERA)
    assert degrees_between(lifted.rotations[0], wrist) < 35
    errors = degrees_between(lifted.rotations[1:13], matrix_from_axis_angle(fingers[:12]))
    assert errors.mean() < 18
    assert ((lifted.sigmas > 0.02) & (lifted.sigmas < 2.1)).all()


def test_left_and_right_are_mirror_images(body, lifter):
    answers = []
    for side, sign in (("left", 1), ("right", -1)):
        landmarks, _, _ = hand(body, "left", 0.4, place=(0, 0, 0.6))
        points, world = landmarks.points_px.copy(), landmarks.world.copy()
        points[:, 0] = 320 + sign * (points[:, 0] - 320)
        world[:, 0] *= sign
        answers.append(lifter.lift(HandLandmarks(points, world), side, CAMERA).rotations)
    mirror = np.diag([-1.0, 1, 1])
    assert np.abs(mirror @ answers[0] @ mirror - answers[1]).max() < 1e-4


def test_metric_landmarks_may_be_missing(body, lifter):
    landmarks, wrist, _ = hand(body, "left", 0.3)
    lifted = lifter.lift(landmarks._replace(world=None), "left", CAMERA)
    assert degrees_between(lifted.rotations[0], wrist) < 40


def test_solver_takes_its_answer(body, lifter):
    landmarks, _, _ = hand(body, "left", 0.4)
    solver = HandSolver(body, "left", lifter)
    pose = solver.solve(landmarks.points_px, 1.0, CAMERA, 1 / 30, landmarks.world)
    lifted = lifter.lift(landmarks, "left", CAMERA)
    assert np.allclose(matrix_from_axis_angle(pose.fingers), lifted.rotations[1:], atol=1e-5)
    assert np.allclose(pose.wrist, lifted.rotations[0])
    assert pose.wrist_sigma >= lifted.sigmas[0]
    assert 0.3 < pose.confidence <= 1


def test_asked_before_open_it_says_so(body):
    with pytest.raises(StageError, match="not open"):
        HandLifter().lift(hand(body, "left", 0.2)[0], "left", CAMERA)


def test_nonsense_is_no_hand(body, lifter):
    landmarks, _, _ = hand(body, "left", 0.2)
    broken = landmarks.points_px.copy()
    broken[3] = np.nan
    assert lifter.lift(landmarks._replace(points_px=broken), "left", CAMERA) is None
