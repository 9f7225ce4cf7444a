"""The mode of a camera: from the list that it offers, or found out by trying."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.mode_probe import probe_modes
from app.viewer.panels.choice_box import ChoiceBox
from app.viewer.settings import SourceSettings
from app.viewer.studio import Studio
from engines.errors import MocapError

_ALL: Final = 100


class CameraPage(QWidget):
    """Shown while a camera is chosen."""

    _probed_share = pyqtSignal(float)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._camera: CameraInfo | None = None
        self._found: dict[CameraInfo, tuple[CameraMode, ...]] = {}
        self._listed: list[CameraMode] = []
        self._cancelled = threading.Event()
        self._modes = ChoiceBox("mode_choice")
        self._modes.setToolTip(self.tr("Size, pixel format and rate of the pictures"))
        self._modes.activated.connect(self._choose)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "hint")
        self._probe = QPushButton(self.tr("&Find out what it can"))
        self._probe.setObjectName("probe_button")
        self._probe.setToolTip(
            self.tr("Try the usual sizes and rates; takes some seconds, and the camera for itself")
        )
        self._probe.clicked.connect(self._start_probe)
        self._progress = QProgressBar()
        self._progress.setObjectName("probe_progress")
        self._progress.setRange(0, _ALL)
        self._cancel = QPushButton(self.tr("C&ancel"))
        self._cancel.setObjectName("probe_cancel_button")
        self._cancel.setToolTip(self.tr("End the trying; what was found so far is kept"))
        self._cancel.clicked.connect(self._cancelled.set)
        self._probed_share.connect(lambda share: self._progress.setValue(round(_ALL * share)))
        studio.closing.connect(self._cancelled.set)
        self._place()
        self._show_probing(False)

    def show_camera(self, camera: CameraInfo | None, source: SourceSettings) -> None:
        """Show what a camera offers and which mode is asked of it; None for one that is not plugged in."""
        self._camera = camera
        offered = () if camera is None else self._found.get(camera, camera.modes)
        asked = _asked(source)
        self._listed = list(offered) if asked in offered else [asked, *offered]
        self._modes.clear()
        for mode in self._listed:
            self._modes.addItem(self._words(mode))
        self._modes.setCurrentIndex(self._listed.index(asked))
        self._probe.setVisible(camera is not None and not camera.modes)
        self._hint.setText(self._advice(camera, bool(offered), asked in offered))
        self._hint.setVisible(bool(self._hint.text()))

    def _advice(self, camera: CameraInfo | None, is_known: bool, is_offered: bool) -> str:
        if camera is None:
            return self.tr("This camera is not connected. Plug it in, and refresh the list.")
        if not is_known:
            return self.tr(
                "This system does not tell what the camera offers; it takes the nearest it has."
            )
        if not is_offered:
            return self.tr("The camera does not list this mode; it takes the nearest it has.")
        return ""

    def _words(self, mode: CameraMode) -> str:
        size = f"{mode.width_px}\N{MULTIPLICATION SIGN}{mode.height_px}"
        with_format = self.tr("{size} {fps:g} fps {format}")
        text = with_format if mode.fourcc else self.tr("{size} {fps:g} fps")
        return text.format(size=size, fps=mode.fps_hz, format=mode.fourcc)

    def _choose(self, index: int) -> None:
        mode = self._listed[index]
        settings = self._studio.settings
        source = replace(
            settings.source,
            width_px=mode.width_px,
            height_px=mode.height_px,
            fps_hz=mode.fps_hz or settings.source.fps_hz,
            fourcc=mode.fourcc,
        )
        self._studio.change(replace(settings, source=source))

    # ---- trying

    def _start_probe(self) -> None:
        camera = self._camera
        if camera is None:
            return
        self._cancelled.clear()
        self._show_probing(True)
        self._studio.run_alone(
            partial(self._try_modes, camera), partial(self._take_modes, camera), self._fail
        )

    def _try_modes(self, camera: CameraInfo) -> tuple[CameraMode, ...]:
        """On the studio's worker thread."""
        return probe_modes(camera, self._studio.config.capture, keep_going=self._keep_going)

    def _keep_going(self, share: float) -> bool:
        if self._cancelled.is_set():
            return False
        self._probed_share.emit(share)
        return True

    def _take_modes(self, camera: CameraInfo, modes: Sequence[CameraMode]) -> None:
        self._show_probing(False)
        if modes:
            self._found[camera] = tuple(modes)
        self.show_camera(self._camera, self._studio.settings.source)

    def _fail(self, error: MocapError) -> None:
        self._show_probing(False)
        self._hint.setText(str(error))
        self._hint.setVisible(True)
        self._studio.problem.emit(str(error))

    def _show_probing(self, is_probing: bool) -> None:
        self._progress.setValue(0)
        self._progress.setVisible(is_probing)
        self._cancel.setVisible(is_probing)
        self._probe.setEnabled(not is_probing)
        self._modes.setEnabled(not is_probing)

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        form.addRow(self.tr("M&ode"), self._modes)
        layout.addLayout(form)
        layout.addWidget(self._hint)
        layout.addWidget(self._probe)
        progress = QHBoxLayout()
        progress.addWidget(self._progress, 1)
        progress.addWidget(self._cancel)
        layout.addLayout(progress)


def _asked(source: SourceSettings) -> CameraMode:
    return CameraMode(source.width_px, source.height_px, source.fps_hz, source.fourcc)
