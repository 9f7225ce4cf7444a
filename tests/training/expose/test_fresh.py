"""Trained layers are the engine's: the same modules, the same names, the same answers once batch norms are folded."""

from pathlib import Path

import pytest
import torch
from torch import nn

from engines.expose.config import BranchConfig, MlpConfig
from engines.expose.hrnet import HRNet
from engines.expose.stages import PartNetwork
from engines.expose.weights import Weights
from training.expose.fresh import FreshWeights, read, written

MLP = MlpConfig((8, 8), "relu", 0.2, "none")
BRANCHES = {
    "resnet18": BranchConfig("resnet18", 32, 2, MLP),
    "hrnet": BranchConfig("hrnet", 32, 2, MLP, width=4, feature_count=16),
}


def lively(module):
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean, std=0.1)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.uniform_(layer.weight, 0.5, 1.5)
    return module.eval()


@pytest.mark.parametrize("backbone", BRANCHES)
def test_what_is_written_gives_the_engine_the_same_answers(backbone):
    torch.manual_seed(0)
    fresh = FreshWeights({})
    trained = lively(PartNetwork(fresh, BRANCHES[backbone], 7))
    weights = Weights(written(fresh.book), Path("model.ckpt"))
    folded = PartNetwork(weights, BRANCHES[backbone], 7).eval()
    crops, start = torch.randn(2, 3, 32, 32), torch.randn(2, 7)
    with torch.no_grad():
        assert torch.allclose(folded(crops, start), trained(crops, start), rtol=1e-3, atol=1e-4)


def test_what_is_written_can_be_read_into_other_layers():
    first, second = FreshWeights({}), FreshWeights({})
    for fresh in (first, second):
        PartNetwork(fresh, BRANCHES["hrnet"], 7)
    read(second.book, written(first.book))
    mine, other = written(first.book), written(second.book)
    assert all(torch.equal(mine[name], other[name]) for name in mine)


def test_the_book_has_the_names_of_the_authors():
    fresh = FreshWeights({})
    HRNet(fresh.below("backbone."), 4, 16)
    assert {
        "backbone.conv1.weight",
        "backbone.bn2.running_var",
        "backbone.layer1.0.downsample.1.bias",
        "backbone.transition1.1.0.0.weight",
        "backbone.stage2.0.fuse_layers.1.0.0.1.weight",
        "backbone.stage3.3.branches.2.3.conv2.weight",
        "backbone.subsample_3.3.bias",
        "backbone.conv_layers.4.downsample.weight",
    } <= fresh.book.keys()
