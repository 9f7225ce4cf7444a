"""Checked access to the tensors of a checkpoint, and the layers made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from engines.errors import ModelError

BATCH_NORM_EPSILON: Final = 1e-5


class Weights:
    """The tensors of a checkpoint below one prefix.

    Every tensor that is taken is checked for its presence, shape and values, so that a checkpoint that does not belong
    to its conf.yaml is refused with the name of the first entry that does not fit.
    """

    def __init__(self, tensors: Mapping[str, Tensor], source: Path, prefix: str = "") -> None:
        self._tensors = tensors
        self._prefix = prefix
        self.source = source
        """The checkpoint file, for messages."""

    def below(self, prefix: str) -> "Weights":
        """Return the tensors below a longer prefix."""
        return Weights(self._tensors, self.source, self._prefix + prefix)

    def __contains__(self, key: str) -> bool:
        return self._prefix + key in self._tensors

    def tensor(self, key: str, *shape: int) -> Tensor:
        """Return a float32 copy of an entry; -1 in the shape stands for any size.

        Raises:
            ModelError: it is absent, has another shape, or holds values that are not numbers.
        """
        tensor = self._checked(key, shape)
        if not tensor.is_floating_point() or not bool(torch.isfinite(tensor).all()):
            raise self.error(key, "has values that are not numbers; unpack the release again")
        return tensor.to(torch.float32, copy=True)

    def indices(self, key: str, *shape: int) -> Tensor:
        """Return an int64 copy of an entry of whole numbers; raises like `tensor`."""
        tensor = self._checked(key, shape)
        if tensor.is_floating_point():
            raise self.error(key, f"has type {tensor.dtype}, expected whole numbers")
        return tensor.to(torch.int64, copy=True)

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
        """Return a padded convolution with the batch norm that follows folded into it (exact but for rounding).

        Args:
            name: Key of the convolution.
            channels: In and out.
            kernel: Side of the square kernel.
            norm: Key of the batch norm, if one follows.
            stride: Step in pixels.
            has_bias: The convolution has a bias of its own.
        """
        channels_in, channels_out = channels
        weight = self.tensor(f"{name}.weight", channels_out, channels_in, kernel, kernel)
        bias = self.tensor(f"{name}.bias", channels_out) if has_bias else None
        if norm is not None:
            scale, shift = self.below(norm + ".").batch_norm(channels_out)
            weight = (weight.double() * scale[:, None, None, None]).float()
            bias = (shift if bias is None else shift + bias.double() * scale).float()
        layer = nn.Conv2d(
            channels_in,
            channels_out,
            kernel,
            stride=stride,
            padding=kernel // 2,
            bias=bias is not None,
            device="meta",
        )
        layer.weight = constant(weight)
        layer.bias = None if bias is None else constant(bias)
        return layer

    def batch_norm(self, channels: int) -> tuple[Tensor, Tensor]:
        """Return scale and shift in float64 of a batch norm that is not trained."""
        gain, offset, mean, variance = (
            self.tensor(key, channels).double()
            for key in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / torch.sqrt(variance + BATCH_NORM_EPSILON)
        return scale, offset - mean * scale

    def linear(self, name: str, width_in: int, width_out: int, *, has_bias: bool) -> nn.Linear:
        """Return a fully connected layer."""
        layer = nn.Linear(width_in, width_out, bias=has_bias, device="meta")
        layer.weight = constant(self.tensor(f"{name}.weight", width_out, width_in))
        if has_bias:
            layer.bias = constant(self.tensor(f"{name}.bias", width_out))
        return layer

    def split_linear(
        self, name: str, widths_in: tuple[int, int], width_out: int, *, has_bias: bool
    ) -> tuple[nn.Linear, nn.Linear]:
        """Return a fully connected layer of two inputs end to end as one layer for each; the first has the bias."""
        whole = self.linear(name, sum(widths_in), width_out, has_bias=has_bias)
        first = nn.Linear(widths_in[0], width_out, bias=has_bias, device="meta")
        first.weight = constant(whole.weight[:, : widths_in[0]].clone())
        first.bias = whole.bias
        second = nn.Linear(widths_in[1], width_out, bias=False, device="meta")
        second.weight = constant(whole.weight[:, widths_in[0] :].clone())
        return first, second

    def error(self, key: str, reason: str) -> ModelError:
        """Return the error that names the file and the entry."""
        return ModelError(f"{self.source}: '{self._prefix}{key}' {reason}")

    def _checked(self, key: str, shape: tuple[int, ...]) -> Tensor:
        tensor = self._tensors.get(self._prefix + key)
        if tensor is None:
            raise self.error(key, "is missing; use the checkpoint and conf.yaml of one release")
        fits = len(shape) == tensor.dim() and all(
            want in (-1, got) for want, got in zip(shape, tensor.shape, strict=True)
        )
        if not fits:
            raise self.error(
                key,
                f"has shape {tuple(tensor.shape)}, expected {shape}; "
                "use the checkpoint and conf.yaml of one release",
            )
        return tensor


def constant(tensor: Tensor) -> nn.Parameter:
    """Return a tensor as a parameter that is not trained."""
    return nn.Parameter(tensor.contiguous(), requires_grad=False)
