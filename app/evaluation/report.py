"""What comes out of an evaluation: means, medians and spreads over all points, and who was left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.evaluation.samples import Measurements

_MEDIAN_STEP: Final = {"mm": 0.01, "": 1e-4}
_MEDIAN_BINS: Final = 100_000


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """One error measure over the whole data set."""

    name: str
    """Such as `pa_v2v_all`."""
    unit: str
    """`mm`, or empty for a plain number."""
    mean: float
    """Over all points of all pictures: the paper's figure."""
    median: float
    """To 0.01 mm; 1000 mm or more reads as 1000 mm."""
    std: float
    """Standard deviation over the points."""
    pictures: int
    """Pictures that have it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture without a result."""

    sample_id: str
    """Which."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The result of an evaluation."""

    benchmark: str
    """Name of the data set and split."""
    pictures: int
    """Pictures that were asked for, failures included."""
    failures: tuple[Failure, ...]
    """Pictures that are in no mean: nobody found, no saved prediction, not comparable."""
    metrics: tuple[MetricSummary, ...]
    """One for each measure."""
    notes: tuple[str, ...]
    """How the protocol differs from the paper's."""
    per_picture: Mapping[str, Mapping[str, float]]
    """Mean of each measure for each picture."""

    def to_json(self) -> dict[str, object]:
        """Return the report as plain numbers, texts, lists and dicts."""
        content = asdict(self)
        content["per_picture"] = {key: dict(value) for key, value in self.per_picture.items()}
        return content

    def table(self) -> str:
        """Return the report as text: a line for each measure, then failures and notes."""
        width = max((len(metric.name) for metric in self.metrics), default=0)
        lines = [
            f"{self.benchmark}: {self.pictures - len(self.failures)} of {self.pictures} pictures"
        ]
        for metric in self.metrics:
            digits = 1 if metric.unit else 3
            numbers = "".join(
                f"  {label} {value:8.{digits}f}"
                for label, value in (
                    ("mean", metric.mean),
                    ("median", metric.median),
                    ("std", metric.std),
                )
            )
            lines.append(f"  {metric.name:<{width}}{numbers} {metric.unit}".rstrip())
        lines += [
            f"  failed: {failure.sample_id}: {failure.reason}" for failure in self.failures[:5]
        ]
        if len(self.failures) > 5:
            lines.append(f"  failed: {len(self.failures) - 5} more")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


class Tally:
    """Gathers measurements without keeping the points: a data set has up to a thousand million of them."""

    def __init__(self) -> None:
        self._measures: dict[str, _Measure] = {}
        self._per_picture: dict[str, dict[str, float]] = {}

    def add(self, sample_id: str, measured: Measurements) -> None:
        """Take the measurements of one picture."""
        self._per_picture[sample_id] = {
            name: float(measurement.values.mean()) for name, measurement in measured.items()
        }
        for name, measurement in measured.items():
            measure = self._measures.setdefault(name, _Measure(measurement.unit))
            measure.add(np.asarray(measurement.values, np.float64))

    def summaries(self) -> tuple[MetricSummary, ...]:
        """Return the summary of each measure, in the order of first sight."""
        return tuple(measure.summary(name) for name, measure in self._measures.items())

    def per_picture(self) -> dict[str, dict[str, float]]:
        """Return each picture's means."""
        return self._per_picture


class _Measure:
    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._pictures = 0
        self._count = 0
        self._sum = 0.0
        self._squares = 0.0
        self._histogram = np.zeros(_MEDIAN_BINS, np.int64)

    def add(self, values: NDArray[np.float64]) -> None:
        self._pictures += 1
        self._count += values.size
        self._sum += float(values.sum())
        self._squares += float((values**2).sum())
        steps = np.rint(values / _MEDIAN_STEP[self._unit])
        bins = np.minimum(steps, _MEDIAN_BINS - 1).astype(np.int64)
        self._histogram += np.bincount(bins, minlength=_MEDIAN_BINS)

    def summary(self, name: str) -> MetricSummary:
        mean = self._sum / self._count
        middle = int(np.searchsorted(np.cumsum(self._histogram), self._count / 2))
        return MetricSummary(
            name=name,
            unit=self._unit,
            mean=mean,
            median=middle * _MEDIAN_STEP[self._unit],
            std=float(np.sqrt(max(self._squares / self._count - mean**2, 0.0))),
            pictures=self._pictures,
        )
