"""Trains the hand lifter with several seeds and writes the best with its manifest and model card.

python -m training.hands.render --kit DIR --out hands1.npz --persons 300 --seed 1     # as often as there is time for
python -m training.render --kit DIR --out people1.npz --clips 100 --frames 3 --every 4 --hands --seed 1      # likewise
python -m training.hands --kit DIR hands1.npz [...] [--people people1.npz ...] [--out assets/hand_lifter.onnx]
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch

from engines.body.model import load_body
from engines.errors import MocapError
from engines.model_store import ASSETS, model_cards, model_path
from training.hands.bodies import hands_of_bodies
from training.hands.card import model_card
from training.hands.network import HandNetwork
from training.hands.pairs import HandPairs
from training.hands.recipe import (
    HandRecipe,
    HandValidation,
    HandWorkshop,
    export_hands,
    load_all,
)
from training.kit import Asset, Kit, digest, read_manifest, write_manifest
from training.render.pairs import load_pairs

HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """Train and write; return the exit code."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    recipe = HandRecipe()
    if options.steps is not None:
        recipe = replace(recipe, loop=replace(recipe.loop, steps=options.steps))
    try:
        kit, pairs = Kit(options.kit), load_all(options.pairs)
        people = _hands_of(options.people) if options.people else None
        workshop = HandWorkshop(kit, pairs, people, recipe)
        options.work.mkdir(parents=True, exist_ok=True)
        results = [_train(workshop, seed, options.work) for seed in range(1, options.seeds + 1)]
        assets = _assets(kit, [*options.pairs, *options.people])
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    best = min(results, key=lambda result: result[1].fingers_deg)
    export_hands(best[0], options.out)
    write_manifest(options.notes / "manifest.csv", assets)
    validations = [validation for _, validation in results]
    detections = len(pairs), 0 if people is None else len(people)
    card = model_card(recipe, validations, detections, digest(options.out), assets)
    (options.notes / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    sys.stderr.write(f"{options.out}: {best[1]}\nsha256 {digest(options.out)}\n")
    return 0


def _hands_of(people: list[Path]) -> HandPairs:
    """Return the hands in files of whole people."""
    body = load_body(model_path("open_body"))
    return load_all(people, lambda path: hands_of_bodies(load_pairs(path), body))


def _train(workshop: HandWorkshop, seed: int, work: Path) -> tuple[HandNetwork, HandValidation]:
    def tell(step: int, loss: float) -> None:
        sys.stderr.write(f"seed {seed}, step {step}: loss {loss:.3f}\n")

    network = workshop.train(seed, work / f"hands-{seed}.checkpoint", tell)
    validation = workshop.validate(network)
    sys.stderr.write(f"seed {seed}: {validation}\n")
    return network, validation


def _assets(kit: Kit, pairs: list[Path]) -> tuple[Asset, ...]:
    """Return everything that the weights were made from: what the pairs were rendered with, and what was read here."""
    card = model_cards()["open_body"]
    ours = Asset(
        f"assets/{card.file}", digest(card.path), card.licence, "this project", card.source
    )
    theirs = {asset.path: asset for asset in kit.used}
    for path in pairs:
        theirs |= read_manifest(path.with_suffix(".csv"))
    return (*(theirs[path] for path in sorted(theirs)), ours)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.hands", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "pairs", type=Path, nargs="+", help="files written by python -m training.hands.render"
    )
    parser.add_argument(
        "--people", type=Path, nargs="+", default=[],
        help="files written by python -m training.render --hands: hands of people seen whole",
    )  # fmt: skip
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument(
        "--out", type=Path, default=ASSETS / "hand_lifter.onnx", help="file to write"
    )
    parser.add_argument(
        "--notes", type=Path, default=HERE, help="folder for manifest and model card"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("cache/training"), help="folder of the checkpoints"
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds to compare")
    parser.add_argument("--steps", type=int, help="fewer steps, to try it out")
    parser.add_argument("--threads", type=int, default=1, help="threads for torch")
    return parser


if __name__ == "__main__":
    sys.exit(main())
