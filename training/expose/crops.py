"""Crops of pictures on the device, differentiable in where they are, and how they are varied in training."""

from dataclasses import dataclass
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor

from engines.expose.config import ExposeConfig
from engines.expose.crops import BOX_FACTOR

_SHORTEST_PX: Final = 4.0


@dataclass(frozen=True, slots=True)
class CropNoise:
    """How far crops are off. The shares are of the side of a crop."""

    zoom: float = 0.25
    """Sides are longer or shorter by up to this share."""
    shift: float = 0.1
    """Centres are off by up to this share, in x and in y."""
    turned: float = 0.4
    """Share of body crops that are turned in the picture..."""
    turn: float = 0.52
    """...by up to this, radians."""
    coarsest: float = 4.0
    """Crops of parts are made smaller by up to this, and large again: webcams see small hands."""
    truncated: float = 0.3
    """Share of body crops that show the upper part of the person only."""


STILL: Final = CropNoise(zoom=0, shift=0, turned=0, coarsest=1, truncated=0)
"""Crops as a detector would give them."""


class Normalise:
    """From RGB in [0, 1] to what the networks see."""

    def __init__(self, config: ExposeConfig, device: torch.device) -> None:
        self._mean = torch.tensor(config.mean, device=device)[:, None, None]
        self._std = torch.tensor(config.std, device=device)[:, None, None]

    def __call__(self, images: Tensor) -> Tensor:
        """Return normalised pictures."""
        return (images - self._mean) / self._std


def box_square(pixels: Float[Tensor, "batch points 2"], factor: float) -> Float[Tensor, "batch 3"]:
    """Return centre x, y and side of squares that are `factor` times as large as what they hold."""
    low, high = pixels.amin(dim=1), pixels.amax(dim=1)
    side = factor * (high - low).amax(dim=1, keepdim=True).clamp_min(_SHORTEST_PX)
    return torch.cat([(low + high) / 2, side], dim=1)


def body_square(
    pixels: Float[Tensor, "batch points 2"], size: int, upper: Tensor
) -> Float[Tensor, "batch 3"]:
    """Return the person's square as a detector's box in the picture gives it.

    Args:
        pixels: All points.
        size: Sides of the picture.
        upper: (batch,) True for squares that hold what is above the hips alone.
    """
    inside = pixels.clamp(0, size)
    hips = inside[:, 1:3, 1].mean(dim=1)
    cut = torch.where(upper, hips, torch.full_like(hips, float(size)))
    inside = torch.stack([inside[..., 0], torch.minimum(inside[..., 1], cut[:, None])], dim=2)
    return box_square(inside, BOX_FACTOR)


def vary(
    square: Float[Tensor, "batch 3"], noise: CropNoise, generator: torch.Generator
) -> Float[Tensor, "batch 3"]:
    """Return squares that are moved and zoomed."""
    draw = 2 * torch.rand(len(square), 3, generator=generator).to(square.device) - 1
    side = square[:, 2:] * (1 + noise.zoom * draw[:, 2:])
    return torch.cat([square[:, :2] + noise.shift * side * draw[:, :2], side], dim=1)


def turns(count: int, noise: CropNoise, generator: torch.Generator) -> Float[Tensor, "count"]:
    """Return angles that crops are turned by."""
    is_turned = torch.rand(count, generator=generator) < noise.turned
    return is_turned * noise.turn * (2 * torch.rand(count, generator=generator) - 1)


def cut_out(
    images: Float[Tensor, "batch 3 size size"],
    square: Float[Tensor, "batch 3"],
    crop_size: int,
    angle: Tensor | None = None,
    *,
    to_corners: bool = False,
    mode: str = "bilinear",
) -> Float[Tensor, "batch 3 side side"]:
    """Return crops; zero outside the picture.

    Args:
        images: Pictures; body crops are cut before normalising, parts after, as ExPose does.
        square: Centre x, y and side in pixels.
        crop_size: Pixels of the crops.
        angle: (batch,) radians that they are turned by.
        to_corners: As ExPose cuts parts: the outermost pixels lie on the corners of the square, and the middle of a
            picture's pixel is a whole number; else half a pixel in, and half.
        mode: `bilinear` or, for labels, `nearest`.
    """
    steps = torch.arange(crop_size, device=images.device, dtype=torch.float32)
    steps = steps / (crop_size - 1) if to_corners else (steps + 0.5) / crop_size
    steps = 2 * steps - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    grid = torch.stack([x, y], dim=2).expand(len(images), -1, -1, -1)
    if angle is not None:
        cosine, sine = torch.cos(angle), torch.sin(angle)
        plane = torch.stack([cosine, -sine, sine, cosine], dim=1).reshape(-1, 1, 1, 2, 2)
        grid = (plane @ grid[..., None])[..., 0]
    pixels = grid * (square[:, None, None, 2:] / 2) + square[:, None, None, :2]
    if to_corners:
        pixels = pixels + 0.5
    height, width = images.shape[2:]
    scale = pixels.new_tensor([2 / width, 2 / height])
    return torch.nn.functional.grid_sample(
        images, pixels * scale - 1, mode=mode, padding_mode="zeros", align_corners=False
    )


def coarsen(
    crops: Float[Tensor, "batch 3 side side"], noise: CropNoise, generator: torch.Generator
) -> Float[Tensor, "batch 3 side side"]:
    """Return crops that are made smaller and large again, all of a batch by the same factor."""
    factor = 1 + (noise.coarsest - 1) * float(torch.rand(1, generator=generator)) ** 2
    side = max(8, round(crops.shape[-1] / factor))
    if side >= crops.shape[-1]:
        return crops
    resize = torch.nn.functional.interpolate
    small = resize(crops, (side, side), mode="bilinear", antialias=True, align_corners=False)
    return resize(small, crops.shape[-2:], mode="bilinear", align_corners=False)
