"""The steps of ExPose as torch modules: body, parts, merge. Between them the parts are cut out of the picture.

Each takes and gives plain tensors, so that each can be exported on its own.
"""

from typing import Final, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from engines.expose.attention import PartBoxes, WeakCamera
from engines.expose.checkpoint import Release
from engines.expose.config import BranchConfig, ExposeConfig
from engines.expose.hrnet import HRNet
from engines.expose.iteration import IterativeRegressor
from engines.expose.layout import BODY_LAYOUT, hand_layout, head_layout
from engines.expose.resnet import ResNet
from engines.expose.rig import Posed, Rig
from engines.expose.rotation6d import chain_product, decode, encode, mirror
from engines.expose.weights import Weights, constant
from engines.types import BETA_COUNT, EXPRESSION_COUNT

_RIGHT_WRIST: Final = 21
_LEFT_WRIST: Final = 20
_NECK: Final = 12
_RIGHT_FOREARM_CHAIN: Final = (0, 3, 6, 9, 14, 17, 19)
_LEFT_FOREARM_CHAIN: Final = (0, 3, 6, 9, 13, 16, 18)


class BodyAnswer(NamedTuple):
    """What the body step gives."""

    vector: Float[Tensor, "batch parameters"]
    """Its parameter vector, see `BODY_LAYOUT`."""
    boxes: Float[Tensor, "batch 3 3"]
    """Right hand, left hand, head: centre x, y and side in pixels of the picture."""
    hand_start: Float[Tensor, "batch2 hand"]
    """Start of the hand network: all right hands, then all left hands as right hands."""
    head_start: Float[Tensor, "batch head"]
    """Start of the head network."""


class Merged(NamedTuple):
    """The whole body."""

    rotations: Float[Tensor, "batch 55 3 3"]
    """Relative to the parent; the pelvis in the axes of the camera; hands relative to the flat hand."""
    shape: Float[Tensor, "batch coefficients"]
    """Betas, then expression."""
    scale: Float[Tensor, "batch 1"]
    """Of the weak perspective camera, see `WeakCamera`."""
    translation: Float[Tensor, "batch 2"]


class PartNetwork(nn.Module):
    """An image network and the regressor behind it."""

    def __init__(self, weights: Weights, branch: BranchConfig, parameter_count: int) -> None:
        super().__init__()
        below = weights.below("backbone.")
        network: HRNet | ResNet
        if branch.backbone == "hrnet":
            network = HRNet(below, branch.width, branch.feature_count)
        else:
            network = ResNet(below, branch.backbone)
        self.backbone: nn.Module = network
        self.regressor = IterativeRegressor(
            weights.below("regressor.module."), branch, network.feature_count, parameter_count
        )

    def forward(
        self,
        crops: Float[Tensor, "batch 3 side side"],
        start: Float[Tensor, "batch parameters"],
    ) -> Float[Tensor, "batch parameters"]:
        """Return the last parameter vectors for normalised crops."""
        return self.regressor(self.backbone(crops), start)[-1]


def hand_network(release: Release) -> PartNetwork:
    """Return the network for right hands and mirrored left hands."""
    config = release.config
    weights = release.weights.below("hand_predictor.")
    return PartNetwork(weights, config.hand, hand_layout(config).size)


def head_network(release: Release) -> PartNetwork:
    """Return the network for heads."""
    config = release.config
    weights = release.weights.below("head_predictor.")
    return PartNetwork(weights, config.head, head_layout(config).size)


