"""Extra heads that are trained along and then thrown away: heatmaps of joints, body parts, normals.

There is no pretrained image network to start from, as the authors had; these dense targets, free in rendered pictures,
teach one where things are before it can tell rotations.
"""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.types import JOINT_COUNT
from training.expose.losses import is_inside

PART_COUNT: Final = 1 + JOINT_COUNT
"""No person, or the joint that moves the surface most."""
_STRIDE: Final = 8
_SIGMA: Final = 1.5
"""Pixels of the map."""
_WIDTH: Final = 64


class AuxiliaryHeads(nn.Module):
    """From an image network's map to dense answers at 1/8 of the crop's size.

    Args:
        channels: Of the map.
        stride: Its pixels in pixels of the crop.
        points: How many heatmaps.
    """

    def __init__(self, channels: int, stride: int, points: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        while stride > _STRIDE:
            layers += [
                nn.ConvTranspose2d(channels, _WIDTH, 4, 2, 1, bias=False),
                nn.BatchNorm2d(_WIDTH),
                nn.ReLU(inplace=True),
            ]
            channels, stride = _WIDTH, stride // 2
        self.finer = nn.Sequential(*layers)
        self.heatmaps = nn.Conv2d(channels, points, 1)
        self.parts = nn.Conv2d(channels, PART_COUNT, 1)
        self.normals = nn.Conv2d(channels, 3, 1)
        for last in (self.heatmaps, self.parts, self.normals):
            nn.init.normal_(last.weight, std=1e-3)

    def losses(
        self,
        maps: Float[Tensor, "batch channels side side"],
        places: Float[Tensor, "batch points 2"],
        parts: Tensor | None,
        normals: Tensor | None,
    ) -> dict[str, Tensor]:
        """Return the terms by name.

        Args:
            maps: The finest map of the image network.
            places: True points, -1 to 1 over the crop.
            parts: (batch, side, side) true parts, cut out like the crop; None where they are not rendered.
            normals: (batch, 3, side, side) true normals in the axes of the view.
        """
        finer = self.finer(maps)
        found = self.heatmaps(finer).float()
        wanted = _gaussians(places, found.shape[-1])
        losses = {"heatmaps": 20 * (found - wanted).square().mean()}
        if parts is not None:
            smaller = _nearest(parts[:, None].float(), found.shape[-1])[:, 0].long()
            answer = self.parts(finer).float()
            losses["parts"] = 0.1 * nn.functional.cross_entropy(answer, smaller)
        if normals is not None:
            smaller = _nearest(normals, found.shape[-1])
            on_person = smaller.square().sum(dim=1, keepdim=True) > 0.25
            difference = (self.normals(finer).float() - smaller).abs() * on_person
            losses["normals"] = 0.1 * difference.sum() / on_person.sum().clamp_min(1)
        return losses


def _gaussians(places: Tensor, side: int) -> Float[Tensor, "batch points side side"]:
    """Return a bump of height 1 at each point that is in the crop."""
    centre = (places + 1) / 2 * side - 0.5
    steps = torch.arange(side, device=places.device, dtype=places.dtype)
    along = [
        torch.exp(-((steps - centre[..., k, None]) ** 2) / (2 * _SIGMA**2)) for k in (0, 1)
    ]  # (batch, points, side)
    return along[1][..., :, None] * along[0][..., None, :] * is_inside(places)[..., None, None]


def _nearest(maps: Tensor, side: int) -> Tensor:
    return nn.functional.interpolate(maps, (side, side), mode="nearest-exact")
