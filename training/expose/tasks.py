"""The separate trainings of the three networks: a rendered batch in, losses out.

Body: the whole person in a crop. Hand: right hands from the truth, worsened. Head: likewise. Each has dense answers
trained along (`auxiliary`), which are thrown away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor, nn

from engines.body.skeleton import JAW, JOINT_INDEX, RIGHT_HAND
from engines.expose.attention import (
    HEAD_POINTS,
    HEAD_SCALE_FACTOR,
    LEFT_HAND_POINTS,
    RIGHT_HAND_POINTS,
)
from engines.expose.layout import BODY_LAYOUT, hand_layout, head_layout
from engines.expose.rotation6d import decode
from engines.expose.stages import PartNetwork, body_rotations, project
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT
from training.expose.auxiliary import AuxiliaryHeads
from training.expose.crops import (
    CropNoise,
    Normalise,
    body_square,
    box_square,
    coarsen,
    cut_out,
    turns,
    vary,
)
from training.expose.losses import Found, LossWeights, terms
from training.expose.networks import ExposeNetworks
from training.expose.noise import hand_start, head_start, some_from_mean
from training.expose.plan import HAND_SCALE_FACTOR
from training.expose.truth import View, truth_of, view
from training.render.batch import RenderedBatch

_HEAD: Final = JOINT_INDEX["head"]
_RIGHT_WRIST: Final = JOINT_INDEX["right_wrist"]
_TRAINED: Final = [*range(23), *range(25, JOINT_COUNT)]
"""Rotations that the body network gives; the eyes look straight ahead."""


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """How a network is trained."""

    weights: LossWeights = field(default_factory=LossWeights)
    """Of the losses."""
    noise: CropNoise = field(default_factory=CropNoise)
    """Of the crops."""
    has_auxiliary: bool = True
    """Train dense answers along."""
    is_half: bool = False
    """Run image networks in bfloat16."""
    is_compiled: bool = False
    """Compile image networks."""


class ImageRunner:
    """Runs image networks in the precision that is wanted, and all else in single precision."""

    def __init__(self, options: TaskOptions) -> None:
        self._options = options
        self._compiled: dict[int, Callable[[Tensor], tuple[Any, Tensor]]] = {}

    def __call__(self, network: PartNetwork, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return the finest map and the features of normalised crops."""
        crops = crops.contiguous(memory_format=torch.channels_last)
        with torch.autocast(crops.device.type, torch.bfloat16, enabled=self._options.is_half):
            maps, features = self._of(network)(crops)
        return maps[0].float(), features.float()

    def _of(self, network: PartNetwork) -> Callable[[Tensor], tuple[Any, Tensor]]:
        if id(network) not in self._compiled:
            backbone: Any = network.backbone

            def run(crops: Tensor) -> tuple[Any, Tensor]:
                maps = backbone.maps(crops)
                return maps, backbone.pooled(maps)

            compiled = torch.compile(run) if self._options.is_compiled else run
            self._compiled[id(network)] = compiled
        return self._compiled[id(network)]


def channels_last(module: nn.Module) -> None:
    """Put all convolutions into the memory format that is fastest for them."""
    for each in module.modules():
        if isinstance(each, nn.Conv2d):
            each.weight.data = each.weight.data.contiguous(memory_format=torch.channels_last)


class Task:
    """One network's own training.

    Args:
        networks: All networks, on their device.
        network: The one that is trained.
        points: The points that it is trained to.
        options: How.
    """

    def __init__(
        self,
        networks: ExposeNetworks,
        network: PartNetwork,
        points: tuple[int, ...],
        options: TaskOptions,
    ) -> None:
        self._networks, self._network, self._points = networks, network, list(points)
        self._options = options
        self._run = ImageRunner(options)
        self._device = next(network.parameters()).device
        self._normalise = Normalise(networks.config, self._device)
        self.trained = nn.ModuleDict({"network": network})
        """What is trained."""
        self._auxiliary: AuxiliaryHeads | None = None
        if options.has_auxiliary:
            backbone: Any = network.backbone
            heads = AuxiliaryHeads(backbone.map_channels, backbone.map_stride, len(points))
            self._auxiliary = heads.to(self._device)
            self.trained["auxiliary"] = self._auxiliary
        channels_last(self.trained)

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name."""
        raise NotImplementedError

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return what the network says of unvaried crops, and what is true."""
        raise NotImplementedError

    def _dense(
        self, batch: RenderedBatch, square: Tensor, angle: Tensor, seen: View, maps: Tensor
    ) -> dict[str, Tensor]:
        if self._auxiliary is None:
            return {}
        side = 8 * maps.shape[-1]
        labels = [
            None if layer is None else cut_out(layer, square, side, angle, mode="nearest")
            for layer in (
                None if batch.parts is None else batch.parts[:, None].float(),
                batch.normals,
            )
        ]
        parts = None if labels[0] is None else labels[0][:, 0]
        normals = labels[1]
        if normals is not None:
            normals = torch.einsum("bij,bjyx->biyx", seen.turn, normals)
        return self._auxiliary.losses(maps, seen.places[:, self._points], parts, normals)


