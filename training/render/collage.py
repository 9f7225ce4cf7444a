"""Puts pictures together: people, what is behind them, other people, and things that hide them. Any device."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.render.rasteriser import Drawn

_FILM: Final = 1.6
"""Exposure that brings a white surface in the mean light to 0.8 of the brightest."""
_DARKEST: Final = 1e-3
_LEAST_SHARE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class CollageOptions:
    """What else is in the picture. Shares are of all pictures, sizes in parts of the picture's side.

    Occluders as in Sarandi et al., How Robust is 3D Human Pose Estimation to Occlusion?, 2018, which pastes objects.
    """

    others_behind: float = 0.2
    """Share with somebody else behind..."""
    others_before: float = 0.12
    """...and with somebody else, cut off, in front."""
    other_size: tuple[float, float] = (0.6, 1.4)
    """Somebody else's size, of his own in his picture."""
    other_aside: tuple[float, float] = (0.35, 0.7)
    """How far aside somebody else stands."""
    things: float = 0.3
    """Share with a thing before the person: an ellipse or a box with another background's texture..."""
    thing_size: tuple[float, float] = (0.04, 0.22)
    """...whose half axes are so long."""
    desks: float = 0.15
    """Share whose lower edge is hidden, as by a desk..."""
    desk: tuple[float, float] = (0.05, 0.3)
    """...up to here."""
    out_of_focus: float = 0.2
    """Share whose background is blurred, as video calls do..."""
    blur_px: int = 9
    """...over about so many pixels of 256."""


class Extras(NamedTuple):
    """What was drawn for `n` pictures; sizes in parts of the side."""

    behind: Float32[np.ndarray, "n 4"]
    """Whether the next picture's person stands behind, his size, and how far he is moved in x and y."""
    before: Float32[np.ndarray, "n 4"]
    """The same for the person of the picture after that, in front."""
    thing: Float32[np.ndarray, "n 7"]
    """Whether there is one, its middle x, y, half axes, angle and squareness (2 ellipse, 8 box)."""
    desk: Float32[np.ndarray, "n 2"]
    """Height, and slope from left to right."""
    blurred: NDArray[np.bool_]
    """Whether the background is."""


class Collage(NamedTuple):
    """Pictures, and what hides people in them."""

    linear: Float[Tensor, "n 3 size size"]
    """RGB in [0, 1] before the display curve."""
    hidden: Float[Tensor, "n size size"]
    """How much of the person each pixel hides behind something else."""


def draw_extras(rng: np.random.Generator, count: int, options: CollageOptions) -> Extras:
    """Return the extras of so many pictures."""

    def some(share: float) -> NDArray[np.bool_]:
        return rng.random(count) < share

    def other(share: float) -> NDArray[np.floating]:
        aside = rng.uniform(*options.other_aside, count) * rng.choice((-1, 1), count)
        size = rng.uniform(*options.other_size, count)
        down = np.abs(rng.normal(0, 0.1, count)) + 0.5 * (
            1 - size
        )  # no cut edge above the lower one
        return np.stack([some(share), size, aside, down], axis=1)

    size = rng.uniform(*options.thing_size, (2, count))
    thing = np.stack(
        [
            some(options.things), *rng.uniform(0.05, 0.95, (2, count)), *size,
            rng.uniform(0, np.pi, count), rng.choice((2, 8), count),
        ],
        axis=1,
    )  # fmt: skip
    desk = some(options.desks) * rng.uniform(*options.desk, count)
    drawn = (
        other(options.others_behind), other(options.others_before), thing,
        np.stack([desk, rng.normal(0, 0.05, count)], axis=1),
    )  # fmt: skip
    behind, before, things, desks = (array.astype(np.float32) for array in drawn)
    return Extras(behind, before, things, desks, some(options.out_of_focus))


