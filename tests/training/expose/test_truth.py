import math

import torch

from training.expose.crops import CropNoise, body_square, box_square, coarsen, cut_out, turns, vary
from training.expose.truth import truth_of, view


def test_points_are_those_of_the_labels(nets, people):
    batch = people(0)
    truth = truth_of(batch, nets.rig)
    assert truth.points.shape == (4, 127, 3)
    assert torch.allclose(truth.points[:, :55], batch.joints, atol=1e-5)
    assert torch.allclose(truth.pixels[:, :55], batch.keypoints, atol=1e-2)


def test_a_view_is_the_camera_turned_to_the_crop(nets, people):
    truth = truth_of(people(1), nets.rig)
    square = torch.tensor([[10.0, 20.0, 30.0]]).expand(4, -1)
    seen = view(truth, square, torch.tensor([0.0, 0.3, -0.5, 1.0]))
    ray = torch.tensor([10.0 - 32, 20.0 - 32, 64.0])
    assert torch.allclose((ray @ seen.turn.mT)[:, :2], torch.zeros(4, 2), atol=1e-4)
    assert torch.allclose(seen.turned[:, 0], seen.rotations[:, 0], atol=1e-5)
    assert torch.allclose(truth.points @ seen.turn.mT, seen.points)


def test_crops_show_points_at_their_places(nets, people):
    batch = people(2)
    truth = truth_of(batch, nets.rig)
    square = box_square(truth.pixels[:, :22], 1.3)
    angle = torch.tensor([0.0, 0.4, -0.4, 0.2])
    crops = cut_out(batch.images, square, 64, angle)
    places = view(truth, square, angle).places[:, None, :22]
    shown = torch.nn.functional.grid_sample(crops, places, align_corners=False)
    assert shown.amax(dim=1).min() > 0.7  # a bump is there, whatever the turn


def test_corner_aligned_crops_are_the_engines():
    picture = torch.rand(1, 3, 40, 40)
    crop = cut_out(picture, torch.tensor([[19.5, 19.5, 39.0]]), 40, to_corners=True)
    assert torch.allclose(crop, picture, atol=1e-4)  # middles of pixels are whole numbers


def test_upper_squares_end_at_the_hips(nets, people):
    pixels = truth_of(people(0), nets.rig).pixels
    whole = body_square(pixels, 64, torch.zeros(4, dtype=torch.bool))
    upper = body_square(pixels, 64, torch.ones(4, dtype=torch.bool))
    assert (upper[:, 2] < whole[:, 2]).all()


def test_variation_stays_in_its_limits():
    generator = torch.Generator().manual_seed(0)
    noise = CropNoise()
    square = torch.tensor([[50.0, 60.0, 20.0]]).expand(200, -1)
    varied = vary(square, noise, generator)
    assert varied[:, 2].min() >= 20 * (1 - noise.zoom)
    assert varied[:, 2].max() <= 20 * (1 + noise.zoom)
    assert (varied[:, :2] - square[:, :2]).abs().max() <= noise.shift * 20 * (1 + noise.zoom)
    angles = turns(500, noise, generator)
    assert angles.abs().max() <= noise.turn < math.pi / 2
    assert 0.3 < (angles != 0).float().mean() < 0.5


def test_coarse_crops_have_their_size_and_less_detail():
    crops = torch.rand(2, 3, 64, 64)
    coarse = coarsen(crops, CropNoise(), torch.Generator().manual_seed(1))
    assert coarse.shape == crops.shape
    assert coarse.var() < 0.8 * crops.var()
