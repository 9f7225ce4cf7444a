"""The bottom line: rates, ages, losses, who listens, what is recorded."""

from typing import Final

from PyQt5.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from app.viewer.engine_words import device_word, engine_word
from app.viewer.recording import LOW_DISK_BYTES, RecordingDesk
from app.viewer.status import Status
from app.viewer.studio import Studio
from app.viewer.theme import set_role

_LATE_MS: Final = 100.0
_SHORT_SHARE: Final = 0.9


class StatusBar(QStatusBar):
    """Shows how the session is doing, twice a second."""

    def __init__(self, studio: Studio, desk: RecordingDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._desk = desk
        self._state = self._add("status_state", self.tr("What the camera does"), left=True)
        self._camera = self._add("status_camera", self.tr("Pictures a second from the camera"))
        self._engine_fps = self._add("status_engine_fps", self.tr("Bodies a second"))
        self._age = self._add(
            "status_age", self.tr("Time from a picture to its body: median, and 95th percentile")
        )
        self._dropped = self._add(
            "status_dropped", self.tr("Pictures left out, because newer ones were there")
        )
        self._engine = self._add("status_engine", self.tr("Engine, and where it runs"))
        self._building = self._add(
            "status_building", self.tr("Done once on this computer; another device runs meanwhile")
        )
        self._retry = self._add_retry()
        self._targets = self._add("status_targets", self.tr("Receivers that are sent to"))
        self._recording = self._add("status_recording", self.tr("Recording time"))
        self._disk = self._add("status_disk", self.tr("Room left on the disk of the takes"))
        studio.state_changed.connect(self._show_state)
        studio.status_changed.connect(self._show_status)
        studio.frozen_changed.connect(self._show_frozen)
        self._show_state(studio.state)

    def _add(self, name: str, tip: str, *, left: bool = False) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setToolTip(tip)
        label.hide()
        if left:
            self.addWidget(label)
        else:
            self.addPermanentWidget(label)
        return label

    def _add_retry(self) -> QPushButton:
        button = QPushButton(self.tr("Try the GPU again"))
        button.setObjectName("status_retry")
        button.setProperty("role", "quiet")
        button.setToolTip(
            self.tr("The GPU failed or could not be used; another device runs in its place")
        )
        button.clicked.connect(self._try_again)
        button.hide()
        self.addPermanentWidget(button)
        return button

    def _try_again(self) -> None:
        self._retry.hide()
        self._studio.retry_device()

    def _show_state(self, state: str) -> None:
        texts = {
            "stopped": self.tr("Stopped"),
            "starting": self.tr("Starting …"),
            "running": self.tr("Live"),
            "stopping": self.tr("Stopping …"),
            "measuring": self.tr("Measuring …"),
        }
        frozen = state == "running" and self._studio.is_frozen
        self._put(self._state, self.tr("Frozen") if frozen else texts[state])
        set_role(self._state, "warn" if frozen else "good" if state == "running" else "")

    def _show_frozen(self, _is_frozen: bool) -> None:
        self._show_state(self._studio.state)

    def _show_status(self, status: Status | None) -> None:
        if status is None:
            for shown in (
                *(self._camera, self._engine_fps, self._age, self._dropped, self._engine),
                *(self._building, self._retry, self._targets, self._recording, self._disk),
            ):
                shown.hide()
            return
        stats = status.stats
        reconnecting = status.source is not None and status.source.state == "reconnecting"
        self._put(
            self._camera,
            self.tr("camera lost: reconnecting")
            if reconnecting
            else self.tr("camera {fps:.1f} fps").format(fps=stats.capture_fps),
        )
        set_role(self._camera, "error" if reconnecting else "")
        self._put(self._engine_fps, self.tr("engine {fps:.1f} fps").format(fps=stats.fps))
        is_short = stats.fps < _SHORT_SHARE * stats.capture_fps
        set_role(self._engine_fps, "warn" if is_short else "")
        age = self.tr("latency {p50:.0f} / {p95:.0f} ms")
        self._put(self._age, age.format(p50=stats.age_p50_ms, p95=stats.age_p95_ms))
        set_role(self._age, "warn" if stats.age_p50_ms > _LATE_MS else "")
        self._put(self._dropped, self.tr("%n dropped", "", stats.dropped))
        self._show_engine(status)
        self._show_targets()
        self._show_recording()

    def _show_engine(self, status: Status) -> None:
        place = self.tr("{engine} on the {device}") if status.device else "{engine}"
        engine, device = engine_word(status.engine), device_word(status.device)
        self._put(self._engine, place.format(engine=engine, device=device))
        set_role(self._engine, "warn" if status.can_retry else "")
        self._retry.setVisible(status.can_retry)
        step = status.building
        if step is None:
            self._building.hide()
            return
        text = self.tr("preparing the GPU: {network} {share:.0%}")
        self._put(self._building, text.format(network=step.network, share=step.share))

    def _show_targets(self) -> None:
        wanted = [target.text for target in self._studio.settings.targets if target.is_on]
        states = [self._studio.receiver_status(text) for text in wanted]
        if not wanted:
            self._targets.hide()
            return
        self._put(self._targets, self.tr("%n receiver(s)", "", len(wanted)))
        failed = any(status.state == "failed" for status in states)
        warned = any(status.problem for status in states)
        set_role(self._targets, "error" if failed else "warn" if warned else "good")

    def _show_recording(self) -> None:
        if self._desk.state not in ("recording", "paused"):
            self._recording.hide()
            self._disk.hide()
            return
        minutes, seconds = divmod(int(self._desk.elapsed_s), 60)
        text = self.tr("paused {time}") if self._desk.state == "paused" else self.tr("REC {time}")
        self._put(self._recording, text.format(time=f"{minutes:02d}:{seconds:02d}"))
        set_role(self._recording, "warn" if self._desk.state == "paused" else "error")
        free_bytes = self._desk.progress.free_bytes
        if free_bytes is not None:
            self._put(self._disk, self.tr("{left:.0f} GB left").format(left=free_bytes / 1e9))
            set_role(self._disk, "error" if free_bytes < LOW_DISK_BYTES else "")

    def _put(self, label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
        label.show()