def put_together(
    drawn: Drawn,
    behind: Float[Tensor, "n 3 size size"],
    is_panorama: NDArray[np.bool_],
    exposure: NDArray[np.float32],
    extras: Extras,
    options: CollageOptions,
) -> Collage:
    """Return the pictures of people before their backgrounds, with what else is in them.

    Args:
        drawn: The people.
        behind: Backgrounds, linear RGB; of panoramas in the same light as the people.
        is_panorama: Which of them are.
        exposure: Of each picture; 1 brings a white surface in its mean light to 0.8.
        extras: What else there is.
        options: Of the extras.
    """
    device = behind.device
    lit = drawn.light.sum(dim=(1, 2)) / drawn.share.sum(dim=(1, 2)).clamp_min(1)
    factor = _FILM * torch.from_numpy(exposure).to(device) / lit.clamp_min(_DARKEST)
    share = drawn.share[:, None]
    people = _exposed(drawn.colours / share.clamp_min(_LEAST_SHARE), factor) * share
    shown = torch.where(_flags(is_panorama, device), _exposed(behind, factor), behind)
    picture = _out_of_focus(shown, extras.blurred, options)
    picture = _with_other(picture, people, share, extras.behind, 1)[0]
    picture = picture * (1 - share) + people
    hidden = torch.zeros_like(share)
    if len(people) > 2:
        picture, hidden = _with_other(picture, people, share, extras.before, 2)
    cover = _covers(extras, share.shape[-1], device)
    texture = shown.roll(1, dims=0).flip(3)
    picture = picture * (1 - cover) + texture * cover
    return Collage(picture.clamp(0, 1), torch.maximum(hidden, cover)[:, 0])


def _exposed(linear: Tensor, factor: Tensor) -> Tensor:
    """Return what a film that saturates softly records, in [0, 1]."""
    return 1 - torch.exp(-factor[:, None, None, None] * linear)


def _out_of_focus(pictures: Tensor, which: NDArray[np.bool_], options: CollageOptions) -> Tensor:
    if not which.any():
        return pictures
    rows = np.flatnonzero(which)
    size = pictures.shape[-1]
    fewer = max(2, round(256 / options.blur_px))
    blurred = functional.interpolate(pictures[rows], (fewer, fewer), mode="area")
    blurred = functional.interpolate(blurred, (size, size), mode="bicubic").clamp_min(0)
    result = pictures.clone()
    result[rows] = blurred
    return result


def _with_other(
    picture: Tensor, people: Tensor, share: Tensor, other: NDArray[np.float32], shift: int
) -> tuple[Tensor, Tensor]:
    """Return pictures with another picture's person before them, and where he is."""
    hidden = torch.zeros_like(share)
    rows = np.flatnonzero(other[:, 0])
    if not len(rows):
        return picture, hidden
    there = (rows + shift) % len(people)
    inverse = 1 / other[rows, 1]
    matrix = np.zeros((len(rows), 2, 3), np.float32)
    matrix[:, 0, 0] = matrix[:, 1, 1] = inverse
    matrix[:, :, 2] = -2 * other[rows, 2:] * inverse[:, None]
    layer = torch.cat([people[there], share[there]], dim=1)
    where = torch.from_numpy(matrix).to(picture.device)
    grid = functional.affine_grid(where, list(layer.shape), align_corners=False)
    moved = functional.grid_sample(layer, grid, align_corners=False)
    result = picture.clone()
    result[rows] = picture[rows] * (1 - moved[:, 3:]) + moved[:, :3]
    hidden[rows] = moved[:, 3:]
    return result, hidden


def _covers(extras: Extras, size: int, device: torch.device) -> Tensor:
    """Return how much of each pixel things and desks cover (n, 1, size, size)."""
    steps = (torch.arange(size, device=device, dtype=torch.float32) + 0.5) / size
    x, y = steps[None, None, :], steps[None, :, None]
    columns = torch.from_numpy(extras.thing).to(device).T[:, :, None, None]
    there, cx, cy, a, b, angle, power = columns
    u = ((x - cx) * angle.cos() + (y - cy) * angle.sin()) / a
    v = ((y - cy) * angle.cos() - (x - cx) * angle.sin()) / b
    radius = (u.abs() ** power + v.abs() ** power) ** (1 / power)
    thing = there * ((1 - radius) * torch.minimum(a, b) * size + 0.5).clamp(0, 1)
    height, slope = torch.from_numpy(extras.desk).to(device).T[:, :, None, None]
    top = 1 - height - slope * (x - 0.5)
    desk = (height > 0) * ((y - top) * size + 0.5).clamp(0, 1)
    return torch.maximum(thing, desk)[:, None]


def _flags(which: NDArray[np.bool_], device: torch.device) -> Tensor:
    return torch.from_numpy(which).to(device)[:, None, None, None]
