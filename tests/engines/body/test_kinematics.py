import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.kinematics import (
    forward_kinematics,
    global_rotations_from_pose,
    posed_joints,
    skin,
)
from engines.body.model import load_body
from engines.body.pose import full_pose, params_from_full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, PARENTS
from tests.fakes import smplx_arrays, write_smplx

HAS_SMPLX = all(importlib.util.find_spec(name) is not None for name in ("smplx", "torch"))


def random_params(seed, spread=0.7):
    rng = np.random.default_rng(seed)
    return params_from_full_pose(
        rng.normal(scale=spread, size=(55, 3)),
        betas=rng.normal(size=10),
        expression=rng.normal(size=10),
        transl=rng.normal(size=3),
    )


def reference(arrays, params):
    """Vertices and joints by chains of 4x4 matrices in double precision, straight from the equations."""
    betas, expression = params.betas.astype(float), params.expression.astype(float)
    shaped = (
        arrays["v_template"]
        + arrays["shapedirs"][:, :, :10] @ betas
        + arrays["shapedirs"][:, :, 10:20] @ expression
    )
    rest = arrays["J_regressor"] @ shaped
    rotations = matrix_from_axis_angle(full_pose(params).astype(float))
    if "posedirs" in arrays:
        shaped = shaped + arrays["posedirs"] @ (rotations[1:] - np.eye(3)).ravel()
    world = np.tile(np.eye(4), (55, 1, 1))
    for j, parent in enumerate(PARENTS):
        local = np.eye(4)
        local[:3, :3] = rotations[j]
        local[:3, 3] = rest[j] - (rest[parent] if j else 0)
        world[j] = world[parent] @ local if j else local
    joints = world[:, :3, 3] + params.transl
    from_rest = world.copy()
    from_rest[:, :3, 3] -= np.einsum("jab,jb->ja", world[:, :3, :3], rest)
    each = np.einsum("vj,jab->vab", arrays["weights"], from_rest)
    homogeneous = np.concatenate([shaped, np.ones((len(shaped), 1))], axis=1)
    return np.einsum("vab,vb->va", each, homogeneous)[:, :3] + params.transl, joints


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_the_equations(small_body, seed):
    params = random_params(seed)
    vertices, joints = reference(smplx_arrays(), params)
    np.testing.assert_allclose(skin(small_body, params), vertices, atol=1e-5)
    np.testing.assert_allclose(posed_joints(small_body, params), joints, atol=1e-5)


def test_agrees_with_the_equations_on_the_open_body(open_body):
    params = random_params(9)
    weights = np.zeros((len(open_body.v_template), 55))
    np.put_along_axis(weights, open_body.weight_joints, open_body.weights.astype(float), axis=1)
    arrays_ = {
        "v_template": open_body.v_template.astype(float),
        "shapedirs": np.concatenate([open_body.shapedirs, open_body.expressiondirs], axis=2),
        "weights": weights,
    }
    rest = open_body.rest_joints(params.betas, params.expression)
    shaped = open_body.rest_vertices(params.betas, params.expression).astype(float)
    arrays_["J_regressor"] = np.linalg.lstsq(shaped.T, rest.T.astype(float), rcond=None)[0].T
    vertices, joints = reference(arrays_, params)
    np.testing.assert_allclose(skin(open_body, params), vertices, atol=2e-5)
    np.testing.assert_allclose(posed_joints(open_body, params), joints, atol=2e-5)


@pytest.mark.parametrize("body", ["small_body", "open_body"])
def test_no_pose_gives_the_rest(body, request):
    model = request.getfixturevalue(body)
    betas, expression = np.linspace(-1, 1, 10), np.linspace(1, 0, 10)
    params = params_from_full_pose(
        np.zeros((55, 3)), betas=betas, expression=expression, transl=np.array([1.0, 2.0, 3.0])
    )
    moved = model.rest_vertices(betas, expression) + np.float32([1, 2, 3])
    np.testing.assert_allclose(skin(model, params), moved, atol=2e-6)
    joints = model.rest_joints(betas, expression) + np.float32([1, 2, 3])
    np.testing.assert_allclose(posed_joints(model, params), joints, atol=2e-6)


@settings(max_examples=25)
@given(
    arrays(np.float64, 3, elements=st.floats(-3, 3)),
    arrays(np.float64, 3, elements=st.floats(-2, 2)),
)
def test_the_root_moves_all_rigidly_about_the_pelvis(small_body, turn, step):
    pose = np.array(full_pose(random_params(1)))
    pose[0] = 0
    still = params_from_full_pose(pose)
    pose[0] = turn
    moved = params_from_full_pose(pose, transl=step)
    pelvis = small_body.rest_joints(np.zeros(10))[0]
    rotation = matrix_from_axis_angle(turn)
    for points in (lambda p: skin(small_body, p), lambda p: posed_joints(small_body, p)):
        expected = (points(still) - pelvis) @ rotation.T + pelvis + step
        np.testing.assert_allclose(points(moved), expected, atol=5e-6)
    np.testing.assert_allclose(posed_joints(small_body, moved)[0], pelvis + step, atol=1e-6)