class BodyStage(nn.Module):
    """From the body crop to the body, and to where and from what the part networks start."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        config, weights = release.config, release.weights
        self.network = PartNetwork(weights, config.body, BODY_LAYOUT.size)
        self.start = constant(weights.tensor("regressor.mean_param", 1, BODY_LAYOUT.size))
        self.rig = Rig(release.body, whole_mesh=False)
        self.camera = WeakCamera(config)
        self.boxes = PartBoxes(config)
        self.hand_start = HandStartVector(release)
        self.head_start = HeadStartVector(release)

    def forward(
        self,
        crops: Float[Tensor, "batch 3 side side"],
        image_from_crop: Float[Tensor, "batch 3 3"],
        body_side: Float[Tensor, "batch"],
    ) -> BodyAnswer:
        """Return the body of normalised crops.

        Args:
            crops: Body crops.
            image_from_crop: Takes pixels of a crop to pixels of its picture.
            body_side: Side of a crop in pixels of its picture.
        """
        vector = self.network(crops, self.start.expand(len(crops), -1))
        return self.answer(vector, image_from_crop, body_side)

    def answer(self, vector: Tensor, image_from_crop: Tensor, body_side: Tensor) -> BodyAnswer:
        """Return what follows from the body vector."""
        rotations = body_rotations(vector)
        posed: Posed = self.rig(rotations, vector[:, BODY_LAYOUT.shape])
        projected = project(posed.joints, *self.camera(vector))
        return BodyAnswer(
            vector,
            self.boxes(projected, image_from_crop, body_side),
            self.hand_start(vector, rotations, posed.rotations),
            self.head_start(vector, posed.rotations),
        )


class HandStartVector(nn.Module):
    """The hand network's start: the body's answer where conf.yaml says so, else the checkpoint's mean."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        self.use = release.config.hand_start
        layout = hand_layout(release.config)
        weights = release.weights.below("hand_predictor.")
        self.camera = constant(weights.tensor("camera_mean", 1, 3))
        if not self.use.wrist:
            self.wrist = constant(weights.tensor("wrist_pose_mean", 6)[None])
        if not self.use.fingers:
            self.fingers = constant(weights.tensor("hand_pose_mean", 90)[None])
        if not self.use.betas:
            width = layout.betas.stop - layout.betas.start
            self.betas = constant(weights.tensor("shape_mean", width)[None])

    def forward(self, vector: Tensor, rotations: Tensor, turned: Tensor) -> Tensor:
        """Return the right hands' rows, then the left hands' as right hands.

        The right hand's fingers are taken as the body network gave them, the left hand's are decoded, mirrored and
        encoded again, as the authors do.
        """
        rows = 2 * len(vector)
        if self.use.wrist:
            left = mirror(turned[:, _LEFT_WRIST])
            wrist = encode(torch.cat([turned[:, _RIGHT_WRIST], left])[:, None])
        else:
            wrist = self.wrist.expand(rows, -1)
        if self.use.fingers:
            left = encode(mirror(rotations[:, 25:40]))
            fingers = torch.cat([vector[:, BODY_LAYOUT.right_hand_pose], left])
        else:
            fingers = self.fingers.expand(rows, -1)
        own = vector[:, BODY_LAYOUT.betas]
        betas = own.repeat(2, 1) if self.use.betas else self.betas.expand(rows, -1)
        return torch.cat([wrist, fingers, betas, self.camera.expand(rows, -1)], dim=1)


class HeadStartVector(nn.Module):
    """The head network's start: the body's answer where conf.yaml says so, else the checkpoint's mean."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        config = release.config
        self.use = config.head_start
        weights = release.weights.below("head_predictor.")
        self.camera = constant(weights.tensor("camera_mean", 3)[None])
        if not self.use.neck:
            self.neck = constant(weights.tensor("neck_pose_mean", 6)[None])
        self.padding = (config.head_betas - BETA_COUNT, config.head_expression - EXPRESSION_COUNT)
        if not self.use.betas:
            self.betas = constant(weights.tensor("shape_mean", config.head_betas)[None])
        if not self.use.expression:
            self.expression = constant(
                weights.tensor("expression_mean", config.head_expression)[None]
            )

    def forward(self, vector: Tensor, turned: Tensor) -> Tensor:
        """Return the heads' rows."""
        rows = len(vector)
        pad = nn.functional.pad
        neck = encode(turned[:, _NECK, None]) if self.use.neck else self.neck.expand(rows, -1)
        if self.use.betas:
            betas = pad(vector[:, BODY_LAYOUT.betas], (0, self.padding[0]))
        else:
            betas = self.betas.expand(rows, -1)
        if self.use.expression:
            expression = pad(vector[:, BODY_LAYOUT.expression], (0, self.padding[1]))
        else:
            expression = self.expression.expand(rows, -1)
        jaw = vector[:, BODY_LAYOUT.jaw_pose]
        return torch.cat([neck, jaw, betas, expression, self.camera.expand(rows, -1)], dim=1)


