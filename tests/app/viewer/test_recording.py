import logging
import shutil
from dataclasses import replace

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from app.pipeline.pipeline import PipelineEvent
from app.sinks.recorder import TakeRecorder
from app.takes.load import load_take
from app.takes.pictures import TakePictures
from app.viewer.recording import LOW_DISK_BYTES, RecordingDesk
from engines.errors import SinkError
from tests.app.packets import moving_packets
from tests.app.recordings import INFO
from tests.app.viewer.quick_session import quick_sessions
from tests.app.viewer.takes_for_window import settings_with

pytestmark = pytest.mark.qt


class _Table:
    """A desk whose recorder gets its packets from the test, on the test's thread."""

    def __init__(self, studio, directory, **recording):
        studio.change(settings_with(directory, countdown_s=0, **recording))
        self.studio = studio
        self.now = 100.0
        self.tones = []
        self.packets = iter(moving_packets(60))
        self.desk = RecordingDesk(studio, sound=self._sound, clock=lambda: self.now)
        self.said = {"saved": [], "failed": [], "notice": [], "states": [], "progress": []}
        self.desk.take_saved.connect(self.said["saved"].append)
        self.desk.failed.connect(self.said["failed"].append)
        self.desk.notice.connect(self.said["notice"].append)
        self.desk.state_changed.connect(self.said["states"].append)
        self.desk.progressed.connect(self.said["progress"].append)
        self.recorder = TakeRecorder(
            directory, INFO, pre_roll_s=studio.settings.recording.pre_roll_s, waits=True
        )

    def _sound(self, tone_hz):
        self.tones.append(tone_hz)
        return True

    def plug_in(self):
        self.recorder.open()
        self.studio.recording._set_recorder(self.recorder)

    def feed(self, count=1):
        for _ in range(count):
            self.recorder.consume(next(self.packets))

    def look(self):
        self.desk._look()


@pytest.fixture
def table(studio, tmp_path):
    made = _Table(studio, tmp_path / "takes")
    made.plug_in()
    yield made
    made.recorder.close()


def test_a_desk_without_a_session_is_off(studio, tmp_path):
    table = _Table(studio, tmp_path)
    assert table.desk.state == "off"
    for do in (table.desk.toggle, table.desk.save_last, table.desk.pause, table.desk.mark):
        do()
    assert table.desk.state == "off"
    table.plug_in()
    assert table.desk.state == "ready"
    table.recorder.close()


def test_a_take_is_recorded_paused_marked_and_saved(table):
    desk = table.desk
    desk.toggle()
    assert desk.state == "recording"
    table.feed(4)
    table.now += 1.5
    desk.mark()
    table.look()
    assert (desk.progress.frames, desk.progress.marks, desk.progress.elapsed_s) == (4, 1, 1.5)
    desk.pause()
    table.feed(3)
    table.now += 10.0
    assert desk.elapsed_s == 1.5
    desk.resume()
    table.feed(2)
    desk.toggle()
    assert desk.state == "saving"
    table.look()
    assert table.said["saved"] == []
    table.feed()
    table.look()
    assert desk.state == "ready"
    take = load_take(table.said["saved"][0])
    assert len(take) == 6
    assert len(take.markers) == 1


def test_the_countdown_is_told_and_heard_and_can_be_called_off(table, qtbot):
    desk, studio = table.desk, table.studio
    studio.change(settings_with(studio.settings.recording.folder, countdown_s=3))
    seconds = []
    desk.countdown.connect(seconds.append)
    desk._seconds.setInterval(0)
    desk.toggle()
    desk.toggle()
    assert desk.state == "ready"
    desk.toggle()
    qtbot.waitUntil(lambda: desk.state == "recording")
    assert seconds == [3, 3, 2, 1, 0]
    qtbot.waitUntil(lambda: len(table.tones) == 5)
    assert table.tones[-1] > table.tones[-2]


def test_a_take_ends_by_itself(table):
    studio = table.studio
    studio.change(settings_with(studio.settings.recording.folder, countdown_s=0, stop_after_s=10))
    table.desk.start()
    table.feed(2)
    table.now += 9.0
    table.look()
    assert table.desk.state == "recording"
    table.now += 1.0
    table.look()
    assert table.desk.state == "saving"


def test_the_last_seconds_become_a_take_and_a_take_does_not_begin_with_them(table):
    table.feed(7)
    table.desk.save_last()
    table.feed()
    table.look()
    assert len(load_take(table.said["saved"][0])) == 7
    table.feed(3)
    table.desk.start()
    table.feed(2)
    table.desk.stop()
    table.feed()
    table.look()
    assert len(load_take(table.said["saved"][1])) == 2


