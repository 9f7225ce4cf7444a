"""Rotations in torch that both kinds of network are trained with."""

import torch
from jaxtyping import Float
from torch import Tensor


def turn_to(sight: Tensor) -> Float[Tensor, "batch 3 3"]:
    """Return the smallest rotations from the optical axis to unit directions, as the engines turn."""
    x, y, z = sight.unbind(dim=1)
    k = 1 / (1 + z)
    rows = [
        torch.stack([1 - k * x * x, -k * x * y, x], dim=1),
        torch.stack([-k * x * y, 1 - k * y * y, y], dim=1),
        torch.stack([-x, -y, z], dim=1),
    ]
    return torch.stack(rows, dim=1)
