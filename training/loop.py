"""The training loop: seeded, averaged over its last steps, and able to go on where it was stopped, bit for bit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engines.whole_files import renamed_when_done

Losses = Callable[[int, torch.Generator], Tensor]
"""Number of a step, and what all randomness in it comes from -> what is to become small."""

AfterStep = Callable[[int, Tensor], bool]
"""Steps done, and the last one's loss -> whether to go on."""


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """How long and how fast."""

    steps: int
    """Steps in all; the learning rate falls to zero over them, as a cosine."""
    learning_rate: float
    """Highest learning rate."""
    weight_decay: float = 1e-4
    """Of AdamW."""
    average: float = 0.999
    """Decay of the moving average of the weights, which is the result."""
    warm_up: int = 200
    """Steps over which the learning rate rises, at first and wherever the optimiser has lost its memory."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    held: float = 0.0
    """Share of the steps, the last ones, in which batch norms work with their running statistics, held, as they do in
    use: what is learnt on the statistics of each batch alone is off with others, the more so the smaller the batch."""
    seed: int = 1
    """Everything random comes from it."""


class Loop:
    """Trains a module; `step` counts what has been done.

    Args:
        network: What is trained, on its device and in its memory format.
        losses: What it is trained to.
        options: How long and how fast.
    """

    def __init__(self, network: nn.Module, losses: Losses, options: LoopOptions) -> None:
        self.network = network
        """What is trained."""
        self._losses, self._options = losses, options
        self._values = dict(network.state_dict())
        self._averaged = {name: value.detach().clone() for name, value in self._values.items()}
        self._smooth = [name for name, value in self._values.items() if value.is_floating_point()]
        trained = [each for each in network.parameters() if each.requires_grad]
        self._trained = trained
        self._optimizer = torch.optim.AdamW(
            trained,
            lr=options.learning_rate,
            weight_decay=options.weight_decay,
            fused=True,
        )
        norms = (nn.BatchNorm1d, nn.BatchNorm2d)
        self._norms = [each for each in network.modules() if isinstance(each, norms)]
        self._generator = torch.Generator().manual_seed(options.seed)
        self.step = 0
        """Steps done."""
        self._warm_since = 0

    @property
    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights: the result."""
        return self._averaged

    def run(self, until: int, after_step: AfterStep) -> None:
        """Train on to a step, at most the options' number, or until `after_step` returns False."""
        self.network.train()
        while self.step < min(until, self._options.steps):
            loss = self._train_one()
            if not after_step(self.step, loss):
                return

    def save(self, path: Path) -> None:
        """Write everything that `load` needs to go on; the file is there whole or not at all."""
        state = {
            "step": self.step,
            "warm_since": self._warm_since,
            "network": self.network.state_dict(),
            "averaged": self._averaged,
            "optimizer": self._optimizer.state_dict(),
            "generator": self._generator.get_state(),
        }
        with renamed_when_done(path) as unfinished:
            torch.save(state, unfinished)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint of the same options, to the same bits as without a stop."""
        device = self._trained[0].device
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location=device)
        self.step, self._warm_since = int(state["step"]), int(state["warm_since"])
        self._set(state["network"], state["averaged"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._generator.set_state(state["generator"].cpu())

    def carry_on(self, weights: Mapping[str, Tensor], step: int) -> None:
        """Go on from weights alone, of whatever precision; the learning rate rises anew, as the optimiser is new."""
        self.step = self._warm_since = step
        self._set(weights, weights)
        self._generator.manual_seed(self._options.seed + step)

    @torch.no_grad()
    def _set(self, network: Mapping[str, Tensor], averaged: Mapping[str, Tensor]) -> None:
        self.network.load_state_dict(dict(network))
        for name, value in self._averaged.items():
            value.copy_(averaged[name])

    def _train_one(self) -> Tensor:
        if self.step >= (1 - self._options.held) * self._options.steps:
            for norm in self._norms:
                norm.eval()
        for group in self._optimizer.param_groups:
            group["lr"] = self._options.learning_rate * self._pace()
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._losses(self.step, self._generator)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._trained, self._options.clip)
        self._optimizer.step()
        self.step += 1
        self._take_average()
        return loss.detach()

    def _pace(self) -> float:
        """Return the learning rate's share of its highest: a short rise, then a cosine's fall."""
        rise = min(1.0, (self.step - self._warm_since + 1) / self._options.warm_up)
        fall = torch.tensor(torch.pi * self.step / self._options.steps).cos()
        return rise * 0.5 * (1 + float(fall))

    @torch.no_grad()
    def _take_average(self) -> None:
        keep = min(self._options.average, self.step / (self.step + 10))
        torch._foreach_lerp_(
            [self._averaged[name] for name in self._smooth],
            [self._values[name] for name in self._smooth],
            1 - keep,
        )
        for name in self._averaged.keys() - self._smooth:
            self._averaged[name].copy_(self._values[name])
