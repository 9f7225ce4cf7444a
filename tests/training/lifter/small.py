"""A lifter small enough to train in a test."""

from dataclasses import replace

import torch

from engines.body.model import load_body
from engines.model_store import model_path
from training.lifter.batches import Batch, BatchMaker, SceneOptions
from training.lifter.body import TorchBody
from training.lifter.loop import Trainer, TrainingOptions
from training.lifter.network import LifterNetwork, NetworkOptions
from training.lifter.noise import LandmarkNoise, load_noise
from training.lifter.recipe import pose_at_ease
from training.poses import PoseAugmentation, PoseLibrary

TINY = NetworkOptions(width=32, blocks=1)


def body() -> TorchBody:
    return TorchBody(load_body(model_path("open_body")))


def maker(scene: SceneOptions | None = None) -> BatchMaker:
    standing = pose_at_ease()
    standing[0] = torch.eye(3)  # in a world whose y axis points up
    poses = PoseLibrary(standing.repeat(4, 1, 1, 1))
    noise = LandmarkNoise(load_noise())
    return BatchMaker(poses, body(), noise, scene or SceneOptions(), PoseAugmentation())


class SameBatch(BatchMaker):
    """Gives one batch for ever."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def make(self, count: int, generator: torch.Generator) -> Batch:
        return self._batch


def trainer(options: TrainingOptions, batches: BatchMaker | None = None) -> Trainer:
    torch.manual_seed(options.seed)
    network = LifterNetwork(TINY, pose_at_ease())
    return Trainer(network, batches or maker(), body(), options)


def options(steps: int) -> TrainingOptions:
    return replace(TrainingOptions(), steps=steps, batch=8, save_every=steps)
