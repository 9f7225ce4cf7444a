"""Where the part networks start from in their own training: the truth, worsened as the paper's supplement does.

There is no body network yet whose answer they would start from. Global rotations are turned about the truth's own axis
by up to 90 degrees for hands and 45 for heads, the jaw is opened by up to 45 degrees, shape and expression are normal
numbers. Fingers start from another picture's fingers: the same distribution as the training poses, for which the
authors take random points of a PCA space.
"""

import math
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from engines.expose.rotation6d import encode

HAND_TURN: Final = math.pi / 2
HEAD_TURN: Final = math.pi / 4
JAW_OPEN: Final = math.pi / 4
"""Radians."""
FROM_MEAN: Final = 0.2
"""Share of starts that are the mean: so that the part networks also know pictures that show nothing else."""


def some_from_mean(
    starts: Float[Tensor, "batch parameters"],
    mean: Float[Tensor, "1 parameters"],
    generator: torch.Generator,
) -> Float[Tensor, "batch parameters"]:
    """Return start vectors of which some are the mean."""
    is_mean = torch.rand(len(starts), 1, generator=generator) < FROM_MEAN
    return torch.where(is_mean.to(starts.device), mean.to(starts.device), starts)


def turned_about_own_axis(
    rotations: Float[Tensor, "batch 3 3"], largest: float, generator: torch.Generator
) -> Float[Tensor, "batch 3 3"]:
    """Return rotations turned by up to `largest` radians about the axis that they have themselves."""
    axis = _axes(rotations)
    angle = largest * (2 * torch.rand(len(rotations), generator=generator) - 1)
    return about(axis, angle.to(rotations.device)) @ rotations


def opened_jaws(count: int, generator: torch.Generator) -> Float[Tensor, "batch 3 3"]:
    """Return jaws that are open by 0 to 45 degrees."""
    axis = torch.tensor([1.0, 0.0, 0.0]).expand(count, 3)
    return about(axis, JAW_OPEN * torch.rand(count, generator=generator))


def hand_start(
    wrist: Float[Tensor, "batch 3 3"],
    fingers: Float[Tensor, "batch 15 3 3"],
    camera: Float[Tensor, "3"],
    generator: torch.Generator,
) -> Float[Tensor, "batch hand"]:
    """Return start vectors of the hand network for true wrists (global) and fingers."""
    count = len(wrist)
    others = torch.randperm(count, generator=generator)
    near = turned_about_own_axis(wrist, HAND_TURN, generator)
    betas = torch.randn(count, 10, generator=generator).to(wrist.device)
    parts = [encode(near[:, None]), encode(fingers[others]), betas, camera.expand(count, -1)]
    return torch.cat(parts, dim=1)


def head_start(
    neck: Float[Tensor, "batch 3 3"],
    camera: Float[Tensor, "3"],
    generator: torch.Generator,
) -> Float[Tensor, "batch head"]:
    """Return start vectors of the head network for true necks (global)."""
    count = len(neck)
    near = turned_about_own_axis(neck, HEAD_TURN, generator)
    jaw = opened_jaws(count, generator).to(neck.device)
    shape = torch.randn(count, 20, generator=generator).to(neck.device)
    parts = [encode(near[:, None]), encode(jaw[:, None]), shape, camera.expand(count, -1)]
    return torch.cat(parts, dim=1)


def about(axis: Float[Tensor, "batch 3"], angle: Float[Tensor, "batch"]) -> Tensor:
    """Return rotations (batch, 3, 3) by angles about unit axes (Rodrigues)."""
    x, y, z = axis.unbind(dim=1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=1).reshape(-1, 3, 3)
    sine, cosine = torch.sin(angle)[:, None, None], torch.cos(angle)[:, None, None]
    return torch.eye(3, device=axis.device) + sine * cross + (1 - cosine) * (cross @ cross)


def _axes(rotations: Tensor) -> Float[Tensor, "batch 3"]:
    """Return the unit axes of rotations: of (R + R^T + (1 - trace) I), all columns lie along it."""
    trace = rotations.diagonal(dim1=1, dim2=2).sum(dim=1)
    symmetric = rotations + rotations.mT
    symmetric = symmetric + (1 - trace)[:, None, None] * torch.eye(3, device=rotations.device)
    longest = symmetric.square().sum(dim=1).argmax(dim=1)
    column = symmetric[torch.arange(len(rotations), device=rotations.device), :, longest]
    return torch.nn.functional.normalize(column + 1e-9, dim=1)
