"""HRNet as ExPose runs it (Wang et al., PAMI 2020), W48 or narrower: stage 4 is in the checkpoint but never runs.

The features are the inputs of stage 4 but the finest, brought to one size, put together and averaged.
"""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, cat, nn

from engines.expose.blocks import BasicBlock, Bottleneck
from engines.expose.weights import Weights

Widths = tuple[int, int, int, int]
"""Channels of the branches, finest first; each has half the resolution of the one before."""


class HRNet(nn.Module):
    """Gives `feature_count` features.

    Args:
        weights: Where the layers come from.
        width: Channels of the finest branch: 48 in the authors' release.
        feature_count: 2048 in the authors' release.
    """

    def __init__(self, weights: Weights, width: int = 48, feature_count: int = 2048) -> None:
        super().__init__()
        self.feature_count = feature_count
        """Width of the answer."""
        widths = (width, 2 * width, 4 * width, 8 * width)
        self.map_channels = widths[1]
        """Channels of the finest of `maps`..."""
        self.map_stride = 8
        """...and its pixels, in pixels of the crop."""
        self.stem = nn.Sequential(
            weights.convolution("conv1", (3, 64), 3, norm="bn1", stride=2),
            nn.ReLU(inplace=True),
            weights.convolution("conv2", (64, 64), 3, norm="bn2", stride=2),
            nn.ReLU(inplace=True),
        )
        self.layer1 = _first_layer(weights.below("layer1."))
        self.transition1 = nn.ModuleList(
            [
                _new_branch(weights, "transition1.0.0", "transition1.0.1", (256, widths[0]), 1),
                _new_branch(weights, "transition1.1.0.0", "transition1.1.0.1", (256, widths[1]), 2),
            ]
        )
        self.stage2 = _Module(weights.below("stage2.0."), widths, branches=2, outputs=(0, 1))
        self.transition2 = _new_branch(
            weights, "transition2.2.0.0", "transition2.2.0.1", widths[1:3], 2
        )
        # nothing reads the finest output of the last module
        self.stage3 = nn.ModuleList(
            [
                _Module(weights.below(f"stage3.{k}."), widths, branches=3, outputs=outputs)
                for k, outputs in enumerate([(0, 1, 2), (0, 1, 2), (0, 1, 2), (1, 2)])
            ]
        )
        self.transition3 = _new_branch(
            weights, "transition3.3.0.0", "transition3.3.0.1", widths[2:], 2
        )
        self.subsample_3 = _subsample(weights.below("subsample_3."), widths[1:])
        self.subsample_2 = _subsample(weights.below("subsample_2."), widths[2:])
        self.conv_layers = _last_layers(weights.below("conv_layers."), 3 * widths[3], feature_count)

    def maps(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three coarser inputs of stage 4, at 1/8, 1/16 and 1/32: 96, 192 and 384 channels for W48."""
        x = self.layer1(self.stem(crops))
        fine, middle = self.stage2([branch(x) for branch in self.transition1])
        maps = [fine, middle, self.transition2(middle)]
        for module in self.stage3:
            maps = module(maps)
        middle, coarse = maps
        return middle, coarse, self.transition3(coarse)

    def pooled(self, maps: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Return the features (batch, feature_count) of `maps`."""
        middle, coarse, coarsest = maps
        together = cat([self.subsample_3(middle), self.subsample_2(coarse), coarsest], dim=1)
        return self.conv_layers(together).mean(dim=(2, 3))

    def forward(self, crops: Tensor) -> Tensor:
        """Return features of normalised crops (batch, 3, side, side); the side a multiple of 32."""
        return self.pooled(self.maps(crops))


class _Module(nn.Module):
    """Four residual blocks on each branch, then each output takes from all branches."""

    def __init__(
        self, weights: Weights, widths: Widths, branches: int, outputs: Sequence[int]
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [_branch(weights.below(f"branches.{b}."), widths[b]) for b in range(branches)]
        )
        self.fusions = nn.ModuleList(
            [_Fusion(weights.below(f"fuse_layers.{i}."), widths[:branches], i) for i in outputs]
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        maps = [branch(x) for branch, x in zip(self.branches, maps, strict=True)]
        return [fusion(maps) for fusion in self.fusions]


class _Fusion(nn.Module):
    """The sum of all branches, brought to the size and width of one."""

    def __init__(self, weights: Weights, widths: Sequence[int], output: int) -> None:
        super().__init__()
        self.bridges = nn.ModuleList(
            [_bridge(weights.below(f"{j}."), widths, output, j) for j in range(len(widths))]
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        first, *others = [bridge(x) for bridge, x in zip(self.bridges, maps, strict=True)]
        for other in others:
            first = first + other
        return self.relu(first)


def _branch(weights: Weights, width: int) -> nn.Sequential:
    blocks = [BasicBlock(weights.below(f"{k}."), (width, width), 1, None) for k in range(4)]
    return nn.Sequential(*blocks)


def _bridge(weights: Weights, widths: Sequence[int], i: int, j: int) -> nn.Module:
    """Return what brings branch `j` to the size and width of branch `i`."""
    if i == j:
        return nn.Identity()
    if j > i:
        return nn.Sequential(
            weights.convolution("0", (widths[j], widths[i]), 1, norm="1"),
            nn.Upsample(scale_factor=2 ** (j - i), mode="nearest"),
        )
    steps: list[nn.Module] = []
    for k in range(i - j):
        last = k == i - j - 1
        channels = (widths[j], widths[i] if last else widths[j])
        steps.append(weights.convolution(f"{k}.0", channels, 3, norm=f"{k}.1", stride=2))
        if not last:
            steps.append(nn.ReLU(inplace=True))
    return nn.Sequential(*steps)


def _first_layer(weights: Weights) -> nn.Sequential:
    shortcut = weights.convolution("0.downsample.0", (64, 256), 1, norm="0.downsample.1")
    blocks = [Bottleneck(weights.below("0."), (64, 64), 1, shortcut)]
    blocks += [Bottleneck(weights.below(f"{k}."), (256, 64), 1, None) for k in range(1, 4)]
    return nn.Sequential(*blocks)


def _new_branch(
    weights: Weights, conv: str, norm: str, channels: tuple[int, int], stride: int
) -> nn.Sequential:
    return nn.Sequential(
        weights.convolution(conv, channels, 3, norm=norm, stride=stride), nn.ReLU(inplace=True)
    )


def _subsample(weights: Weights, widths: Sequence[int]) -> nn.Sequential:
    """Return one halving for each step of the widths."""
    layers: list[nn.Module] = []
    for k, channels in enumerate(pairwise(widths)):
        conv, norm = str(3 * k), str(3 * k + 1)
        layers.append(weights.convolution(conv, channels, 3, norm=norm, stride=2, has_bias=True))
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def _last_layers(weights: Weights, outer: int, feature_count: int) -> nn.Sequential:
    """Return five bottlenecks, each with a bare convolution as its short cut."""
    blocks = []
    for k in range(5):
        shortcut = weights.convolution(f"{k}.downsample", (outer, feature_count), 1)
        inner = feature_count // Bottleneck.expansion
        blocks.append(Bottleneck(weights.below(f"{k}."), (outer, inner), 1, shortcut))
        outer = feature_count
    return nn.Sequential(*blocks)
