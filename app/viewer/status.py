"""How the running session is doing, as the window shows it. No Qt here."""

from dataclasses import dataclass
from typing import Final

from app.capture.status import SourceStatus
from app.pipeline.packet import Packet
from app.pipeline.stats import PipelineStats

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
    """Where it runs."""
    is_dark: bool
    """The newest picture is black."""


def is_dark(packet: Packet | None) -> bool:
    """Whether the picture of a packet is black."""
    if packet is None or packet.frame.image.size == 0:
        return False
    return int(packet.frame.image[::_DARK_STRIDE, ::_DARK_STRIDE].max()) < _DARK