class MergeStage(nn.Module):
    """Puts the part networks' answers in the place of the body network's."""

    def __init__(self, config: ExposeConfig) -> None:
        super().__init__()
        self.config = config
        self.hand = hand_layout(self.config)
        self.head = head_layout(self.config)
        self.camera = WeakCamera(self.config)

    def forward(
        self,
        vector: Float[Tensor, "batch parameters"],
        hands: Float[Tensor, "batch2 hand"],
        heads: Float[Tensor, "batch head"],
        use: Bool[Tensor, "batch 3"],
    ) -> Merged:
        """Return the whole body.

        Args:
            vector: The body's vector.
            hands: The hand network's: right hands, then left hands as right hands.
            heads: The head network's.
            use: For right hand, left hand and head: take the part network's answer, not the body's.
        """
        rotations = body_rotations(vector)
        wrists, fingers = self._hands(rotations, hands)
        if not self.config.update_wrists:
            wrists = rotations[:, 20:22]
        take = use[:, :, None, None, None]
        right, left, head = take[:, 0], take[:, 1], take[:, 2]
        jaw = decode(heads[:, self.head.jaw])
        merged = [
            rotations[:, :20],
            torch.where(left, wrists[:, :1], rotations[:, 20:21]),
            torch.where(right, wrists[:, 1:], rotations[:, 21:22]),
            torch.where(head, jaw, rotations[:, 22:23]),
            rotations[:, 23:25],
            torch.where(left, fingers[:, :15], rotations[:, 25:40]),
            torch.where(right, fingers[:, 15:], rotations[:, 40:55]),
        ]
        expression = heads[:, self.head.expression][:, :EXPRESSION_COUNT]
        of_body = vector[:, BODY_LAYOUT.expression]
        shape = [vector[:, BODY_LAYOUT.betas], torch.where(use[:, 2:], expression, of_body)]
        return Merged(torch.cat(merged, dim=1), torch.cat(shape, dim=1), *self.camera(vector))

    def _hands(self, rotations: Tensor, hands: Tensor) -> tuple[Tensor, Tensor]:
        """Return left and right wrists relative to the forearms, and left and right fingers."""
        right_hand, left_hand = hands.chunk(2)
        right_forearm = chain_product(rotations, _RIGHT_FOREARM_CHAIN)
        left_forearm = chain_product(rotations, _LEFT_FOREARM_CHAIN)
        right_wrist = right_forearm.mT @ decode(right_hand[:, self.hand.wrist])[:, 0]
        left_wrist = mirror(mirror(left_forearm).mT @ decode(left_hand[:, self.hand.wrist])[:, 0])
        right = decode(right_hand[:, self.hand.fingers])
        left = mirror(decode(left_hand[:, self.hand.fingers]))
        return torch.stack([left_wrist, right_wrist], dim=1), torch.cat([left, right], dim=1)


def body_rotations(vector: Tensor) -> Float[Tensor, "batch 55 3 3"]:
    """Return the rotations of all 55 joints in a body vector; the eyes look straight ahead."""
    decoded = decode(vector[:, BODY_LAYOUT.rotations])
    orient_and_body, hands, jaw = decoded[:, :22], decoded[:, 22:52], decoded[:, 52:]
    eye = torch.eye(3, dtype=vector.dtype, device=vector.device).expand(len(vector), 2, 3, 3)
    return torch.cat([orient_and_body, jaw, eye, hands], dim=1)


def project(
    points: Float[Tensor, "batch points 3"],
    scale: Float[Tensor, "batch 1"],
    translation: Float[Tensor, "batch 2"],
) -> Float[Tensor, "batch points 2"]:
    """Return where points are seen, -1 to 1 over the body crop."""
    return scale[:, None] * (points[..., :2] + translation[:, None])
