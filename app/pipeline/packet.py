"""What travels between the pipeline's threads."""

from dataclasses import dataclass, field

from engines.types import Detection, Frame, PoseEstimate


@dataclass(frozen=True, slots=True)
class Span:
    """When one stage worked on a packet."""

    stage: str
    """Name of the stage."""
    start_ns: int
    """`time.perf_counter_ns()` when it began."""
    end_ns: int
    """`time.perf_counter_ns()` when it ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """One frame and all that is known of it. Nobody in view is a packet with no estimates."""

    frame: Frame
    """The picture and its time stamps."""
    detections: tuple[Detection, ...] = ()
    """Persons found."""
    estimates: tuple[PoseEstimate, ...] = ()
    """Their bodies."""
    spans: tuple[Span, ...] = field(default=())
    """Stage times, in order; added by the worker, not by the stage."""
