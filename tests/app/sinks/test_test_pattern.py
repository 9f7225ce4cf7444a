"""The pattern is what it says, as a receiver sees it."""

import numpy as np
import pytest

from app.sinks.test_pattern import PARTS, PatternPerformer, part_at
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from tests.app.packets import body
from tests.app.sinks.receivers import Evmc4u

STARTS = dict(
    zip(
        [part.name.split()[0].rstrip(",") for part in PARTS],
        np.cumsum([0, *[part.seconds for part in PARTS]]).tolist(),
        strict=False,
    )
)
PATTERN = PatternPerformer(body())


def seen(name, since_s):
    receiver = Evmc4u()
    receiver.receive(VmcEncoder(VmcOptions()).encode(PATTERN.packet(0, STARTS[name] + since_s, 0)))
    places = {bone: position for bone, (position, _) in receiver.skeleton().items()}
    return places, receiver.faces


def test_the_t_pose_is_what_unity_calls_one():
    places, faces = seen("T-pose", 1.0)
    for side, sign in (("Left", -1), ("Right", 1)):
        arm = places[side + "Hand"] - places[side + "UpperArm"]
        np.testing.assert_allclose(arm / np.linalg.norm(arm), (sign, 0, 0), atol=0.02)
        assert places[side + "Toes"][2] > places[side + "Foot"][2]
    assert 0 < places["LeftToes"][1] < 0.1, "it stands on the floor"
    assert places["Head"][1] > 1.4
    assert max(faces.values()) == 0


def test_the_right_hand_waves_above_the_shoulder():
    heights = []
    for since in np.linspace(0.5, 3.5, 13):
        places, _ = seen("wave", since)
        assert places["RightHand"][1] > places["RightShoulder"][1]
        assert places["RightHand"][0] > 0
        assert places["LeftHand"][1] < places["LeftLowerArm"][1]
        heights.append(places["RightHand"][0])
    assert np.ptp(heights) > 0.1


def test_both_eyes_blink():
    assert seen("blink", 1.25)[1]["blink_l"] == pytest.approx(1)
    assert seen("blink", 1.25)[1]["blink_r"] == pytest.approx(1)
    assert seen("blink", 1.75)[1]["blink_l"] == 0


@pytest.mark.parametrize(("place", "vowel"), list(enumerate("aiueo")))
def test_each_vowel_is_the_strongest_in_its_turn(place, vowel):
    faces = seen("A", place + 0.5)[1]
    assert max("aiueo", key=faces.get) == vowel
    assert faces[vowel] > 0.3


def test_feet_go_up_in_turn_while_one_stands():
    lifted = {"Left": 0, "Right": 0}
    for since in np.linspace(0.5, 3.9, 35):
        places, _ = seen("walk", since)
        heights = {side: places[side + "Foot"][1] for side in lifted}
        assert min(heights.values()) < 0.15
        for side, height in heights.items():
            lifted[side] += height > 0.2
    assert min(lifted.values()) > 5


def test_parts_go_over_into_each_other_without_a_jump():
    for change in np.cumsum([part.seconds for part in PARTS]):
        times = change + np.arange(-0.1, 0.5, 1 / 60)
        joints = np.array([PATTERN.packet(0, t, 0).estimates[0].joints for t in times])
        assert np.abs(np.diff(joints, axis=0)).max() < 0.12
    assert part_at(19.0)[0] is PARTS[0]
