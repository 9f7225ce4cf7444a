"""What the networks are trained to: the losses of Choutas et al., ECCV 2020, equations 6 to 12.

    all  = body + hand + face + hand crops + face crop                            (6)
    body = re-projection + points in space + parameters                           (7)
    points in space: absolute differences (8), parameters: squares (9), re-projection: absolute differences where the
    point is seen (10); hand and face have the same terms for their own points (11) and, since they are small in the
    body crop, a re-projection in the coordinates of their own crops (12).

Points in space are taken about a joint: the pelvis, the wrist, the head. The truth is exact here, so hidden points
count too, as long as they lie in the crop.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

MM: Final = 1e3
_MARGIN: Final = 1.1
"""Points count in the picture up to this many half-widths from the middle of a crop."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms."""

    picture: float = 2.0
    """Re-projection: half-widths of the crop."""
    points: float = 10.0
    """Points in space, metres."""
    rotations: float = 1.0
    """Rotation matrices."""
    betas: float = 0.02
    """Shape."""
    expression: float = 0.02
    """Expression."""
    part_points: float = 20.0
    """Points of hands and head about wrist and head joint, metres."""
    part_picture: float = 1.0
    """Re-projection in the crops of hands and head."""


class Found(NamedTuple):
    """What a network says, or what is true, about one set of points and parameters."""

    points: Float[Tensor, "batch points 3"]
    """Metres."""
    places: Float[Tensor, "batch points 2"]
    """In the crop, -1 to 1."""
    rotations: Float[Tensor, "batch joints 3 3"]
    """Those that are trained."""
    betas: Float[Tensor, "batch betas"] | None
    """None where shape is not trained."""
    expression: Float[Tensor, "batch expression"] | None
    """None where expression is not trained."""


def terms(
    found: Found, true: Found, weights: LossWeights, *, is_part: bool = False
) -> dict[str, Tensor]:
    """Return the weighted terms of one network by name; the first point is what the others are about."""
    about = [each.points - each.points[:, :1] for each in (found, true)]
    points = weights.part_points if is_part else weights.points
    losses = {
        "points": points * (about[0] - about[1]).abs().mean(),
        "picture": weights.picture * in_picture(found.places, true.places),
        "rotations": weights.rotations
        * (found.rotations - true.rotations).square().sum((2, 3)).mean(),
    }
    for name, factor in (("betas", weights.betas), ("expression", weights.expression)):
        of_found, of_true = getattr(found, name), getattr(true, name)
        if of_found is not None and of_true is not None:
            losses[name] = factor * (of_found - of_true).square().mean()
    return losses


def in_picture(
    places: Float[Tensor, "batch points 2"], true: Float[Tensor, "batch points 2"]
) -> Float[Tensor, ""]:
    """Return the mean absolute difference of the points whose true place is in the crop."""
    seen = is_inside(true)
    difference = (places - true).abs().mean(dim=2) * seen
    return difference.sum() / seen.sum().clamp_min(1)


def is_inside(places: Float[Tensor, "batch points 2"]) -> Bool[Tensor, "batch points"]:
    """Return which points are in the crop."""
    return (places.abs() < _MARGIN).all(dim=2)


def total(losses: dict[str, Tensor]) -> Float[Tensor, ""]:
    """Return the sum of all terms."""
    return torch.stack(list(losses.values())).sum()


def joint_error_mm(found: Tensor, true: Tensor) -> float:
    """Return the mean distance of points (batch, points, 3) about the first of them, millimetres."""
    about = [points - points[:, :1] for points in (found, true)]
    return MM * float(torch.linalg.vector_norm(about[0] - about[1], dim=2).mean())
