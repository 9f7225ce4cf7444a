"""What the pipeline calls. Each object is opened, used and closed on one thread; engines start no threads."""

from collections.abc import Sequence
from typing import Protocol

from engines.types import Detection, Frame, PartStrengths, PoseEstimate, SmoothedPart


class Detector(Protocol):
    """Finds persons in a frame."""

    def open(self) -> None:
        """Load models and warm up. Raises `ModelMissing` or `EngineUnavailable`."""

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the persons in view, an empty tuple for nobody. Frames come in rising `timestamp_ns`."""

    def close(self) -> None:
        """Free everything; may be called twice."""


class PartsDetector(Protocol):
    """Looks closer at the persons found: hands, faces. Runs on a thread of its own, after the detector."""

    def open(self) -> None:
        """Load models and warm up. Raises `ModelMissing` or `EngineUnavailable`."""

    def refine(self, frame: Frame, detections: Sequence[Detection]) -> tuple[Detection, ...]:
        """Return the detections with more landmarks, in the order given."""

    def close(self) -> None:
        """Free everything; may be called twice."""


class Regressor(Protocol):
    """Gives each detected person a body."""

    def open(self) -> None:
        """Load models and warm up."""

    def regress(self, frame: Frame, detections: Sequence[Detection]) -> tuple[PoseEstimate, ...]:
        """Return one estimate for each detection that could be solved."""

    def close(self) -> None:
        """Free everything; may be called twice."""


class Smoother(Protocol):
    """Makes estimates steady over time."""

    strengths: PartStrengths
    """How strongly each part is smoothed; may be changed between two frames."""

    def added_delay_ms(self, part: SmoothedPart, strength: float) -> float:
        """Return the delay that smoothing a part with this strength adds, at typical motion."""

    def smooth(
        self, estimates: Sequence[PoseEstimate], timestamp_ns: int
    ) -> tuple[PoseEstimate, ...]:
        """Return the steadied estimates for this time stamp, including held ones of lost persons."""
