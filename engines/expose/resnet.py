"""ResNet-18 to 152 without the classifier, as torchvision names its weights (He et al., CVPR 2016)."""

from typing import Final

from torch import Tensor, nn

from engines.expose.blocks import BasicBlock, Bottleneck
from engines.expose.weights import Weights

_STAGES: Final[dict[str, tuple[type[BasicBlock] | type[Bottleneck], tuple[int, int, int, int]]]] = {
    "resnet18": (BasicBlock, (2, 2, 2, 2)),
    "resnet34": (BasicBlock, (3, 4, 6, 3)),
    "resnet50": (Bottleneck, (3, 4, 6, 3)),
    "resnet101": (Bottleneck, (3, 4, 23, 3)),
    "resnet152": (Bottleneck, (3, 8, 36, 3)),
}
"""Kind of block and number of blocks in each stage."""


class ResNet(nn.Module):
    """Gives the mean over the last map."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        block, counts = _STAGES[name]
        self.stem = nn.Sequential(
            weights.convolution("conv1", (3, 64), 7, norm="bn1", stride=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        )
        stages = []
        channels = 64
        for index, count in enumerate(counts):
            width, stride = 64 * 2**index, 1 if index == 0 else 2
            below = weights.below(f"layer{index + 1}.")
            stages.append(_stage(below, block, (channels, width), count, stride))
            channels = width * block.expansion
        self.stages = nn.Sequential(*stages)
        self.feature_count = channels
        """Width of the answer."""
        self.map_channels = channels
        """Channels of `maps`..."""
        self.map_stride = 32
        """...and its pixels, in pixels of the crop."""

    def maps(self, crops: Tensor) -> tuple[Tensor]:
        """Return the last map, at 1/32."""
        return (self.stages(self.stem(crops)),)

    def pooled(self, maps: tuple[Tensor]) -> Tensor:
        """Return the features (batch, feature_count) of `maps`."""
        return maps[0].mean(dim=(2, 3))

    def forward(self, crops: Tensor) -> Tensor:
        """Return features of normalised crops (batch, 3, side, side)."""
        return self.pooled(self.maps(crops))


def _stage(
    weights: Weights,
    block: type[BasicBlock] | type[Bottleneck],
    channels: tuple[int, int],
    count: int,
    stride: int,
) -> nn.Sequential:
    outer_in, width = channels
    outer = width * block.expansion
    shortcut = None
    if stride != 1 or outer_in != outer:
        shortcut = weights.convolution(
            "0.downsample.0", (outer_in, outer), 1, norm="0.downsample.1", stride=stride
        )
    blocks = [block(weights.below("0."), (outer_in, width), stride, shortcut)]
    blocks += [block(weights.below(f"{k}."), (outer, width), 1, None) for k in range(1, count)]
    return nn.Sequential(*blocks)
