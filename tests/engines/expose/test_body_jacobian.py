import dataclasses

import numpy as np
import pytest

from engines.body.kinematics import skin
from engines.body.pose import params_from_full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.expose.body_jacobian import TRANSL, BodyState, JacobianBody
from tests.engines.expose.tiny_bodies import BLOB, save_tiny_smplx


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    return save_tiny_smplx(tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz")


@pytest.fixture(scope="module")
def pose():
    rng = np.random.default_rng(0)
    return rng.normal(0, 0.5, (55, 3)), rng.normal(size=20), rng.normal(size=3)


@pytest.mark.parametrize("with_correctives", [True, False])
def test_derivatives_are_those_of_the_posed_body(body, pose, with_correctives):
    model = body if with_correctives else dataclasses.replace(body, posedirs=None)
    axis_angle, shape, transl = pose
    state = BodyState(matrix_from_axis_angle(axis_angle), shape, transl)
    some = np.arange(3, len(body.v_template), 5)
    differentiable = JacobianBody(model, some)
    vertices, jacobian = differentiable.vertices_and_jacobian(state)
    params = params_from_full_pose(
        axis_angle, betas=shape[:10], expression=shape[10:], transl=transl
    )
    np.testing.assert_allclose(vertices, skin(model, params)[some], atol=1e-6)
    np.testing.assert_array_equal(differentiable.vertices(state), vertices)
    step = 2e-3
    for column in range(TRANSL.stop):
        direction = np.zeros(TRANSL.stop)
        direction[column] = step
        after = differentiable.vertices(state.stepped(direction)).astype(np.float64)
        before = differentiable.vertices(state.stepped(-direction))
        np.testing.assert_allclose(jacobian[:, :, column], (after - before) / (2 * step), atol=5e-4)


def test_carried_weight_counts_the_vertices_beyond_a_joint(body):
    carried = JacobianBody(body, np.arange(len(body.v_template))).carried_weight
    np.testing.assert_allclose(carried[0], len(body.v_template), rtol=1e-5)
    np.testing.assert_allclose(carried[23], 0.8 * BLOB, rtol=1e-5)
    without_eyes = np.flatnonzero(np.arange(len(body.v_template)) // BLOB != 23)
    assert JacobianBody(body, without_eyes).carried_weight[23] == 0
