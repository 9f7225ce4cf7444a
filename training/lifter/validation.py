"""How well a lifter does on bodies it was not trained on, under the noise model; not a measure of real pictures."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from training.lifter.batches import BatchMaker
from training.lifter.body import LANDMARKS, TorchBody
from training.lifter.network import LifterNetwork

SEED: Final = 99
_JOINTS: Final = [16, 17, 18, 19, 20, 21, 1, 2, 4, 5, 7, 8]
_LANDMARKS: Final = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
"""Shoulders, elbows, wrists, hips, knees, ankles: among the joints and among MediaPipe's landmarks."""
_HIPS: Final = slice(6, 8)


@dataclass(frozen=True, slots=True)
class Validation:
    """Mean errors."""

    mpjpe_mm: float
    """Twelve joints about the hips' middle."""
    raw_mpjpe_mm: float
    """The same of the simulated detector's metric landmarks, against the true ones."""
    local_deg: float
    """Parent-relative rotations of joints 1 to 21."""
    root_deg: float
    """The pelvis' rotation."""
    calibration: float
    """Root mean square of rotation errors over the network's own standard deviations: 1 where it knows itself."""
    swaps_found: float
    """Share of exchanged pictures that it doubts."""
    swaps_alarmed: float
    """Share of the others that it doubts."""


@torch.no_grad()
def validate(network: LifterNetwork, maker: BatchMaker, body: TorchBody, count: int) -> Validation:
    """Return the errors on `count` pictures, always the same ones for the same maker."""
    network.eval()
    batch = maker.make(count, torch.Generator().manual_seed(SEED))
    lifted = network(*batch.inputs)
    posed = body(lifted.rotations, lifted.betas)
    kept = ~batch.swapped
    joints = _distances(posed.joints[:, _JOINTS], batch.posed.joints[:, _JOINTS])[kept]
    places = [LANDMARKS.index(landmark) for landmark in _LANDMARKS]
    raw = _distances(batch.inputs.world[:, _LANDMARKS], batch.posed.landmarks[:, places])[kept]
    chords = (lifted.rotations - batch.rotations).square().sum(dim=(2, 3))[kept]
    angles = torch.rad2deg(torch.acos((1 - chords / 4).clamp(-1, 1)))
    surprise = chords / 2 / (3 * lifted.sigmas[kept] ** 2)
    doubted = lifted.swap_logit > 0
    return Validation(
        mpjpe_mm=1e3 * float(joints.mean()),
        raw_mpjpe_mm=1e3 * float(raw.mean()),
        local_deg=float(angles[:, 1:].mean()),
        root_deg=float(angles[:, 0].mean()),
        calibration=float(surprise.mean().sqrt()),
        swaps_found=float(doubted[batch.swapped].float().mean()),
        swaps_alarmed=float(doubted[kept].float().mean()),
    )


def _distances(points: Tensor, true: Tensor) -> Tensor:
    centred = [p - p[:, _HIPS].mean(dim=1, keepdim=True) for p in (points, true)]
    return torch.linalg.vector_norm(centred[0] - centred[1], dim=2)
