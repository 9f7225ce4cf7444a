"""The hand lifter's network: the body lifter's shape, an encoder and an iterative regressor, on 21 landmarks."""

from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.expose.rotation6d import decode, encode
from engines.landmarks.hand_lifter import NUMBERS
from engines.landmarks.lifter_network import SIGMA_RANGE
from training.lifter.network import Block, NetworkOptions

JOINTS: Final = 16


class LiftedHands(NamedTuple):
    """What the network says of left hands that are seen upright."""

    rotations: Float[Tensor, "batch 16 3 3"]
    """The wrist in the upright frame, then the finger joints relative to their parents."""
    sigmas: Float[Tensor, "batch 16"]
    """Standard deviation of each rotation about each of its axes, radians."""


class HandNetwork(nn.Module):
    """Landmarks in, rotations and their uncertainty out."""

    def __init__(self, options: NetworkOptions, mean_rotations: Float[Tensor, "16 3 3"]) -> None:
        super().__init__()
        width = options.width
        self._iterations = options.iterations
        self.encode = nn.Sequential(
            nn.Linear(NUMBERS, width),
            nn.SiLU(),
            *(Block(width) for _ in range(options.blocks)),
            nn.LayerNorm(width),
        )
        self.correct = nn.Sequential(
            nn.Linear(width + 6 * JOINTS, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            last := nn.Linear(width, 6 * JOINTS),
        )
        self.judge = nn.Linear(width, JOINTS)
        nn.init.normal_(last.weight, std=1e-3)
        nn.init.zeros_(last.bias)
        self.register_buffer("mean", encode(mean_rotations))

    def forward(self, numbers: Float[Tensor, "batch 128"]) -> LiftedHands:
        """Return the hands of `engines.landmarks.hand_lifter.make_upright`."""
        features = self.encode(numbers)
        pose = self.get_buffer("mean").expand(len(features), -1)
        for _ in range(self._iterations):
            pose = pose + self.correct(torch.cat([features, pose], dim=1))
        return LiftedHands(decode(pose), self.judge(features).clamp(*SIGMA_RANGE).exp())
