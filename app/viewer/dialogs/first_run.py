"""The first steps: camera, preview and privacy, speed, where to send."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.paths import DEMO_CLIP
from app.viewer.camera_view import CameraView
from app.viewer.panels.presets import PRESETS
from app.viewer.settings import TargetSettings
from app.viewer.source_choices import camera_label, camera_of, camera_spec
from app.viewer.speed_test import Outcome, SpeedTest
from app.viewer.studio import Studio
from app.viewer.theme import set_role


class FirstRun(QDialog):
    """Four steps; each can be skipped, and all be taken again from the help menu."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first_run")
        self.setWindowTitle(self.tr("First steps"))
        self.resize(680, 580)
        self._studio = studio
        self._step = QLabel()
        self._step.setProperty("role", "hint")
        self._pages = QStackedWidget()
        self._camera = CameraStep(studio)
        self._preview = PreviewStep(studio)
        self._speed = SpeedStep(studio)
        for page in (self._camera, self._preview, self._speed, SendStep(studio)):
            self._pages.addWidget(page)
        self._back = _button("first_run_back", self.tr("&Back"), self._go_back)
        self._next = _button("first_run_next", self.tr("&Next"), self._go_on)
        self._next.setProperty("role", "primary")
        self._next.setDefault(True)
        skip = _button("first_run_skip", self.tr("&Skip all"), self.reject)
        skip.setProperty("role", "quiet")
        for button in (skip, self._back):
            button.setAutoDefault(False)  # Return goes on, wherever the focus is
        row = QHBoxLayout()
        row.addWidget(skip)
        row.addStretch(1)
        row.addWidget(self._back)
        row.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.addWidget(self._step)
        layout.addWidget(self._pages, 1)
        layout.addLayout(row)
        for first, second in pairwise((self._next, self._back, skip)):
            self.setTabOrder(first, second)
        studio.packet_ready.connect(self._show_packet)
        self._show_step()

    def _show_packet(self) -> None:
        packet = self._studio.newest
        if packet is not None and self._preview.isVisible():
            self._preview.view.show_packet(packet)

    def _go_back(self) -> None:
        self._pages.setCurrentIndex(self._pages.currentIndex() - 1)
        self._show_step()

    def _go_on(self) -> None:
        index = self._pages.currentIndex()
        if index == self._pages.count() - 1:
            self.accept()
            return
        if index == 0:
            self._camera.use()
        self._pages.setCurrentIndex(index + 1)
        self._show_step()

    def _show_step(self) -> None:
        index, count = self._pages.currentIndex(), self._pages.count()
        self._step.setText(self.tr("Step {step} of {count}").format(step=index + 1, count=count))
        self._back.setEnabled(index > 0)
        self._next.setText(self.tr("&Done") if index == count - 1 else self.tr("&Next"))

    def done(self, result: int) -> None:
        """Close, and do not come by itself again."""
        self._speed.cancel()
        settings = self._studio.settings
        self._studio.change(replace(settings, first_run_done=True))
        super().done(result)


class CameraStep(QWidget):
    """Which camera; without one, the demo clip."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._choices = QButtonGroup(self)
        self._specs: dict[int, str] = {}
        self._list = QVBoxLayout()
        self._word = _text(self.tr("Looking for cameras …"), "hint")
        self._word.setObjectName("camera_word")
        layout = QVBoxLayout(self)
        layout.addWidget(_text(self.tr("Which camera looks at you?"), "title"))
        layout.addWidget(
            _text(
                self.tr(
                    "Best is a view from the front, with light on your face. From head to foot for the whole body; "
                    "waist up is enough for face, hands and arms."
                )
            )
        )
        layout.addLayout(self._list)
        layout.addWidget(self._word)
        layout.addStretch(1)
        layout.addWidget(_button("look_again", self.tr("&Look again"), self.look), 0, Qt.AlignLeft)
        studio.cameras.changed.connect(self._show)
        studio.cameras.failed.connect(self._word.setText)
        self.look()

    def look(self) -> None:
        """Look for cameras."""
        self._word.setText(self.tr("Looking for cameras …"))
        self._studio.cameras.look()

    def use(self) -> None:
        """Take what is chosen as the source, and let it run."""
        spec = self._specs.get(self._choices.checkedId(), "")
        if not spec:
            return
        settings = self._studio.settings
        self._studio.change(replace(settings, source=replace(settings.source, spec=spec)))
        self._studio.start()

    def _show(self) -> None:
        cameras = self._studio.cameras.cameras or ()
        for button in self._choices.buttons():
            self._choices.removeButton(button)
            button.deleteLater()
        found = [
            (camera_spec(camera, cameras), camera_label(camera, cameras)) for camera in cameras
        ]
        found.append((str(DEMO_CLIP), self.tr("No camera: the demo clip, a person who walks")))
        self._specs = {index: spec for index, (spec, _) in enumerate(found)}
        chosen = self._studio.settings.source.spec
        camera = camera_of(chosen, cameras)
        present = chosen if camera is None else camera_spec(camera, cameras)
        for index, (spec, name) in enumerate(found):
            button = QRadioButton(name)
            button.setChecked(spec == present)
            self._choices.addButton(button, index)
            self._list.addWidget(button)
        if self._choices.checkedId() < 0:
            self._choices.buttons()[0].setChecked(True)
        self._word.setText(
            ""
            if cameras
            else self.tr(
                "No camera was found. Plug one in and look again, or begin with the demo clip."
            )
        )


class PreviewStep(QWidget):
    """What the camera sees, and what becomes of it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CameraView(studio)
        """Shows packets."""
        layout = QVBoxLayout(self)
        layout.addWidget(_text(self.tr("Do you see yourself?"), "title"))
        layout.addWidget(
            _text(
                self.tr(
                    "Everything stays on this computer. No picture is sent or stored, there is no account and no "
                    "telemetry. Motion is sent only to receivers that you switch on; pictures are recorded only "
                    "where you ask for it."
                )
            )
        )
        layout.addWidget(self.view, 1)
        self._problem = _text("", "error")
        layout.addWidget(self._problem)
        studio.problem.connect(self._problem.setText)
        studio.state_changed.connect(self._take_state)

    def _take_state(self, state: str) -> None:
        is_starting = state == "starting"
        patience = self.tr(
            "Starting …\nThe very first start prepares the program: about half a minute."
        )
        self.view.show_message(patience if is_starting else "")
        if is_starting:
            self._problem.clear()


