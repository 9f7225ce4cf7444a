"""One session at a time, and a window that never waits for it."""

import socket
import threading
from dataclasses import replace

import pytest

from app.config import AppConfig
from app.viewer.settings import TargetSettings, WindowSettings
from app.viewer.studio import Studio
from engines.errors import CaptureError

pytestmark = pytest.mark.qt

LONG_MS = 180_000  # the very first start compiles, and test machines are shared
SOURCE = "synthetic:walk"


def with_source(settings, spec=SOURCE):
    source = replace(settings.source, spec=spec, width_px=320, height_px=240)
    return replace(settings, source=source)


def until_running(qtbot, studio):
    studio.start()
    qtbot.waitUntil(lambda: studio.take_packet() is not None, timeout=LONG_MS)


def test_a_session_from_start_to_stop(qtbot, studio):
    states = []
    studio.state_changed.connect(states.append)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(LONG_MS / 1000)
        text = f"vmc://127.0.0.1:{receiver.getsockname()[1]}"
        studio.change(with_source(studio.settings))
        until_running(qtbot, studio)
        qtbot.waitUntil(lambda: studio.recording.recorder is not None, timeout=LONG_MS)

        # a receiver that is switched on meanwhile is sent to, one that cannot be opened is told of
        problems = []
        studio.problem.connect(problems.append)
        bad = f"vmc://127.0.0.1?receive={receiver.getsockname()[1]}"
        targets = (TargetSettings(text, is_on=True), TargetSettings(bad, is_on=True))
        studio.change(replace(studio.settings, targets=targets))
        assert receiver.recv(65536)
        qtbot.waitUntil(lambda: bool(problems), timeout=LONG_MS)
        assert "cannot listen there" in problems[0]
        assert studio.receiver_status(text).state == "sending"
        assert studio.receiver_status(bad).state == "failed"

        # freezing holds the pose
        studio.freeze(True)
        studio.take_packet()
        poses = []
        for _ in range(4):
            qtbot.waitUntil(lambda: studio.take_packet() is not None, timeout=LONG_MS)
            poses.append(studio.newest.estimates[0].joints.tobytes())
        assert len(set(poses[1:])) == 1
        studio.freeze(False)

        with qtbot.waitSignal(studio.status_changed, timeout=LONG_MS) as told:
            pass
        assert told.args[0].stats.published > 0
        assert told.args[0].engine == "landmarks"
    studio.stop()
    qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)
    assert states == ["starting", "running", "stopping", "stopped"]
    assert studio.recording.recorder is None
    assert studio.receiver_status(text).state == "off"


def test_closing_in_the_middle_leaves_no_thread(qtbot, settings_folder):
    before = set(threading.enumerate())
    studio = Studio(with_source(WindowSettings()), AppConfig())
    until_running(qtbot, studio)
    studio.close()
    left = [t.name for t in threading.enumerate() if t not in before and not t.daemon]
    assert left == []


def test_closing_while_starting_ends_what_was_started(qtbot, settings_folder):
    studio = Studio(with_source(WindowSettings()), AppConfig())
    studio.start()
    studio.close()
    assert not any(t.name.startswith(("capture", "detect")) for t in threading.enumerate())


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("camera:97", "97"),
        ("/absent.mp4", "/absent.mp4"),
        ("synthetic:flying", "synthetic:flying"),
    ],
)
def test_a_source_that_cannot_be_opened_is_told_and_left(qtbot, studio, spec, words):
    studio.change(with_source(studio.settings, spec))
    with qtbot.waitSignal(studio.problem, timeout=LONG_MS) as told:
        studio.start()
    assert words in told.args[0]
    qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)


def test_work_that_needs_the_camera_is_done_alone(qtbot, studio):
    done, failed = [], []
    studio.run_alone(lambda: studio.state, done.append, failed.append)
    qtbot.waitUntil(lambda: bool(done), timeout=LONG_MS)
    assert done == ["measuring"]
    assert studio.state == "stopped"

    def fail():
        raise CaptureError("camera:0: in use")

    studio.run_alone(fail, done.append, lambda error: failed.append(str(error)))
    qtbot.waitUntil(lambda: bool(failed), timeout=LONG_MS)
    assert failed == ["camera:0: in use"]
    assert studio.state == "stopped"


def test_a_start_waits_until_the_camera_is_free(qtbot, studio):
    states, is_free = [], threading.Event()
    studio.state_changed.connect(states.append)
    studio.run_alone(is_free.wait, lambda _result: None, lambda _error: None)
    studio.change(with_source(studio.settings, "nowhere.mp4"))
    studio.start()
    studio.start()
    assert studio.state == "measuring"
    is_free.set()
    with qtbot.waitSignal(studio.problem, timeout=LONG_MS) as told:
        pass
    assert "nowhere.mp4" in told.args[0]
    qtbot.waitUntil(lambda: studio.state == "stopped", timeout=LONG_MS)
    assert states == ["measuring", "stopped", "starting", "stopped"]


def test_works_that_need_the_camera_take_turns(qtbot, studio):
    done, is_free = [], threading.Event()
    studio.run_alone(is_free.wait, lambda _result: done.append("first"), done.append)
    studio.run_alone(lambda: None, lambda _result: done.append("second"), done.append)
    studio.run_alone(lambda: None, lambda _result: done.append("third"), done.append)
    is_free.set()
    qtbot.waitUntil(lambda: studio.state == "stopped" and len(done) == 3, timeout=LONG_MS)
    assert done == ["first", "second", "third"]


def test_a_mistake_of_our_own_does_not_leave_it_starting_for_ever(qtbot, studio, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("nought")

    monkeypatch.setattr("app.viewer.session_worker.create_session", fail)
    problems = []
    studio.problem.connect(problems.append)
    with qtbot.captureExceptions() as caught:
        studio.start()
        qtbot.waitUntil(lambda: studio.state == "stopped" and bool(caught), timeout=LONG_MS)
    assert "nought" in problems[0]
    assert caught[0][0] is ZeroDivisionError
