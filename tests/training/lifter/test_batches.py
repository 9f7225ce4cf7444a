import numpy as np
import pytest
import torch

from engines.body.model import load_body
from engines.body.pose import params_from_full_pose
from engines.body.rotations import axis_angle_from_matrix
from engines.landmarks.synthesis import landmarks_of_body
from engines.model_store import model_path
from engines.types import Camera
from tests.training.lifter.small import body, maker
from training.kit import Kit
from training.lifter.batches import SceneOptions
from training.lifter.body import LANDMARKS
from training.poses import PoseAugmentation, load_poses

PLAIN = SceneOptions(cut_off=0, cut_side=0, swapped=0, crossed=0, dropped=0)


def test_same_generator_same_batch() -> None:
    first, second = (maker().make(16, torch.Generator().manual_seed(7)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.inputs, second.inputs, strict=True))
    assert torch.equal(first.rotations, second.rotations)


def test_joints_and_landmarks_are_the_engine_s() -> None:
    batch = maker().make(3, torch.Generator().manual_seed(8))
    model = load_body(model_path("open_body"))
    for n in range(3):
        pose = np.zeros((55, 3), np.float32)
        pose[:22] = axis_angle_from_matrix(batch.rotations[n].numpy())
        betas = batch.betas[n].numpy()
        pelvis = batch.pelvis[n].numpy()
        params = params_from_full_pose(
            pose, betas=betas, transl=pelvis - model.rest_joints(betas)[0]
        )
        known = landmarks_of_body(model, params, Camera.guess(640, 480))
        hips = batch.posed.landmarks[n][[LANDMARKS.index(23), LANDMARKS.index(24)]].mean(dim=0)
        assert np.allclose(
            (batch.posed.landmarks[n] - hips).numpy(), known.pose_world[list(LANDMARKS)], atol=1e-4
        )


def test_people_stand_before_the_camera_head_up() -> None:
    batch = maker().make(200, torch.Generator().manual_seed(9))
    assert (batch.pelvis[:, 2] > 0.8).all()
    heads = batch.posed.joints[:, 15, 1]
    assert (heads < 0).float().mean() > 0.95  # y points down


def test_detection_of_a_plain_scene_is_near_the_truth() -> None:
    batch = maker(PLAIN).make(300, torch.Generator().manual_seed(10))
    true = (batch.posed.landmarks + batch.pelvis[:, None])[..., :2]
    true = true / (batch.posed.landmarks + batch.pelvis[:, None])[..., 2:]
    off = (batch.inputs.rays[:, list(LANDMARKS)] - true) * batch.pelvis[:, None, 2:]
    assert 0.005 < off.abs().median() < 0.06
    assert not batch.swapped.any()


def test_exchanged_pictures_are_told_and_look_it() -> None:
    scene = SceneOptions(cut_off=0, cut_side=0, swapped=1, crossed=0, dropped=0)
    swapped = maker(scene).make(50, torch.Generator().manual_seed(11))
    assert swapped.swapped.all()
    shoulders = [LANDMARKS.index(11), LANDMARKS.index(12)]
    true = swapped.posed.landmarks[:, shoulders, 0]
    seen = swapped.inputs.rays[:, [11, 12], 0]
    wide = (true[:, 0] - true[:, 1]).abs() > 0.2
    opposite = (true[:, 0] - true[:, 1]) * (seen[:, 0] - seen[:, 1]) < 0
    assert opposite[wide].float().mean() > 0.9


def test_cut_off_landmarks_are_not_seen() -> None:
    scene = SceneOptions(cut_off=1, cut_side=0, swapped=0, crossed=0, dropped=0)
    batch = maker(scene).make(100, torch.Generator().manual_seed(12))
    assert (batch.inputs.seen[:, [29, 30, 31, 32]] == 0).float().mean() > 0.7
    assert (batch.inputs.seen[:, [11, 12]] > 0).float().mean() > 0.95


def test_library_holds_out_its_test_clips(kit: Kit) -> None:
    assert len(load_poses(kit, "train")) == 10 + 4 * 40
    assert len(load_poses(kit, "test")) == 6


def test_poses_are_rotations_within_reach(kit: Kit) -> None:
    poses = load_poses(kit, "train").draw(
        300, PoseAugmentation(), torch.Generator().manual_seed(13)
    )
    products = poses @ poses.transpose(2, 3)
    assert torch.allclose(products, torch.eye(3).expand_as(products), atol=1e-4)
    assert torch.linalg.det(poses).min() == pytest.approx(1, abs=1e-3)
    assert body()(poses, torch.zeros(300, 10)).joints.abs().max() < 2
