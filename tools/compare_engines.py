"""Runs engines over the real clips with truth, through the whole program, and prints how far each is off.

python -m tools.compare_engines DIR --truth DIR [--checkpoint FOLDER | --open] [--figures FILE.json]

DIR holds NAME.mp4, the other NAME_truth.npz, as for `main.py evaluate --dataset clips`. The landmark engine is always
among them. With --figures, what `training.expose.gates` and the engine catalog decide by is written.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.evaluation.walk import JointScore, load_walk_truth, score_take
from app.paths import CHECKOUT
from app.takes.load import load_take

_LANDMARKS: Final = ("--engine", "landmarks")


def main() -> None:
    """Print one line an engine and clip."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, help="data folder of training.expose.export")
    parser.add_argument("--open", action="store_true", help="the networks in assets/expose_open")
    parser.add_argument("--figures", type=Path, help="file to write")
    arguments = parser.parse_args()
    engines = {"landmarks": _LANDMARKS}
    if arguments.open:
        engines["expose-open"] = ("--engine", "expose-open")
    elif arguments.checkpoint is not None:
        engines["expose-open"] = (
            "--engine", "expose", "--checkpoint", str(arguments.checkpoint.resolve()),
        )  # fmt: skip
    figures: dict[str, dict[str, float]] = {}
    for truth in sorted(arguments.truth.glob("*_truth.npz")):
        clip = arguments.clips / (truth.name.removesuffix("_truth.npz") + ".mp4")
        for engine, flags in engines.items():
            score = run(clip, truth, flags)
            print(
                f"{clip.stem:<12} {engine:<12} frames {score.frames}  missing {score.missing}  "
                f"MPJPE {score.mpjpe_mm:6.1f} mm  PA-MPJPE {score.pa_mpjpe_mm:6.1f} mm",
                flush=True,
            )
            figures.setdefault(clip.stem, {})[engine] = score.pa_mpjpe_mm
    if arguments.figures is not None:
        text = json.dumps({"clips": figures}, indent=1)
        arguments.figures.write_text(text + "\n", encoding="utf-8")


def run(clip: Path, truth: Path, flags: tuple[str, ...]) -> JointScore:
    """Return how far one engine is off on one clip."""
    with TemporaryDirectory() as folder:
        command = [
            sys.executable, str(CHECKOUT / "main.py"), "run", "--headless", "--every-frame",
            "--source", str(clip), "--record", folder, *flags,
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (take,) = Path(folder).iterdir()
        return score_take(load_take(take), load_walk_truth(truth))


if __name__ == "__main__":
    main()
