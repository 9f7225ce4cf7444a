"""The residual blocks of both image networks (He et al., CVPR 2016)."""

from torch import Tensor, nn

from engines.expose.weights import Weights


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a short cut."""

    expansion = 1

    def __init__(
        self, weights: Weights, channels: tuple[int, int], stride: int, shortcut: nn.Module | None
    ) -> None:
        super().__init__()
        width = channels[1]
        self.conv1 = weights.convolution("conv1", channels, 3, norm="bn1", stride=stride)
        self.conv2 = weights.convolution("conv2", (width, width), 3, norm="bn2")
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, width, rows / stride, columns / stride)."""
        y = self.conv2(self.relu(self.conv1(x)))
        return self.relu(y + self.shortcut(x))


class Bottleneck(nn.Module):
    """A 3x3 convolution between two 1x1 ones, beside a short cut; four times as wide outside as inside."""

    expansion = 4

    def __init__(
        self, weights: Weights, channels: tuple[int, int], stride: int, shortcut: nn.Module | None
    ) -> None:
        super().__init__()
        outer, width = channels
        self.conv1 = weights.convolution("conv1", (outer, width), 1, norm="bn1")
        self.conv2 = weights.convolution("conv2", (width, width), 3, norm="bn2", stride=stride)
        self.conv3 = weights.convolution("conv3", (width, 4 * width), 1, norm="bn3")
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, 4 width, rows / stride, columns / stride)."""
        y = self.relu(self.conv2(self.relu(self.conv1(x))))
        return self.relu(self.conv3(y) + self.shortcut(x))
