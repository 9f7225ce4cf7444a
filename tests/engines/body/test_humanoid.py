import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engines.body.humanoid import (
    HUMAN_BONES,
    bone_offsets,
    unity_bones_from_pose,
    unity_euler_from_matrix,
    unity_position_from_body,
    unity_quaternion_from_body,
)
from engines.body.kinematics import forward_kinematics
from engines.body.rotations import (
    matrix_from_axis_angle,
    matrix_from_quaternion,
    quaternion_from_axis_angle,
)
from engines.body.skeleton import JOINT_NAMES, PARENTS

MIRROR = np.diag([-1.0, 1.0, 1.0])

UNITY_HUMAN_BONES = set(
    """
Hips LeftUpperLeg RightUpperLeg LeftLowerLeg RightLowerLeg LeftFoot RightFoot Spine Chest Neck Head LeftShoulder
RightShoulder LeftUpperArm RightUpperArm LeftLowerArm RightLowerArm LeftHand RightHand LeftToes RightToes LeftEye
RightEye Jaw LeftThumbProximal LeftThumbIntermediate LeftThumbDistal LeftIndexProximal LeftIndexIntermediate
LeftIndexDistal LeftMiddleProximal LeftMiddleIntermediate LeftMiddleDistal LeftRingProximal LeftRingIntermediate
LeftRingDistal LeftLittleProximal LeftLittleIntermediate LeftLittleDistal RightThumbProximal RightThumbIntermediate
RightThumbDistal RightIndexProximal RightIndexIntermediate RightIndexDistal RightMiddleProximal RightMiddleIntermediate
RightMiddleDistal RightRingProximal RightRingIntermediate RightRingDistal RightLittleProximal RightLittleIntermediate
RightLittleDistal UpperChest
""".split()  # noqa: SIM905  # a list of quoted names would fill a page
)


def test_every_unity_bone_is_one_joint():
    assert len(HUMAN_BONES) == 55
    assert set(HUMAN_BONES) == UNITY_HUMAN_BONES


@pytest.mark.parametrize(
    ("bone", "joint", "parent"),
    [
        ("Chest", "spine2", "Spine"),
        ("LeftUpperArm", "left_shoulder", "LeftShoulder"),
        ("RightFoot", "right_ankle", "RightLowerLeg"),
        ("LeftToes", "left_foot", "LeftFoot"),
        ("LeftLittleProximal", "left_pinky1", "LeftHand"),
        ("RightThumbDistal", "right_thumb3", "RightThumbIntermediate"),
        ("LeftEye", "left_eye_smplhf", "Head"),
    ],
)
def test_bones_hang_where_unity_expects_them(bone, joint, parent):
    index = HUMAN_BONES.index(bone)
    assert JOINT_NAMES[index] == joint
    assert HUMAN_BONES[PARENTS[index]] == parent


def test_offsets_of_a_posed_body_are_its_rest_offsets():
    rng = np.random.default_rng(0)
    rest = rng.normal(size=(55, 3)).astype(np.float32)
    rotations = matrix_from_axis_angle(rng.normal(size=(55, 3)).astype(np.float32))
    global_rotations, joints = forward_kinematics(rest, rotations)
    offsets = bone_offsets(joints, global_rotations)
    expected = rest - rest[np.maximum(PARENTS, 0)]
    np.testing.assert_allclose(offsets, expected, atol=2e-5)


def test_the_quaternion_rule_is_the_mirror_on_both_sides_of_the_matrix():
    rng = np.random.default_rng(1)
    quaternion = quaternion_from_axis_angle(rng.normal(size=(50, 3)))
    mirrored = MIRROR @ matrix_from_quaternion(quaternion) @ MIRROR
    converted = matrix_from_quaternion(unity_quaternion_from_body(quaternion))
    np.testing.assert_allclose(converted, mirrored, atol=1e-12)


def test_turning_and_converting_commute():
    rng = np.random.default_rng(2)
    rotation = quaternion_from_axis_angle(rng.normal(size=3))
    point = rng.normal(size=3)
    turned = unity_position_from_body(matrix_from_quaternion(rotation) @ point)
    unity_matrix = matrix_from_quaternion(unity_quaternion_from_body(rotation))
    np.testing.assert_allclose(unity_matrix @ unity_position_from_body(point), turned, atol=1e-12)


def test_unitys_euler_angles_are_those_of_quaternion_euler():
    matrices = matrix_from_quaternion(
        quaternion_from_axis_angle(np.random.default_rng(3).normal(size=(60, 3)))
    )
    x, y, z = unity_euler_from_matrix(matrices).T
    back = Rotation.from_euler("YXZ", np.stack([y, x, z], axis=-1), degrees=True).as_matrix()
    np.testing.assert_allclose(back, matrices, atol=1e-9)


def test_the_compiled_bones_are_those_of_the_array_operations():
    rng = np.random.default_rng(4)
    rest = rng.normal(size=(55, 3)).astype(np.float32)
    pose = rng.normal(size=(55, 3)).astype(np.float32)
    world = np.eye(4, dtype=np.float32)
    world[:3, :3] = matrix_from_axis_angle(rng.normal(size=3))
    world[:3, 3] = (1, 2, 3)
    turns, joints = forward_kinematics(rest, matrix_from_axis_angle(pose))
    bones = unity_bones_from_pose(pose, joints, world)
    offsets = bone_offsets(joints, turns)
    np.testing.assert_allclose(bones[1:, :3], offsets[1:] * (-1, 1, 1), atol=2e-5)
    hips = world[:3, :3] @ joints[0] + world[:3, 3]
    np.testing.assert_allclose(bones[0, :3], hips * (-1, 1, 1), atol=1e-5)
    expected = MIRROR @ matrix_from_axis_angle(pose) @ MIRROR
    expected[0] = MIRROR @ world[:3, :3] @ turns[0] @ MIRROR
    np.testing.assert_allclose(matrix_from_quaternion(bones[:, 3:]), expected, atol=1e-5)
