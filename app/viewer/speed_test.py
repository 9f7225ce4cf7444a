"""Tries settings on this computer, best first, and keeps the first that follow the camera."""

from dataclasses import dataclass, replace
from typing import Final

from PyQt5.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from app.viewer.settings import WindowSettings
from app.viewer.status import Status
from app.viewer.studio import Studio

_MEASURE_MS: Final = 5000
_TIME_LIMIT_MS: Final = 120_000
"""For one try, with loading the networks."""
_ENOUGH: Final = 0.9
"""Share of the camera's pictures that must get a body."""
_CAMERA_FPS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try gave."""

    name: str
    """What was tried, for people."""
    settings: WindowSettings
    """The same, for the program."""
    fps: float
    """Bodies a second."""
    camera_fps: float
    """Pictures a second that the camera gave."""
    age_ms: float
    """Median time from picture to body."""

    @property
    def is_enough(self) -> bool:
        """The engine follows the camera."""
        return self.fps >= _ENOUGH * min(self.camera_fps, _CAMERA_FPS)


def candidates(settings: WindowSettings) -> list[tuple[str, WindowSettings]]:
    """Return names and settings to try, best first."""
    translate = QCoreApplication.translate
    engine, source = settings.engine, settings.source
    small = replace(source, width_px=640, height_px=480)
    everything = replace(engine, hands=True, face=True, hands_in_turn="auto")
    return [
        (
            translate("SpeedTest", "body, both hands and face in every picture"),
            replace(settings, engine=replace(everything, hands_in_turn="no")),
        ),
        (
            translate("SpeedTest", "body and face, hands in turn"),
            replace(settings, engine=everything),
        ),
        (
            translate("SpeedTest", "the same from a smaller picture"),
            replace(settings, engine=everything, source=small),
        ),
        (
            translate("SpeedTest", "body and hands in turn, no face"),
            replace(settings, engine=replace(everything, face=False), source=small),
        ),
        (
            translate("SpeedTest", "body only"),
            replace(settings, engine=replace(everything, face=False, hands=False), source=small),
        ),
    ]


class SpeedTest(QObject):
    """Runs the tries one after another on a studio."""

    trying = pyqtSignal(str, int, int)
    """What is tried, its number from 0, and how many there are."""
    done = pyqtSignal(object)
    """The `Outcome` that was kept: the first that is enough, or the quickest."""
    failed = pyqtSignal(str)
    """Why there is none."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tries: list[tuple[str, WindowSettings]] = []
        self._index = 0
        self._outcomes: list[Outcome] = []
        self._last: Status | None = None
        self._before = studio.settings
        self._is_running = False
        self._measure = QTimer(self)
        self._measure.setSingleShot(True)
        self._measure.timeout.connect(self._take)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(lambda: self._fail(self.tr("it took too long")))
        studio.status_changed.connect(self._note)
        studio.problem.connect(self._hear)

    @property
    def is_running(self) -> bool:
        """Something is being tried."""
        return self._is_running

    def start(self) -> None:
        """Begin; nothing happens while it runs."""
        if self._is_running:
            return
        self._is_running = True
        self._before = self._studio.settings
        self._tries = candidates(self._before)
        self._index = 0
        self._outcomes = []
        self._try()

    def cancel(self) -> None:
        """Leave everything as it was before."""
        if self._is_running:
            self._end()
            self._studio.change(self._before)

    def _try(self) -> None:
        name, settings = self._tries[self._index]
        self.trying.emit(name, self._index, len(self._tries))
        self._last = None
        self._limit.start(_TIME_LIMIT_MS)
        self._studio.change(settings)
        self._studio.restart()

    def _note(self, status: Status | None) -> None:
        if not self._is_running or status is None or not status.stats.published:
            return
        if self._last is None:
            self._measure.start(_MEASURE_MS)
        self._last = status

    def _take(self) -> None:
        if self._last is None:
            return
        name, settings = self._tries[self._index]
        stats = self._last.stats
        outcome = Outcome(name, settings, stats.fps, stats.capture_fps, stats.age_p50_ms)
        self._outcomes.append(outcome)
        self._index += 1
        if outcome.is_enough or self._index == len(self._tries):
            best = outcome if outcome.is_enough else max(self._outcomes, key=lambda o: o.fps)
            self._end()
            self._studio.change(best.settings)
            self.done.emit(best)
            return
        self._try()

    def _hear(self, problem: str) -> None:
        if self._is_running and self._studio.state in ("starting", "stopped"):
            self._fail(problem)

    def _fail(self, why: str) -> None:
        if self._is_running:
            self._end()
            self._studio.change(self._before)
            self.failed.emit(why)

    def _end(self) -> None:
        self._is_running = False
        self._measure.stop()
        self._limit.stop()
