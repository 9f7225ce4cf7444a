import numpy as np
import pytest

from engines.body.kinematics import posed_joints, skin
from engines.body.pose import params_from_full_pose
from engines.errors import ModelError
from engines.expose.correspondence import Correspondence, identity_correspondence
from engines.expose.transfer import TransferOptions, transfer
from tests.engines.expose.tiny_bodies import BLOB, save_tiny_smplx

EYES = (23, 24)
SHAPE = np.array([1.0, -0.8, 0.5, 0, 0.4, 0, 0, -0.3, 0, 0.2])


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    return save_tiny_smplx(tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz")


def _random_params(rng, count, *, turn=2.0):
    poses = rng.normal(0, 0.4, (count, 55, 3))
    poses[:, 0] = rng.normal(0, turn, (count, 3))
    poses[:, EYES] = 0
    return [
        params_from_full_pose(
            pose, betas=SHAPE, expression=rng.normal(0, 0.5, 10), transl=rng.normal(0, 1, 3)
        )
        for pose in poses
    ]


def test_random_poses_are_recovered(body):
    params = _random_params(np.random.default_rng(0), 4)
    meshes = np.stack([skin(body, p) for p in params])
    told = []
    result = transfer(
        body,
        identity_correspondence(len(body.v_template)),
        meshes,
        TransferOptions(shape_meshes=2),
        lambda done, total: told.append((done, total)),
    )
    assert told == [(k, 6) for k in range(1, 7)]
    assert result.error.max() < 1e-4
    for index, truth in enumerate(params):
        found = result.params(index)
        distances = np.linalg.norm(skin(body, found) - meshes[index], axis=1)
        np.testing.assert_allclose(distances.mean(), result.error[index], atol=1e-6)
        np.testing.assert_allclose(posed_joints(body, found), posed_joints(body, truth), atol=1e-3)
        np.testing.assert_allclose(found.betas, truth.betas, atol=0.05)


def test_one_person_has_one_shape(body):
    """Two of the meshes are of another shape: one person gets the mean, persons each their own."""
    tall, small = (
        skin(body, params_from_full_pose(np.zeros((55, 3)), betas=np.eye(10)[0] * size))
        for size in (1, -0.5)
    )
    same = identity_correspondence(len(body.v_template))
    meshes = np.stack([tall, small])
    one = transfer(body, same, meshes)
    np.testing.assert_allclose(one.betas[:, 0], 0.25, atol=0.02)
    each = transfer(body, same, meshes, TransferOptions(one_person=False))
    np.testing.assert_allclose(each.betas[:, 0], [1, -0.5], atol=0.02)
    assert each.error.max() < 1e-4 < one.error.min()


def test_another_topology_by_a_known_map(body):
    """The source's vertices are in another order, half of the target's lie between two of them, the eyes nowhere."""
    rng = np.random.default_rng(2)
    count = len(body.v_template)
    missing = np.isin(np.arange(count) // BLOB, EYES)
    params = _random_params(rng, 2)
    posed = np.stack([skin(body, p) for p in params])
    order = rng.permutation(count)
    # a posed vertex is half way between its mirror point and the vertex before it
    mirrored = 2 * posed - np.roll(posed, 1, axis=1)
    meshes = np.concatenate([posed[:, order], mirrored], axis=1)
    sources = np.stack([np.argsort(order), np.argsort(order)], axis=1).astype(np.int32)
    weights = np.tile(np.float32([1, 0]), (count, 1))
    between = np.flatnonzero(rng.random(count) < 0.5)
    sources[between] = np.stack([count + between, np.argsort(order)[between - 1]], axis=1)
    weights[between] = 0.5
    sources[missing] = 0  # nonsense that the mask must hide
    correspondence = Correspondence(sources, weights, ~missing, 2 * count)
    result = transfer(body, correspondence, meshes)
    assert result.error.max() < 1e-4
    for index in range(len(params)):
        distances = np.linalg.norm(skin(body, result.params(index)) - posed[index], axis=1)
        assert distances[~missing].max() < 1e-3
    np.testing.assert_array_equal(result.poses[:, EYES], 0)


def test_noise_is_averaged_out(body):
    params = _random_params(np.random.default_rng(3), 1)[0]
    clean = skin(body, params)
    noisy = clean + np.random.default_rng(4).normal(0, 0.005, clean.shape)
    result = transfer(body, identity_correspondence(len(clean)), noisy[None])
    found = skin(body, result.params(0))
    assert np.linalg.norm(found - clean, axis=1).mean() < 0.004 < result.error[0] < 0.009


def test_the_translation_is_that_of_the_source(body):
    params = params_from_full_pose(np.zeros((55, 3)), transl=np.array([3.0, -2.0, 7.0]))
    same = identity_correspondence(len(body.v_template))
    result = transfer(body, same, skin(body, params)[None])
    np.testing.assert_allclose(result.transl[0], [3, -2, 7], atol=1e-4)
    np.testing.assert_allclose(result.poses, 0, atol=1e-3)


def test_what_does_not_fit_together_is_said(body):
    count = len(body.v_template)
    meshes = np.zeros((1, count, 3))
    with pytest.raises(ModelError, match="use the body it was made for"):
        transfer(body, identity_correspondence(count - 1), meshes)
    with pytest.raises(ModelError, match="use meshes of the body"):
        transfer(body, identity_correspondence(count), meshes[:, 1:])
    with pytest.raises(ModelError, match="not numbers"):
        transfer(body, identity_correspondence(count), meshes * np.nan)
    nothing = Correspondence(
        np.zeros((count, 1), np.int32), np.ones((count, 1), np.float32), np.zeros(count, bool), 5
    )
    with pytest.raises(ModelError, match="no valid vertex"):
        transfer(body, nothing, meshes)
    with pytest.raises(ValueError, match="tolerance"):
        TransferOptions(tolerance=2)
