import numpy as np
import pytest

from app.pipeline.packet import LEVEL_CAMERA
from app.render.gl.scene_pose import ScenePose, bounds_m, floor_height_m
from engines.body.kinematics import skin
from engines.body.rotations import matrix_from_axis_angle
from tests.estimates import estimate, open_body, upright_pose

BENT = upright_pose(left_elbow=(0, -1.2, 0), right_knee=(0.9, 0, 0), head=(0, 0.4, 0))


def placed_camera():
    place = np.eye(4, dtype=np.float32)
    place[:3, :3] = LEVEL_CAMERA[:3, :3] @ matrix_from_axis_angle(np.array((0.3, 0.2, -0.1)))
    place[:3, 3] = (0.5, 1.4, 2.0)
    return place


def test_bones_carry_the_rest_skin_to_where_skinning_does():
    model = open_body()
    betas = np.linspace(-1, 1, 10)
    made = estimate(BENT, betas=betas)
    place = placed_camera()
    pose = ScenePose.from_estimate(model, made, place)
    rest = np.c_[model.rest_vertices(betas), np.ones(len(model.v_template))]
    carried = np.einsum("vk,vkrc,vc->vr", model.weights, pose.bones[model.weight_joints], rest)
    expected = skin(model, made.params) @ place[:3, :3].T + place[:3, 3]
    np.testing.assert_allclose(carried, expected, atol=2e-5)


def test_joints_are_those_of_the_estimate_in_the_world():
    made, place = estimate(BENT), placed_camera()
    pose = ScenePose.from_estimate(open_body(), made, place)
    np.testing.assert_allclose(pose.joints, made.joints @ place[:3, :3].T + place[:3, 3], atol=1e-5)


def test_the_estimate_is_left_as_it_was():
    made = estimate(BENT)
    before = made.params.global_orient.copy(), made.params.transl.copy()
    ScenePose.from_estimate(open_body(), made, placed_camera())
    np.testing.assert_array_equal(made.params.global_orient, before[0])
    np.testing.assert_array_equal(made.params.transl, before[1])


def test_the_lowest_point_is_under_the_soles():
    model, made = open_body(), estimate()
    skin_y = skin(model, made.params)[:, 1].max()  # camera frame: y down
    assert ScenePose.from_estimate(model, made).lowest_m == pytest.approx(-skin_y, abs=0.012)


def test_lying_down_the_lowest_point_is_not_the_feet():
    pose = upright_pose()
    pose[0] = (np.pi / 2, 0, 0)  # on its back, seen from the side
    lying = ScenePose.from_estimate(open_body(), estimate(pose))
    assert lying.lowest_m <= lying.joints[:, 1].min()


def test_bounds_hold_the_skin():
    model, made = open_body(), estimate(BENT)
    low, high = bounds_m([ScenePose.from_estimate(model, made)])
    vertices = skin(model, made.params) @ LEVEL_CAMERA[:3, :3].T
    assert (vertices > low - 0.02).all()
    assert (vertices < high + 0.02).all()


def test_an_unmeasured_floor_sinks_at_once_and_rises_slowly():
    assert floor_height_m(-1.0, None) == -1.0
    assert floor_height_m(-1.2, -1.0) == -1.2
    assert -1.0 < floor_height_m(-0.5, -1.0) < -0.9
