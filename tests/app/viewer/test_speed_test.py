"""Which settings a computer gets: the first that follow the camera, or else the quickest."""

from dataclasses import replace

import pytest
from PyQt5.QtCore import QObject, pyqtSignal

from app.pipeline.stats import PipelineStats
from app.viewer.settings import WindowSettings
from app.viewer.speed_test import SpeedTest, candidates
from app.viewer.status import Status

pytestmark = pytest.mark.qt


class Computer(QObject):
    """A studio on a computer that is so fast with each setting."""

    status_changed = pyqtSignal(object)
    problem = pyqtSignal(str)

    def __init__(self, rates, camera_fps=30.0):
        super().__init__()
        self.settings = WindowSettings()
        self.state = "running"
        self._rates = dict(zip([s for _, s in candidates(self.settings)], rates, strict=True))
        self._camera_fps = camera_fps

    def change(self, settings):
        self.settings = settings

    def restart(self):
        rate = self._rates[self.settings]
        stats = PipelineStats((), (), 100, self._camera_fps, rate, 50.0, 90.0)
        self.status_changed.emit(
            Status(stats, None, "landmarks", "cpu", can_retry=False, building=None, is_dark=False)
        )


@pytest.fixture
def quickly(monkeypatch):
    monkeypatch.setattr("app.viewer.speed_test._MEASURE_MS", 1)


@pytest.mark.parametrize(
    ("rates", "camera_fps", "kept", "is_enough"),
    [
        ((30, 0, 0, 0, 0), 30, 0, True),
        ((20, 29, 0, 0, 0), 30, 1, True),
        ((20, 22, 24, 25, 26), 30, 4, False),
        ((5, 9, 7, 4, 3), 30, 1, False),
        ((14, 0, 0, 0, 0), 15, 0, True),  # a slow camera is easy to follow
        ((28, 0, 0, 0, 0), 60, 0, True),  # and nobody needs more than 30
    ],
)
def test_what_is_kept(qtbot, quickly, rates, camera_fps, kept, is_enough):
    computer = Computer(rates, camera_fps)
    names = [name for name, _ in candidates(computer.settings)]
    test = SpeedTest(computer)
    tried = []
    test.trying.connect(lambda name, _index, _count: tried.append(name))
    with qtbot.waitSignal(test.done, timeout=10_000) as done:
        test.start()
    outcome = done.args[0]
    assert outcome.name == names[kept]
    assert outcome.is_enough is is_enough
    assert computer.settings == outcome.settings
    assert tried == (names[: kept + 1] if is_enough else names)


def test_a_camera_that_fails_leaves_the_settings_as_they_were(qtbot, quickly):
    computer = Computer((1, 1, 1, 1, 1))
    before = computer.settings
    test = SpeedTest(computer)
    computer.restart = lambda: None
    test.start()
    computer.state = "stopped"
    with qtbot.waitSignal(test.failed, timeout=10_000) as failed:
        computer.problem.emit("camera:0: in use by another program")
    assert "in use" in failed.args[0]
    assert computer.settings == before
    assert not test.is_running


def test_cancelling_leaves_the_settings_as_they_were(qtbot):
    computer = Computer((1, 1, 1, 1, 1))
    before = computer.settings
    test = SpeedTest(computer)
    test.start()
    assert computer.settings != before
    test.cancel()
    assert computer.settings == before


def test_every_try_is_easier_than_the_one_before():
    settings = WindowSettings()
    tries = [tried for _, tried in candidates(settings)]
    assert len(set(tries)) == len(tries)
    assert all(
        replace(t, engine=settings.engine, source=settings.source) == settings for t in tries
    )
    assert not tries[-1].engine.hands
    assert not tries[-1].engine.face
