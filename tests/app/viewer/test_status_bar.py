"""The bottom line says which device runs, and lets one that failed be tried again."""

from contextlib import closing

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from app.inference.plan_build import BuildStep
from app.pipeline.stats import PipelineStats
from app.viewer.recording import RecordingDesk
from app.viewer.status import Status
from app.viewer.status_bar import StatusBar
from engines.catalog import Engine, Spare
from engines.errors import StageError
from tests.app.viewer.quick_session import QuickSource

pytestmark = pytest.mark.qt

LONG_MS = 180_000


class Device:
    """An engine's detector and regressor in one, on a device that can be lost; finds nobody."""

    is_lost = False

    def open(self):
        if self.is_lost:
            raise StageError("CUDA_ERROR_NO_DEVICE")

    def detect(self, frame):
        return ()

    def regress(self, frame, detections):
        if self.is_lost:
            raise StageError("CUDA_ERROR_DEVICE_LOST")
        return ()

    def close(self):
        """Nothing to free."""


@pytest.fixture
def gpu(monkeypatch, open_body):
    """Gives every session an engine on a GPU that the CPU can stand in for; returns the GPU."""
    gpu = Device()
    spares = (Spare("cpu", Device),)
    engine = Engine("expose", "cuda", open_body, Device(), None, gpu, spares)
    monkeypatch.setattr("app.session.create_engine", lambda *_arguments: engine)
    monkeypatch.setattr("app.session.create_source", lambda *_arguments: QuickSource())
    return gpu


def test_a_lost_gpu_is_named_and_tried_again_by_a_button(qtbot, studio, gpu):
    bar = StatusBar(studio, RecordingDesk(studio))
    with closing(bar):
        qtbot.addWidget(bar)
        bar.show()
        problems = []
        studio.problem.connect(problems.append)
        studio.start()

        def until(text, *, retry):
            qtbot.waitUntil(
                lambda: bar._engine.text() == text and bar._retry.isVisible() == retry,
                timeout=LONG_MS,
            )

        until("ExPose on the graphics card", retry=False)
        gpu.is_lost = True
        until("ExPose on the processor", retry=True)
        assert problems == ["expose on cuda: CUDA_ERROR_DEVICE_LOST"]

        bar._retry.click()  # still lost
        qtbot.waitUntil(lambda: len(problems) == 2, timeout=LONG_MS)
        assert "CUDA_ERROR_NO_DEVICE" in problems[1]
        until("ExPose on the processor", retry=True)

        gpu.is_lost = False
        bar._retry.click()
        until("ExPose on the graphics card", retry=False)
        studio.stop()
        qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)
        assert not bar._retry.isVisible()


def test_how_far_the_gpu_is_prepared_is_said_while_it_is(qtbot, studio):
    bar = StatusBar(studio, RecordingDesk(studio))
    qtbot.addWidget(bar)
    bar.show()
    stats = PipelineStats((), (), 100, 30.0, 30.0, 50.0, 90.0)
    for step, text in ((BuildStep("body", 0.4), "body 40%"), (None, "")):
        studio.status_changed.emit(
            Status(stats, None, "expose", "cpu", can_retry=False, building=step, is_dark=False)
        )
        assert bar._building.isVisible() == bool(text)
        assert text in bar._building.text()
