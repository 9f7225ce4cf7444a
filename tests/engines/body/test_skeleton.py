import numpy as np
import pytest

from engines.body import skeleton
from engines.body.skeleton import JOINT_INDEX, JOINT_NAMES, MIRROR, PARENTS
from engines.types import BODY_JOINT_COUNT, JOINT_COUNT


def test_there_are_as_many_names_as_joints_and_none_twice():
    assert len(JOINT_NAMES) == len(PARENTS) == JOINT_COUNT
    assert len(set(JOINT_NAMES)) == JOINT_COUNT
    assert [JOINT_INDEX[name] for name in JOINT_NAMES] == list(range(JOINT_COUNT))


def test_parents_come_before_their_children():
    assert PARENTS[0] == -1
    assert all(0 <= parent < joint for joint, parent in enumerate(PARENTS) if joint)


@pytest.mark.parametrize(
    ("joint", "parent"),
    [
        ("left_knee", "left_hip"),
        ("right_foot", "right_ankle"),
        ("left_collar", "spine3"),
        ("jaw", "head"),
        ("right_eye_smplhf", "head"),
        ("left_index1", "left_wrist"),
        ("left_thumb3", "left_thumb2"),
        ("right_pinky1", "right_wrist"),
    ],
)
def test_tree(joint, parent):
    assert PARENTS[JOINT_INDEX[joint]] == JOINT_INDEX[parent]


def test_parts_are_where_they_are_said_to_be():
    names = np.array(JOINT_NAMES)
    assert len(names[skeleton.BODY]) == BODY_JOINT_COUNT
    assert names[skeleton.BODY][[0, -2, -1]].tolist() == ["pelvis", "left_wrist", "right_wrist"]
    assert names[[skeleton.JAW, skeleton.LEFT_EYE, skeleton.RIGHT_EYE]].tolist() == [
        "jaw",
        "left_eye_smplhf",
        "right_eye_smplhf",
    ]
    fingers = ("index", "middle", "pinky", "ring", "thumb")
    order = [f"{finger}{k}" for finger in fingers for k in (1, 2, 3)]
    assert names[skeleton.LEFT_HAND].tolist() == [f"left_{name}" for name in order]
    assert names[skeleton.RIGHT_HAND].tolist() == [f"right_{name}" for name in order]


def test_the_mirror_of_the_mirror_is_the_joint():
    assert (MIRROR[MIRROR] == np.arange(JOINT_COUNT)).all()
    central = {JOINT_NAMES[j] for j in range(JOINT_COUNT) if MIRROR[j] == j}
    assert central == {"pelvis", "spine1", "spine2", "spine3", "neck", "head", "jaw"}


def test_the_mirror_keeps_the_tree():
    parents = np.array(PARENTS)
    assert (MIRROR[parents[1:]] == parents[MIRROR[1:]]).all()


def test_the_mirror_is_the_body_seen_in_a_mirror(open_body):
    flipped = open_body.joint_template[MIRROR] * (-1, 1, 1)
    np.testing.assert_allclose(flipped, open_body.joint_template, atol=2e-3)
