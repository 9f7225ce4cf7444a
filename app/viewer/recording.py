"""Recording as the person sees it: a countdown, a running take, and what became of it.

The takes themselves are written by the studio's `TakeRecorder`, on a thread of its own; its wishes are fulfilled with
the next picture, so this desk looks four times a second at how far it is.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app.calibrate.cues import beep
from app.sinks.recorder import TakeRecorder
from app.viewer.apply import takes_folder_of
from app.viewer.background import Background
from app.viewer.disk_room import free_bytes
from app.viewer.settings import WindowSettings
from app.viewer.sounds import Sounds
from app.viewer.stopwatch import Stopwatch
from app.viewer.studio import Studio
from engines.errors import MocapError

DeskState = Literal["off", "ready", "countdown", "recording", "paused", "saving"]
"""`off`: no camera runs, or its takes cannot be written."""

LOW_DISK_BYTES: Final = 1_000_000_000
"""With less free room than that a take is recorded, but not without a word."""

_POLL_MS: Final = 250
_DISK_EVERY_S: Final = 5.0
_STALLED_S: Final = 2.0
_LOW_HZ, _HIGH_HZ = 660, 990

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordingProgress:
    """How far the take is, four times a second."""

    elapsed_s: float = 0.0
    """Time since its beginning, pauses left out."""
    frames: int = 0
    """Recorded frames."""
    marks: int = 0
    """Moments marked so far."""
    free_bytes: int | None = None
    """Room left on the disk; None while unknown."""
    is_stalled: bool = False
    """No pictures have come for a while, although it is not paused."""


class RecordingDesk(QObject):
    """Starts, pauses and ends takes of the running session. All methods are for the window's thread."""

    state_changed = pyqtSignal(str)
    """The new `DeskState`."""
    countdown = pyqtSignal(int)
    """Seconds until the take begins; 0 when it does."""
    progressed = pyqtSignal(object)
    """A `RecordingProgress`."""
    take_saved = pyqtSignal(object)
    """The folder of a take whose files are written."""
    failed = pyqtSignal(str)
    """There is no take, or a part of one: why, what was kept, and the way out."""
    notice = pyqtSignal(str)
    """Something the person should know, although the recording goes on or was kept."""

    def __init__(
        self,
        studio: Studio,
        parent: QObject | None = None,
        *,
        sound: Callable[[int], bool] = beep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Record what the studio's session gives.

        Args:
            studio: The session's owner.
            parent: Qt's owner.
            sound: Plays a tone of so many hertz; answers whether it could.
            clock: Seconds.
        """
        super().__init__(parent)
        self._studio = studio
        self._sounds = Sounds(self, play=sound)
        self._clock = clock
        self._state: DeskState = "off"
        self._progress = RecordingProgress()
        self._watch = Stopwatch(clock)
        self._left = 0
        self._marks = 0
        self._take: TakeRecorder | None = None
        self._finished_before = 0
        self._folder_before: Path | None = None
        self._waits_since = 0.0
        self._free_bytes: int | None = None
        self._disk_at = -_DISK_EVERY_S
        self._asked_folder: Path | None = None
        self._is_told: set[str] = set()
        self._background = Background("recording-desk", self)
        self._seconds = self._timer(1000, self._count_down)
        self._poll = self._timer(_POLL_MS, self._look)
        studio.recording.changed.connect(self._on_recorder)
        studio.recording.failed.connect(self._on_failure)
        studio.settings_changed.connect(self._take_settings)
        studio.closing.connect(self.shut_down)
        self._on_recorder(studio.recording.recorder)
        self._ask_disk()

    @property
    def state(self) -> DeskState:
        """What the desk does."""
        return self._state

    @property
    def progress(self) -> RecordingProgress:
        """How far the present or last take is."""
        return self._progress

    @property
    def elapsed_s(self) -> float:
        """Time since the beginning of the present or last take, pauses left out."""
        return self._watch.elapsed_s

    def toggle(self) -> None:
        """What the button and the hotkey do: begin, call off the countdown, or end the take."""
        if self._state == "ready":
            self.start()
        elif self._state == "countdown":
            self.cancel_countdown()
        else:
            self.stop()

    def start(self) -> None:
        """Count down, and begin a take."""
        if self._state != "ready":
            return
        recording = self._studio.settings.recording
        if recording.camera_video:
            self._studio.recording.record_video()
        self._left = recording.countdown_s
        self._set_state("countdown")
        if self._left == 0:
            self._begin()
            return
        self._seconds.start()
        self._say_countdown()

    def cancel_countdown(self) -> None:
        """Begin no take after all."""
        if self._state == "countdown":
            self._seconds.stop()
            self._studio.recording.end_video(self._settle)

    def stop(self) -> None:
        """End the take; `take_saved` or `failed` follows."""
        if self._take is not None and self._state in ("recording", "paused"):
            self._take.stop()
            self._wait_for_files()

    def pause(self) -> None:
        """Leave out what comes until `resume`."""
        if self._take is not None and self._state == "recording":
            self._take.pause()
            self._watch.pause()
            self._set_state("paused")

    def resume(self) -> None:
        """Go on after a pause."""
        if self._take is not None and self._state == "paused":
            self._take.resume()
            self._watch.resume()
            self._waits_since = self._clock()
            self._set_state("recording")

    def mark(self) -> None:
        """Mark this moment in the take."""
        if self._take is not None and self._state in ("recording", "paused"):
            self._take.mark()
            self._marks += 1
            self._tell_progress()

    def save_last(self) -> None:
        """Make a take of the last seconds, which were kept in memory."""
        recorder = self._studio.recording.recorder
        if self._state != "ready" or recorder is None:
            return
        if self._studio.settings.recording.pre_roll_s == 0:
            told = self.tr("Nothing is kept to save from: set how many seconds to keep first.")
            self.failed.emit(told)
            return
        self._adopt(recorder)
        recorder.start(self._studio.settings.recording.name)
        recorder.stop()
        self._wait_for_files()

    def shut_down(self) -> None:
        """Stop looking; a take that is being recorded is finished by the studio when it is closed."""
        self._seconds.stop()
        self._poll.stop()
        self._sounds.shut_down()
        self._background.shut_down()

    # ---- the take

    def _count_down(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._seconds.stop()
            self._begin()
        else:
            self._say_countdown()

    def _say_countdown(self) -> None:
        self._sounds.play(_LOW_HZ)
        self.countdown.emit(self._left)

    def _begin(self) -> None:
        recorder = self._studio.recording.recorder
        if recorder is None:
            self.cancel_countdown()
            return
        self._sounds.play(_HIGH_HZ)
        self.countdown.emit(0)
        self._adopt(recorder)
        recorder.start(self._studio.settings.recording.name, with_pre_roll=False)
        self._set_state("recording")

    def _adopt(self, recorder: TakeRecorder) -> None:
        """Take a recorder's next take as ours."""
        self._take = recorder
        self._finished_before, self._folder_before = recorder.finished, recorder.folder
        self._watch.start()
        self._waits_since = self._clock()
        self._marks = 0
        self._is_told.clear()
        self._progress = RecordingProgress(free_bytes=self._free_bytes)
        self._poll.start()

    def _wait_for_files(self) -> None:
        self._watch.pause()
        self._waits_since = self._clock()
        self._set_state("saving")

    def _look(self) -> None:
        """See how far the recorder is."""
        take = self._take
        if take is None:
            self._poll.stop()
        elif take.finished > self._finished_before:
            self._end(partial(self._tell_saved, take.folder))
        elif self._state == "saving":
            self._push(take)
        else:
            self._ask_disk_at_times()
            self._tell_progress()
            limit_s = self._studio.settings.recording.stop_after_s
            if limit_s and self._watch.elapsed_s >= limit_s:
                self.stop()

    def _push(self, take: TakeRecorder) -> None:
        """End the recorder itself where no picture comes with which it would fulfil the wish to stop."""
        has_stopped = take.folder != self._folder_before and take.state in ("waiting", "closed")
        if not has_stopped and self._clock() - self._waits_since > _STALLED_S:
            self._waits_since = self._clock()
            self._studio.recording.renew(self._studio.settings)

    def _tell_progress(self) -> None:
        take = self._take
        has_begun = take is not None and take.state in ("recording", "paused")
        frames = take.frame_count if take is not None and has_begun else 0
        if frames != self._progress.frames or self._state != "recording":
            self._waits_since = self._clock()
        is_stalled = self._clock() - self._waits_since > _STALLED_S
        if is_stalled:
            told = self.tr("No pictures are coming; the take goes on when they do.")
            self._tell_once(told)
        self._progress = RecordingProgress(
            self._watch.elapsed_s, frames, self._marks, self._free_bytes, is_stalled
        )
        self.progressed.emit(self._progress)

    def _tell_saved(self, folder: Path | None) -> None:
        if folder is None:
            self.failed.emit(self.tr("Nothing was recorded: no pictures came. Check the camera."))
        else:
            self.take_saved.emit(folder)

    def _end(self, tell: Callable[[], None]) -> None:
        """Let go of the take; tell of it when its video is whole, too."""
        self._take = None
        self._poll.stop()
        self._set_state("saving")

        def finish() -> None:
            self._settle()
            tell()

        self._studio.recording.end_video(finish)

    def _settle(self) -> None:
        self._set_state("off" if self._studio.recording.recorder is None else "ready")
        self._ask_disk()

    # ---- the session

    def _on_recorder(self, recorder: TakeRecorder | None) -> None:
        if self._state == "countdown":
            self.cancel_countdown()
            self.notice.emit(self.tr("The countdown was called off: the camera was stopped."))
        elif self._take is not None and self._take is not recorder:
            if self._state != "saving":
                told = self.tr("The take was finished, because the camera was stopped.")
                self.notice.emit(told)
                self._wait_for_files()
        elif self._take is None and self._state in ("off", "ready"):
            self._settle()

    def _on_failure(self, text: str) -> None:
        if self._take is None:
            return
        self._end(partial(self.failed.emit, text))
        self._studio.recording.renew(self._studio.settings)

    # ---- the disk

    def _ask_disk_at_times(self) -> None:
        if self._clock() - self._disk_at >= _DISK_EVERY_S:
            self._ask_disk()

    def _take_settings(self, settings: WindowSettings) -> None:
        if takes_folder_of(settings) != self._asked_folder:
            self._ask_disk()

    def _ask_disk(self) -> None:
        self._disk_at = self._clock()
        self._asked_folder = takes_folder_of(self._studio.settings)
        self._background.run(partial(free_bytes, self._asked_folder), self._take_disk, _log)

    def _take_disk(self, free_bytes: int | None) -> None:
        self._free_bytes = free_bytes
        if free_bytes is not None and free_bytes < LOW_DISK_BYTES and self._take is not None:
            left = self.tr("Only {room} MB are left on the disk of the takes.")
            self._tell_once(left.format(room=free_bytes // 1_000_000))
        if self._take is None:
            self._progress = RecordingProgress(free_bytes=free_bytes)
            self.progressed.emit(self._progress)

    # ---- small things

    def _tell_once(self, text: str) -> None:
        """Tell something once in a take."""
        if text not in self._is_told:
            self._is_told.add(text)
            self.notice.emit(text)

    def _timer(self, interval_ms: int, function: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(function)
        return timer

    def _set_state(self, state: DeskState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


def _log(error: MocapError) -> None:
    logger.debug("%s", error)
