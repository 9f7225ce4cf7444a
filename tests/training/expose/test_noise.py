import math

import torch

from training.expose.noise import (
    HAND_TURN,
    about,
    hand_start,
    head_start,
    opened_jaws,
    turned_about_own_axis,
)


def _drawn(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    axes = torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=1)
    return axes, about(axes, 0.2 + 2.8 * torch.rand(count, generator=generator))


def _angles(rotations):
    trace = rotations.diagonal(dim1=1, dim2=2).sum(dim=1)
    return torch.acos(((trace - 1) / 2).clamp(-1, 1))


def test_rotations_are_turned_about_their_own_axis():
    axes, rotations = _drawn(300)
    turned = turned_about_own_axis(rotations, HAND_TURN, torch.Generator().manual_seed(1))
    assert torch.allclose(turned @ axes[..., None], axes[..., None], atol=1e-4)
    off = _angles(rotations.mT @ turned)
    assert off.max() <= HAND_TURN + 1e-3
    assert off.max() > 0.9 * HAND_TURN


def test_jaws_open_downwards_by_up_to_45_degrees():
    jaws = opened_jaws(200, torch.Generator().manual_seed(0))
    assert _angles(jaws).max() <= math.pi / 4 + 1e-4
    chin = jaws @ torch.tensor([0.0, 0.0, 1.0])
    assert (chin[:, 1] <= 0).all()


def test_start_vectors_have_the_layout_of_the_networks():
    _, wrists = _drawn(5)
    fingers = _drawn(75)[1].reshape(5, 15, 3, 3)
    camera, generator = torch.zeros(3), torch.Generator().manual_seed(0)
    assert hand_start(wrists, fingers, camera, generator).shape == (5, 109)
    assert head_start(wrists, camera, generator).shape == (5, 35)
