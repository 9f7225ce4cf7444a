"""Layers with folded batch norms and split weights against plain torch."""

from pathlib import Path

import pytest
import torch
from torch import nn

from engines.expose.blocks import BasicBlock, Bottleneck
from engines.expose.config import BranchConfig, MlpConfig
from engines.expose.iteration import IterativeRegressor
from engines.expose.resnet import ResNet
from engines.expose.weights import Weights

CHECKPOINT = Path("model.ckpt")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    with torch.no_grad():
        yield


def lively(module):
    """Give every batch norm statistics that matter."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.3, 3)
            layer.weight.uniform_(0.3, 2)
            layer.bias.normal_()
    return module.eval()


def weights_of(module):
    return Weights(module.state_dict(), CHECKPOINT)


@pytest.mark.parametrize("has_bias", [False, True])
def test_batch_norm_is_folded(has_bias):
    plain = lively(nn.Sequential(nn.Conv2d(5, 7, 3, 2, 1, bias=has_bias), nn.BatchNorm2d(7)))
    folded = weights_of(plain).convolution("0", (5, 7), 3, norm="1", stride=2, has_bias=has_bias)
    x = torch.randn(2, 5, 9, 9)
    assert torch.allclose(folded(x), plain(x), atol=1e-5)


class Plain(nn.Module):
    """A residual block as the papers write it."""

    def __init__(self, sizes, shortcut=None):
        super().__init__()
        self.count = len(sizes)
        for k, (channels_in, channels_out, kernel, stride) in enumerate(sizes, start=1):
            conv = nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False)
            setattr(self, f"conv{k}", conv)
            setattr(self, f"bn{k}", nn.BatchNorm2d(channels_out))
        self.downsample = shortcut

    def forward(self, x):
        y = x
        for k in range(1, self.count + 1):
            y = getattr(self, f"bn{k}")(getattr(self, f"conv{k}")(y))
            y = torch.relu(y) if k < self.count else y
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


def test_basic_block():
    plain = lively(Plain([(6, 6, 3, 1), (6, 6, 3, 1)]))
    x = torch.randn(1, 6, 8, 8)
    assert torch.allclose(BasicBlock(weights_of(plain), (6, 6), 1, None)(x), plain(x), atol=1e-5)


def test_bottleneck_with_short_cut():
    shortcut = nn.Sequential(nn.Conv2d(6, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
    plain = lively(Plain([(6, 4, 1, 1), (4, 4, 3, 2), (4, 16, 1, 1)], shortcut))
    weights = weights_of(plain)
    folded = weights.convolution("downsample.0", (6, 16), 1, norm="downsample.1", stride=2)
    x = torch.randn(1, 6, 8, 8)
    assert torch.allclose(Bottleneck(weights, (6, 4), 2, folded)(x), plain(x), atol=1e-5)


@pytest.mark.parametrize(("name", "entries"), [("resnet18", 100), ("resnet50", 265)])
def test_resnets_take_their_entries(name, entries):
    seen = Recorder()
    network = ResNet(seen, name)
    assert len(seen.keys) == entries  # without num_batches_tracked, which nothing reads
    assert network(torch.zeros(1, 3, 64, 64)).shape == (1, network.feature_count)


class Recorder(Weights):
    """Weights that have whatever is asked for."""

    def __init__(self, prefix="", keys=None):
        super().__init__({}, CHECKPOINT, prefix)
        self.prefix = prefix
        self.keys = set() if keys is None else keys

    def below(self, prefix):
        return Recorder(self.prefix + prefix, self.keys)

    def tensor(self, key, *shape):
        self.keys.add(self.prefix + key)
        return torch.ones(shape) * 0.01


@pytest.mark.parametrize("activation", ["none", "relu", "leaky-relu"])
@pytest.mark.parametrize("norm", ["none", "bn", "ln"])
def test_iteration(activation, norm):
    layer = {"none": [], "relu": [nn.ReLU()], "leaky-relu": [nn.LeakyReLU(0.1)]}[activation]
    last = {"none": [], "bn": [nn.BatchNorm1d(8)], "ln": [nn.LayerNorm(8)]}[norm]
    plain = nn.ModuleDict(
        {
            "layer_000": nn.Sequential(nn.Linear(5 + 3, 8, bias=norm == "none"), *layer, *last),
            "output_layer": nn.Linear(8, 3),
        }
    )
    lively(plain)
    mlp = MlpConfig((8,), activation, 0.1, norm)
    branch = BranchConfig("resnet18", 64, 3, mlp)
    regressor = IterativeRegressor(weights_of(plain), branch, 5, 3)
    features, parameters = torch.randn(4, 5), torch.randn(4, 3)
    answers = regressor(features, parameters)
    for answer in answers:
        hidden = plain["layer_000"](torch.cat([features, parameters], dim=1))
        parameters = parameters + plain["output_layer"](hidden)
        assert torch.allclose(answer, parameters, atol=1e-5)
