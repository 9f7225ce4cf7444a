import torch
from torch import nn

from training.loop import Loop, LoopOptions

STEPS = 6


def _loop(held, seen):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))

    def losses(_step, generator):
        seen.append((network[1].training, network[1].running_mean.clone()))
        return network(1 + torch.randn(8, 3, generator=generator)).square().mean()

    return Loop(network, losses, LoopOptions(STEPS, 1e-2, warm_up=1, held=held)), network


def test_batch_norms_are_held_in_the_last_steps_and_the_rest_is_trained_on():
    seen = []
    loop, network = _loop(0.5, seen)
    loop.run(3, lambda *_: True)
    before, gain = network[1].running_mean.clone(), network[1].weight.clone()
    loop.run(STEPS, lambda *_: True)
    assert [training for training, _ in seen] == [True] * 3 + [False] * 3
    assert not torch.equal(seen[0][1], before)
    assert torch.equal(network[1].running_mean, before)
    assert not torch.equal(network[1].weight, gain)


def test_batch_norms_are_not_held_unless_asked_for():
    seen = []
    loop, _ = _loop(0.0, seen)
    loop.run(STEPS, lambda *_: True)
    assert all(training for training, _ in seen)
