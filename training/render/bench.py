"""Measures how fast pictures are rendered, part by part: processor time on the CPU, time that passes on a GPU.

python -m training.render.bench --kit DIR --device cpu|cuda [--kind body] [--size 256] [--batch 64] [--rounds 5]
"""

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from engines.errors import MocapError, UsageError
from training.kit import Kit
from training.render.batch import open_body
from training.render.bodies import BodyOptions, BodySampler, Kind
from training.render.on_device import wanted_device
from training.render.studio import Studio, StudioOptions

PARTS = ("people", "scene", "draw", "finish")
"""Poses, shapes and cameras; clothes, light and textures' choice with the unposed bodies; posing, rasterising and
shading; background, occluders and camera."""


def main(arguments: list[str] | None = None) -> int:
    """Print images per second; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        rows = list(measure(options))
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    named = options.device if options.device == "cpu" else torch.cuda.get_device_name(0)
    sys.stdout.write(
        f"{options.kind}, {options.size} px, batches of {options.batch}, {named}, median of {len(rows)}\n"
    )
    for name, seconds in zip((*PARTS, "all"), (*medians, sum(medians)), strict=True):
        per_second = options.batch / seconds
        sys.stdout.write(
            f"{name:8s}{1e3 * seconds / options.batch:10.3f} ms {per_second:10.1f} images/s\n"
        )
    if options.device == "cuda":
        sys.stdout.write(f"memory  {torch.cuda.max_memory_allocated() / 2**30:10.2f} GiB\n")
    return 0


def measure(options: argparse.Namespace) -> Iterator[list[float]]:
    """Yield the seconds that each part of one batch takes; the first batch, which compiles, is left out."""
    kind: Kind = options.kind
    device = wanted_device(options.device)
    if options.batch < 1 or options.rounds < 1 or options.size < 1:
        raise UsageError("--batch, --rounds and --size must be 1 at least")
    kit = Kit(options.kit)
    sampler = BodySampler(kit, open_body(), "train", BodyOptions())
    studio = Studio(kit, "train", device, StudioOptions())
    for number in range(options.rounds + 1):
        rng = np.random.default_rng(number)
        times = [_now(device)]
        bodies = sampler.draw(rng, options.batch, kind, options.size)
        times.append(_now(device))
        shoot = studio.prepare(bodies, rng, mouth=kind == "head")
        times.append(_now(device))
        drawn = studio.draw(shoot, options.size)
        times.append(_now(device))
        studio.finish(shoot, drawn)
        times.append(_now(device))
        if number:
            yield [after - before for before, after in itertools.pairwise(times)]


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.render.bench", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where to render")
    parser.add_argument("--kind", choices=("body", "hand", "head"), default="body", help="of what")
    parser.add_argument("--size", type=int, default=256, help="sides of the pictures, pixels")
    parser.add_argument("--batch", type=int, default=64, help="pictures in a batch")
    parser.add_argument("--rounds", type=int, default=5, help="batches that are measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
