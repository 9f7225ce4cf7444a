"""Weights on the way to another machine: averaged, in float16, in files no larger than what can be carried at once."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from engines.errors import UsageError
from engines.whole_files import renamed_when_done

LARGEST_BYTES: Final = 56 * 2**20
"""Of one file, unless asked otherwise: some room below 64 MiB for the code beside it."""


def pack(checkpoint: Path, stem: Path, largest_bytes: int = LARGEST_BYTES) -> list[Path]:
    """Write a checkpoint's averaged weights and step as `stem.0.weights`, `stem.1.weights` ...; return the files.

    Raises:
        UsageError: there is no such checkpoint.
    """
    if not checkpoint.is_file():
        raise UsageError(f"{checkpoint}: no such checkpoint")
    state: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location="cpu")
    shards = list(_shards(state["averaged"], largest_bytes))
    stem.parent.mkdir(parents=True, exist_ok=True)
    for old in stem.parent.glob(f"{stem.name}.*.weights"):
        old.unlink()
    files = []
    for number, shard in enumerate(shards):
        file = stem.with_name(f"{stem.name}.{number}.weights")
        with renamed_when_done(file) as path:
            torch.save({"step": state["step"], "of": len(shards), "averaged": shard}, path)
        files.append(file)
    return files


def unpack(stem: Path) -> tuple[dict[str, Tensor], int]:
    """Return the weights in float32 and the step of files that `pack` wrote.

    Raises:
        UsageError: none is there, one is missing, or they are of different steps.
    """
    files = sorted(stem.parent.glob(f"{stem.name}.*.weights"))
    parts: list[dict[str, Any]] = [
        torch.load(file, weights_only=True, map_location="cpu") for file in files
    ]
    if not parts:
        raise UsageError(f"{stem}.*.weights: no such files; write them with the command pack")
    steps = {int(part["step"]) for part in parts}
    if len(steps) != 1 or len(parts) != int(parts[0]["of"]):
        raise UsageError(
            f"{stem}.*.weights: {len(parts)} of {parts[0]['of']} files, of steps {sorted(steps)}; bring all of one step"
        )
    weights = {name: value.float() for part in parts for name, value in part["averaged"].items()}
    return weights, steps.pop()


def _shards(weights: Mapping[str, Tensor], largest_bytes: int) -> Iterable[dict[str, Tensor]]:
    shard: dict[str, Tensor] = {}
    size = 0
    for name, value in weights.items():
        small = value.half() if value.is_floating_point() and "running_" not in name else value
        if shard and size + small.nbytes > largest_bytes:
            yield shard
            shard, size = {}, 0
        shard[name] = small.clone()
        size += small.nbytes
    yield shard
