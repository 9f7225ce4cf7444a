"""What the window does: one session at a time, its receivers and its recorder. The panels know only this class.

Everything that may take time (a camera, networks, a socket, a disk) runs on one worker thread, in order; what comes of
it is told by signals, on the window's thread.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal, TypeVar

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from app.config import AppConfig
from app.pipeline.packet import Packet
from app.pipeline.pipeline import PipelineEvent
from app.pipeline.stats import PipelineStats
from app.session import Session
from app.sinks.recorder import TakeRecorder
from app.viewer.apply import config_for, controls_for, needs_new_recorder, needs_restart
from app.viewer.background import Background
from app.viewer.camera_roster import CameraRoster
from app.viewer.receivers import Receivers, ReceiverStatus
from app.viewer.recorder_slot import RecorderSlot
from app.viewer.session_worker import SessionWorker
from app.viewer.settings import TargetSettings, WindowSettings
from app.viewer.status import status_of
from app.viewer.tap import PacketTap
from engines.body.model import BodyModel
from engines.errors import MocapError
from engines.types import SmoothedPart

State = Literal["stopped", "starting", "running", "stopping", "measuring"]
"""`measuring`: no session runs, because other work has the camera for itself."""

_STATS_EVERY_MS: Final = 500

_Result = TypeVar("_Result")

logger = logging.getLogger(__name__)


class Studio(QObject):
    """Owns the session. All methods are for the window's thread; none of them waits."""

    state_changed = pyqtSignal(str)
    """The new `State`."""
    packet_ready = pyqtSignal()
    """There is a newer packet: `take_packet`. Comes once for any number of packets."""
    status_changed = pyqtSignal(object)
    """A `Status`, twice a second while running; None once it has stopped."""
    settings_changed = pyqtSignal(object)
    """The new `WindowSettings`."""
    problem = pyqtSignal(str)
    """One line for the person: what is wrong, and the way out."""
    frozen_changed = pyqtSignal(bool)
    """The pose is held, or no longer."""
    playback_changed = pyqtSignal(bool)
    """Takes are shown in place of the session, or no longer; `body` may be another."""

    closing = pyqtSignal()
    """The studio is being closed: whoever has a worker thread of its own ends it now."""

    def __init__(
        self, settings: WindowSettings, config: AppConfig, parent: QObject | None = None
    ) -> None:
        """Start nothing yet; `config` has the settings that the window does not show."""
        super().__init__(parent)
        self._settings = settings
        self._config = config
        self._state: State = "stopped"
        self._session: Session | None = None
        self._playback_body: BodyModel | None = None
        self._is_frozen = False
        self._is_closing = False
        self._after_stop: list[Callable[[], None]] = []
        self._held: frozenset[str] = frozenset()
        self._newest: Packet | None = None
        self._tap = PacketTap(self.packet_ready.emit)
        self._background = Background("studio", self)
        self._receivers = Receivers(self.problem.emit)
        self._worker = SessionWorker(config, self._tap, self._receivers, self._on_event)
        self.recording = RecorderSlot(self._worker, self._background, self)
        """The recorder of the running session, and the video beside its takes."""
        self.recording.problem.connect(self.problem)
        self.cameras = CameraRoster(lambda: self.config.capture.backend, self)
        """The cameras that there are."""
        self._timer = QTimer(self)
        self._timer.setInterval(_STATS_EVERY_MS)
        self._timer.timeout.connect(self._tell_status)

    @property
    def settings(self) -> WindowSettings:
        """The present settings."""
        return self._settings

    @property
    def config(self) -> AppConfig:
        """All settings of a session started now. Raises `ConfigError`."""
        return config_for(self._settings, self._config)

    @property
    def state(self) -> State:
        """What the session does."""
        return self._state

    @property
    def is_frozen(self) -> bool:
        """The pose is held."""
        return self._is_frozen

    @property
    def body(self) -> BodyModel | None:
        """The body of the packets: of the take that is played, or else of the running session's engine."""
        if self._playback_body is not None:
            return self._playback_body
        return None if self._session is None else self._session.engine.body

    def added_delay_ms(self, part: SmoothedPart, strength: float) -> float:
        """Return the delay that smoothing a part with a strength adds at typical motion, also while stopped."""
        return self._config.smoothing.added_delay_ms(part, strength)

    @property
    def newest(self) -> Packet | None:
        """The packet that was taken last."""
        return self._newest

    def pipeline_stats(self) -> PipelineStats | None:
        """Return what the running session measured so far; None where none runs."""
        return None if self._session is None else self._session.pipeline.stats()

    def take_packet(self) -> Packet | None:
        """Return the newest packet, once; None where there is none since the last call."""
        packet = self._tap.take()
        if packet is not None:
            self._newest = packet
        return packet

    def show(self, packet: Packet) -> None:
        """Show a packet that is not the session's own (calibration, playback); from any thread."""
        self._tap.keep(packet)

    @property
    def is_playing_back(self) -> bool:
        """Takes are shown in place of the session."""
        return self._playback_body is not None

    def begin_playback(self, body: BodyModel) -> None:
        """Show only what is given to `show`, packets of this body; a session goes on unseen."""
        self._tap.is_closed = True
        self._playback_body = body
        self.playback_changed.emit(True)

    def end_playback(self) -> None:
        """Show the session again."""
        if self._playback_body is not None:
            self._tap.is_closed = False
            self._playback_body = None
            self.playback_changed.emit(False)

    def receiver_status(self, text: str) -> ReceiverStatus:
        """Return how the receiver of a TARGET is doing."""
        return self._receivers.status(text)

    def hold_receiver(self, text: str, then: Callable[[], None]) -> None:
        """Send nothing to a TARGET until `release_receiver`; call `then` once its sockets are closed."""
        self._held |= {text}
        self._sync_receivers(then)

    def release_receiver(self, text: str) -> None:
        """Send to a TARGET again, where the settings say so."""
        self._held -= {text}
        self._sync_receivers(lambda: None)

    def change(self, settings: WindowSettings) -> None:
        """Use other settings: at once where that is possible, by a new start of the session where it is not."""
        old, self._settings = self._settings, settings
        if old == settings:
            return
        if self._session is not None and self._state == "running":
            self._apply(old, settings, self._session)
        self.settings_changed.emit(settings)

    def start(self) -> None:
        """Open the source and let it run; as soon as the camera is free, where other work has it."""
        if self._state == "measuring":
            self.run_when_stopped(self.start)
        if self._state != "stopped":
            return
        self._set_state("starting")
        settings = self._settings
        self._background.run(
            partial(self._worker.open, settings, self._wanted()),
            partial(self._opened, settings),
            self._failed,
        )

    def stop(self) -> None:
        """End the session; a take that is being recorded is finished."""
        if self._state != "running":
            return
        self._set_state("stopping")
        self.recording.stop()
        self._timer.stop()
        self._background.run(self._worker.stop, self._stopped, self._failed)

    def restart(self) -> None:
        """Stop and start, with the settings of now."""
        self.run_when_stopped(self.start)

    def run_when_stopped(self, function: Callable[[], None]) -> None:
        """Stop, and then call a function: for what needs the camera for itself."""
        if self._state == "stopped":
            function()
            return
        if function not in self._after_stop:
            self._after_stop.append(function)
        self.stop()

    def run_alone(
        self,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Callable[[MocapError], None],
    ) -> None:
        """Do long work that needs the camera for itself; a session that ran before runs again afterwards."""
        resume = self._state in ("starting", "running")

        def begin() -> None:
            if self._state != "stopped":  # somebody else waited too, and has the camera now
                self.run_when_stopped(begin)
                return
            self._set_state("measuring")
            self._background.run(work, partial(finish, done), partial(finish, failed))

        def finish(tell: Callable[[Any], None], result: object) -> None:
            tell(result)
            self._free_camera()
            if resume:
                self.start()

        self.run_when_stopped(begin)

    def freeze(self, is_frozen: bool) -> None:
        """Hold the pose, in the view and for all receivers; or follow again."""
        if is_frozen == self._is_frozen:
            return
        self._is_frozen = is_frozen
        self._set_controls()
        self.frozen_changed.emit(is_frozen)

    def recentre(self) -> None:
        """Take the performer's present place as the origin."""
        if self._session is not None:
            self._session.placement.recentre()

    def retry_device(self) -> None:
        """Try the device again that failed; the present one runs until it is ready."""
        if self._session is not None and self._session.standby is not None:
            self._session.standby.retry()

    def close(self) -> None:
        """End everything, and wait for it; the studio cannot be used any more. May be called twice."""
        if self._is_closing:
            return
        self._is_closing = self._worker.is_ending = True
        self._timer.stop()
        self.closing.emit()
        self.cameras.shut_down()
        self._after_stop.clear()
        self._background.run(self._worker.stop, _nothing, _nothing)
        self._background.shut_down()

    def _opened(self, used: WindowSettings, session: Session) -> None:
        self._session = session
        self._set_state("running")
        self._set_controls()
        self._timer.start()
        self.recording.begin(session, self._settings)
        if self._after_stop:
            self.stop()
        elif used != self._settings:  # changed while it was being opened
            self._apply(used, self._settings, session)

    def _failed(self, error: MocapError) -> None:
        self._tell(error)
        self._stopped()

    def _stopped(self, _result: None = None) -> None:
        self._session = None
        self.recording.end()
        self._free_camera()

    def _free_camera(self) -> None:
        """Nothing has the camera any more: let those have it who wait for it, in turn."""
        self._set_state("stopped")
        self.status_changed.emit(None)
        waiting, self._after_stop = self._after_stop, []
        for function in waiting:
            function()

    def _apply(self, old: WindowSettings, new: WindowSettings, session: Session) -> None:
        if needs_restart(old, new):
            self.restart()
            return
        self._set_controls()
        if old.targets != new.targets:
            self._sync_receivers(lambda: None)
        if needs_new_recorder(old, new):
            self.recording.renew(new)

    def _sync_receivers(self, then: Callable[[], None]) -> None:
        self._background.run(
            partial(self._worker.sync_receivers, self._wanted()), lambda _: then(), self._tell
        )

    def _wanted(self) -> tuple[TargetSettings, ...]:
        targets = self._settings.targets
        return tuple(target for target in targets if target.text not in self._held)

    def _set_controls(self) -> None:
        if self._session is not None:
            self._session.refine.controls = controls_for(
                self._settings.tracking, is_frozen=self._is_frozen
            )

    def _set_state(self, state: State) -> None:
        self._state = state
        self.state_changed.emit(state)

    def _tell(self, error: MocapError) -> None:
        logger.warning("%s", error)
        self.problem.emit(str(error))

    def _on_event(self, event: PipelineEvent) -> None:
        """Called on the pipeline's threads."""
        if not self._is_closing:
            self._background.call(partial(self._take_event, event))

    def _take_event(self, event: PipelineEvent) -> None:
        if event.kind == "ended":
            self.run_when_stopped(lambda: None)
            return
        if event.error is not None:
            self._tell(event.error)
            if event.name == TakeRecorder.name:
                self.recording.fail(str(event.error))

    def _tell_status(self) -> None:
        if self._session is not None:
            self.status_changed.emit(status_of(self._session, self._newest))


def _nothing(_result: object) -> None:
    """What need not be told."""
