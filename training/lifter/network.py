"""The lifter's network: an encoder of landmarks and an iterative regressor, as ExPose's body network has it.

Choutas et al., ECCV 2020, section 3.2 and equation 2: the parameters start from their mean and are corrected several
times by the same layers, which see the features and the parameters so far. Here the features come from landmarks.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.expose.rotation6d import decode, encode
from engines.landmarks.attachments import BODY_LANDMARKS
from engines.landmarks.lifter_network import ITERATIONS, LEAST_SEEN, LEAST_SPREAD, SIGMA_RANGE
from training.lifter.batches import Seen
from training.turns import turn_to

JOINTS: Final = 22
_NUMBERS: Final = 6 * JOINTS + 10


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Size of the network."""

    width: int = 384
    """Numbers in each hidden layer."""
    blocks: int = 2
    """Residual blocks of the encoder."""
    iterations: int = ITERATIONS
    """Corrections by the regressor; the body's lifter in the engine makes as many as the default."""


class Lifted(NamedTuple):
    """What the network says."""

    rotations: Float[Tensor, "batch 22 3 3"]
    """Parent-relative rotations, the pelvis in the camera frame."""
    betas: Float[Tensor, "batch 10"]
    """Body shape."""
    sigmas: Float[Tensor, "batch 22"]
    """Standard deviation of each rotation about each of its axes, radians."""
    swap_logit: Float[Tensor, "batch"]
    """Positive where left and right are likely exchanged."""


class Block(nn.Module):
    """A residual block of two layers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features, corrected."""
        inner: Tensor = self.second(nn.functional.silu(self.first(self.norm(x))))
        return x + inner


class LifterNetwork(nn.Module):
    """Landmarks in, rotations, shape, their uncertainty and a doubt about left and right out."""

    def __init__(self, options: NetworkOptions, mean_rotations: Float[Tensor, "22 3 3"]) -> None:
        super().__init__()
        width = options.width
        self._iterations = options.iterations
        self.encode = nn.Sequential(
            nn.Linear(6 * len(BODY_LANDMARKS) + 1, width),
            nn.SiLU(),
            *(Block(width) for _ in range(options.blocks)),
            nn.LayerNorm(width),
        )
        self.correct = nn.Sequential(
            nn.Linear(width + _NUMBERS, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, _NUMBERS),
        )
        self.judge = nn.Linear(width, JOINTS + 1)
        last = self.correct[-1]
        assert isinstance(last, nn.Linear)
        nn.init.normal_(last.weight, std=1e-3)
        nn.init.zeros_(last.bias)
        mean = torch.cat([encode(mean_rotations), torch.zeros(10)])
        self.register_buffer("mean", mean)
        self.register_buffer("landmarks", torch.tensor(list(BODY_LANDMARKS)), persistent=False)

    def forward(self, rays: Tensor, world: Tensor, seen: Tensor, sight: Tensor) -> Lifted:
        """Return the body of each picture; the arguments are the fields of `Seen`."""
        turn = turn_to(sight)
        features = self.encode(self._features(Seen(rays, world, seen, sight), turn))
        numbers = self.get_buffer("mean").expand(len(features), -1)
        for _ in range(self._iterations):
            numbers = numbers + self.correct(torch.cat([features, numbers], dim=1))
        rotations = decode(numbers[:, : 6 * JOINTS])
        root = turn @ rotations[:, 0]
        judged = self.judge(features)
        return Lifted(
            torch.cat([root[:, None], rotations[:, 1:]], dim=1),
            numbers[:, 6 * JOINTS :],
            judged[:, :JOINTS].clamp(*SIGMA_RANGE).exp(),
            judged[:, JOINTS],
        )

    def _features(self, inputs: Seen, turn: Tensor) -> Tensor:
        """Return the landmarks in the sight frame, those not seen blanked; rays about their middle, of unit spread."""
        used = self.get_buffer("landmarks")
        seen = inputs.seen[:, used]
        gate = (seen / LEAST_SEEN).clamp(max=1.0)[..., None]
        world = inputs.world[:, used] @ turn
        rays = torch.cat([inputs.rays[:, used], torch.ones_like(world[..., :1])], dim=2) @ turn
        rays = rays[..., :2] / rays[..., 2:].clamp(min=0.1)
        weight = gate / gate.sum(dim=1, keepdim=True).clamp(min=1e-3)
        rays = rays - (weight * rays).sum(dim=1, keepdim=True)
        spread = (weight * rays**2).sum(dim=(1, 2), keepdim=True).clamp(min=LEAST_SPREAD**2).sqrt()
        parts = [gate * rays / spread, gate * world, seen[..., None]]
        return torch.cat([torch.cat(parts, dim=2).flatten(1), spread[:, 0].log()], dim=1)
