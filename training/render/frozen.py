"""Frozen test renders for networks that read pictures: people, clothes, light and motion that training never sees.

python -m training.render.frozen --kit DIR --out FOLDER [--bodies 128] [--hands 256] [--heads 256]

FOLDER then has body.npz, hand.npz, head.npz and a MANIFEST.csv with their digests and everything they are made of.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from engines.errors import MocapError, ModelError
from training.kit import Asset, Kit, digest, write_manifest
from training.render.batch import RenderedBatch, batches
from training.render.bodies import Kind
from training.render.on_device import wanted_device
from training.splits import FROZEN_SEED

SIZES: Final[dict[Kind, int]] = {"body": 512, "hand": 256, "head": 256}
"""Sides of the pictures, pixels."""
_BATCH: Final = 8
_LICENCE: Final = "CC0-1.0 and the credits of the assets"
_SOURCE: Final = "python -m training.render.frozen"


def main(arguments: list[str] | None = None) -> int:
    """Render the test sets; return the exit code."""
    options = _parser().parse_args(arguments)
    counts: dict[Kind, int] = {"body": options.bodies, "hand": options.hands, "head": options.heads}
    try:
        kit = Kit(options.kit)
        options.out.mkdir(parents=True, exist_ok=True)
        made = []
        for kind, count in counts.items():
            if count > 0:
                path = options.out / f"{kind}.npz"
                save(path, render(kit, kind, count, options.device))
                made.append(Asset(path.name, digest(path), _LICENCE, "this project", _SOURCE))
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{options.out}: cannot be written ({error}); choose another --out\n")
        return 1
    write_manifest(options.out / "MANIFEST.csv", (*made, *kit.used))
    return 0


def render(kit: Kit, kind: Kind, count: int, device: str) -> RenderedBatch:
    """Return the first so many frozen pictures of a kind, in the computer's memory."""
    wanted = batches(
        kit, kind, "test", size=SIZES[kind], batch=_BATCH, seed=FROZEN_SEED, device=device
    )
    number = -(-count // _BATCH)
    parts = [_stored(batch) for batch in tqdm(islice(wanted, number), kind, number)]
    whole: dict[str, Any] = {
        name: torch.cat([getattr(part, name) for part in parts])[:count]
        for name, value in _tensors(parts[0])
    }
    return replace(parts[0], **whole)


def save(path: Path, batch: RenderedBatch) -> None:
    """Write a batch; pictures are rounded to 8 bits, normals are left out."""
    arrays: dict[str, Any] = {name: value.cpu().numpy() for name, value in _tensors(_stored(batch))}
    arrays["images"] = (255 * arrays["images"]).round().astype(np.uint8)
    np.savez_compressed(path, kind=np.array(batch.kind), **arrays)


def load(path: Path, device: torch.device | str = "cpu") -> RenderedBatch:
    """Return a batch that `save` wrote.

    Raises:
        ModelError: no such file, one that holds something else, or one that the manifest beside it does not name.
    """
    there = wanted_device(device)
    try:
        checked = Kit(path.parent).file(path.name)
        with np.load(checked, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        kind = str(arrays.pop("kind"))
        if kind not in get_args(Kind):
            raise ValueError(f"pictures of a {kind}")
        tensors: dict[str, Any] = {
            name: torch.from_numpy(array).to(there) for name, array in arrays.items()
        }
        tensors["images"] = tensors["images"].float() / 255
        return RenderedBatch(kind=kind, **tensors)  # type: ignore[arg-type]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ModelError(
            f"{path}: no frozen renders ({error}); make them with python -m training.render.frozen"
        ) from error


def _stored(batch: RenderedBatch) -> RenderedBatch:
    return replace(batch, normals=None)


def _tensors(batch: RenderedBatch) -> Iterator[tuple[str, Tensor]]:
    for entry in fields(batch):
        value = getattr(batch, entry.name)
        if isinstance(value, Tensor):
            yield entry.name, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.render.frozen", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--bodies", type=int, default=128, help="pictures of bodies")
    parser.add_argument("--hands", type=int, default=256, help="pictures of hands")
    parser.add_argument("--heads", type=int, default=256, help="pictures of heads")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    return parser


if __name__ == "__main__":
    sys.exit(main())
