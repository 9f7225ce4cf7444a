import torch

from engines.expose.rotation6d import encode
from engines.expose.stages import body_rotations
from tests.training.expose.small import dots, networks
from training.expose.auxiliary import AuxiliaryHeads
from training.expose.crops import CropNoise
from training.expose.joint import JointTask
from training.expose.losses import in_picture, joint_error_mm, terms, total
from training.expose.tasks import (
    BodyTask,
    HandTask,
    HeadTask,
    TaskOptions,
    body_found,
    body_terms,
    body_true,
)
from training.expose.truth import truth_of, view


def _views(nets, people):
    truth = truth_of(people(0), nets.rig)
    square = torch.tensor([[32.0, 32.0, 64.0]]).expand(4, -1)
    return truth, view(truth, square, torch.zeros(4))


def test_the_true_body_has_no_loss_and_another_has(nets, people):
    truth, seen = _views(nets, people)
    true = body_true(seen, truth.shape)
    for name, value in body_terms(true, seen, TaskOptions().weights, truth.shape).items():
        assert value < 1e-8, name
    wrong = true._replace(
        points=true.points + torch.randn_like(true.points), betas=true.betas + 1, places=-true.places
    )  # fmt: skip
    worse = body_terms(wrong, seen, TaskOptions().weights, truth.shape)
    for name in ("points", "picture", "betas", "points left", "points right", "points face"):
        assert worse[name] > 1e-3, name


def test_a_body_vector_of_the_truth_gives_its_rotations_and_points(nets, people):
    truth, seen = _views(nets, people)
    rotations = torch.cat(
        [seen.rotations[:, :22], seen.rotations[:, 25:], seen.rotations[:, 22:23]], 1
    )
    vector = torch.cat([encode(rotations), truth.shape, torch.zeros(4, 3)], dim=1)
    found = body_found(nets, vector)
    assert torch.allclose(body_rotations(vector), seen.rotations, atol=1e-5)
    assert joint_error_mm(found.points, seen.points) < 0.01


def test_points_out_of_the_crop_do_not_count_in_it():
    true = torch.tensor([[[0.0, 0.0], [5.0, 0.0]]])
    assert in_picture(true + torch.tensor([[0.0, 0.0], [9.0, 9.0]]), true) == 0
    assert in_picture(true + torch.tensor([[0.5, 0.5], [0.0, 0.0]]), true) == 0.5


def test_every_task_teaches_all_of_its_network():
    nets = networks()
    noise = CropNoise()
    for kind, make in (("body", BodyTask), ("hand", HandTask), ("head", HeadTask)):
        task = make(nets, TaskOptions(noise=noise, is_half=kind == "body"))
        losses = task.losses(dots(nets, kind=kind, batch=2)(0), torch.Generator().manual_seed(0))
        total(losses).backward()
        assert "heatmaps" in losses
        silent = {
            name
            for name, weight in task.trained.named_parameters()
            if weight.grad is None or not weight.grad.abs().sum() > 0
        }
        assert silent <= {  # nothing is rendered that would teach these here
            f"auxiliary.{head}.{entry}" for head in ("parts", "normals") for entry in ("weight", "bias")
        }  # fmt: skip


def test_parts_teach_the_body_network_where_to_look():
    nets = networks()
    task = JointTask(nets, TaskOptions())
    batch = dots(nets, batch=2)(1)
    square = torch.tensor([[32.0, 32.0, 60.0]]).expand(2, -1)
    vector, answer, merged = task._whole(batch, square)
    right = merged.rotations[:, 40:55]
    grad = torch.autograd.grad(
        right.square().sum() + right[..., 0, 1].sum(), answer.boxes, allow_unused=True
    )
    assert vector.shape == (2, 341)
    assert grad[0] is not None
    assert grad[0][:, 0].abs().sum() > 0  # of the right hand's box
    losses = task.losses(batch, torch.Generator().manual_seed(0))
    assert {"points", "body points", "crop right", "crop left", "crop face"} <= losses.keys()


def test_dense_answers_learn_where_points_are():
    torch.manual_seed(0)
    heads = AuxiliaryHeads(8, 32, 2)
    maps, places = torch.randn(2, 8, 2, 2), torch.zeros(2, 2, 2)
    parts, normals = torch.ones(2, 64, 64), torch.zeros(2, 3, 64, 64)
    normals[:, 2] = -1
    optimizer = torch.optim.Adam(heads.parameters(), 0.05)
    history = []
    for _ in range(30):
        losses = heads.losses(maps, places, parts, normals)
        history.append({name: value.item() for name, value in losses.items()})
        optimizer.zero_grad()
        total(losses).backward()
        optimizer.step()
    assert all(
        history[-1][name] < 0.5 * history[0][name] for name in ("heatmaps", "parts", "normals")
    )


def test_shape_is_left_out_where_it_is_not_known(nets, people):
    truth, seen = _views(nets, people)
    true = body_true(seen, truth.shape)._replace(betas=None, expression=None)
    assert terms(true, true, TaskOptions().weights).keys() == {"points", "picture", "rotations"}
