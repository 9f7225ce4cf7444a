import dataclasses

import numpy as np
import pytest

from app.render.gl.rest_mesh import RestMesh, RestShape
from app.render.gl.scene_pose import ScenePose
from engines.body.face import ARKIT_INDEX
from engines.body.kinematics import skin
from engines.body.model import load_body
from tests.estimates import estimate, open_body, upright_pose
from tests.fakes import write_smplx


def scene_pose(**changes):
    return ScenePose.from_estimate(open_body(), estimate(**changes))


def blendshapes(**values):
    row = np.zeros(52)
    for name, value in values.items():
        row[ARKIT_INDEX[name]] = value
    return row


@pytest.fixture
def mesh():
    return RestMesh(RestShape(open_body(), None))


def test_rows_are_the_shape_with_unit_normals(mesh):
    betas, expression = np.linspace(-1, 1, 10), np.linspace(0, 2, 10)
    assert mesh.update(scene_pose(betas=betas, expression=expression), dressed=False)
    np.testing.assert_allclose(
        mesh.rows[:, :3], open_body().rest_vertices(betas, expression), atol=1e-6
    )
    np.testing.assert_allclose(np.linalg.norm(mesh.rows[:, 3:], axis=1), 1, atol=1e-4)


def test_only_what_is_seen_makes_a_new_mesh(mesh):
    assert mesh.update(scene_pose(), dressed=False)
    assert not mesh.update(scene_pose(pelvis=(1, 0, 3)), dressed=False)
    assert not mesh.update(scene_pose(pose=upright_pose(left_elbow=(0, -1, 0))), dressed=False)
    assert not mesh.update(scene_pose(expression=np.full(10, 0.001)), dressed=False)
    assert mesh.update(scene_pose(expression=np.full(10, 0.1)), dressed=False)
    assert mesh.update(scene_pose(betas=np.full(10, 0.1)), dressed=False)


def test_small_steps_add_up(mesh):
    mesh.update(scene_pose(), dressed=False)
    changes = [
        mesh.update(scene_pose(expression=np.full(10, 0.001 * k)), dressed=False) for k in range(9)
    ]
    assert sum(changes) == 2


def test_blendshapes_go_before_expression_numbers(mesh):
    mesh.update(scene_pose(blendshapes=blendshapes()), dressed=False)
    still = mesh.rows.copy()
    mesh.update(scene_pose(blendshapes=blendshapes(eyeBlinkLeft=1.0)), dressed=False)
    moved = np.abs(mesh.rows[:, :3] - still[:, :3]).max(axis=1) > 1e-3
    assert moved.any()
    assert still[moved, 0].mean() > 0.02  # the person's left is at +x
    assert (still[moved, 1] > 0.1).all()  # on the head


@pytest.mark.parametrize("action", ["jawOpen", "jawLeft", "jawRight"])
def test_the_jaw_is_left_to_its_joint(mesh, action):
    mesh.update(scene_pose(blendshapes=blendshapes()), dressed=False)
    still = mesh.rows.copy()
    mesh.update(scene_pose(blendshapes=blendshapes(**{action: 1.0})), dressed=False)
    np.testing.assert_array_equal(mesh.rows, still)


def test_clothes_are_put_on_and_taken_off():
    thickness = np.full_like(open_body().v_template, 0.01)
    mesh = RestMesh(RestShape(open_body(), thickness))
    mesh.update(scene_pose(), dressed=False)
    bare = mesh.rows.copy()
    assert mesh.update(scene_pose(), dressed=True)
    np.testing.assert_allclose(mesh.rows[:, :3] - bare[:, :3], 0.01, atol=1e-6)
    assert mesh.update(scene_pose(), dressed=False)


def test_pose_correctives_follow_the_pose(tmp_path):
    """A body with correctives: rest mesh and bones together give what skinning gives."""
    model = load_body(write_smplx(tmp_path / "body.npz"))
    made = estimate(upright_pose(left_elbow=(0, -1.0, 0)))
    pose = ScenePose.from_estimate(model, made)
    mesh = RestMesh(RestShape(model, None))
    mesh.update(pose, dressed=False)
    rest = np.c_[mesh.rows[:, :3], np.ones(len(mesh.rows))]
    carried = np.einsum("vk,vkrc,vc->vr", model.weights, pose.bones[model.weight_joints], rest)
    expected = skin(model, made.params) * (1, -1, -1)
    np.testing.assert_allclose(carried, expected, atol=1e-5)
    straight = dataclasses.replace(
        pose, local_rotations=np.tile(np.eye(3, dtype=np.float32), (55, 1, 1))
    )
    assert mesh.update(straight, dressed=False)
