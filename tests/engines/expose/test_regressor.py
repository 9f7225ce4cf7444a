"""The regressor's role: which parts run when, what is held, and where the body is placed."""

import numpy as np
import pytest

from engines.body.kinematics import posed_joints
from engines.errors import ConfigError, UsageError
from engines.expose.backend import BodyAnswer, WholeBody
from engines.expose.options import ExposeOptions
from engines.expose.regressor import ExposeRegressor
from engines.expose.scheduler import Scheduler
from engines.expose.stagewise import Stagewise
from engines.types import Camera, Detection, Frame
from tests.engines.expose.small import small_config
from tests.estimates import open_body

CAMERA = Camera.guess(640, 480)
BOX = np.array([200.5, 60.5, 400.5, 460.5], np.float32)


class Networks:
    """Answers that can be told apart: parts are counted, the merge is remembered."""

    provider = "a test"

    def __init__(self):
        self.boxes = np.array([[250, 200, 40], [350, 200, 40], [300, 100, 50]], np.float32)
        self.ran = []
        self.merged = []
        self.closed = 0

    def close(self):
        self.closed += 1

    def body(self, crop, image_from_crop, side):
        vector = np.zeros(341, np.float32)
        return BodyAnswer(
            vector, self.boxes, np.zeros((2, 109), np.float32), np.zeros(39, np.float32)
        )

    def hands(self, crops, start):
        self.ran.append("hands")
        return start + len(self.ran)

    def head(self, crop, start):
        self.ran.append("head")
        return start + len(self.ran)

    def merge(self, vector, hands, head, use):
        self.merged.append((hands[0, 0], head[0], use.tolist()))
        upright = np.tile(np.eye(3, dtype=np.float32), (55, 1, 1))
        upright[0] = np.diag([1, -1, -1])
        zero = np.zeros(10, np.float32)
        return WholeBody(upright, zero, zero, 0.9, np.array([0.0, 0.3], np.float32))


def frame(index=0, camera=CAMERA):
    return Frame(index, index, index, np.zeros((480, 640, 3), np.uint8), camera)


def detection(box=BOX, track_id=7, score=0.8):
    return Detection(track_id, np.asarray(box, np.float32), score)


def opened(networks, *, config=None, **options):
    settings = ExposeOptions(**options)
    regressor = ExposeRegressor(
        open_body(), lambda: Scheduler(Stagewise(networks, config or small_config()), settings)
    )
    regressor.open()
    networks.ran.clear()
    networks.merged.clear()
    return regressor


def test_estimate_is_placed_where_it_is_seen():
    regressor = opened(Networks())
    (estimate,) = regressor.regress(frame(), [detection()])
    assert estimate.track_id == 7
    assert np.allclose(estimate.joints, posed_joints(open_body(), estimate.params), atol=1e-4)
    pixels = CAMERA.fx * estimate.joints[:, :2] / estimate.joints[:, 2:] + (CAMERA.cx, CAMERA.cy)
    scale = 0.9 * 1.2 * 400 / 2  # pixels a metre
    pelvis = open_body().joint_template[0]
    expected = (300.5 + scale * pelvis[0], 260.5 + scale * (0.3 + pelvis[1]))
    assert np.allclose(pixels[0], expected, atol=6)
    assert estimate.joints[0, 2] == pytest.approx(CAMERA.fx / scale, rel=0.05)
    assert not estimate.joints.flags.writeable


def test_hands_and_head_take_turns():
    networks = Networks()
    regressor = opened(networks, hands_every=2, head_every=2)
    for index in range(5):
        regressor.regress(frame(index), [detection()])
    assert networks.ran == ["hands", "head", "head", "hands", "head", "hands"]
    assert all(use == [True, True, True] for _, _, use in networks.merged)
    assert networks.merged[1][0] == networks.merged[0][0]  # held hands


def test_parts_can_be_left_out():
    networks = Networks()
    regressor = opened(networks, hands_every=0)
    (estimate,) = regressor.regress(frame(), [detection()])
    assert networks.ran == ["head"]
    assert networks.merged[0][2] == [False, False, True]
    assert not estimate.left_hand_seen
    assert estimate.face_seen
    assert not estimate.confidence[25:].any()


def test_configuration_can_leave_parts_out():
    networks = Networks()
    config = small_config(use_hand_network=False, use_head_network=False)
    (estimate,) = opened(networks, config=config).regress(frame(), [detection()])
    assert networks.ran == []
    assert networks.merged[0][2] == [False, False, False]
    assert not estimate.face_seen


def test_part_out_of_the_picture_keeps_the_body_s():
    networks = Networks()
    networks.boxes[0] = (-30, 200, 40)
    regressor = opened(networks)
    (estimate,) = regressor.regress(frame(), [detection()])
    assert networks.merged[0][2] == [False, True, True]
    assert not estimate.right_hand_seen
    assert estimate.left_hand_seen
    networks.boxes[1] = (-30, 200, 40)
    networks.ran.clear()
    regressor.regress(frame(1), [detection()])
    assert networks.ran == ["head"]


def test_persons_are_held_apart():
    networks = Networks()
    regressor = opened(networks, hands_every=3, head_every=0)
    regressor.regress(frame(0), [detection(track_id=1)])
    regressor.regress(frame(1), [detection(track_id=1), detection(track_id=2)])
    assert networks.ran == ["hands", "hands"]
    regressor.regress(frame(2), [])
    regressor.regress(frame(3), [detection(track_id=1)])
    assert networks.ran == ["hands"] * 3


@pytest.mark.parametrize("box", [(900, 900, 950, 990), (5, 5, 5, 5), (-300, -200, -60, -50)])
def test_box_without_picture_gives_no_estimate(box):
    assert opened(Networks()).regress(frame(), [detection(box)]) == ()


def test_joints_out_of_the_picture_are_guesses():
    (estimate,) = opened(Networks()).regress(frame(), [detection((200.5, 300.5, 400.5, 700.5))])
    assert estimate.confidence[7] == 0  # left ankle
    assert estimate.confidence[15] == pytest.approx(0.8)


def test_person_off_the_axis_is_turned_to_the_camera():
    regressor = opened(Networks())
    (middle,) = regressor.regress(frame(), [detection((220.5, 60.5, 420.5, 420.5))])
    (aside,) = regressor.regress(frame(), [detection((420.5, 60.5, 620.5, 420.5))])
    facing = [np.linalg.norm(e.params.global_orient) for e in (middle, aside)]
    assert facing[0] == pytest.approx(np.pi, abs=0.01)
    left_hip, right_hip = aside.joints[1], aside.joints[2]
    across = left_hip - right_hip
    ray = np.array([(520.5 - CAMERA.cx) / CAMERA.fx, 0, 1])
    assert abs(across @ ray) / np.linalg.norm(ray) < 0.02  # square to the ray, not to the axis
    assert abs(across[2]) > 0.02


def test_closed_regressor_says_so():
    networks = Networks()
    regressor = opened(networks)
    regressor.close()
    regressor.close()
    assert networks.closed == 1
    with pytest.raises(RuntimeError, match="before open"):
        regressor.regress(frame(), [detection()])


def test_options_are_checked():
    with pytest.raises(ConfigError, match="hands_every: 99"):
        ExposeOptions(hands_every=99)


def test_box_without_picture_is_named_by_the_steps():
    steps = Stagewise(Networks(), small_config())
    with pytest.raises(UsageError, match="outside the picture of 640 x 480"):
        steps.body(np.zeros((480, 640, 3), np.uint8), (900, 900, 950, 990))
