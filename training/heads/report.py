"""Tables of what was measured on rendered heads."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX, ARKIT_NAMES
from training.heads.measure import GAZES, JAWS, SINGLE, TURNS, Seen

_RIVALS: Final = 3
_NO_GAZE: Final = np.array([not name.startswith("eyeLook") for name in ARKIT_NAMES])


def head_lines(seen: Sequence[Seen]) -> list[str]:
    """Return errors of head and jaw."""
    lines = [
        "| head turned by (down, left, tilt) | found | error | against its first picture |",
        "|---|---|---|---|",
    ]
    for n, turn in enumerate(TURNS):
        answers = [person.heads[n] for person in seen]
        known = np.array([answer for answer in answers if answer is not None])
        means = "-" if not len(known) else " | ".join(f"{v:.1f}°" for v in known.mean(axis=0))
        lines.append(f"| {turn} | {len(known)} of {len(seen)} | {means} |")
    jaws = [[person.jaws[n] for person in seen] for n in range(len(JAWS))]
    said = ", ".join(f"{jaw:.0f}° → {_mean(row):.1f}°" for jaw, row in zip(JAWS, jaws, strict=True))
    errors = [
        abs(v - jaw) for jaw, row in zip(JAWS, jaws, strict=True) for v in row if v is not None
    ]
    return [*lines, "", f"jaw: {said}; mean error {np.mean(errors):.1f}°"]


def gaze_lines(seen: Sequence[Seen]) -> list[str]:
    """Return how the gaze follows known turns of the eyes."""
    said = np.array([
        (*gaze, *answer)
        for person in seen
        for gaze, answer in zip(GAZES, person.gazes, strict=True)
        if answer is not None
    ])  # fmt: skip
    lines = [
        "| gaze | answer per degree | correlation | mean error | median |",
        "|---|---|---|---|---|",
    ]
    for axis, name in ((1, "left and right"), (0, "up and down")):
        true, answer = said[:, axis], said[:, 2 + axis]
        slope = float(true @ answer / (true @ true))
        errors = np.abs(answer - true)
        correlation = float(np.corrcoef(true, answer)[0, 1])
        lines.append(
            f"| {name} | {slope:.2f} | {correlation:.2f} | {errors.mean():.1f}° | {np.median(errors):.1f}° |"
        )
    return lines


def actions_table(seen: Sequence[Seen]) -> list[str]:
    """Return what the solver answers to each action alone: its own coefficient, and the strongest others."""
    lines = [
        "| shown alone | its own | strongest others | strongest is right |",
        "|---|---|---|---|",
    ]
    for n, names in enumerate(SINGLE):
        known = [person.actions[n] for person in seen if person.actions[n] is not None]
        if not known:
            lines.append(f"| {names[0]} | - | no face found | - |")
            continue
        answers = np.array(known) * _NO_GAZE
        own = [ARKIT_INDEX[name] for name in names]
        right = _strongest(answers, own)
        means = answers.mean(axis=0)
        others = [k for k in np.argsort(-means) if k not in own and means[k] > 0.05][:_RIVALS]
        told = ", ".join(f"{ARKIT_NAMES[k]} {means[k]:.2f}" for k in others) or "-"
        lines.append(f"| {_title(names)} | {means[own].mean():.2f} | {told} | {right:.0%} |")
    return lines


def _strongest(answers: NDArray[np.floating], own: list[int]) -> float:
    """Return the share of pictures in which one of the actions shown is the strongest, and there at all."""
    best = answers.argmax(axis=1)
    return float(
        np.mean([k in own and row[k] > 0.05 for k, row in zip(best, answers, strict=True)])
    )


def _title(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else names[0].removesuffix("Left") + " (both sides)"


def _mean(values: Sequence[float | None]) -> float:
    return float(np.mean([value for value in values if value is not None]))
