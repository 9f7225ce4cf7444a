"""Plays a take in the window: its bodies through the studio's view, with the camera's video where there is one."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal

from app.pipeline.packet import Packet
from app.takes.folder import VIDEO_NAME
from app.takes.load import load_take
from app.takes.pictures import TakePictures
from app.takes.replay import packet_at
from app.takes.take import Take
from app.viewer.background import Background
from app.viewer.studio import Studio
from app.viewer.take_sender import TakeSender
from engines.body.model import BodyModel, load_body
from engines.errors import MocapError
from engines.model_store import model_path

_OPEN_BODY: Final = "open_body"
_TICK_MS: Final = 15
_SETTLE_MS: Final = 150
"""A view that spares the machine leaves packets out: where it stands still, the last one comes again."""
_NO_PICTURE: Final = np.zeros((0, 0, 3), np.uint8)
_NO_PICTURE.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """What playing a take needs."""

    path: Path
    take: Take
    body: BodyModel
    pictures: TakePictures | None
    problem: str = ""


class TakePlayer(QObject):
    """One take at a time. Times are seconds since its first frame. All methods are for the window's thread."""

    take_changed = pyqtSignal(object)
    """The `Take` that is played now; None once there is none."""
    position_changed = pyqtSignal(float)
    """Where in the take it is."""
    playing_changed = pyqtSignal(bool)
    """It plays, or stands still."""
    span_changed = pyqtSignal(float, float)
    """Beginning and end of the chosen part."""
    sending_changed = pyqtSignal(bool)
    """The receivers get the take, or no longer."""
    failed = pyqtSignal(str)
    """One line: what cannot be played or sent, and the way out."""

    def __init__(
        self,
        studio: Studio,
        parent: QObject | None = None,
        *,
        body: BodyModel | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Play into the studio's view.

        Args:
            studio: Owns the view, and the receivers.
            parent: Qt's owner.
            body: The open body, where somebody has it already; else it is loaded with the first take.
            clock: Seconds.
        """
        super().__init__(parent)
        self._studio = studio
        self._clock = clock
        self._open_body = body
        self._loaded: _Loaded | None = None
        self._wanted: Path | None = None
        self._will_play = False
        self._times_s = np.zeros(1)
        self._position_s = 0.0
        self._span_s = (0.0, 0.0)
        self._speed = 1.0
        self._anchor_s = 0.0
        self._row = -1
        self._is_decoding = False
        self.loops = False
        """Begin again at the end."""
        self._background = Background("take-player", self)
        self._sender = TakeSender(self._sending_failed, self)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._show_again)
        studio.state_changed.connect(self._follow_studio)
        studio.closing.connect(self.shut_down)

    # ---- what is played

    @property
    def take(self) -> Take | None:
        """The take that is played."""
        return None if self._loaded is None else self._loaded.take

    @property
    def path(self) -> Path | None:
        """The path it was opened by."""
        return None if self._loaded is None else self._loaded.path

    @property
    def duration_s(self) -> float:
        """Time of the last frame."""
        return float(self._times_s[-1])

    @property
    def position_s(self) -> float:
        """Where in the take it is."""
        return self._position_s

    @property
    def span_s(self) -> tuple[float, float]:
        """The chosen part; the whole take, unless it was chosen otherwise."""
        return self._span_s

    @property
    def has_part(self) -> bool:
        """Less than the whole take was chosen."""
        return self._span_s != (0.0, self.duration_s)

    @property
    def is_playing(self) -> bool:
        """It goes on by itself."""
        return self._timer.isActive()

    @property
    def is_sending(self) -> bool:
        """The receivers get the take."""
        return self._sender.is_on

    def open(self, path: Path, *, play: bool = True) -> None:
        """Load a take, its folder or an npz of it, and show it in place of the session."""
        self.pause()
        self._wanted, self._will_play = path, play
        work = partial(_load, path, (self._studio.body, self._open_body))
        self._background.run(work, self._take_loaded, partial(self._not_loaded, path))

    def close(self) -> None:
        """Let go of the take, and show the session again."""
        self.pause()
        self.set_sending(False)
        self._wanted = None
        self._let_go()
        self._studio.end_playback()

    def shut_down(self) -> None:
        """Close for good."""
        self.close()
        self._settle.stop()
        self._sender.shut_down()
        self._background.shut_down()

    # ---- moving about

    def play(self) -> None:
        """Go on from here; from the beginning of the part where it has ended."""
        if self._loaded is None or self.is_playing:
            return
        if not self._span_s[0] <= self._position_s < self._span_s[1]:
            self.seek(self._span_s[0])
        self._anchor_s = self._clock()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stand still."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def seek(self, position_s: float) -> None:
        """Go to a time."""
        if self._loaded is not None:
            self._anchor_s = self._clock()
            self._go_to(float(np.clip(position_s, 0.0, self.duration_s)))

    def step(self, frames: int) -> None:
        """Go some frames forwards or back, and stand still."""
        self.pause()
        row = int(np.clip(self._row_at(self._position_s) + frames, 0, len(self._times_s) - 1))
        self.seek(float(self._times_s[row]))

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast as it was."""
        self._speed = speed

    def set_span(self, start_s: float, end_s: float) -> None:
        """Choose a part: playing stays inside it, and it can be exported or saved."""
        if self._loaded is None:
            return
        start_s, end_s = np.clip((start_s, max(start_s, end_s)), 0.0, self.duration_s).tolist()
        if (start_s, end_s) != self._span_s:
            self._span_s = (start_s, end_s)
            self.span_changed.emit(start_s, end_s)

    # ---- sending

    def set_sending(self, is_wanted: bool) -> None:
        """Send what is played to the receivers that are on; a camera that runs is stopped for that."""
        if is_wanted == self._sender.is_on or (is_wanted and self._loaded is None):
            return
        if not is_wanted:
            self._sender.stop()
            self.sending_changed.emit(False)
            return
        targets = [each.text for each in self._studio.settings.targets if each.is_on]
        if not targets:
            self.failed.emit(self.tr("No receiver is on: switch one on in the streaming panel."))
            self.sending_changed.emit(False)
            return
        self._studio.run_when_stopped(partial(self._start_sending, targets))

    def _start_sending(self, targets: list[str]) -> None:
        self._sender.start(targets)
        self.sending_changed.emit(True)
        self._show_again()

    def _sending_failed(self, text: str) -> None:
        self.failed.emit(text)
        self.sending_changed.emit(False)

    # ---- inside

    def _take_loaded(self, loaded: _Loaded) -> None:
        if loaded.path != self._wanted:  # another was asked for meanwhile
            _close_pictures(loaded)
            return
        self._let_go()
        self._loaded = loaded
        if loaded.body.name == _OPEN_BODY:
            self._open_body = loaded.body
        self._times_s = loaded.take.timestamps_ns / 1e9
        self._position_s, self._row = 0.0, -1
        self._span_s = (0.0, self.duration_s)
        self._studio.begin_playback(loaded.body)
        self.take_changed.emit(loaded.take)
        self.span_changed.emit(*self._span_s)
        self.seek(0.0)
        if loaded.problem:
            self.failed.emit(loaded.problem)
        if self._will_play:
            self.play()

    def _not_loaded(self, path: Path, error: MocapError) -> None:
        if path == self._wanted:
            self.close()
            self.failed.emit(str(error))

    def _let_go(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded is None:
            return
        self._background.run(partial(_close_pictures, loaded), _nothing, _ignore)
        self.take_changed.emit(None)

    def _follow_studio(self, state: str) -> None:
        if state == "starting" and self._loaded is not None:
            self.close()

    def _tick(self) -> None:
        now_s = self._clock()
        position_s = self._position_s + (now_s - self._anchor_s) * self._speed
        self._anchor_s = now_s
        start_s, end_s = self._span_s
        if position_s < end_s:
            self._go_to(position_s)
        elif self.loops and end_s > start_s:
            self._go_to(start_s + (position_s - end_s) % (end_s - start_s))
        else:
            self.pause()
            self._go_to(end_s)

    def _go_to(self, position_s: float) -> None:
        self._position_s = position_s
        self.position_changed.emit(position_s)
        self._show(self._row_at(position_s))
        if not self.is_playing:
            self._settle.start()

    def _show_again(self) -> None:
        self._row = -1
        self._show(self._row_at(self._position_s))

    def _row_at(self, position_s: float) -> int:
        return max(int(np.searchsorted(self._times_s, position_s + 1e-9, "right")) - 1, 0)

    def _show(self, row: int) -> None:
        """Show a row, unless it is shown already or the last picture is still being decoded."""
        loaded = self._loaded
        if loaded is None or row == self._row or self._is_decoding:
            return
        self._row = row
        if loaded.pictures is None:
            self._give(_packet(loaded, row))
            return
        self._is_decoding = True
        work = partial(_packet, loaded, row)
        self._background.run(work, self._decoded, partial(self._not_decoded, loaded))

    def _decoded(self, packet: Packet) -> None:
        self._is_decoding = False
        if self._loaded is not None:
            self._give(packet)
            self._show(self._row_at(self._position_s))  # it may have moved meanwhile

    def _not_decoded(self, loaded: _Loaded, error: MocapError) -> None:
        """Go on without the video."""
        self._is_decoding = False
        if self._loaded is loaded:
            self._loaded = _Loaded(loaded.path, loaded.take, loaded.body, None)
            self.failed.emit(str(error))

    def _give(self, packet: Packet) -> None:
        self._studio.show(packet)
        self._sender.send(packet)


def _load(path: Path, bodies: Sequence[BodyModel | None]) -> _Loaded:
    """Load a take and what is shown with it; a video that cannot be read is told, and done without.

    A take of a body that is not at hand is shown by the open body: its bones are those of the take.
    """
    take = load_take(path)
    known = {body.name: body for body in bodies if body is not None}
    body = known.get(take.body_model) or known.get(_OPEN_BODY) or load_body(model_path(_OPEN_BODY))
    video = take.path.with_name(VIDEO_NAME)
    if not video.is_file():
        return _Loaded(path, take, body, None)
    try:
        start_ns = int(take.source_timestamps_ns[0])
        return _Loaded(path, take, body, TakePictures(video, default_start_ns=start_ns))
    except MocapError as error:
        return _Loaded(path, take, body, None, str(error))


def _packet(loaded: _Loaded, row: int) -> Packet:
    """Return a frame of the take as if it were taken now: who follows time must never see it run backwards."""
    image = None
    if loaded.pictures is not None:
        image = loaded.pictures.at(int(loaded.take.source_timestamps_ns[row]))
    now_ns = time.perf_counter_ns()
    return packet_at(
        loaded.take,
        row,
        timestamp_ns=now_ns,
        captured_ns=now_ns,
        image=_NO_PICTURE if image is None else image,
    )


def _close_pictures(loaded: _Loaded) -> None:
    if loaded.pictures is not None:
        loaded.pictures.close()


def _nothing(_result: None) -> None:
    """It is closed."""


def _ignore(_error: MocapError) -> None:
    """Closing a file that was read says nothing of use."""
