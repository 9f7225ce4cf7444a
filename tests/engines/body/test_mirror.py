import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints, skin
from engines.body.mirror import BLENDSHAPE_MIRROR, mirror_estimate, mirror_params, mirror_world
from engines.body.pose import full_pose
from engines.body.skeleton import JOINT_INDEX, MIRROR
from tests.estimates import estimate, open_body, upright_pose

FLIP = np.array([-1, 1, 1], np.float32)
numbers = st.floats(-1, 1, width=32)
estimates = st.builds(
    estimate,
    arrays(np.float64, (55, 3), elements=numbers),
    pelvis=st.tuples(numbers, numbers, st.floats(1, 5)),
    betas=arrays(np.float64, 10, elements=numbers),
    blendshapes=arrays(np.float32, 52, elements=st.floats(0, 1, width=32)),
)


@given(estimates)
def test_twice_is_nothing(given_estimate):
    model = open_body()
    twice = mirror_estimate(model, mirror_estimate(model, given_estimate))
    np.testing.assert_array_equal(full_pose(twice.params), full_pose(given_estimate.params))
    np.testing.assert_allclose(twice.params.transl, given_estimate.params.transl, atol=1e-6)
    np.testing.assert_allclose(twice.joints, given_estimate.joints, atol=1e-5)
    np.testing.assert_array_equal(twice.blendshapes, given_estimate.blendshapes)
    np.testing.assert_array_equal(twice.confidence, given_estimate.confidence)


@given(estimates)
def test_joints_are_the_mirror_image(given_estimate):
    mirrored = mirror_estimate(open_body(), given_estimate)
    np.testing.assert_allclose(mirrored.joints, given_estimate.joints[MIRROR] * FLIP, atol=2e-4)
    np.testing.assert_allclose(
        mirrored.joints, posed_joints(open_body(), mirrored.params), atol=1e-6
    )


def vertex_on_the_other_side():
    """Index of each vertex's mirror image at rest; the mesh is symmetric to 0.03 mm."""
    points = np.round(open_body().v_template * 1e4).astype(np.int64)  # 0.1 mm
    order = {tuple(point): k for k, point in enumerate(points)}
    near = [(dx, dy, dz) for dx in (0, 1, -1) for dy in (0, 1, -1) for dz in (0, 1, -1)]
    return [
        next((order[key] for d in near if (key := (-x + d[0], y + d[1], z + d[2])) in order), -1)
        for x, y, z in points.tolist()
    ]


def test_vertices_are_the_mirror_image():
    model = open_body()
    other = np.array(vertex_on_the_other_side())
    found = other >= 0
    assert found.mean() > 0.99
    given_estimate = estimate(
        upright_pose(
            left_shoulder=(0, 0, -1),
            right_knee=(0.8, 0.1, 0),
            left_index1=(0, 0, -1),
            spine2=(0, 0.4, 0.2),
        ),
        pelvis=(0.4, 0.1, 2.5),
    )
    vertices = skin(model, given_estimate.params)
    mirrored = skin(model, mirror_params(model, given_estimate.params))
    distance = np.linalg.norm(mirrored[found] - (vertices * FLIP)[other[found]], axis=1)
    assert distance.max() < 1.5e-3
    assert distance.mean() < 1e-4


def test_sides_change_places():
    raised = estimate(
        upright_pose(left_shoulder=(0, 0, 1)), unseen=["left_wrist"], pelvis=(1, 0, 3)
    )
    mirrored = mirror_estimate(open_body(), raised)
    assert mirrored.joints[0, 0] == np.float32(-1)
    assert mirrored.confidence[JOINT_INDEX["right_wrist"]] == 0
    assert mirrored.confidence[JOINT_INDEX["left_wrist"]] == 1
    np.testing.assert_allclose(mirrored.params.body_pose[16], (0, 0, -1))


def test_every_sided_coefficient_has_another_side():
    for name, other in zip(ARKIT_NAMES, BLENDSHAPE_MIRROR, strict=True):
        sided = "Left" in name or "Right" in name
        assert (ARKIT_NAMES[other] != name) == sided
    np.testing.assert_array_equal(BLENDSHAPE_MIRROR[BLENDSHAPE_MIRROR], np.arange(52))
    assert ARKIT_NAMES[BLENDSHAPE_MIRROR[ARKIT_NAMES.index("eyeLookInLeft")]] == "eyeLookInRight"


def test_a_mirrored_body_in_the_mirrored_world_is_the_mirror_image_in_the_world():
    world_from_camera = np.array(
        [[0.6, 0, -0.8, 0.3], [0, -1, 0, 1.1], [-0.8, 0, -0.6, 2.0], [0, 0, 0, 1]], np.float32
    )
    point = np.array([0.2, 0.4, 3.0, 1.0])
    mirrored_point = point * (-1, 1, 1, 1)
    expected = world_from_camera @ point * (-1, 1, 1, 1)
    mirrored = mirror_world(world_from_camera)
    np.testing.assert_allclose(mirrored @ mirrored_point, expected, atol=1e-6)
    assert np.linalg.det(mirrored[:3, :3]) > 0
