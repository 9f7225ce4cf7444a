"""What the lifter is trained to: the losses of Choutas et al., ECCV 2020, equations 6 to 9, on landmarks for pixels.

Joints in space and in the picture are compared by absolute differences, rotations and shape by squares. Two terms are
ours: the likelihood of the rotations under the network's own uncertainty, and its doubt about left and right.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from training.lifter.batches import Batch
from training.lifter.body import Posed, TorchBody
from training.lifter.network import Lifted

_LEAST_DEPTH_M = 0.3


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms."""

    joints: float = 5.0
    """Joints about the pelvis, metres."""
    landmarks: float = 5.0
    """Landmarks on the body, metres: hands, feet and face tell turns that joints do not."""
    picture: float = 3.0
    """Joints in the picture, as x / z and y / z times the distance: metres."""
    local: float = 1.0
    """Parent-relative rotations."""
    turned: float = 1.0
    """Rotations in the camera frame."""
    betas: float = 0.02
    """Shape."""
    likelihood: float = 0.05
    """Uncertainty of the rotations; does not change the rotations themselves."""
    swap: float = 0.1
    """Doubt about left and right."""


def total_loss(
    batch: Batch, lifted: Lifted, body: TorchBody, weights: LossWeights
) -> Float[Tensor, ""]:
    """Return the weighted sum of all terms; pictures with left and right exchanged count for the last alone."""
    kept = (~batch.swapped).float()
    kept = kept / kept.sum().clamp(min=1.0)
    posed = body(lifted.rotations, lifted.betas)
    terms = (
        weights.joints * (posed.joints - batch.posed.joints).abs().mean(dim=(1, 2))
        + weights.landmarks * (posed.landmarks - batch.posed.landmarks).abs().mean(dim=(1, 2))
        + weights.picture * _in_picture(posed, batch).abs().mean(dim=(1, 2))
        + weights.local * (lifted.rotations - batch.rotations).square().mean(dim=(1, 2, 3))
        + weights.turned * (posed.rotations - batch.posed.rotations).square().mean(dim=(1, 2, 3))
        + weights.betas * (lifted.betas - batch.betas).square().mean(dim=1)
        + weights.likelihood * _surprise(lifted, batch.rotations)
    )
    swap = torch.nn.functional.binary_cross_entropy_with_logits(
        lifted.swap_logit, batch.swapped.float()
    )
    return (kept * terms).sum() + weights.swap * swap


def _in_picture(posed: Posed, batch: Batch) -> Tensor:
    """Return differences in the picture (batch, 22, 2), metres at the depth of the pelvis, put in its place."""
    depth = batch.pelvis[:, None, 2:]
    rays = [
        (points := joints + batch.pelvis[:, None])[..., :2]
        / points[..., 2:].clamp(min=_LEAST_DEPTH_M)
        for joints in (posed.joints, batch.posed.joints)
    ]
    return (rays[0] - rays[1]) * depth


def _surprise(lifted: Lifted, rotations: Tensor) -> Float[Tensor, "batch"]:
    """Return the negative log likelihood of the true rotations, per joint and axis."""
    squared = (lifted.rotations.detach() - rotations).square().sum(
        dim=(2, 3)
    ) / 2  # about the angle's square
    return (squared / (6 * lifted.sigmas**2) + lifted.sigmas.log()).mean(dim=1)
