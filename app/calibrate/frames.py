"""Pictures for a calibration step: from a live camera with cues, or from a recording to its end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.calibrate.cues import Cue, pose_cue
from app.pipeline.protocols import Source
from calibration.views import CoverageGuide
from engines.errors import CalibrationError
from engines.types import Frame

_NS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Progress:
    """How a step is going, for a progress line or a panel."""

    frames: int
    """Pictures looked at."""
    total: int | None
    """How many there are, where known."""
    message: str
    """What was found, or what to do next."""
    tone_hz: int = 0
    """Play a tone of this height now; 0 for none."""
    count: int = 0
    """Number of the countdown that is at; 0 where none is."""
    share: float | None = None
    """How much of the step is done, 0 to 1, where known."""
    guide: CoverageGuide | None = None
    """How much of the picture a board has covered, where one is looked for."""
    seen: int | None = None
    """Pictures that show what is looked for, where they are counted."""
    problem: str = ""
    """What keeps it from going on, and what to do; empty where nothing does."""
    is_computing: bool = False
    """All pictures are read; the result is being computed."""


OnProgress = Callable[[Progress], None]
"""Called on the step's own thread; what it raises ends the step, and nothing is kept."""


@dataclass(slots=True)
class Reading:
    """One pass over a source."""

    source: Source
    """Where the pictures come from; opened and closed here."""
    on_progress: OnProgress
    """Hears of every picture."""
    cues: Sequence[Cue] = ()
    """What to tell a live performer; recordings are taken whole."""
    duration_s: float | None = None
    """End after so many seconds."""
    more: Callable[[], Sequence[tuple[float, str]]] = tuple
    """Asked at the end of a live source: poses to go on with, or none."""
    read: int = 0
    """Pictures read so far."""
    elapsed_s: float = 0.0
    """Time of the last picture since the first."""

    def frames(self) -> Iterator[Frame]:
        """Give the pictures that count.

        Raises:
            CalibrationError: the source had none at all.
            CaptureError: it cannot be opened or read.
        """
        waiting = list(self.cues) if self.source.is_live else []
        is_measured = not waiting
        self.source.open()
        try:
            first_ns: int | None = None
            while (frame := self.source.read()) is not None:
                self.read += 1
                first_ns = frame.timestamp_ns if first_ns is None else first_ns
                elapsed_s = self.elapsed_s = (frame.timestamp_ns - first_ns) / _NS
                while waiting and waiting[0].at_s <= elapsed_s:
                    cue = waiting.pop(0)
                    is_measured = cue.is_measured
                    self.tell(cue.text, tone_hz=cue.tone_hz, count=cue.count)
                if self.duration_s is not None and elapsed_s >= self.duration_s:
                    more = self.more() if self.source.is_live else ()
                    if not more:
                        break
                    for seconds, text in more:
                        waiting.append(pose_cue(self.duration_s, text))
                        self.duration_s += seconds
                if is_measured:
                    yield frame
        finally:
            self.source.close()
        if self.read == 0:
            raise CalibrationError(f"{self.source.name}: holds no pictures; choose another source")

    def tell(
        self,
        message: str,
        *,
        tone_hz: int = 0,
        count: int = 0,
        guide: CoverageGuide | None = None,
        seen: int | None = None,
        problem: str = "",
    ) -> None:
        """Report progress."""
        total = self.source.frame_count
        share = self._share(total)
        told = Progress(self.read, total, message, tone_hz, count, share, guide, seen, problem)
        self.on_progress(told)

    def tell_computing(self) -> None:
        """Report that the pictures are read, and what takes time now needs none."""
        total = self.source.frame_count
        self.on_progress(Progress(self.read, total, "measuring …", share=1.0, is_computing=True))

    def _share(self, total: int | None) -> float | None:
        if total:
            return min(1.0, self.read / total)
        return min(1.0, self.elapsed_s / self.duration_s) if self.duration_s else None
