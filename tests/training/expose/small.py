"""Networks and pictures small enough to train in a test: dots for joints, without a kit."""

from dataclasses import dataclass, replace

import torch

from engines.body.skeleton import LEFT_HAND, RIGHT_HAND
from engines.expose.stages import body_rotations
from training.expose.crops import STILL
from training.expose.networks import ExposeNetworks
from training.expose.noise import about
from training.expose.plan import PLANS
from training.expose.recipe import StageOptions, Where
from training.expose.tasks import TaskOptions
from training.expose.truth import project
from training.loop import LoopOptions
from training.render.batch import RenderedBatch

PLAN = replace(PLANS["toy"], body_side=64, hand_side=32, head_side=32)
SIZE = 64


def networks(seed=0):
    torch.manual_seed(seed)
    return ExposeNetworks(PLAN)


def where(work, **options):
    task = TaskOptions(has_auxiliary=False, noise=STILL)
    return Where(None, work, torch.device("cpu"), replace(task, **options))


def stage_options(steps, batch=4, rate=1e-3):
    return StageOptions(LoopOptions(steps, rate, warm_up=1, seed=3, held=1 / 3), batch, SIZE)


@dataclass(frozen=True)
class Dots:
    """Gives batches of dotted people; the same number is the same batch."""

    rig: torch.nn.Module
    mean: torch.Tensor
    batch: int = 4
    kind: str = "body"

    def __call__(self, step):
        generator = torch.Generator().manual_seed(1000 + step)

        def draw(*shape, spread):
            return spread * torch.randn(*shape, generator=generator)

        count = self.batch
        rotations = body_rotations(self.mean.expand(count, -1)).clone()
        axes = torch.nn.functional.normalize(draw(count * 55, 3, spread=1.0), dim=1)
        turns = about(axes, draw(count * 55, spread=0.2)).reshape(count, 55, 3, 3)
        turns[:, 23:25] = torch.eye(3)
        rotations = rotations @ turns
        betas, expression = draw(count, 10, spread=0.5), draw(count, 10, spread=0.5)
        posed = self.rig(rotations, torch.cat([betas, expression], dim=1))
        focus, distance = {"body": (0, 3.0), "hand": (21, 0.5), "head": (15, 0.8)}[self.kind]
        transl = torch.tensor([0.0, 0.0, distance]) - posed.joints[:, focus]
        joints = posed.joints[:, :55] + transl[:, None]
        camera = torch.tensor([SIZE * 1.0, SIZE, SIZE / 2, SIZE / 2]).expand(count, -1)
        pixels = project(joints, camera)
        return RenderedBatch(
            kind=self.kind, images=_dots(pixels), camera=camera, global_orient=rotations[:, 0],
            body_pose=rotations[:, 1:22], left_hand_pose=rotations[:, LEFT_HAND],
            right_hand_pose=rotations[:, RIGHT_HAND], jaw_pose=rotations[:, 22], betas=betas,
            expression=expression, transl=transl, joints=joints, keypoints=pixels,
            visible=torch.ones(count, 55, dtype=torch.bool),
        )  # fmt: skip


def dots(nets, **changes):
    return Dots(nets.rig, nets.constants["regressor.mean_param"], **changes)


def _dots(pixels):
    """Return pictures with a bump of one of three colours at each joint."""
    steps = torch.arange(SIZE) + 0.5
    across = torch.exp(-((steps - pixels[..., :1]) ** 2) / 2)
    down = torch.exp(-((steps - pixels[..., 1:]) ** 2) / 2)
    bumps = down[..., :, None] * across[..., None, :]
    colours = [bumps[:, k::3].amax(dim=1) for k in range(3)]
    return torch.stack(colours, dim=1)
