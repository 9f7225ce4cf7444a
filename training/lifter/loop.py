"""The lifter's training: which batches, which losses, how long."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from training.lifter.batches import BatchMaker
from training.lifter.body import TorchBody
from training.lifter.losses import LossWeights, total_loss
from training.lifter.network import LifterNetwork
from training.loop import Loop, LoopOptions


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How long and how fast."""

    steps: int = 5_000
    """Steps in all; the learning rate falls to zero over them, as a cosine."""
    batch: int = 256
    """Pictures in each."""
    learning_rate: float = 1.2e-3
    """Highest learning rate."""
    weight_decay: float = 1e-4
    """Of AdamW."""
    average: float = 0.999
    """Decay of the moving average of the weights, which is what is shipped."""
    seed: int = 1
    """Everything random comes from it."""
    save_every: int = 500
    """Steps between two checkpoints."""
    weights: LossWeights = field(default_factory=LossWeights)
    """Of the losses."""


class Trainer(Loop):
    """Trains a lifter; `step` counts what has been done."""

    def __init__(
        self, network: LifterNetwork, maker: BatchMaker, body: TorchBody, options: TrainingOptions
    ) -> None:
        self._maker, self._body, self._lifter, self._plan = maker, body, network, options
        loop = LoopOptions(
            options.steps,
            options.learning_rate,
            weight_decay=options.weight_decay,
            average=options.average,
            seed=options.seed,
        )
        super().__init__(network, self._loss, loop)

    def train(
        self, until: int, *, checkpoint: Path | None = None, told: Callable[[int, float], None]
    ) -> None:
        """Train on to a step, saving now and then.

        Args:
            until: Step to stop after, at most the options' number.
            checkpoint: File to save to.
            told: Called with the step and the loss after each checkpoint's worth of steps, for whoever watches.
        """

        def after_step(step: int, loss: Tensor) -> bool:
            if step % self._plan.save_every == 0 or step == self._plan.steps:
                told(step, float(loss))
                if checkpoint is not None:
                    self.save(checkpoint)
            return True

        self.run(until, after_step)

    def _loss(self, _step: int, generator: torch.Generator) -> Tensor:
        batch = self._maker.make(self._plan.batch, generator)
        return total_loss(batch, self._lifter(*batch.inputs), self._body, self._plan.weights)