def test_without_a_pre_roll_there_is_nothing_to_save(table):
    table.studio.change(settings_with(table.studio.settings.recording.folder, pre_roll_s=0))
    table.desk.save_last()
    assert "Nothing is kept" in table.said["failed"][0]
    assert table.desk.state == "ready"


def test_nothing_recorded_is_said(table):
    table.desk.start()
    table.desk.stop()
    table.recorder.close()
    table.look()
    assert "no pictures came" in table.said["failed"][0]
    assert table.said["saved"] == []


def test_a_stop_without_pictures_ends_the_recorder_itself(table, monkeypatch):
    renewed = []
    monkeypatch.setattr(table.studio.recording, "renew", renewed.append)
    table.desk.start()
    table.feed(2)
    table.desk.stop()
    table.look()
    assert not renewed
    table.now += 2.5
    table.look()
    assert renewed == [table.studio.settings]
    table.recorder.close()  # what removing the sink comes to
    table.look()
    assert len(load_take(table.said["saved"][0])) == 2


def test_a_camera_that_gives_no_pictures_is_told_once(table):
    table.desk.start()
    table.feed(2)
    table.look()
    for _ in range(3):
        table.now += 1.5
        table.look()
    assert table.desk.progress.is_stalled
    assert [text for text in table.said["notice"] if "No pictures" in text] == [
        "No pictures are coming; the take goes on when they do."
    ]
    table.feed()
    table.look()
    assert not table.desk.progress.is_stalled


def test_a_session_that_ends_finishes_the_take(table):
    table.desk.start()
    table.feed(3)
    table.recorder.close()
    table.studio.recording._set_recorder(None)
    assert table.desk.state == "saving"
    table.look()
    assert len(load_take(table.said["saved"][0])) == 3
    assert table.desk.state == "off"
    assert "finished" in table.said["notice"][0]


def test_a_session_that_ends_calls_off_the_countdown(table):
    studio = table.studio
    studio.change(settings_with(studio.settings.recording.folder, countdown_s=5))
    table.desk.start()
    studio.recording._set_recorder(None)
    assert table.desk.state == "off"
    assert "called off" in table.said["notice"][0]


def test_a_recorder_that_fails_is_told_and_replaced(table, monkeypatch):
    renewed = []
    monkeypatch.setattr(table.studio.recording, "renew", renewed.append)
    table.desk.start()
    table.feed(2)
    error = SinkError("no room; 2 frames are kept")
    table.studio._take_event(PipelineEvent("sink_failed", TakeRecorder.name, error))
    assert table.said["notice"] == []  # the camera was not stopped
    assert table.said["failed"] == ["no room; 2 frames are kept"]
    assert renewed == [table.studio.settings]
    fresh = TakeRecorder(table.recorder._directory, INFO, waits=True)
    fresh.open()
    table.studio.recording._set_recorder(fresh)
    assert table.desk.state == "ready"
    table.desk.start()
    assert table.desk.state == "recording"
    fresh.close()


def test_little_room_on_the_disk_is_told_once_in_a_take(table, qtbot, monkeypatch):
    usage = type("Usage", (), {"free": LOW_DISK_BYTES - 1})
    monkeypatch.setattr("app.viewer.disk_room.shutil.disk_usage", lambda _place: usage)
    table.desk.start()
    table.feed()
    for _ in range(2):
        table.now += 6.0
        table.look()
    qtbot.waitUntil(lambda: table.desk._free_bytes == LOW_DISK_BYTES - 1)
    qtbot.waitUntil(lambda: len(table.said["notice"]) > 0)
    table.look()
    assert table.desk.progress.free_bytes == LOW_DISK_BYTES - 1
    assert [text for text in table.said["notice"] if "999 MB" in text] == [
        "Only 999 MB are left on the disk of the takes."
    ]


def test_a_computer_without_sound_does_without(studio, tmp_path, qtbot, caplog):
    caplog.set_level(logging.DEBUG, "app.viewer.sounds")
    studio.change(settings_with(tmp_path, countdown_s=0))

    def broken(_tone_hz):
        raise OSError("no device")

    desk = RecordingDesk(studio, sound=broken)
    recorder = TakeRecorder(tmp_path, INFO, waits=True)
    recorder.open()
    studio.recording._set_recorder(recorder)
    desk.start()
    qtbot.waitUntil(lambda: "no device" in caplog.text)
    assert desk.state == "recording"
    recorder.close()


