import numpy as np
import pytest

from engines.body.rotations import euler_zxy_from_matrix, matrix_from_axis_angle


def compose(angles):
    """Rz Rx Ry, from three turns about the axes."""
    z, x, y = (
        matrix_from_axis_angle(angles[..., k, None] * axis)
        for k, axis in enumerate(np.eye(3)[[2, 0, 1]])
    )
    return z @ x @ y


def test_the_angles_give_the_matrix_back():
    matrices = matrix_from_axis_angle(np.random.default_rng(0).normal(scale=2, size=(500, 3)))
    angles = euler_zxy_from_matrix(matrices)
    np.testing.assert_allclose(compose(angles), matrices, atol=1e-12)
    assert (np.abs(angles[:, 1]) <= np.pi / 2).all()


@pytest.mark.parametrize("about_x", [np.pi / 2, -np.pi / 2, np.pi / 2 - 1e-9, 1e-9 - np.pi / 2])
def test_also_where_two_axes_are_one(about_x):
    rng = np.random.default_rng(1)
    angles = np.stack([rng.normal(size=50), np.full(50, about_x), rng.normal(size=50)], axis=-1)
    matrices = compose(angles)
    np.testing.assert_allclose(compose(euler_zxy_from_matrix(matrices)), matrices, atol=1e-8)
    angles[:, 2] = 0
    exact = compose(angles).round(15)
    np.testing.assert_allclose(compose(euler_zxy_from_matrix(exact)), exact, atol=1e-8)
