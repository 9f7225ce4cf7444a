"""The model card that is written beside the weights."""

from collections.abc import Iterable
from dataclasses import asdict

from training.kit import CMU_CREDIT, Asset
from training.lifter.noise import load_noise
from training.lifter.recipe import Recipe
from training.lifter.validation import Validation


def model_card(recipe: Recipe, validation: Validation, digest: str, assets: Iterable[Asset]) -> str:
    """Return the card in Markdown."""
    figures = "\n".join(f"| {name} | {value:.3g} |" for name, value in asdict(validation).items())
    files = "\n".join(f"| {a.path} | {a.licence} | {a.sha256[:12]} |" for a in assets)
    choices = "\n".join(
        f"- {part}: " + ", ".join(f"{name} {value}" for name, value in values.items())
        for part, values in asdict(recipe).items()
    )
    return f"""# Model card: landmark lifter

**What it is.** A network of ExPose's iterative shape (features, then repeated corrections of a mean pose) that reads
the 33 pose landmarks of MediaPipe, in the picture and in metres, and gives the rotations of 22 SMPL-X joints, ten
betas of the open body, its uncertainty, and a doubt about left and right. File: `assets/lifter.onnx`, SHA-256
`{digest}`.

**What it is for.** The setting `landmarks.solver = "lifter"`: the least squares then expect its pose instead of a body
at ease. Whether that is better, and where not: `docs/benchmarks.md`.

**What it was trained on.** Synthetic data only: no picture of a real person, no licensed body, no pose of a licensed
data set. Poses come from motion capture of eight everyday actions, and from the ranges of joints; detections are drawn
from a noise model fitted to MediaPipe's answers to {load_noise().pictures} renders.

{CMU_CREDIT}

**What it does not know.** Sitting, lying, floor work and sports other than the eight actions come only from random
joints. Body height: MediaPipe's metres do not tell it. People of the kit's skins and clothes were rendered to fit the
noise (no dark-skinned female skin at full size, no skirts or coats); children and people with other limbs were not.
Real confusions of left and right: its doubt finds the simulated ones, on real clips too, but none of twelve that
MediaPipe made on renders, which are whole bodies seen from the wrong side. The engine does not use it.

## Figures

On held-out motion clips under the same noise model, so an upper bound of what it can do, not a forecast:

| measure | value |
|---|---|
{figures}

## Choices

{choices}

Made by `python -m training.lifter --kit DIR`.

## Materials

| file | licence | SHA-256 |
|---|---|---|
{files}
"""
