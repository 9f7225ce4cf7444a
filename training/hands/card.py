"""The model card that is written beside the hand lifter's weights."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from training.hands.recipe import HandRecipe, HandValidation, choices
from training.kit import CMU_CREDIT, Asset


def model_card(
    recipe: HandRecipe,
    validations: Sequence[HandValidation],
    detections: tuple[int, int],
    digest: str,
    assets: Iterable[Asset],
) -> str:
    """Return the card in Markdown.

    Args:
        recipe: What was done.
        validations: How each seed did, the first seed first.
        detections: Number of detections of single hands, and of hands of people seen whole, those held out included.
        digest: SHA-256 of the file.
        assets: What went into it.
    """
    rows = "\n".join(
        f"| {seed} | " + " | ".join(f"{value:.2f}" for value in asdict(validation).values()) + " |"
        for seed, validation in enumerate(validations, start=1)
    )
    names = " | ".join(asdict(validations[0]))
    rule = "---|" * (len(asdict(validations[0])) + 1)
    files = "\n".join(f"| {a.path} | {a.licence} | {a.sha256[:12]} |" for a in assets)
    told = "\n".join(f"- {line}" for line in choices(recipe))
    return f"""# Model card: hand lifter

**What it is.** A network of ExPose's iterative shape (features, then repeated corrections of a mean pose) that reads
the 21 landmarks of MediaPipe's hand network, in the picture and in metres, and gives the rotations of the wrist
and of 15 finger joints, and its uncertainty. File: `assets/hand_lifter.onnx`, SHA-256 `{digest}`.

**What it is for.** The prior of the hands' least squares (`landmarks.hands = "lifter"`, the default). What it is worth
beside least squares alone, on renders and on real film: `docs/training.md`.

**What it was trained on.** Synthetic data only: {detections[0]} answers of MediaPipe's network to rendered hands of
dressed people, {detections[1]} to hands of people seen whole, and hands drawn from gestures, joint limits and the kit's
stored poses, seen through a noise model fitted to those answers. No picture of a real person, no licensed body, no pose
of a licensed data set.

{CMU_CREDIT}

**What it does not know.** Hands that hold things or each other, gloves, missing fingers, children; real skin beyond the
kit's. Rotations of a finger about its own axis can hardly be seen, and are the usual ones. Fingers that MediaPipe
guesses are guessed.

## Figures

Mean errors in degrees on detections of rendered persons that were held out of training; hands of 20 to 120 px in any
pose. The best seed is the one shipped.

| seed | {names} |
|{rule}
{rows}

## Choices

{told}

Made by `python -m training.hands.render` and `python -m training.hands`.

## Materials

| file | licence | SHA-256 |
|---|---|---|
{files}
"""
