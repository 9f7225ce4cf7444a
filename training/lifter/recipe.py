"""The recipe of the shipped lifter: what is put together, in which order, from a kit to an ONNX file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch

from engines.body.model import BodyModel, load_body
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import BODY
from engines.model_store import model_cards, model_path
from training.kit import Asset, Kit, digest, read_manifest
from training.lifter.batches import BatchMaker, SceneOptions
from training.lifter.body import TorchBody
from training.lifter.loop import Trainer, TrainingOptions
from training.lifter.network import LifterNetwork, NetworkOptions
from training.lifter.noise import FITTED, RENDERED, LandmarkNoise, load_noise
from training.lifter.validation import Validation, validate
from training.poses import PoseAugmentation, load_poses

_VALIDATED: Final = 4000


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every choice that went into the weights."""

    network: NetworkOptions = field(default_factory=NetworkOptions)
    """Size."""
    training: TrainingOptions = field(default_factory=TrainingOptions)
    """Steps, rates, losses."""
    scene: SceneOptions = field(default_factory=SceneOptions)
    """Cameras and accidents."""
    poses: PoseAugmentation = field(default_factory=PoseAugmentation)
    """How poses are varied."""


class Workshop:
    """A recipe with its materials.

    Args:
        kit: The training kit.
        recipe: What to make of it.

    Raises:
        KitError: a file of the kit is missing or changed.
        ModelError: there is no noise model.
    """

    def __init__(self, kit: Kit, recipe: Recipe) -> None:
        self._kit, self._recipe = kit, recipe
        torch.manual_seed(recipe.training.seed)
        self._body = TorchBody(_open_body())
        self._noise = LandmarkNoise(load_noise())
        self.network = LifterNetwork(recipe.network, pose_at_ease())
        """What is trained; after `finish` it has the averaged weights."""
        self.trainer = Trainer(self.network, self._maker("train"), self._body, recipe.training)
        """Trains it."""

    def train(self, checkpoint: Path | None, told: Callable[[int, float], None]) -> None:
        """Train to the end, from where a checkpoint stopped if there is one."""
        if checkpoint is not None and checkpoint.is_file():
            self.trainer.load(checkpoint)
        self.trainer.train(self._recipe.training.steps, checkpoint=checkpoint, told=told)

    def finish(self) -> Validation:
        """Give the network its averaged weights; return how it does on motion clips that were held out."""
        self.network.load_state_dict(self.trainer.averaged)
        return validate(self.network, self._maker("test"), self._body, _VALIDATED)

    def assets(self) -> tuple[Asset, ...]:
        """Return everything that the weights were made from, with licence and digest."""
        card = model_cards()["open_body"]
        ours = (
            Asset(f"assets/{card.file}", digest(card.path), card.licence, "this project", card.source),
            Asset(
                f"training/lifter/{FITTED.name}", digest(FITTED), "Apache-2.0", "this project",
                "MediaPipe's detections on renders of this kit: training/lifter/fit_noise.py",
            ),
        )  # fmt: skip
        theirs = {asset.path: asset for asset in self._kit.used} | read_manifest(RENDERED)
        return (*(theirs[path] for path in sorted(theirs)), *ours)

    def _maker(self, split: str) -> BatchMaker:
        poses = load_poses(self._kit, split)
        return BatchMaker(poses, self._body, self._noise, self._recipe.scene, self._recipe.poses)


def pose_at_ease() -> torch.Tensor:
    """Return the relaxed pose (22, 3, 3), upright and facing a camera whose y axis points down."""
    vectors = RELAXED_POSE[BODY].copy()
    vectors[0] = np.pi, 0, 0
    return torch.from_numpy(matrix_from_axis_angle(vectors).astype(np.float32))


def _open_body() -> BodyModel:
    return load_body(model_path("open_body"))
