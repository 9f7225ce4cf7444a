"""What weights must reach before they are shipped, and before they are the default: the rule, in one place.

Whether they are the default, `ShippedNetworks.beat_landmarks` reads from the figures that this module writes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engines.errors import MocapError, UsageError
from engines.expose.shipped import FIGURES

MEASURED: Final = "measured.json"
"""What `python -m training.expose.evaluate` found, in the data folder it is true of: test -> measure -> value."""
HAND_PA_V2V_MM: Final = 9.0
"""Hands on frozen renders..."""
LANDMARK_HANDS_PA_V2V_MM: Final = 6.2
"""...and better than the hand lifter on MediaPipe's landmarks (docs/training.md, `training.frozen_test`)."""
CLIP_PA_MPJPE_MM: Final = 90.0
"""Whole bodies on real clips."""
GAIN_MM_A_RUN: Final = 5.0
"""A body training goes on while each run gains at least this much on real clips."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition."""

    name: str
    value: float | None
    """None: not measured."""
    limit: float

    @property
    def is_passed(self) -> bool:
        """Whether the value is known and below the limit."""
        return self.value is not None and self.value <= self.limit

    def __str__(self) -> str:
        value = "not measured" if self.value is None else f"{self.value:.1f}"
        return f"{'passed' if self.is_passed else 'FAILED'}  {self.name}: {value}, at most {self.limit:.1f}"


class GatesFailed(MocapError):
    """Weights are not good enough to be shipped, or nobody has measured whether they are."""


def gates(
    measured: Mapping[str, Mapping[str, float]], clips: Mapping[str, Mapping[str, float]]
) -> tuple[Gate, ...]:
    """Return all gates.

    Args:
        measured: Figures of the frozen test, see `training.expose.evaluate`.
        clips: Real clip -> engine -> PA-MPJPE in mm, see `tools/compare_engines.py`.
    """
    hand = measured.get("parts", {}).get("hand PA-V2V mm")
    ours = [clip["expose-open"] for clip in clips.values()]
    limit = min(HAND_PA_V2V_MM, LANDMARK_HANDS_PA_V2V_MM)
    return (
        Gate("hands on frozen renders, PA-V2V mm", hand, limit),
        Gate("real clips, PA-MPJPE mm", sum(ours) / len(ours) if ours else None, CLIP_PA_MPJPE_MM),
    )


def note_figures(folder: Path, test: str, figures: dict[str, float]) -> None:
    """Keep figures of a data folder in it, for its gates and its card."""
    kept = measured_of(folder) | {test: figures}
    (folder / MEASURED).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def measured_of(folder: Path) -> dict[str, dict[str, float]]:
    """Return the figures that were kept.

    Raises:
        UsageError: the file of them is damaged.
    """
    path = folder / MEASURED
    try:
        kept: Any = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return dict(kept)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{path}: damaged ({error}); run training.expose.evaluate again"
        ) from error


def gates_of(folder: Path) -> tuple[Gate, ...]:
    """Return the gates of a data folder, by the figures that were measured of it and lie in it."""
    return gates(measured_of(folder), clips_of(folder))


def clips_of(folder: Path) -> dict[str, dict[str, float]]:
    """Return the real clips' figures in a folder; none where none were measured. Raises like `read_clips`."""
    path = folder / FIGURES
    return read_clips(path) if path.is_file() else {}


def read_clips(path: Path) -> dict[str, dict[str, float]]:
    """Return the clips of a file that `tools/compare_engines.py` wrote.

    Raises:
        UsageError: it is not such a file.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(clip): {engine: float(values[engine]) for engine in ("expose-open", "landmarks")}
            for clip, values in content["clips"].items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}: not written by tools/compare_engines.py for --checkpoint or --open ({error})"
        ) from error


def write_figures(out: Path, clips: Mapping[str, Mapping[str, float]]) -> None:
    """Put the clips' figures beside networks: beside shipped ones, the engine's catalog decides by them."""
    (out / FIGURES).write_text(json.dumps({"clips": clips}, indent=1) + "\n", encoding="utf-8")
