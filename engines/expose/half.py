"""Image networks in half precision; what turns their features into rotations stays in single precision."""

from torch import Tensor, nn

from engines.expose.stages import PartNetwork


class HalfPrecision(nn.Module):
    """An image network in float16, from float32 crops to float32 features.

    float16 has as many digits as TensorFloat-32, which GPUs use for float32 networks anyway.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.half()

    def forward(self, crops: Tensor) -> Tensor:
        """Return the features."""
        return self.network(crops.half()).float()


def halve_image_networks(module: nn.Module) -> None:
    """Put every image network in a module into half precision."""
    for part in [each for each in module.modules() if isinstance(each, PartNetwork)]:
        part.backbone = HalfPrecision(part.backbone)
