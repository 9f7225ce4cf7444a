"""What the hand lifter is trained to: rotations, landmarks in space, and the likelihood of its own uncertainty.

Rotations and landmarks as Choutas et al., ECCV 2020, equations 6 to 9, have them for hands.
"""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from training.hands.examples import HandBatch
from training.hands.network import LiftedHands
from training.lifter.body import TorchBody


@dataclass(frozen=True, slots=True)
class HandLossWeights:
    """Weights of the terms."""

    fingers: float = 4.0
    """Parent-relative rotations of the finger joints, by the size of the error..."""
    wrist: float = 1.0
    """...and the wrist's."""
    turned: float = 1.0
    """Rotations of all joints in the camera's frame."""
    landmarks: float = 20.0
    """Landmarks about the wrist, metres."""
    likelihood: float = 0.05
    """Uncertainty of the rotations; does not change the rotations themselves."""


def hand_loss(
    batch: HandBatch, lifted: LiftedHands, body: TorchBody, weights: HandLossWeights
) -> Float[Tensor, ""]:
    """Return the weighted sum of all terms."""
    posed, true = body(lifted.rotations, batch.betas), body(batch.rotations, batch.betas)
    squared = (lifted.rotations - batch.rotations).square().sum(dim=(2, 3))
    chords = (squared + 1e-4).sqrt()
    turned = ((posed.rotations - true.rotations).square().sum(dim=(2, 3)) + 1e-4).sqrt()
    surprise = squared.detach() / 2 / (6 * lifted.sigmas**2) + lifted.sigmas.log()
    return (
        weights.fingers * chords[:, 1:].mean()
        + weights.wrist * chords[:, 0].mean()
        + weights.turned * turned.mean()
        + weights.landmarks * (posed.landmarks - true.landmarks).abs().mean()
        + weights.likelihood * surprise.mean()
    )
