"""The recipe of the shipped hand lifter: from pairs of rendered hands to an ONNX file."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.attachments import attach_hand
from engines.landmarks.hand_lifter import NUMBERS
from engines.model_store import model_path
from training.hands.examples import (
    DrawnHands,
    HandBatchMaker,
    HandExamples,
    HandSceneOptions,
    examples,
    fit_noise,
)
from training.hands.losses import HandLossWeights, hand_loss
from training.hands.network import HandNetwork, LiftedHands
from training.hands.pairs import HandPairs, load_hand_pairs
from training.hands.poses import HandPoses
from training.kit import Kit
from training.lifter.body import TorchBody
from training.lifter.export import export
from training.lifter.network import NetworkOptions
from training.loop import Loop, LoopOptions
from training.render.clips import relaxed_hand

_SAVE_EVERY: Final = 500
_EVERY: Final = 10
"""Every tenth person is kept for validation."""


@dataclass(frozen=True, slots=True)
class HandRecipe:
    """Every choice that went into the weights."""

    network: NetworkOptions = field(default_factory=lambda: NetworkOptions(width=192))
    """Size."""
    loop: LoopOptions = field(
        default_factory=lambda: LoopOptions(steps=4_000, learning_rate=1.2e-3)
    )
    """Steps and rates; the seed is the caller's."""
    batch: int = 256
    """Hands in each step."""
    scene: HandSceneOptions = field(default_factory=HandSceneOptions)
    """Drawn hands."""
    weights: HandLossWeights = field(default_factory=HandLossWeights)
    """Of the losses."""
    poses: int = 30_000
    """Hands drawn in advance."""


@dataclass(frozen=True, slots=True)
class HandValidation:
    """Mean errors on detections of persons that were held out, degrees."""

    fingers_deg: float
    """Finger joints, parent-relative."""
    wrist_deg: float
    """The wrist as the camera sees it."""
    fingers_without_world_deg: float
    """Finger joints where the metric landmarks are left out."""
    fingers_of_whole_people_deg: float
    """Finger joints of people seen whole, hands of some 20 to 45 px; not a number where there are none."""
    calibration: float
    """Root mean square of rotation errors over the network's own standard deviations: 1 where it knows itself."""


class HandWorkshop:
    """A recipe with its materials.

    Args:
        kit: The training kit.
        pairs: Detections of single hands of the training part.
        whole: Detections of hands of its people seen whole; None for none.
        recipe: What to make of them.
    """

    def __init__(
        self, kit: Kit, pairs: HandPairs, whole: HandPairs | None, recipe: HandRecipe
    ) -> None:
        self.recipe = recipe
        """The recipe."""
        model = load_body(model_path("open_body"))
        self._body = TorchBody(model, attach_hand(model, "left"))
        known, self._held = self._split(pairs)
        nobody = np.zeros(len(known), np.bool_)
        far, self._far_held = (known.only(nobody),) * 2 if whole is None else self._split(whole)
        hands = _drawn_hands(kit, recipe.poses)
        noise = fit_noise(known.joined(far), self._body)
        self._maker = HandBatchMaker(known, far, hands, noise, self._body, recipe.scene)
        self._mean = _mean_rotations(known)

    def train(
        self, seed: int, checkpoint: Path | None, told: Callable[[int, float], None]
    ) -> HandNetwork:
        """Return a network with averaged weights, trained from where a checkpoint stopped if there is one."""
        torch.manual_seed(seed)
        network = HandNetwork(self.recipe.network, self._mean)
        options = replace(self.recipe.loop, seed=seed)

        def losses(_step: int, generator: torch.Generator) -> Float[Tensor, ""]:
            batch = self._maker.make(self.recipe.batch, generator)
            return hand_loss(batch, network(batch.numbers), self._body, self.recipe.weights)

        def after_step(step: int, loss: Tensor) -> bool:
            if step % _SAVE_EVERY == 0 or step == options.steps:
                told(step, float(loss))
                if checkpoint is not None:
                    loop.save(checkpoint)
            return True

        loop = Loop(network, losses, options)
        if checkpoint is not None and checkpoint.is_file():
            loop.load(checkpoint)
        loop.run(options.steps, after_step)
        network.load_state_dict(loop.averaged)
        network.eval()
        return network

    def _split(self, pairs: HandPairs) -> tuple[HandExamples, HandExamples]:
        """Return what is trained on, and what is kept for validation."""
        held = pairs.person % _EVERY == _EVERY - 1
        all_of_them = examples(pairs, self._body)
        return all_of_them.only(~held), all_of_them.only(held)

    @torch.no_grad()
    def validate(self, network: HandNetwork) -> HandValidation:
        """Return the errors on held-out persons."""
        batch = self._held.rows(np.arange(len(self._held)))
        blind = batch.numbers.clone()
        blind[:, 63:126], blind[:, 127] = 0.0, 0.0
        lifted = network(batch.numbers)
        errors = _angles(lifted.rotations, batch.rotations)
        without = _angles(network(blind).rotations, batch.rotations)
        far = self._far_held.rows(np.arange(len(self._far_held)))
        of_far = _angles(network(far.numbers).rotations, far.rotations)
        surprise = errors.square() / (3 * lifted.sigmas**2)
        return HandValidation(
            float(torch.rad2deg(errors[:, 1:]).mean()),
            float(torch.rad2deg(errors[:, 0]).mean()),
            float(torch.rad2deg(without[:, 1:]).mean()),
            float(torch.rad2deg(of_far[:, 1:]).mean()),
            float(surprise.mean().sqrt()),
        )