class SpeedStep(QWidget):
    """Finds the settings that this computer can follow."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._test = SpeedTest(studio, self)
        self._word = _text("", "hint")
        self._word.setObjectName("speed_word")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._run = _button("speed_run", self.tr("&Measure"), self._test.start)
        layout = QVBoxLayout(self)
        layout.addWidget(_text(self.tr("How quick is this computer?"), "title"))
        layout.addWidget(
            _text(
                self.tr(
                    "Up to five settings are tried for a few seconds each, the best first, until one follows the "
                    "camera. Stand in view meanwhile, with both hands visible."
                )
            )
        )
        layout.addWidget(self._run, 0, Qt.AlignLeft)
        layout.addWidget(self._bar)
        layout.addWidget(self._word)
        layout.addStretch(1)
        self._test.trying.connect(self._show_try)
        self._test.done.connect(self._show_outcome)
        self._test.failed.connect(self._show_failure)

    def cancel(self) -> None:
        """End what is being tried."""
        self._test.cancel()

    def _show_try(self, name: str, index: int, count: int) -> None:
        self._run.setEnabled(False)
        self._bar.setRange(0, count)
        self._bar.setValue(index)
        self._bar.show()
        set_role(self._word, "hint")
        self._word.setText(self.tr("Trying: {what} …").format(what=name))

    def _show_outcome(self, outcome: Outcome) -> None:
        self._finish()
        set_role(self._word, "good" if outcome.is_enough else "warn")
        word = (
            self.tr(
                "In use: {what}. {fps:.0f} of {camera:.0f} pictures a second, {age:.0f} ms behind you."
            )
            if outcome.is_enough
            else self.tr(
                "No setting follows the camera. In use is the quickest: {what}. {fps:.0f} of {camera:.0f} "
                "pictures a second, {age:.0f} ms behind you. Close other programs, or choose a smaller picture."
            )
        )
        self._word.setText(
            word.format(
                what=outcome.name, fps=outcome.fps, camera=outcome.camera_fps, age=outcome.age_ms
            )
        )

    def _show_failure(self, why: str) -> None:
        self._finish()
        set_role(self._word, "error")
        self._word.setText(self.tr("Not measured: {why}").format(why=why))

    def _finish(self) -> None:
        self._run.setEnabled(True)
        self._bar.hide()


class SendStep(QWidget):
    """Which program shows the avatar."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._choices = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.addWidget(_text(self.tr("Where should it go?"), "title"))
        layout.addWidget(
            _text(
                self.tr(
                    "Choose the program that shows your avatar. More can be added later, under Streaming, where a "
                    "test pattern shows whether it arrives."
                )
            )
        )
        self._add(self.tr("Nowhere for now: I record, or only look"), "", layout)
        for preset in PRESETS:
            self._add(preset.name, preset.text, layout)
        layout.addStretch(1)

    def _add(self, name: str, text: str, layout: QVBoxLayout) -> None:
        """Add a choice; it is the present one where a receiver that is on says so."""
        is_first = not self._choices.buttons()
        is_present = any(each.is_on and each.text == text for each in self._studio.settings.targets)
        button = QRadioButton(name)
        button.setToolTip(text)
        button.setChecked(is_first or is_present)
        self._choices.addButton(button)
        button.toggled.connect(partial(self._choose, text))
        layout.addWidget(button)

    def _choose(self, text: str, is_on: bool) -> None:
        if is_on:
            self._use(text)

    def _use(self, text: str) -> None:
        """Send to this target only, of those that can be chosen here."""
        settings = self._studio.settings
        known = {preset.text for preset in PRESETS}
        unused = TargetSettings()  # the one that is there at first
        kept = [each for each in settings.targets if each.text not in known and each != unused]
        chosen = [TargetSettings(text, is_on=True)] if text else []
        self._studio.change(replace(settings, targets=(*kept, *chosen)))


def _text(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


def _button(name: str, text: str, do: object) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.clicked.connect(lambda _checked=False: do())  # type: ignore[operator]
    return button
