from dataclasses import fields

import numpy as np
import pytest
import torch

from engines.body.kinematics import posed_joints
from engines.body.pose import params_from_full_pose
from engines.body.rotations import axis_angle_from_matrix
from training.kit import Kit
from training.render.batch import BatchMaker, BatchOptions, RenderedBatch, batches, open_body
from training.render.bodies import BodyOptions, Kind
from training.render.collage import CollageOptions
from training.render.studio import StudioOptions


def _make(
    kit: Kit, kind: Kind, number: int = 0, left: float = 0.5, count: int = 3
) -> RenderedBatch:
    options = BatchOptions(bodies=BodyOptions(left_hands=left))
    maker = BatchMaker(kit, kind, "train", size=48, batch=3, options=options)
    return maker.make(7, number)


def _tensors(batch: RenderedBatch) -> dict[str, torch.Tensor]:
    values = {entry.name: getattr(batch, entry.name) for entry in fields(batch)}
    return {name: value for name, value in values.items() if isinstance(value, torch.Tensor)}


@pytest.mark.parametrize("left", [0.0, 1.0])
def test_truth_gives_the_joints(people_kit: Kit, left: float) -> None:
    batch = _make(people_kit, "hand", left=left)
    rotations = torch.cat(
        [
            batch.global_orient[:, None], batch.body_pose, batch.jaw_pose[:, None],
            torch.eye(3).expand(3, 2, 3, 3), batch.left_hand_pose, batch.right_hand_pose,
        ],
        dim=1,
    )  # fmt: skip
    for row in range(len(batch)):
        params = params_from_full_pose(
            axis_angle_from_matrix(rotations[row].numpy()).astype(np.float32),
            betas=batch.betas[row].numpy(),
            expression=batch.expression[row].numpy(),
            transl=batch.transl[row].numpy(),
        )
        # mirrored expressions leave a millimetre, see engines/body/mirror.py
        error = np.abs(posed_joints(open_body(), params) - batch.joints[row].numpy()).max()
        assert error < (2e-3 if left else 1e-4)


def test_keypoints_are_where_the_camera_sees_the_joints(people_kit: Kit) -> None:
    batch = _make(people_kit, "hand")
    places = batch.joints[..., :2] / batch.joints[..., 2:] * batch.camera[:, None, :2]
    assert torch.allclose(batch.keypoints, places + batch.camera[:, None, 2:], atol=1e-3)
    assert not batch.visible[(batch.keypoints < 0).any(dim=2)].any()


def test_batch_is_a_function_of_seed_and_number(people_kit: Kit) -> None:
    second = next(batches(people_kit, "head", "train", size=48, batch=3, seed=7, first=1))
    again = _make(people_kit, "head", number=1)
    for name, value in _tensors(second).items():
        assert torch.equal(value, _tensors(again)[name]), name
    assert not torch.equal(second.images, _make(people_kit, "head", number=2).images)


@pytest.mark.parametrize("kind", ["body", "hand", "head"])
def test_pictures_show_their_subject(people_kit: Kit, kind: Kind) -> None:
    batch = _make(people_kit, kind)
    assert batch.images.shape == (3, 3, 48, 48)
    assert batch.images.min() >= 0
    assert batch.images.max() <= 1
    subject = {"body": 12, "hand": 43, "head": 15}[kind]
    assert ((batch.keypoints[:, subject] > 0) & (batch.keypoints[:, subject] < 48)).all()


def test_what_a_desk_hides_is_not_visible(people_kit: Kit) -> None:
    collage = CollageOptions(others_before=0, things=0, desks=1.0, desk=(0.5, 0.5))
    options = BatchOptions(studio=StudioOptions(collage=collage))
    maker = BatchMaker(people_kit, "body", "train", size=48, batch=3, options=options)
    batch = maker.make(7, 0)
    below, above = batch.keypoints[..., 1] > 30, batch.keypoints[..., 1] < 20
    assert below.any()
    assert not batch.visible[below].any()
    assert batch.visible[above].any()
    assert batch.parts is not None
    assert batch.normals is not None
    assert not batch.parts[:, 30:].any()
    assert batch.parts[:, :20].any()
    lengths = batch.normals.norm(dim=1)
    assert torch.allclose(lengths[batch.parts > 0], torch.ones(()), atol=1e-4)