def test_global_rotations_of_a_pose_are_those_of_its_matrices():
    pose = np.random.default_rng(0).normal(size=(55, 3)).astype(np.float32)
    rest = np.zeros((55, 3), np.float32)
    expected, _ = forward_kinematics(rest, matrix_from_axis_angle(pose))
    np.testing.assert_allclose(global_rotations_from_pose(pose), expected, atol=1e-5)


def test_a_joint_moves_its_descendants_only(small_body):
    elbow = JOINT_INDEX["left_elbow"]
    pose = np.zeros((55, 3))
    pose[elbow] = (0.3, -0.9, 0.2)
    moved = posed_joints(small_body, params_from_full_pose(pose)) - small_body.joint_template
    below = [elbow]
    for joint in range(elbow + 1, 55):
        if PARENTS[joint] in below:
            below.append(joint)
    distances = np.linalg.norm(moved, axis=1)
    assert (distances[below[1:]] > 0.05).all()
    np.testing.assert_allclose(np.delete(distances, below[1:]), 0, atol=1e-6)


def test_bones_keep_their_length(small_body):
    params = random_params(3)
    rest = small_body.rest_joints(params.betas, params.expression)
    posed = posed_joints(small_body, params)
    parents = list(PARENTS[1:])
    np.testing.assert_allclose(
        np.linalg.norm(posed[1:] - posed[parents], axis=1),
        np.linalg.norm(rest[1:] - rest[parents], axis=1),
        atol=1e-5,
    )


def test_a_vertex_of_one_joint_goes_with_it(tmp_path):
    arrays_ = smplx_arrays()
    arrays_.pop("posedirs")
    model = load_body(write_smplx(tmp_path / "a.npz", arrays_))
    params = random_params(4)
    rotations = matrix_from_axis_angle(full_pose(params))
    rest = model.rest_joints(params.betas, params.expression)
    turned, joints = forward_kinematics(rest, rotations)
    shaped = model.rest_vertices(params.betas, params.expression)
    vertices = skin(model, params)
    for joint in (0, 15, JOINT_INDEX["right_wrist"], 54):
        vertex = 6 * joint  # the first corner of its octahedron has no other joint
        at_rest = shaped[vertex] - rest[joint]
        expected = turned[joint] @ at_rest + joints[joint] + params.transl
        np.testing.assert_allclose(vertices[vertex], expected, atol=1e-5)


def test_pose_correctives_bend_the_surface_not_the_joints(small_body, tmp_path):
    arrays_ = smplx_arrays()
    arrays_.pop("posedirs")
    plain = load_body(write_smplx(tmp_path / "a.npz", arrays_))
    params = random_params(5)
    assert np.abs(skin(small_body, params) - skin(plain, params)).max() > 1e-3
    assert (posed_joints(small_body, params) == posed_joints(plain, params)).all()


def test_given_rest_vertices_and_output_are_used(small_body):
    params = random_params(6)
    rest = small_body.rest_vertices(params.betas, params.expression)
    before = rest.copy()
    out = np.empty_like(rest)
    assert skin(small_body, params, rest_vertices=rest, out=out) is out
    assert (rest == before).all(), "the caller's array is left alone"
    np.testing.assert_array_equal(out, skin(small_body, params))
    raised = skin(small_body, params_from_full_pose(np.zeros((55, 3))), rest_vertices=rest + 1)
    np.testing.assert_allclose(raised, rest + 1, atol=2e-6)


@pytest.mark.slow
@pytest.mark.skipif(
    not HAS_SMPLX, reason="smplx is no dependency: a cross-check where it happens to be"
)
def test_agrees_with_the_authors_package(tmp_path):
    import smplx
    import torch

    folder = tmp_path / "smplx"
    folder.mkdir()
    arrays_ = smplx_arrays(400) | {
        "lmk_faces_idx": np.zeros(51, int),
        "lmk_bary_coords": np.full((51, 3), 1 / 3),
    }
    path = write_smplx(folder / "SMPLX_NEUTRAL.npz", arrays_)
    theirs = smplx.create(
        tmp_path, "smplx", ext="npz", use_pca=False, flat_hand_mean=True, num_betas=10
    )
    # it picks landmarks by vertex numbers of the real mesh
    numbers = dict.fromkeys(smplx.vertex_ids.vertex_ids["smplx"], 0)
    theirs.vertex_joint_selector = smplx.vertex_joint_selector.VertexJointSelector(numbers)
    params = random_params(7)
    names = list(params.__dataclass_fields__)
    given_ = {name: torch.tensor(getattr(params, name).reshape(1, -1)) for name in names}
    with torch.no_grad():
        output = theirs(**given_)
    ours = load_body(path)
    np.testing.assert_allclose(skin(ours, params), output.vertices[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(posed_joints(ours, params), output.joints[0, :55].numpy(), atol=1e-5)
