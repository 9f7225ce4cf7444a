"""What can be chosen for an export."""

from dataclasses import dataclass
from typing import Literal

UpAxis = Literal["y", "z"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write a take in another tool's format."""

    fps: int | None = None
    """Resample to exactly this many frames a second; None keeps the recorded frames."""
    up: UpAxis | None = None
    """Which axis points up; None for what the format's readers expect."""
