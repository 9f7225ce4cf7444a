"""A source that somebody watches, and can end from another thread: a calibration is cancelled, or has seen enough."""

from collections.abc import Callable
from typing import Literal

from app.capture.status import ReportsStatus
from app.pipeline.protocols import Source
from engines.errors import CalibrationError, CaptureError
from engines.types import Frame


class StepCancelled(CalibrationError):
    """The user gave a step up; nothing is kept."""


class WatchedSource:
    """Hands on what a source gives; `finish` and `cancel` may be called from any thread."""

    def __init__(self, source: Source, on_frame: Callable[[Frame], None]) -> None:
        """Watch a source; `on_frame` hears of every picture on the thread that reads."""
        self._source = source
        self._on_frame = on_frame
        self._wish: Literal["", "finish", "cancel"] = ""

    @property
    def is_live(self) -> bool:
        """As the source is."""
        return self._source.is_live

    @property
    def name(self) -> str:
        """As the source is called."""
        return self._source.name

    @property
    def frame_count(self) -> int | None:
        """As the source knows it."""
        return self._source.frame_count

    @property
    def is_lost(self) -> bool:
        """Whether a live source gives nothing at present, and is opened again until it does."""
        source = self._source
        return isinstance(source, ReportsStatus) and source.status.state == "reconnecting"

    def finish(self) -> None:
        """Let the pictures end here: the step measures with what it has."""
        self._end("finish")

    def cancel(self) -> None:
        """Let the step fail with `StepCancelled` at the next picture."""
        self._end("cancel")

    def check(self) -> None:
        """Raise `StepCancelled` where the step was given up: for what follows the last picture."""
        if self._wish == "cancel":
            raise StepCancelled(f"{self.name}: cancelled; nothing was changed")

    def open(self) -> None:
        """Open the source. Raises `CaptureError`, or `StepCancelled`."""
        self.check()
        self._while_wanted(self._source.open)

    def read(self) -> Frame | None:
        """Return the next picture; None at the end. Raises `CaptureError`, or `StepCancelled`."""
        frame = None if self._wish else self._while_wanted(self._source.read)
        self.check()
        if frame is None or self._wish:
            return None
        self._on_frame(frame)
        return frame

    def close(self) -> None:
        """Close the source; may be called twice."""
        self._source.close()

    def _end(self, wish: Literal["finish", "cancel"]) -> None:
        if self._wish != "cancel":
            self._wish = wish
        if self._source.is_live:
            self._source.close()  # it may be waiting for a picture that never comes

    def _while_wanted(self, work: "Callable[[], Frame | None]") -> Frame | None:
        """Do what a closed source may refuse; that is no error where it was closed on purpose."""
        try:
            return work()
        except CaptureError:
            if not self._wish:
                raise
            self.check()
            return None
