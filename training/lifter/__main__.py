"""Trains the landmark lifter and writes it with its manifest and model card.

python -m training.lifter --kit DIR [--work DIR] [--out assets/lifter.onnx]
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch

from engines.errors import MocapError
from engines.model_store import ASSETS
from training.kit import Kit, digest, write_manifest
from training.lifter.card import model_card
from training.lifter.export import export
from training.lifter.recipe import Recipe, Workshop

HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """Train and write; return the exit code."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    recipe = Recipe()
    for name in ("steps", "seed"):
        value = getattr(options, name)
        if value is not None:
            recipe = replace(recipe, training=replace(recipe.training, **{name: value}))
    try:
        workshop = Workshop(Kit(options.kit), recipe)
        options.work.mkdir(parents=True, exist_ok=True)
        workshop.train(options.work / "lifter.checkpoint", _tell)
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    validation = workshop.finish()
    export(workshop.network, options.out)
    write_manifest(options.notes / "manifest.csv", workshop.assets())
    card = model_card(recipe, validation, digest(options.out), workshop.assets())
    (options.notes / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    sys.stderr.write(f"{options.out}: {validation}\nsha256 {digest(options.out)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.lifter", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--out", type=Path, default=ASSETS / "lifter.onnx", help="file to write")
    parser.add_argument(
        "--notes", type=Path, default=HERE, help="folder for manifest and model card"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("cache/training"), help="folder of the checkpoint"
    )
    parser.add_argument("--steps", type=int, help="fewer steps, to try it out")
    parser.add_argument("--seed", type=int, help="another seed, to see what is chance")
    parser.add_argument("--threads", type=int, default=1, help="threads for torch")
    return parser


def _tell(step: int, loss: float) -> None:
    sys.stderr.write(f"step {step}: loss {loss:.3f}\n")


if __name__ == "__main__":
    sys.exit(main())
