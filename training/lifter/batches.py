"""Batches to train on: bodies before cameras, as a detector would see them."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from engines.landmarks.swap_repair import MIRRORED
from training.lifter.body import LANDMARKS, Posed, TorchBody
from training.lifter.noise import LandmarkNoise
from training.poses import PoseAugmentation, PoseLibrary

_PLACE: Final = {landmark: n for n, landmark in enumerate(LANDMARKS)}
_OTHER_SIDE: Final = torch.tensor([_PLACE[int(MIRRORED[landmark])] for landmark in LANDMARKS])
_HIPS: Final = [_PLACE[23], _PLACE[24]]
_SHOULDERS: Final = [_PLACE[11], _PLACE[12]]
_ANKLES: Final = [_PLACE[27], _PLACE[28]]
_LEGS: Final = [_PLACE[n] for n in range(25, 33)]
_ARMS: Final = [_PLACE[n] for n in (13, 14, 15, 16, 17, 18, 19, 20)]


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """Cameras and accidents. Angles in radians, shares of all pictures."""

    pitch_mean: float = 0.12
    """Cameras look down by this much..."""
    pitch_spread: float = 0.22
    """...and vary by this much."""
    roll_spread: float = 0.08
    """Most cameras stand nearly upright..."""
    tilted: float = 0.2
    """...but this share of them leans..."""
    tilted_spread: float = 0.3
    """...by this much."""
    distances: tuple[float, float] = (1.2, 7.0)
    """Hips from the camera, in metres; evenly spread on a logarithmic scale."""
    cut_off: float = 0.35
    """Share of pictures that end above the feet: a webcam sees people from the waist up."""
    cut_side: float = 0.1
    """Share with one side of the body out of view."""
    swapped: float = 0.12
    """Share with the whole body's left and right exchanged, and its depth turned over."""
    crossed: float = 0.04
    """Share with the legs, or the arms, exchanged alone."""
    dropped: float = 0.03
    """Share of landmarks that lie anywhere."""
    dropped_m: float = 0.25
    """How far these are off."""
    level_spread: float = 0.3
    """Further spread of the noise level from picture to picture, as a logarithm."""


class Seen(NamedTuple):
    """The lifter's inputs, as the engine's `PersonView` has them."""

    rays: Float[Tensor, "batch 33 2"]
    """x / z and y / z in the camera frame."""
    world: Float[Tensor, "batch 33 3"]
    """Metres about the hips, camera frame."""
    seen: Float[Tensor, "batch 33"]
    """Likelihood that a landmark is in the picture and not hidden."""
    sight: Float[Tensor, "batch 3"]
    """Direction from the camera to the person."""


class Batch(NamedTuple):
    """Pictures and what they show."""

    inputs: Seen
    """What the detector says."""
    rotations: Float[Tensor, "batch 22 3 3"]
    """True parent-relative rotations, the pelvis in the camera frame."""
    betas: Float[Tensor, "batch 10"]
    """True shapes."""
    posed: Posed
    """The true bodies, camera axes, about the pelvis."""
    pelvis: Float[Tensor, "batch 3"]
    """Place of the pelvis in the camera frame, metres."""
    swapped: Bool[Tensor, "batch"]
    """Whether the detector took left for right."""


