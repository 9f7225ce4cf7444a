"""What the studio does on its worker thread: opening and ending sessions, receivers and recorders. No Qt here."""

from collections.abc import Callable, Iterable
from typing import Final

from app.config import AppConfig
from app.pipeline.pipeline import Pipeline, PipelineEvent
from app.session import Session, create_session
from app.sinks.recorder import TakeRecorder
from app.viewer.apply import config_for, controls_for, plan_for, takes_folder_of
from app.viewer.receivers import Receivers
from app.viewer.settings import TargetSettings, WindowSettings
from app.viewer.tap import PacketTap

_STOP_TIMEOUT_S: Final = 5.0


class SessionWorker:
    """At most one running pipeline. All methods may wait; all are for one thread."""

    def __init__(
        self,
        config: AppConfig,
        tap: PacketTap,
        receivers: Receivers,
        on_event: Callable[[PipelineEvent], None],
    ) -> None:
        """Use `config` for what the window does not show; hand packets to `tap`, events to `on_event`."""
        self._config = config
        self._tap = tap
        self._receivers = receivers
        self._on_event = on_event
        self._pipeline: Pipeline | None = None
        self._recorder: TakeRecorder | None = None
        self.is_ending = False
        """Start nothing any more; set from any thread."""

    def open(self, settings: WindowSettings, targets: Iterable[TargetSettings]) -> Session:
        """Open a session and let it run. Raises `MocapError`."""
        config = config_for(settings, self._config)
        session = create_session(plan_for(settings), config, self._on_event)
        session.pipeline.add_sink(self._tap)
        session.refine.controls = controls_for(settings.tracking)
        if not self.is_ending:
            session.pipeline.start()
            self._pipeline = session.pipeline
            self.sync_receivers(targets)
        return session

    def sync_receivers(self, targets: Iterable[TargetSettings]) -> None:
        """Open the receivers that are on, close the others."""
        if self._pipeline is not None:
            self._receivers.sync(self._pipeline, targets)

    def exchange_recorder(self, session: Session, settings: WindowSettings) -> TakeRecorder:
        """Put a fresh recorder, which waits, in place of the present one, which is finished. Raises `SinkError`."""
        old, self._recorder = self._recorder, None
        if old is not None:
            session.pipeline.remove_sink(old)
        recorder = TakeRecorder(
            takes_folder_of(settings),
            session.take_info,
            pre_roll_s=settings.recording.pre_roll_s,
            waits=True,
        )
        session.pipeline.add_sink(recorder)
        self._recorder = recorder
        return recorder

    def stop(self) -> None:
        """End what runs; a take that is being recorded is finished. Raises what stopped a stage before."""
        pipeline, self._pipeline = self._pipeline, None
        self._recorder = None
        self._receivers.clear()
        if pipeline is not None:
            pipeline.stop(_STOP_TIMEOUT_S)
