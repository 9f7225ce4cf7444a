"""The joint training: hands and head are cut out where the body network says, and all three learn from the whole body.

The crops come from the full picture by bilinear sampling, so what hand and head network get wrong teaches the body
network where to look (Choutas et al., ECCV 2020, section 3.3).
"""

import torch
from torch import Tensor, nn

from engines.expose.attention import HEAD_POINTS, LEFT_HAND_POINTS, RIGHT_HAND_POINTS
from engines.expose.stages import BodyAnswer, Merged, project
from engines.types import BETA_COUNT
from training.expose.crops import Normalise, body_square, cut_out, vary
from training.expose.losses import Found, in_picture
from training.expose.networks import ExposeNetworks
from training.expose.tasks import (
    ImageRunner,
    TaskOptions,
    body_found,
    body_terms,
    body_true,
    channels_last,
)
from training.expose.truth import truth_of, view
from training.render.batch import RenderedBatch

_PARTS = (RIGHT_HAND_POINTS, LEFT_HAND_POINTS, HEAD_POINTS)


class JointTask:
    """Networks g, h and f together.

    Args:
        networks: All networks, on their device, trained one by one.
        options: How.
    """

    def __init__(self, networks: ExposeNetworks, options: TaskOptions) -> None:
        self._networks, self._options = networks, options
        self._run = ImageRunner(options)
        self._device = networks.body.start.device
        self._normalise = Normalise(networks.config, self._device)
        self.trained = nn.ModuleDict(
            {"body": networks.body.network, "hand": networks.hand, "head": networks.head}
        )
        """What is trained."""
        channels_last(self.trained)

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name: of the body network's answer, and of the whole body."""
        noise, weights = self._options.noise, self._options.weights
        upper = torch.rand(len(batch), generator=generator) < noise.truncated
        truth = truth_of(batch, self._networks.rig)
        size = batch.images.shape[-1]
        square = vary(body_square(truth.pixels, size, upper.to(self._device)), noise, generator)
        seen = view(truth, square, torch.zeros(len(batch), device=self._device))
        vector, answer, merged = self._whole(batch, square)
        found = self._found(merged)
        of_body = body_terms(body_found(self._networks, vector), seen, weights, truth.shape)
        losses = body_terms(found, seen, weights, truth.shape)
        losses |= {f"body {name}": value for name, value in of_body.items()}
        boxes = answer.boxes.detach()
        for name, part, points in zip(("right", "left", "face"), range(3), _PARTS, strict=True):
            places = [
                _in_crop(each.places[:, points], square, boxes[:, part]) for each in (found, seen)
            ]
            losses[f"crop {name}"] = weights.part_picture * in_picture(*places)
        return losses

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return the whole bodies of unvaried crops, and what is true."""
        truth = truth_of(batch, self._networks.rig)
        nobody = torch.zeros(len(batch), dtype=torch.bool, device=self._device)
        square = body_square(truth.pixels, batch.images.shape[-1], nobody)
        seen = view(truth, square, torch.zeros(len(batch), device=self._device))
        return self._found(self._whole(batch, square)[2]), body_true(seen, truth.shape)

    def _whole(self, batch: RenderedBatch, square: Tensor) -> tuple[Tensor, BodyAnswer, Merged]:
        """Return the body vector, where the parts are, and the whole body."""
        networks, plan = self._networks, self._networks.plan
        crops = self._normalise(cut_out(batch.images, square, plan.body_side))
        _, features = self._run(networks.body.network, crops)
        start = networks.body.start.expand(len(batch), -1)
        vector = networks.body.network.regressor(features, start)[-1]
        answer = networks.body.answer(
            vector, _image_from_crop(square, plan.body_side), square[:, 2]
        )
        pictures = self._normalise(batch.images)
        right, left, head = (
            cut_out(pictures, answer.boxes[:, part], side, to_corners=True)
            for part, side in enumerate((plan.hand_side, plan.hand_side, plan.head_side))
        )
        _, of_hands = self._run(networks.hand, torch.cat([right, left.flip(3)]))
        hands = networks.hand.regressor(of_hands, answer.hand_start)[-1]
        _, of_heads = self._run(networks.head, head)
        heads = networks.head.regressor(of_heads, answer.head_start)[-1]
        centres, size = answer.boxes[..., :2].detach(), batch.images.shape[-1]
        use = ((centres >= 0) & (centres < size)).all(dim=2)
        return vector, answer, networks.merge(vector, hands, heads, use)

    def _found(self, merged: Merged) -> Found:
        posed = self._networks.rig(merged.rotations, merged.shape)
        places = project(posed.joints, merged.scale, merged.translation)
        betas, expression = merged.shape[:, :BETA_COUNT], merged.shape[:, BETA_COUNT:]
        return Found(posed.joints, places, merged.rotations, betas, expression)


def _image_from_crop(square: Tensor, crop_size: int) -> Tensor:
    """Return what takes pixels of the crops to pixels of the pictures (batch, 3, 3)."""
    zoom = square[:, 2] / crop_size
    matrix = torch.zeros(len(square), 3, 3, device=square.device)
    matrix[:, 0, 0] = matrix[:, 1, 1] = zoom
    matrix[:, :2, 2] = square[:, :2] - square[:, 2:] / 2
    matrix[:, 2, 2] = 1
    return matrix


def _in_crop(places: Tensor, square: Tensor, box: Tensor) -> Tensor:
    """Return places in the body crop as places in a part's crop, -1 to 1."""
    pixels = places * (square[:, None, 2:] / 2) + square[:, None, :2]
    return (pixels - box[:, None, :2]) / (box[:, None, 2:] / 2).clamp_min(1.0)