class BodyTask(Task):
    """Network g: the whole person."""

    def __init__(self, networks: ExposeNetworks, options: TaskOptions) -> None:
        super().__init__(networks, networks.body.network, tuple(range(76)), options)

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name."""
        noise = self._options.noise
        upper = torch.rand(len(batch), generator=generator) < noise.truncated
        angle = turns(len(batch), noise, generator).to(self._device)
        truth = truth_of(batch, self._networks.rig)
        size = batch.images.shape[-1]
        square = vary(body_square(truth.pixels, size, upper.to(self._device)), noise, generator)
        seen = view(truth, square, angle)
        maps, vector = self._vector(batch, square, angle)
        losses = body_terms(
            body_found(self._networks, vector), seen, self._options.weights, truth.shape
        )
        return losses | self._dense(batch, square, angle, seen, maps)

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return what the network says of unvaried crops, and what is true."""
        truth = truth_of(batch, self._networks.rig)
        nobody = torch.zeros(len(batch), dtype=torch.bool, device=self._device)
        square = body_square(truth.pixels, batch.images.shape[-1], nobody)
        straight = torch.zeros(len(batch), device=self._device)
        _, vector = self._vector(batch, square, straight)
        return body_found(self._networks, vector), body_true(
            view(truth, square, straight), truth.shape
        )

    def _vector(self, batch: RenderedBatch, square: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
        side = self._networks.plan.body_side
        crops = self._normalise(cut_out(batch.images, square, side, angle))
        maps, features = self._run(self._network, crops)
        start = self._networks.body.start.expand(len(crops), -1)
        return maps, self._network.regressor(features, start)[-1]


class HandTask(Task):
    """Network h: right hands."""

    def __init__(self, networks: ExposeNetworks, options: TaskOptions) -> None:
        super().__init__(networks, networks.hand, RIGHT_HAND_POINTS, options)
        self._layout = hand_layout(networks.config)
        mean = networks.constants["hand_predictor.regressor.mean_param"]
        self._mean = mean.to(self._device)

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name."""
        noise = self._options.noise
        truth = truth_of(batch, self._networks.rig)
        square = vary(self._square(truth.pixels), noise, generator)
        seen = view(truth, square, torch.zeros(len(batch), device=self._device))
        start = hand_start(
            seen.turned[:, _RIGHT_WRIST], seen.rotations[:, RIGHT_HAND], self._camera, generator
        )
        start = some_from_mean(start, self._mean, generator)
        crops = coarsen(self._crops(batch, square), noise, generator)
        maps, vector = self._vector(crops, start)
        losses = terms(
            self._posed(vector), self._true(seen, truth.shape), self._options.weights, is_part=True
        )
        angle = torch.zeros(len(batch), device=self._device)
        return losses | self._dense(batch, square, angle, seen, maps)

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return what the network says of unvaried crops, started from the mean, and what is true."""
        truth = truth_of(batch, self._networks.rig)
        square = self._square(truth.pixels)
        _, vector = self._vector(self._crops(batch, square), self._mean.expand(len(batch), -1))
        seen = view(truth, square, torch.zeros(len(batch), device=self._device))
        return self._posed(vector), self._true(seen, truth.shape)

    @property
    def _camera(self) -> Tensor:
        return self._networks.body.hand_start.camera[0]

    def _square(self, pixels: Tensor) -> Tensor:
        return box_square(pixels[:, self._points], HAND_SCALE_FACTOR)

    def _crops(self, batch: RenderedBatch, square: Tensor) -> Tensor:
        side = self._networks.plan.hand_side
        return cut_out(self._normalise(batch.images), square, side, to_corners=True)

    def _vector(self, crops: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
        maps, features = self._run(self._network, crops)
        return maps, self._network.regressor(features, start)[-1]

    def _posed(self, vector: Tensor) -> Found:
        """Return the right hand of a straight body that is turned as the wrist is."""
        wrist, fingers = (
            decode(vector[:, part]) for part in (self._layout.wrist, self._layout.fingers)
        )
        betas = vector[:, self._layout.betas]
        rotations = _straight(vector)
        rotations[:, :1], rotations[:, RIGHT_HAND] = wrist, fingers
        shape = nn.functional.pad(betas, (0, EXPRESSION_COUNT))
        points = self._networks.rig(rotations, shape).joints[:, self._points]
        places = part_places(points, vector[:, self._layout.camera])
        return Found(points, places, torch.cat([wrist, fingers], dim=1), betas, None)

    def _true(self, seen: View, shape: Tensor) -> Found:
        rotations = torch.cat(
            [seen.turned[:, _RIGHT_WRIST, None], seen.rotations[:, RIGHT_HAND]], dim=1
        )
        points, places = seen.points[:, self._points], seen.places[:, self._points]
        return Found(points, places, rotations, shape[:, :BETA_COUNT], None)


class HeadTask(Task):
    """Network f: heads."""

    def __init__(self, networks: ExposeNetworks, options: TaskOptions) -> None:
        super().__init__(networks, networks.head, HEAD_POINTS, options)
        self._layout = head_layout(networks.config)
        mean = networks.constants["head_predictor.regressor.mean_param"]
        self._mean = mean.to(self._device)

    def losses(self, batch: RenderedBatch, generator: torch.Generator) -> dict[str, Tensor]:
        """Return the weighted terms by name."""
        noise = self._options.noise
        truth = truth_of(batch, self._networks.rig)
        square = vary(
            box_square(truth.pixels[:, self._points], HEAD_SCALE_FACTOR), noise, generator
        )
        angle = torch.zeros(len(batch), device=self._device)
        seen = view(truth, square, angle)
        camera = self._networks.body.head_start.camera[0]
        start = head_start(seen.turned[:, JOINT_INDEX["neck"]], camera, generator)
        start = some_from_mean(start, self._mean, generator)
        crops = coarsen(self._crops(batch, square), noise, generator)
        maps, features = self._run(self._network, crops)
        vector = self._network.regressor(features, start)[-1]
        losses = terms(
            self._posed(vector), self._true(seen, truth.shape), self._options.weights, is_part=True
        )
        return losses | self._dense(batch, square, angle, seen, maps)

    def found(self, batch: RenderedBatch) -> tuple[Found, Found]:
        """Return what the network says of unvaried crops, started from the mean, and what is true."""
        truth = truth_of(batch, self._networks.rig)
        square = box_square(truth.pixels[:, self._points], HEAD_SCALE_FACTOR)
        _, features = self._run(self._network, self._crops(batch, square))
        vector = self._network.regressor(features, self._mean.expand(len(batch), -1))[-1]
        seen = view(truth, square, torch.zeros(len(batch), device=self._device))
        return self._posed(vector), self._true(seen, truth.shape)

    def _crops(self, batch: RenderedBatch, square: Tensor) -> Tensor:
        side = self._networks.plan.head_side
        return cut_out(self._normalise(batch.images), square, side, to_corners=True)

    def _posed(self, vector: Tensor) -> Found:
        """Return the head of a straight body that is turned as the head is."""
        turn, jaw = (decode(vector[:, part]) for part in (self._layout.neck, self._layout.jaw))
        betas = vector[:, self._layout.betas][:, :BETA_COUNT]
        expression = vector[:, self._layout.expression][:, :EXPRESSION_COUNT]
        rotations = _straight(vector)
        rotations[:, :1], rotations[:, JAW, None] = turn, jaw
        points = self._networks.rig(rotations, torch.cat([betas, expression], dim=1)).joints
        points = points[:, self._points]
        places = part_places(points, vector[:, self._layout.camera])
        return Found(points, places, torch.cat([turn, jaw], dim=1), betas, expression)

    def _true(self, seen: View, shape: Tensor) -> Found:
        rotations = torch.stack([seen.turned[:, _HEAD], seen.rotations[:, JAW]], dim=1)
        points, places = seen.points[:, self._points], seen.places[:, self._points]
        return Found(points, places, rotations, None, shape[:, BETA_COUNT:])


def body_found(networks: ExposeNetworks, vector: Tensor) -> Found:
    """Return the body that a body vector says."""
    rotations = body_rotations(vector)
    posed = networks.rig(rotations, vector[:, BODY_LAYOUT.shape])
    places = project(posed.joints, *networks.body.camera(vector))
    betas, expression = vector[:, BODY_LAYOUT.betas], vector[:, BODY_LAYOUT.expression]
    return Found(posed.joints, places, rotations, betas, expression)


def body_true(seen: View, shape: Tensor) -> Found:
    """Return the body that a view shows."""
    betas, expression = shape[:, :BETA_COUNT], shape[:, BETA_COUNT:]
    return Found(seen.points, seen.places, seen.rotations, betas, expression)


def body_terms(found: Found, seen: View, weights: LossWeights, shape: Tensor) -> dict[str, Tensor]:
    """Return the terms of a whole body: of all of it, and of hands and face about wrists and head."""
    true = body_true(seen, shape)
    losses = terms(
        found._replace(rotations=found.rotations[:, _TRAINED]),
        true._replace(rotations=true.rotations[:, _TRAINED]),
        weights,
    )
    parts = {"left": LEFT_HAND_POINTS, "right": RIGHT_HAND_POINTS, "face": HEAD_POINTS}
    for name, points in parts.items():
        about = [each.points[:, points] for each in (found, true)]
        about = [each - each[:, :1] for each in about]
        losses[f"points {name}"] = weights.part_points * (about[0] - about[1]).abs().mean()
    return losses


def part_places(points: Tensor, camera: Tensor) -> Tensor:
    """Return where a part's own camera sees points, -1 to 1 over its crop; about the first of them."""
    scale = nn.functional.softplus(camera[:, :1])
    return project(points - points[:, :1], scale, camera[:, 1:])


def _straight(vector: Tensor) -> Tensor:
    return torch.eye(3, device=vector.device).repeat(len(vector), JOINT_COUNT, 1, 1)
