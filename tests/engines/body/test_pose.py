import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND, RIGHT_HAND


@given(arrays(np.float32, (55, 3), elements=st.floats(-3, 3, width=32)))
def test_the_full_pose_comes_back(pose):
    assert (full_pose(params_from_full_pose(pose)) == pose).all()


def test_each_joint_is_in_its_part():
    pose = np.arange(165.0).reshape(55, 3)
    params = params_from_full_pose(pose)
    assert (params.global_orient == pose[0]).all()
    assert (params.body_pose == pose[1:22]).all()
    assert (params.left_hand_pose == pose[LEFT_HAND]).all()
    assert (params.right_hand_pose == pose[RIGHT_HAND]).all()
    assert (params.jaw_pose == pose[JOINT_INDEX["jaw"]]).all()
    assert (params.leye_pose == pose[JOINT_INDEX["left_eye_smplhf"]]).all()
    assert (params.reye_pose == pose[JOINT_INDEX["right_eye_smplhf"]]).all()


def test_absent_parts_are_zero_and_given_ones_are_kept():
    params = params_from_full_pose(
        np.zeros((55, 3)), betas=np.ones(10), transl=np.array([1.0, 2.0, 3.0])
    )
    assert (params.betas == 1).all()
    assert (params.transl == (1, 2, 3)).all()
    assert not params.expression.any()


def test_parameters_are_single_precision_contiguous_and_read_only():
    pose = np.zeros((55, 3))
    params = params_from_full_pose(pose)
    for name in params.__dataclass_fields__:
        array = getattr(params, name)
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    pose[:] = 1
    assert not params.body_pose.any(), "the caller's array is not shared"


def test_read_only_copies():
    source = np.arange(6.0).reshape(2, 3).T
    copy = read_only(source)
    source[:] = -1
    assert copy.dtype == np.float32
    assert copy.flags.c_contiguous
    assert not copy.flags.writeable
    assert copy.min() == 0
