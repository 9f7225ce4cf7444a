"""How the running session is doing, as the window shows it. No Qt here."""

from dataclasses import dataclass
from typing import Final

from app.capture.status import ReportsStatus, SourceStatus
from app.inference.plan_build import BuildStep
from app.pipeline.packet import Packet
from app.pipeline.stats import PipelineStats
from app.session import Session

_DARK: Final = 12
"""A picture whose brightest sample is below this is black: a lid, a privacy shutter, a driver at fault."""
_DARK_STRIDE: Final = 24


@dataclass(frozen=True, slots=True)
class Status:
    """How the running session is doing, twice a second."""

    stats: PipelineStats
    """What the pipeline measured."""
    source: SourceStatus | None
    """What a live source says of itself; None for files."""
    engine: str
    """Engine in use."""
    device: str
    """Where it runs now; empty while one that failed is being replaced."""
    can_retry: bool
    """A faster device has failed, and can be tried again."""
    building: BuildStep | None
    """What is being built for a faster device meanwhile."""
    is_dark: bool
    """The newest picture is black."""


def status_of(session: Session, newest: Packet | None) -> Status:
    """Return how a session is doing, by what it measures and by its newest packet."""
    source = session.source
    return Status(
        session.pipeline.stats(),
        source.status if isinstance(source, ReportsStatus) else None,
        session.engine.name,
        session.device,
        session.standby is not None and session.standby.can_retry,
        None if session.builder is None else session.builder.step,
        _is_dark(newest),
    )


def _is_dark(packet: Packet | None) -> bool:
    if packet is None or packet.frame.image.size == 0:
        return False
    return int(packet.frame.image[::_DARK_STRIDE, ::_DARK_STRIDE].max()) < _DARK
