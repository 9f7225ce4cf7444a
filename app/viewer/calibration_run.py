"""One calibration step at a time, with the camera to itself; the panel shows how it goes."""

import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app.calibrate.frames import Progress
from app.calibrate.steps import StepPlan, is_doubtful, measure_step
from app.calibrate.watched import StepCancelled, WatchedSource
from app.config import AppConfig
from app.pipeline.packet import Packet
from app.pipeline.protocols import Source
from app.profiles import load_or_new, save_profile
from app.viewer.studio import Studio
from calibration.profile import Profile
from engines.errors import MocapError
from engines.types import Frame

_TELL_EVERY_S: Final = 0.2
_LOOK_EVERY_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step."""

    plan: StepPlan
    """What was done."""
    name: str
    """The profile it is for."""
    before: Profile
    """The profile as it was."""
    measured: Profile
    """As it is now, or would be."""
    path: Path | None
    """Where it was written; None for a doubtful result, which replaces an earlier one only when the user says so."""


class CalibrationRun(QObject):
    """Does steps on the studio's thread; signals come on the window's."""

    running_changed = pyqtSignal(bool)
    """A step begins, or is over."""
    progressed = pyqtSignal(object)
    """A `Progress`, five times a second, and at each cue."""
    succeeded = pyqtSignal(object)
    """An `Outcome`."""
    failed = pyqtSignal(str)
    """Why not, and what to do, in one line."""
    lost = pyqtSignal()
    """The camera gives no pictures at present; once a second until it does."""
    cancelled = pyqtSignal()
    """The user gave it up."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._is_running = False
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._watched: WatchedSource | None = None
        self._told_s = 0.0
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_EVERY_MS)
        self._look.timeout.connect(self._tell_loss)
        studio.closing.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """A step is being done."""
        return self._is_running

    def start(self, plan: StepPlan, name: str) -> None:
        """Do a step for a profile; nothing while another one is being done."""
        if self._is_running:
            return
        try:
            config = self._studio.config
        except MocapError as error:
            self.failed.emit(str(error))
            return
        self._is_running = True
        self._is_cancelled = False
        self._look.start()
        self.running_changed.emit(True)
        self._studio.run_alone(partial(self._work, plan, name, config), self._done, self._not_done)

    def finish(self) -> None:
        """Measure with what has been seen."""
        with self._lock:
            watched = self._watched
        if watched is not None:
            watched.finish()

    def cancel(self) -> None:
        """Give the step up; nothing is changed."""
        with self._lock:
            self._is_cancelled = True
            watched = self._watched
        if watched is not None:
            watched.cancel()

    def keep(self, outcome: Outcome) -> Outcome:
        """Write a doubtful result all the same. Raises `CalibrationError`."""
        path = save_profile(outcome.measured, outcome.name)
        return Outcome(outcome.plan, outcome.name, outcome.before, outcome.measured, path)

    # ---- on the studio's thread

    def _work(self, plan: StepPlan, name: str, config: AppConfig) -> Outcome:
        before = load_or_new(name)
        measured = measure_step(plan, config, before, self._tell, self._watch)
        with self._lock:
            watched, self._watched = self._watched, None
        if watched is not None:
            watched.check()
        if is_doubtful(measured, before, plan.step):
            return Outcome(plan, name, before, measured, None)
        return Outcome(plan, name, before, measured, save_profile(measured, name))

    def _watch(self, source: Source) -> Source:
        watched = WatchedSource(source, self._show)
        with self._lock:
            self._watched = watched
            if self._is_cancelled:
                watched.cancel()
        return watched

    def _show(self, frame: Frame) -> None:
        self._studio.show(Packet(frame))

    def _tell(self, progress: Progress) -> None:
        now_s = time.monotonic()
        if progress.tone_hz or now_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            self.progressed.emit(progress)

    # ---- on the window's thread

    def _done(self, outcome: Outcome) -> None:
        self._end()
        self.succeeded.emit(outcome)

    def _not_done(self, error: MocapError) -> None:
        with self._lock:
            self._watched = None
        self._end()
        if isinstance(error, StepCancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(str(error))

    def _tell_loss(self) -> None:
        with self._lock:
            watched = self._watched
        if watched is not None and watched.is_lost:
            self.lost.emit()

    def _end(self) -> None:
        self._look.stop()
        self._is_running = False
        self.running_changed.emit(False)
