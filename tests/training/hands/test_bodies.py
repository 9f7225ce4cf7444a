"""Hands of people seen whole."""

import numpy as np

from engines.body.kinematics import forward_kinematics
from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.model_store import model_path
from training.hands.bodies import hands_of_bodies
from training.render.pairs import Pairs

MODEL = load_body(model_path("open_body"))
FOCAL, MIDDLE = 500.0, 224.0
LEFT, RIGHT = JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]


def people() -> Pairs:
    """Return two people: of the first both hands were found, of the second the right one far from where it is."""
    rng = np.random.default_rng(4)
    pose = rng.normal(0, 0.3, (2, 55, 3)).astype(np.float32)
    betas = rng.normal(size=(2, 10)).astype(np.float32)
    bodies = [
        forward_kinematics(MODEL.rest_joints(b), matrix_from_axis_angle(p))[1]
        for b, p in zip(betas, pose, strict=True)
    ]
    joints = np.stack(bodies) + np.array([0, 0, 4], np.float32)
    hands = {}
    for side, wrist in (("left", LEFT), ("right", RIGHT)):
        points = np.zeros((2, 21, 3), np.float32)
        points[..., :2] = FOCAL * joints[:, wrist, None, :2] / joints[:, wrist, None, 2:] + MIDDLE
        points[..., 1] -= np.linspace(0, 30, 21)
        hands[side] = points
    hands["right"][1, :, 0] += 200
    nothing = np.zeros((2, 21, 3), np.float32)
    return Pairs(
        clip=np.array([5, 7]), time_s=np.array([0.0, 0.1], np.float32),
        camera=np.tile(np.array([448, 448, FOCAL, MIDDLE, MIDDLE], np.float32), (2, 1)),
        pose=pose, betas=betas, joints=joints.astype(np.float32),
        pose_px=np.zeros((2, 33, 3), np.float32), pose_world=np.zeros((2, 33, 3), np.float32),
        pose_visibility=np.ones((2, 33), np.float32), left_hand_px=hands["left"],
        right_hand_px=hands["right"], left_hand_world=nothing, right_hand_world=nothing,
        hand_scores=np.ones((2, 2), np.float32),
    )  # fmt: skip


def test_hands_are_those_of_their_people_and_far_off_ones_are_left_out() -> None:
    pairs = people()
    hands = hands_of_bodies(pairs, MODEL)
    assert hands.person.tolist() == [5, 7, 5]
    assert hands.is_left.tolist() == [True, True, False]
    assert hands.followed.tolist() == [False, True, False]
    assert np.array_equal(hands.fingers[1], pairs.pose[1, LEFT_HAND])
    assert np.array_equal(hands.fingers[2], pairs.pose[0, RIGHT_HAND])
    assert np.array_equal(hands.points_px[2], pairs.right_hand_px[0])
    local = matrix_from_axis_angle(pairs.pose[0])
    turned = forward_kinematics(MODEL.rest_joints(pairs.betas[0]), local)[0]
    assert np.allclose(hands.wrist[[0, 2]], turned[[LEFT, RIGHT]], atol=1e-5)