def export_hands(network: HandNetwork, path: Path) -> None:
    """Write the network as the engine reads it."""
    export(network, path, inputs={"numbers": torch.zeros(1, NUMBERS)}, outputs=LiftedHands._fields)


def load_all(
    paths: Sequence[Path], load: Callable[[Path], HandPairs] = load_hand_pairs
) -> HandPairs:
    """Return the pairs of several files, persons numbered through."""
    parts, first = [], 0
    for path in paths:
        pairs = load(path)
        parts.append(replace(pairs, person=pairs.person + first))
        first = int(parts[-1].person.max()) + 1
    return parts[0].joined(parts[1:])


def choices(recipe: HandRecipe) -> list[str]:
    """Return the recipe in words, part by part."""
    loop = {name: value for name, value in asdict(recipe.loop).items() if name != "seed"}
    parts = {
        "network": asdict(recipe.network), "loop": loop | {"batch": recipe.batch},
        "scene": asdict(recipe.scene), "weights": asdict(recipe.weights),
        "poses": {"drawn": recipe.poses},
    }  # fmt: skip
    return [
        f"{name}: " + ", ".join(f"{k} {v}" for k, v in part.items()) for name, part in parts.items()
    ]


def _drawn_hands(kit: Kit, count: int) -> DrawnHands:
    poses, rng = HandPoses(kit), np.random.default_rng(3)
    drawn = (
        [poses.draw(rng) for _ in range(count)],
        [relaxed_hand(rng) for _ in range(count // 2)],
    )
    return DrawnHands(*(matrix_from_axis_angle(np.array(d)).astype(np.float32) for d in drawn))


def _mean_rotations(known: HandExamples) -> Float[Tensor, "16 3 3"]:
    """Return the rotations nearest to the mean of all."""
    left, _, right = torch.linalg.svd(torch.from_numpy(known.rotations).mean(dim=0))
    signs = torch.ones(len(left), 3)
    signs[:, 2] = torch.sign(torch.det(left @ right))
    return (left * signs[:, None]) @ right


def _angles(a: Tensor, b: Tensor) -> Tensor:
    cosines = ((a * b).sum(dim=(2, 3)) - 1) / 2
    return torch.acos(cosines.clamp(-1, 1))
