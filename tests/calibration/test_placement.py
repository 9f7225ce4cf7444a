import numpy as np
import pytest

from calibration.placement import FloorEstimator, Placement, PlacementOptions
from engines.body.kinematics import skin
from engines.errors import ConfigError
from tests.estimates import estimate, open_body, upright_pose

FRAME_NS = 33_333_333
LEGS = ("left_ankle", "left_foot", "right_ankle", "right_foot")


def to_world(matrix, points):
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def course(estimates, options=None):
    """Camera heights over a sequence of estimates at 30 fps."""
    floor = FloorEstimator(open_body(), options or PlacementOptions())
    return [floor.update([e], k * FRAME_NS) for k, e in enumerate(estimates)]


@pytest.mark.parametrize("betas", [np.zeros(10), np.linspace(-1.5, 1.5, 10)])
def test_soles_of_a_standing_person_are_on_the_floor(betas):
    standing = estimate(pelvis=(0.4, 0.1, 3.2), betas=betas)
    matrix = Placement(open_body()).place([standing], 0)
    vertices = to_world(matrix, skin(open_body(), standing.params))
    assert vertices[:, 1].min() == pytest.approx(0, abs=0.01)
    assert vertices[:, 1].max() > 1.2


def test_world_is_right_handed_y_up_with_z_towards_the_camera():
    matrix = Placement(open_body()).place([estimate(pelvis=(0.4, 0.1, 3.2))], 0)
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1)
    camera = to_world(matrix, np.zeros(3))
    np.testing.assert_allclose(camera[[0, 2]], (-0.4, 3.2), atol=1e-6)
    assert camera[1] > 0
    assert not matrix.flags.writeable
    assert matrix.dtype == np.float32


def test_origin_is_where_the_performer_was_first_and_can_be_set_anew():
    placement = Placement(open_body())
    first = placement.place([estimate(pelvis=(0.4, 0, 3))], 0)
    later = placement.place([estimate(pelvis=(1.0, 0, 2))], FRAME_NS)
    np.testing.assert_array_equal(first[[0, 2], 3], later[[0, 2], 3])
    placement.recentre()
    recentred = placement.place([estimate(pelvis=(1.0, 0, 2))], 2 * FRAME_NS)
    np.testing.assert_allclose(to_world(recentred, np.array([1.0, 0, 2]))[[0, 2]], 0, atol=1e-6)


def test_origin_may_be_under_the_camera():
    placement = Placement(open_body(), PlacementOptions(origin="camera"))
    matrix = placement.place([estimate(pelvis=(0.4, 0, 3))], 0)
    np.testing.assert_allclose(to_world(matrix, np.zeros(3))[[0, 2]], 0)


def test_nobody_in_view_is_a_level_camera():
    matrix = Placement(open_body()).place([], 0)
    np.testing.assert_array_equal(matrix, np.diag([1, -1, -1, 1]))


def test_measured_placement_overrides():
    measured = np.array([[0.0, 0, 1, 1], [0, -1, 0, 2], [1, 0, 0, 3], [0, 0, 0, 1]])
    placement = Placement(open_body(), world_from_camera=measured)
    np.testing.assert_array_equal(placement.place([estimate()], 0), measured)


def test_person_whose_legs_are_out_of_view_counts_as_standing():
    seated = upright_pose(left_hip=(-1.5, 0, 0), right_hip=(-1.5, 0, 0))
    hidden = course([estimate(seated, unseen=LEGS)] * 30)
    standing = course([estimate()])
    assert hidden[-1] == pytest.approx(standing[0], abs=0.01)


def test_jumps_do_not_move_the_floor():
    heights = course([estimate(pelvis=(0, -0.4 * (k % 30 > 22), 3)) for k in range(300)])
    assert np.ptp(heights[60:]) < 0.005


def test_one_lifted_foot_does_not_move_the_floor():
    stork = upright_pose(left_hip=(-1.5, 0, 0), left_knee=(1.5, 0, 0))
    assert course([estimate(stork)])[0] == pytest.approx(course([estimate()])[0], abs=1e-4)


def test_floor_follows_slowly_and_arrives():
    options = PlacementOptions(window_s=2.0)
    heights = course(
        [estimate(pelvis=(0, 0, 3))] * 60 + [estimate(pelvis=(0, 0.3, 3))] * 300, options
    )
    steps = np.diff(heights)
    assert steps.max() <= options.max_floor_speed_m_s * FRAME_NS * 1e-9 + 1e-9
    assert heights[-1] - heights[0] == pytest.approx(0.3, abs=0.01)


def test_legs_that_come_into_view_do_not_make_the_floor_jump():
    waist_up = estimate(pelvis=(0, 0, 1.5), unseen=LEGS)
    crouching = upright_pose(
        left_hip=(-1.5, 0, 0), right_hip=(-1.5, 0, 0), left_knee=(1.5, 0, 0), right_knee=(1.5, 0, 0)
    )
    heights = course([waist_up] * 30 + [estimate(crouching, pelvis=(0, 0.4, 3))] * 300)
    assert np.abs(np.diff(heights)).max() < 0.004
    assert heights[-1] == pytest.approx(
        course([estimate(crouching, pelvis=(0, 0.4, 3))])[0], abs=0.01
    )


def test_backward_time_neither_fails_nor_jumps():
    floor = FloorEstimator(open_body(), PlacementOptions())
    before = floor.update([estimate()], 10 * FRAME_NS)
    assert floor.update([estimate(pelvis=(0, 0.3, 3))], 0) == before


def test_same_input_gives_the_same_result():
    rng = np.random.default_rng(0)
    estimates = [estimate(pelvis=(0, y, 3)) for y in rng.normal(0, 0.05, 60)]
    assert course(estimates) == course(estimates)


@pytest.mark.parametrize("values", [{"floor_percentile": 120.0}, {"window_s": -1.0}])
def test_options_without_a_meaning_are_refused(values):
    with pytest.raises(ConfigError, match="placement"):
        PlacementOptions(**values)
