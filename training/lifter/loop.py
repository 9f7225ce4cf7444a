"""The training loop: seeded, averaged over its last steps, and able to go on where it was stopped, bit for bit."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from training.lifter.batches import BatchMaker
from training.lifter.body import TorchBody
from training.lifter.losses import LossWeights, total_loss
from training.lifter.network import LifterNetwork

logger = logging.getLogger(__name__)

_WARM_UP: Final = 200
_CLIP: Final = 1.0


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


class Trainer:
    """Trains a network; `step` counts what has been done."""

    def __init__(
        self, network: LifterNetwork, maker: BatchMaker, body: TorchBody, options: TrainingOptions
    ) -> None:
        self.network = network
        """What is trained."""
        self._maker, self._body, self._options = maker, body, options
        self._averaged = {
            name: value.detach().clone() for name, value in network.state_dict().items()
        }
        self._optimizer = torch.optim.AdamW(
            network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
        )
        self._generator = torch.Generator().manual_seed(options.seed)
        self.step = 0
        """Steps done."""

    @property
    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights: the result."""
        return self._averaged

    def run(
        self, until: int, *, checkpoint: Path | None = None, told: Callable[[int, float], None]
    ) -> None:
        """Train on to a step, saving now and then.

        Args:
            until: Step to stop after, at most the options' number.
            checkpoint: File to save to.
            told: Called with the step and the loss after each checkpoint's worth of steps, for whoever watches.
        """
        self.network.train()
        while self.step < min(until, self._options.steps):
            loss = self._train_one()
            if self.step % self._options.save_every == 0 or self.step == self._options.steps:
                told(self.step, loss)
                if checkpoint is not None:
                    self.save(checkpoint)

    def save(self, path: Path) -> None:
        """Write everything that `load` needs to go on."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "averaged": self._averaged,
            "optimizer": self._optimizer.state_dict(),
            "generator": self._generator.get_state(),
        }
        beside = path.with_suffix(".part")
        torch.save(state, beside)
        beside.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint of the same options."""
        state: dict[str, Any] = torch.load(path, weights_only=True)
        self.step = int(state["step"])
        self.network.load_state_dict(state["network"])
        self._averaged = state["averaged"]
        self._optimizer.load_state_dict(state["optimizer"])
        self._generator.set_state(state["generator"])

    def _train_one(self) -> float:
        batch = self._maker.make(self._options.batch, self._generator)
        for group in self._optimizer.param_groups:
            group["lr"] = self._options.learning_rate * self._pace()
        self._optimizer.zero_grad(set_to_none=True)
        loss = total_loss(batch, self.network(*batch.inputs), self._body, self._options.weights)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._optimizer.step()
        self.step += 1
        self._take_average()
        return float(loss.detach())

    def _pace(self) -> float:
        """Return the learning rate's share of its highest: a short rise, then a cosine's fall."""
        rise = min(1.0, (self.step + 1) / _WARM_UP)
        fall = torch.tensor(torch.pi * self.step / self._options.steps).cos()
        return rise * 0.5 * (1 + float(fall))

    @torch.no_grad()
    def _take_average(self) -> None:
        keep = min(self._options.average, self.step / (self.step + 10))
        for name, value in self.network.state_dict().items():
            self._averaged[name].lerp_(value, 1 - keep)
