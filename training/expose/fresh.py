"""Layers that can be trained, made where the engine's modules ask for those of a checkpoint.

The engine builds its networks from `Weights`, batch norms folded. Given `FreshWeights` instead, the very same modules
are made of layers with batch norms of their own, and a book remembers which name in a checkpoint each tensor has.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from engines.expose.weights import BATCH_NORM_EPSILON, Weights

_NORM_ENTRIES: Final = ("weight", "bias", "running_mean", "running_var")
_LAST_GAIN: Final = 0.01
_SOURCE: Final = Path("untrained networks")

Place = tuple[tuple[nn.Module, str], ...]
"""Modules and attributes that, put together along the second axis, are one tensor of a checkpoint."""


class FreshWeights(Weights):
    """Gives untrained layers, and the constants that are not trained.

    Args:
        constants: Start vectors and the like, by their names in a checkpoint.
        prefix: Names start with this.
        book: Filled with the place of every tensor; shared by all that come of `below`.
    """

    def __init__(
        self,
        constants: Mapping[str, Tensor],
        prefix: str = "",
        book: dict[str, Place] | None = None,
    ) -> None:
        super().__init__(constants, _SOURCE, prefix)
        self.constants, self.prefix = constants, prefix
        self.book: dict[str, Place] = {} if book is None else book
        """Name in a checkpoint -> where it is in the modules."""

    def below(self, prefix: str) -> "FreshWeights":
        """Return the same for names below a longer prefix."""
        return FreshWeights(self.constants, self.prefix + prefix, self.book)

    def convolution(
        self,
        name: str,
        channels: tuple[int, int],
        kernel: int,
        *,
        norm: str | None = None,
        stride: int = 1,
        has_bias: bool = False,
    ) -> nn.Module:
        """Return a padded convolution and the batch norm that follows, if one does (He et al., ICCV 2015)."""
        layer = nn.Conv2d(*channels, kernel, stride, kernel // 2, bias=has_bias)
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        self._note(name, layer, ("weight", "bias") if has_bias else ("weight",))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
        if norm is None:
            return layer
        after = nn.BatchNorm2d(channels[1], eps=BATCH_NORM_EPSILON)
        self._note(norm, after, _NORM_ENTRIES)
        return nn.Sequential(layer, after)

    def linear(self, name: str, width_in: int, width_out: int, *, has_bias: bool) -> nn.Linear:
        """Return a fully connected layer; the last of a regressor corrects little at first."""
        layer = nn.Linear(width_in, width_out, bias=has_bias)
        nn.init.xavier_uniform_(layer.weight, _LAST_GAIN if name == "output_layer" else 1.0)
        if has_bias:
            nn.init.zeros_(layer.bias)
        self._note(name, layer, ("weight", "bias") if has_bias else ("weight",))
        return layer

    def split_linear(
        self, name: str, widths_in: tuple[int, int], width_out: int, *, has_bias: bool
    ) -> tuple[nn.Linear, nn.Linear]:
        """Return a fully connected layer of two inputs end to end as one layer for each; the first has the bias."""
        first = nn.Linear(widths_in[0], width_out, bias=has_bias)
        second = nn.Linear(widths_in[1], width_out, bias=False)
        whole = torch.empty(width_out, sum(widths_in))
        nn.init.xavier_uniform_(whole)
        with torch.no_grad():
            first.weight.copy_(whole[:, : widths_in[0]])
            second.weight.copy_(whole[:, widths_in[0] :])
            if has_bias:
                first.bias.zero_()
        self.book[f"{self.prefix}{name}.weight"] = ((first, "weight"), (second, "weight"))
        if has_bias:
            self.book[f"{self.prefix}{name}.bias"] = ((first, "bias"),)
        return first, second

    def _note(self, name: str, module: nn.Module, entries: tuple[str, ...]) -> None:
        for entry in entries:
            self.book[f"{self.prefix}{name}.{entry}"] = ((module, entry),)


def written(book: Mapping[str, Place]) -> dict[str, Tensor]:
    """Return the present values of all tensors in a book, by their names in a checkpoint, on the CPU."""
    return {
        name: torch.cat([_value(*each) for each in place], dim=1)
        if len(place) > 1
        else _value(*place[0])
        for name, place in book.items()
    }


@torch.no_grad()
def read(book: Mapping[str, Place], tensors: Mapping[str, Tensor]) -> None:
    """Set all tensors in a book to the values of a checkpoint.

    Raises:
        KeyError: the checkpoint lacks one.
        RuntimeError: one has another shape.
    """
    for name, place in book.items():
        start = 0
        for module, entry in place:
            value: Tensor = getattr(module, entry)
            width = value.shape[1] if len(place) > 1 else 0
            whole = tensors[name]
            value.copy_(whole[:, start : start + width] if width else whole)
            start += width


def _value(module: nn.Module, entry: str) -> Tensor:
    value: Tensor = getattr(module, entry)
    return value.detach().cpu().clone()