class BatchMaker:
    """Makes batches; all randomness comes from the generator given."""

    def __init__(
        self, poses: PoseLibrary, body: TorchBody, noise: LandmarkNoise, scene: SceneOptions,
        augmentation: PoseAugmentation,
    ) -> None:  # fmt: skip
        self._poses, self._body, self._noise = poses, body, noise
        self._scene, self._augmentation = scene, augmentation

    def make(self, count: int, generator: torch.Generator) -> Batch:
        """Return a batch; the camera looks straight at the hips, or at the picture's edge nearest to them."""
        rotations = self._poses.draw(count, self._augmentation, generator)
        betas = torch.randn(count, 10, generator=generator).clamp(-2.5, 2.5)
        rotations[:, 0] = self._camera_turns(count, generator) @ rotations[:, 0]
        posed = self._body(rotations, betas)
        hips = posed.landmarks[:, _HIPS].mean(dim=1, keepdim=True)
        low, high = np.log(self._scene.distances)
        depth = torch.exp(low + (high - low) * torch.rand(count, 1, generator=generator))
        pelvis = torch.cat([torch.zeros(count, 2), depth], dim=1) - hips[:, 0]
        inputs, swapped = self._detect(posed, betas, pelvis, generator)
        return Batch(inputs, rotations, betas, posed, pelvis, swapped)

    def _camera_turns(self, count: int, generator: torch.Generator) -> Tensor:
        """Return rotations from the world, y up, to cameras, y down, that look at people from all sides."""
        scene = self._scene
        heading = 2 * torch.pi * torch.rand(count, generator=generator)
        pitch = scene.pitch_mean + scene.pitch_spread * torch.randn(count, generator=generator)
        leans = torch.rand(count, generator=generator) < scene.tilted
        roll = torch.randn(count, generator=generator) * torch.where(
            leans, scene.tilted_spread, scene.roll_spread
        )
        turned_over = torch.diag(torch.tensor([1.0, -1.0, -1.0]))
        return turned_over @ _about(2, roll) @ _about(0, pitch) @ _about(1, heading)

    def _detect(
        self, posed: Posed, betas: Tensor, pelvis: Tensor, generator: torch.Generator
    ) -> tuple[Seen, Tensor]:
        count = len(betas)
        places = posed.landmarks + pelvis[:, None]
        scale = (self._body.mean_stature_m / self._body.statures(betas))[:, None, None]
        depth = places[:, _HIPS].mean(dim=1, keepdim=True)[..., 2:]
        about_hips = (places - places[:, _HIPS].mean(dim=1, keepdim=True)) * scale
        found = self._noise.draw(about_hips, generator, level_spread=self._scene.level_spread)
        true_rays = places[..., :2] / places[..., 2:].clamp(min=0.1)
        rays = true_rays + found.ray_errors / (depth * scale)
        world, rays = self._misplace(found.world, rays, depth, generator)
        inside, sight = self._crop(true_rays, rays, generator)
        seen = found.visibility * inside
        rays, world, seen, swapped = self._exchange(rays, world, seen, generator)
        every = torch.zeros(count, 33, 6)
        every[:, list(LANDMARKS)] = torch.cat([rays, world, seen[..., None]], dim=2)
        return Seen(every[..., :2], every[..., 2:5], every[..., 5], sight), swapped

    def _misplace(
        self, world: Tensor, rays: Tensor, depth: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        off = torch.rand(world.shape[:2], generator=generator) < self._scene.dropped
        errors = (
            self._scene.dropped_m * torch.randn(world.shape, generator=generator) * off[..., None]
        )
        return world + errors, rays + errors[..., :2] / depth

    def _crop(
        self, true_rays: Tensor, rays: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Return which landmarks are in the picture, and where the camera takes the person to be."""
        count = len(rays)
        share = torch.rand(count, generator=generator)
        top, bottom = true_rays[:, _SHOULDERS, 1].mean(dim=1), true_rays[:, _ANKLES, 1].mean(dim=1)
        is_cut = (torch.rand(count, generator=generator) < self._scene.cut_off) & (bottom > top)
        lowest = torch.where(is_cut, top + (0.15 + 0.85 * share) * (bottom - top), torch.inf)
        is_cut = torch.rand(count, generator=generator) < self._scene.cut_side
        aside = torch.quantile(true_rays[..., 0], 0.75, dim=1)
        rightmost = torch.where(is_cut, aside, torch.inf)
        inside = (rays[..., 1] <= lowest[:, None]) & (rays[..., 0] <= rightmost[:, None])
        sight = torch.stack(
            [rightmost.clamp(max=0.0), lowest.clamp(max=0.0), torch.ones(count)], dim=1
        )
        return inside.float(), sight / torch.linalg.vector_norm(sight, dim=1, keepdim=True)

    def _exchange(
        self, rays: Tensor, world: Tensor, seen: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        count = len(rays)
        swapped = torch.rand(count, generator=generator) < self._scene.swapped
        order = torch.arange(len(LANDMARKS)).expand(count, -1).clone()
        order[swapped] = _OTHER_SIDE
        for limbs in (_LEGS, _ARMS):
            crossed = torch.rand(count, generator=generator) < self._scene.crossed
            order[:, limbs] = torch.where(
                crossed[:, None], _OTHER_SIDE[order[:, limbs]], order[:, limbs]
            )
        rows = torch.arange(count)[:, None]
        world = world[rows, order]
        world = torch.where(swapped[:, None, None], world * torch.tensor([1.0, 1.0, -1.0]), world)
        return rays[rows, order], world, seen[rows, order], swapped


def _about(axis: int, angles: Tensor) -> Float[Tensor, "batch 3 3"]:
    """Return rotations about one axis."""
    turns = torch.eye(3).repeat(len(angles), 1, 1)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    cosine, sine = torch.cos(angles), torch.sin(angles)
    turns[:, a, a], turns[:, a, b] = cosine, -sine
    turns[:, b, a], turns[:, b, b] = sine, cosine
    return turns