class _Stage:
    """A studio that runs a session of made-up bodies, and a desk."""

    def __init__(self, studio, directory, qtbot):
        self.studio, self.qtbot = studio, qtbot
        self.desk = RecordingDesk(studio, sound=lambda _tone_hz: True)
        self.saved, self.failed, self.notices = [], [], []
        self.desk.take_saved.connect(self.saved.append)
        self.desk.failed.connect(self.failed.append)
        self.desk.notice.connect(self.notices.append)
        self.change(folder=str(directory), countdown_s=0, name="real")

    def change(self, **recording):
        settings = self.studio.settings
        recording = replace(settings.recording, **recording)
        self.studio.change(replace(settings, recording=recording))

    def wait(self, state):
        self.qtbot.waitUntil(lambda: self.desk.state == state, timeout=30_000)

    def start(self):
        self.wait("ready")
        self.desk.start()
        self.qtbot.waitUntil(lambda: self.desk.progress.frames > 3, timeout=30_000)

    def wait_for(self, told, count):
        self.qtbot.waitUntil(lambda: len(told) == count, timeout=30_000)
        return told[-1]


@pytest.fixture
def sessions():
    return []


@pytest.fixture
def stage(studio, tmp_path, qtbot, monkeypatch, sessions):
    monkeypatch.setattr("app.viewer.session_worker.create_session", quick_sessions(sessions))
    made = _Stage(studio, tmp_path / "takes", qtbot)
    studio.start()
    made.wait("ready")
    return made


def test_a_take_of_a_session_has_its_video_and_its_name(stage):
    stage.change(camera_video=True)
    for count in (1, 2):
        stage.start()
        stage.desk.stop()
        folder = stage.wait_for(stage.saved, count)
        assert (folder / "video.mkv").stat().st_size > 0
        assert "_real" in folder.name
        assert not (folder / "take.log").exists()
        TakePictures(folder / "video.mkv", default_start_ns=0).close()
    stage.desk.save_last()
    assert not (stage.wait_for(stage.saved, 3) / "video.mkv").exists()
    assert stage.failed == []


def test_another_folder_or_session_finishes_the_take(stage, tmp_path):
    stage.start()
    stage.change(folder=str(tmp_path / "elsewhere"))
    assert len(load_take(stage.wait_for(stage.saved, 1))) > 3
    stage.start()
    stage.studio.restart()
    folder = stage.wait_for(stage.saved, 2)
    assert folder.parent == tmp_path / "elsewhere"
    stage.start()
    stage.desk.stop()
    stage.wait_for(stage.saved, 3)
    assert stage.failed == []


def test_closing_the_window_finishes_the_take(stage, tmp_path):
    stage.change(camera_video=True)
    stage.start()
    stage.studio.close()
    (folder,) = (tmp_path / "takes").iterdir()
    assert len(load_take(folder)) > 3
    assert not (folder / "take.log").exists()
    TakePictures(folder / "video.mkv", default_start_ns=0).close()


def test_a_cable_pulled_out_while_recording_costs_no_take(stage, sessions):
    stage.start()
    sessions[-1].source.pull()
    stage.qtbot.waitUntil(lambda: stage.desk.progress.is_stalled, timeout=30_000)
    stage.desk.stop()
    assert len(load_take(stage.wait_for(stage.saved, 1))) > 3
    assert stage.failed == []


def test_a_folder_removed_while_recording_is_told_and_the_take_comes_back(stage, tmp_path):
    stage.start()
    folder = stage.studio.recording.recorder.folder
    shutil.rmtree(folder)
    stage.desk.stop()
    assert "removed while recording" in stage.wait_for(stage.failed, 1)
    stage.start()
    assert len(load_take(folder)) > 3  # recovered by the recorder that came next
    stage.desk.stop()
    stage.wait_for(stage.saved, 1)


def test_a_folder_that_cannot_be_recorded_into_is_told_and_another_works(stage, tmp_path):
    (tmp_path / "file").touch()
    stage.change(folder=str(tmp_path / "file"))
    stage.wait("ready")
    stage.desk.start()
    assert "choose another folder" in stage.wait_for(stage.failed, 1)
    stage.change(folder=str(tmp_path / "other"))
    stage.start()
    stage.desk.stop()
    assert stage.wait_for(stage.saved, 1).parent == tmp_path / "other"


def test_of_two_folders_chosen_in_a_row_the_last_is_recorded_into(stage, tmp_path):
    stage.wait("ready")
    told = []
    stage.studio.recording.changed.connect(told.append)
    for name in ("first", "second"):
        stage.change(folder=str(tmp_path / name))
    stage.wait("ready")
    assert [each._directory.name for each in told if each is not None] == ["second"]
