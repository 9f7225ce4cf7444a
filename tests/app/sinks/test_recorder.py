import shutil
import sys

import pytest

from app.sinks.recorder import TakeRecorder
from app.takes.load import load_take
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
