"""What an evaluation passes around: what is asked of a predictor, what it answers, and what comes out of comparing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from jaxtyping import Float, Float32, Int
from numpy.typing import NDArray

Part = Literal["body", "right_hand", "head"]
"""What a picture shows: a whole person, or just a hand or a head."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One picture of one person, without the truth."""

    sample_id: str
    """Unique in the data set; a relative path without suffix, with `/` between its parts."""
    image: Path
    """The picture."""
    part: Part
    """What it shows."""
    box: Float32[np.ndarray, "4"] | None = None
    """x0 y0 x1 y1 of the person in pixels; None for the whole picture."""
    intrinsics: Float[np.ndarray, "3 3"] | None = None
    """Camera matrix in pixels, where the data set gives it."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """A predicted body. Metres, camera frame (x right, y down, z forward); where the body stands does not matter."""

    vertices: Float[np.ndarray, "vertices 3"]
    """All vertices of the body model."""
    faces: Int[np.ndarray, "faces 3"]
    """Its triangles."""
    joints: Float[np.ndarray, "joints 3"]
    """At least the 55 SMPL-X joints; ExPose's 144 for hands and heads, which need finger tips and face landmarks."""


Predictor = Callable[[Query], Prediction]
"""Answers a query. Raises `SkipFrame` where it finds nobody; that is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """One error measure of one picture."""

    values: Float[np.ndarray, "points"]
    """One a point, or a single one."""
    unit: Literal["mm", ""]
    """Millimetres, or a plain number such as an F-score."""


Measurements = dict[str, Measurement]
"""By the name of the measure."""


class Sample(Protocol):
    """One picture with its truth."""

    @property
    def query(self) -> Query:
        """What is asked."""

    def measure(self, prediction: Prediction) -> Measurements:
        """Return the errors of an answer. Raises `SkipFrame` or `AlignmentError` where it cannot be compared."""


class Benchmark(Protocol):
    """A data set with the measures of the paper."""

    @property
    def name(self) -> str:
        """Name with the split, such as `3dpw test`."""

    @property
    def notes(self) -> tuple[str, ...]:
        """How the protocol differs from the paper's, and what is left out for want of a file; one sentence each."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def samples(self) -> Iterator[Sample]:
        """Return the samples in order."""


def from_metres(values: NDArray[np.floating]) -> Measurement:
    """Return distances in metres as a measurement in millimetres."""
    return Measurement(1e3 * np.asarray(values, np.float64), "mm")


def from_number(value: float) -> Measurement:
    """Return a plain number as a measurement."""
    return Measurement(np.array([value]), "")
