"""The 6-D rotations of ExPose in torch (Zhou et al., CVPR 2019).

The six numbers are the first two columns of the matrix, written row by row: (R00, R01, R10, R11, R20, R21).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

_TINY = 1e-12


def decode(numbers: Float[Tensor, "*batch count6"]) -> Float[Tensor, "*batch count 3 3"]:
    """Return rotation matrices of consecutive groups of six numbers, by Gram and Schmidt's method."""
    columns = numbers.reshape(*numbers.shape[:-1], -1, 3, 2)
    first = _unit(columns[..., 0])
    second = columns[..., 1]
    second = _unit(second - (first * second).sum(dim=-1, keepdim=True) * first)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=-1)


def encode(rotations: Float[Tensor, "*batch count 3 3"]) -> Float[Tensor, "*batch count6"]:
    """Return the six numbers of each matrix, one after the other."""
    return rotations[..., :2].reshape(*rotations.shape[:-3], -1)


def mirror(rotations: Float[Tensor, "*batch 3 3"]) -> Float[Tensor, "*batch 3 3"]:
    """Return the rotations seen in a mirror that swaps left and right (M R M with M = diag(-1, 1, 1))."""
    signs = rotations.new_tensor([[1.0, -1.0, -1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
    return rotations * signs


def chain_product(
    rotations: Float[Tensor, "batch joints 3 3"], chain: Sequence[int]
) -> Float[Tensor, "batch 3 3"]:
    """Return the product of some joints' rotations, the root's first."""
    product = rotations[:, chain[0]]
    for joint in chain[1:]:
        product = product @ rotations[:, joint]
    return product


def _unit(vectors: Tensor) -> Tensor:
    return vectors / torch.linalg.vector_norm(vectors, dim=-1, keepdim=True).clamp_min(_TINY)
