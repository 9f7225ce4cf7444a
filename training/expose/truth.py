"""What is true of rendered people: 127 points of the body in space and in the picture, and how a crop shows them."""

from typing import Final, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from engines.expose.rig import Rig
from engines.types import JOINT_COUNT
from training.render.batch import RenderedBatch
from training.turns import turn_to

_LEAST_DEPTH_M: Final = 0.05


class Truth(NamedTuple):
    """People before their cameras."""

    rotations: Float[Tensor, "batch 55 3 3"]
    """Parent-relative; the pelvis in the camera frame."""
    shape: Float[Tensor, "batch 20"]
    """Betas, then expression."""
    points: Float[Tensor, "batch 127 3"]
    """55 joints, 21 vertices, 51 face landmarks; metres, camera frame."""
    pixels: Float[Tensor, "batch 127 2"]
    """Where they are in the picture."""
    camera: Float[Tensor, "batch 4"]
    """fx, fy, cx, cy."""
    turned: Float[Tensor, "batch 55 3 3"]
    """Rotations of the joints in the camera frame."""


def truth_of(batch: RenderedBatch, rig: Rig) -> Truth:
    """Return the truth about a batch; the points come from the rig, as the networks' do."""
    count = len(batch)
    eyes = torch.eye(3, device=batch.images.device).expand(count, 2, 3, 3)
    parts = [batch.global_orient[:, None], batch.body_pose, batch.jaw_pose[:, None], eyes]
    rotations = torch.cat([*parts, batch.left_hand_pose, batch.right_hand_pose], dim=1)
    shape = torch.cat([batch.betas, batch.expression], dim=1)
    posed = rig(rotations, shape)
    points = posed.joints
    points = points + (batch.joints - points[:, :JOINT_COUNT])[:, :1]
    pixels = project(points, batch.camera)
    return Truth(rotations, shape, points, pixels, batch.camera, posed.rotations)


def project(points: Tensor, camera: Tensor) -> Float[Tensor, "batch points 2"]:
    """Return the pixels of points before a camera."""
    rays = points[..., :2] / points[..., 2:].clamp_min(_LEAST_DEPTH_M)
    return rays * camera[:, None, :2] + camera[:, None, 2:]


class View(NamedTuple):
    """People as a crop of the picture shows them: the axes of the crop's middle ray, turned with the crop."""

    rotations: Float[Tensor, "batch 55 3 3"]
    """Parent-relative."""
    turned: Float[Tensor, "batch 55 3 3"]
    """In the axes of the view."""
    points: Float[Tensor, "batch 127 3"]
    """Metres, the axes of the view."""
    places: Float[Tensor, "batch 127 2"]
    """Where the points are in the crop, -1 to 1."""
    turn: Float[Tensor, "batch 3 3"]
    """From the camera frame to these axes."""


def view(truth: Truth, square: Tensor, angle: Tensor) -> View:
    """Return the truth as a turned square of the picture shows it.

    A crop is seen as if the camera looked at its middle: the engine turns its answers back in the same way
    (`engines.expose.camera.turn_towards`).

    Args:
        truth: People.
        square: (batch, 3) centre x, y and side in pixels.
        angle: (batch,) radians that the crop is turned by in the picture.
    """
    ray = (square[:, :2] - truth.camera[:, 2:]) / truth.camera[:, :2]
    sight = torch.nn.functional.normalize(torch.nn.functional.pad(ray, (0, 1), value=1.0), dim=1)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    plane = torch.stack([cosine, sine, -sine, cosine], dim=1).reshape(-1, 2, 2)
    spin = torch.eye(3, device=angle.device).repeat(len(angle), 1, 1)
    spin[:, :2, :2] = plane
    turn = spin @ turn_to(sight).mT
    rotations = torch.cat([(turn @ truth.rotations[:, 0])[:, None], truth.rotations[:, 1:]], dim=1)
    offsets = (truth.pixels - square[:, None, :2]) / (square[:, None, 2:] / 2)
    turned = turn[:, None] @ truth.turned
    return View(rotations, turned, truth.points @ turn.mT, offsets @ plane.mT, turn)
