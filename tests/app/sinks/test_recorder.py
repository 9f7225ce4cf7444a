import json
import shutil
import sys

import pytest

from app.sinks.recorder import TakeRecorder
from app.takes.load import load_take
from app.takes.pre_roll import PreRoll
from app.takes.recover import recover_takes
from app.takes.writer import TakeWriter
from engines.errors import SinkError, TakeError
from tests.app.packets import moving_packets
from tests.app.recordings import INFO


def test_everything_between_open_and_close_is_one_take(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    assert recorder.delivery == "every"
    recorder.open()
    for packet in moving_packets(4):
        recorder.consume(packet)
    recorder.close()
    recorder.close()
    assert recorder.frame_count == 4
    assert len(load_take(recorder.folder)) == 4


def test_nothing_recorded_is_no_take(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    recorder.close()
    assert recorder.folder is None
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_was_cut_off_is_recovered_by_the_next(tmp_path):
    cut_off = TakeWriter(tmp_path, INFO)
    cut_off.append(moving_packets(1)[0])
    cut_off.close()
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    assert (cut_off.folder / "take.npz").exists()
    assert not (cut_off.folder / "take.log").exists()
    recorder.close()


def test_a_place_that_cannot_be_written_to_is_said_at_once(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match="cannot record there"):
        TakeRecorder(tmp_path / "file", INFO).open()


def test_a_failure_ends_the_recording_and_keeps_its_log(tmp_path, monkeypatch):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    packets = moving_packets(3)
    recorder.consume(packets[0])
    recorder.consume(packets[1])

    def fail(self, packet):
        raise TakeError("disk: full")

    monkeypatch.setattr(TakeWriter, "append", fail)
    with pytest.raises(SinkError, match="disk: full"):
        recorder.consume(packets[2])
    recorder.close()
    assert [path.name for path in recorder.folder.iterdir()] == ["take.log"]
    assert len(load_take(recorder.folder)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed on Windows")
def test_a_folder_removed_while_recording_is_an_error_and_no_loss(tmp_path):
    recorder = TakeRecorder(tmp_path / "takes", INFO)
    recorder.open()
    for packet in moving_packets(3):
        recorder.consume(packet)
    shutil.rmtree(tmp_path / "takes")
    with pytest.raises(SinkError, match="removed while recording"):
        recorder.close()
    assert len(load_take(recorder.folder)) == 3


def test_recording_without_opening_is_an_error(tmp_path):
    with pytest.raises(SinkError, match="open it first"):
        TakeRecorder(tmp_path, INFO).consume(moving_packets(1)[0])


def recorded_frames(recorder):
    return load_take(recorder.folder).frame_index.tolist()


def test_a_pause_leaves_frames_out_and_time_stands_still(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    for k, packet in enumerate(moving_packets(12)):
        if k == 4:
            recorder.pause()
        if k == 9:
            recorder.resume()
        recorder.consume(packet)
        assert recorder.state == ("paused" if 4 <= k < 9 else "recording")
    recorder.close()
    take = load_take(recorder.folder)
    assert take.frame_index.tolist() == [0, 1, 2, 3, 9, 10, 11]
    assert take.timestamps_ns / 1e9 == pytest.approx([k / 30 for k in range(7)], abs=1e-6)
    assert take.source_timestamps_ns[4] / 1e9 == pytest.approx(9 / 30)
    assert take.frame_rate == pytest.approx(30, abs=1e-3)
    summary = json.loads((recorder.folder / "take.json").read_text())
    assert summary["pauses"] == [
        {"time_s": pytest.approx(4 / 30, abs=1e-5), "duration_s": pytest.approx(0.2)}
    ]


def test_marks_are_in_the_take_where_they_were_made(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    for k, packet in enumerate(moving_packets(6)):
        if k == 2:
            recorder.mark("Sprung über 1 m")
        recorder.consume(packet)
    recorder.mark()
    recorder.close()
    markers = load_take(recorder.folder).markers
    assert [(m.time_ns, m.text) for m in markers] == [
        (round(2e9 / 30), "Sprung über 1 m"),
        (round(5e9 / 30), ""),
    ]
    summary = json.loads((recorder.folder / "take.json").read_text())
    assert summary["markers"][0] == {
        "time_s": pytest.approx(2 / 30, abs=1e-5),
        "text": "Sprung über 1 m",
    }


def test_marks_and_pauses_survive_a_kill(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    wishes = {2: recorder.pause, 4: recorder.resume, 5: recorder.mark}
    for k, packet in enumerate(moving_packets(7)):
        wishes.get(k, int)()
        recorder.consume(packet)
    recorder._writer.close()  # as if the process had died
    (recovery,) = recover_takes(tmp_path)
    take = load_take(recovery.folder)
    assert take.frame_index.tolist() == [0, 1, 4, 5, 6]
    assert take.timestamps_ns[-1] / 1e9 == pytest.approx(4 / 30, abs=1e-6)
    assert [m.time_ns for m in take.markers] == [take.timestamps_ns[3]]


def test_a_take_that_is_started_begins_with_its_pre_roll(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO, pre_roll_s=0.1, waits=True)
    recorder.open()
    packets = moving_packets(20)
    for packet in packets[:10]:
        recorder.consume(packet)
    assert list(tmp_path.iterdir()) == []
    recorder.start("second try")
    for packet in packets[10:14]:
        recorder.consume(packet)
    recorder.stop()
    recorder.consume(packets[14])
    assert recorder.state == "waiting"
    assert recorded_frames(recorder) == [6, 7, 8, 9, 10, 11, 12, 13]
    assert recorder.folder.name.endswith("_second-try")
    first = recorder.folder
    recorder.start()
    recorder.consume(packets[15])
    recorder.close()
    assert recorder.folder != first
    assert recorded_frames(recorder) == [14, 15]


def test_a_take_can_begin_without_the_pre_roll_and_is_counted_once_written(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO, pre_roll_s=1.0, waits=True)
    recorder.open()
    packets = moving_packets(6)
    recorder.consume(packets[0])
    recorder.start("only now", with_pre_roll=False)
    for packet in packets[1:4]:
        recorder.consume(packet)
    assert recorder.finished == 0
    recorder.stop()
    recorder.consume(packets[4])
    assert recorder.finished == 1
    assert len(load_take(recorder.folder)) == 3
    recorder.close()
    assert recorder.finished == 1


def test_pre_roll_keeps_seconds_and_no_pictures():
    pre_roll = PreRoll(0.1)
    for packet in moving_packets(30):
        pre_roll.add(packet)
    kept = pre_roll.take()
    assert [packet.frame.index for packet in kept] == [26, 27, 28, 29]
    assert all(packet.frame.image.size == 0 for packet in kept)
    assert pre_roll.take() == []


def test_pre_roll_begins_anew_when_time_runs_backwards():
    pre_roll = PreRoll(1.0)
    packets = moving_packets(5)
    for packet in (*packets, packets[1]):
        pre_roll.add(packet)
    assert [packet.frame.index for packet in pre_roll.take()] == [1]
