import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.takes.load import load_take
from app.takes.recording import read_recording
from app.takes.recover import recover_takes
from app.takes.writer import TakeWriter
from engines.errors import TakeError
from tests.app.packets import make_packet, moving_packets
from tests.app.recordings import INFO, record

ROOT = Path(__file__).resolve().parents[3]

RECORD_FOR_EVER = """
import itertools, sys
from pathlib import Path
from app.takes.writer import TakeWriter
from tests.app.packets import make_estimate, make_packet
from tests.app.recordings import INFO
import numpy as np

estimate = make_estimate(np.random.default_rng(0))
writer = TakeWriter(Path(sys.argv[1]), INFO)
for index in itertools.count():
    writer.append(make_packet(index, [estimate]))
    print(index, flush=True)
"""


FORK_AND_RECORD = """
import os, sys, time
from pathlib import Path
from app.takes.writer import TakeWriter
from tests.app.packets import make_estimate, make_packet
from tests.app.recordings import INFO
import numpy as np

estimate = make_estimate(np.random.default_rng(0))
for folder in sys.argv[1:]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        take = TakeWriter(Path(folder), INFO)
        for index in range(1_000_000):
            take.append(make_packet(index, [estimate]))
            os.write(writer, b"x")
    os.close(writer)
    # how many frames come first is drawn here; where within one the kill strikes, by the machine
    wanted = int(np.random.default_rng(int(Path(folder).name)).integers(1, 60))
    announced = 0
    while announced < wanted:
        announced += len(os.read(reader, wanted))
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.set_blocking(reader, False)
    try:
        announced += len(os.read(reader, 1 << 20))
    except BlockingIOError:
        pass
    os.close(reader)
    print(announced, flush=True)
"""
"""A child for each folder, killed while it writes; how many frames it had announced is printed."""

KILLS = int(os.environ.get("EXPOSE_LIVE_KILLS", "12"))


def cut_off(directory, packets):
    """Record and stop without finishing, as a kill does."""
    writer = TakeWriter(directory, INFO)
    for packet in packets:
        writer.append(packet)
    writer.close()
    return writer.folder


@pytest.fixture(scope="module")
def log_bytes(tmp_path_factory):
    """A small log: nine frames, four of them without a person."""
    packets = [
        make_packet(k, p.estimates if k % 2 else ()) for k, p in enumerate(moving_packets(9))
    ]
    folder = cut_off(tmp_path_factory.mktemp("takes"), packets)
    return (folder / "take.log").read_bytes()


def frame_numbers(data):
    try:
        recording = read_recording(io.BytesIO(data))
    except ValueError:
        return None
    return [] if recording is None else recording.frames["frame_index"].tolist()


def test_a_killed_recording_keeps_every_frame_it_announced(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", RECORD_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        for _ in range(40):
            announced = int(process.stdout.readline())
        assert recover_takes(tmp_path) == (), "a take being recorded is left alone"
        process.send_signal(signal.SIGKILL)
    (recovery,) = recover_takes(tmp_path)
    assert recovery.problem is None
    assert recovery.frames > announced
    take = load_take(recovery.folder)
    assert take.frame_index.tolist() == list(range(recovery.frames))
    assert take.seen.all()
    assert sorted(path.name for path in recovery.folder.iterdir()) == ["take.json", "take.npz"]
    assert json.loads((recovery.folder / "take.json").read_text())["recovered"] is True
    assert recover_takes(tmp_path) == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_at_many_moments_lose_no_announced_frame(tmp_path):
    folders = [tmp_path / str(k) for k in range(KILLS)]
    done = subprocess.run(
        [sys.executable, "-c", FORK_AND_RECORD, *map(str, folders)],
        capture_output=True, cwd=ROOT, check=True, text=True, timeout=300,
    )  # fmt: skip
    for folder, announced in zip(folders, map(int, done.stdout.split()), strict=True):
        (recovery,) = recover_takes(folder)
        assert recovery.problem is None
        assert recovery.frames >= announced
        take = load_take(recovery.folder)
        assert take.frame_index.tolist() == list(range(recovery.frames))
        assert take.seen.all()


def test_a_cut_off_take_loads_without_being_recovered_first(tmp_path):
    packets = moving_packets(5)
    whole = load_take(record(tmp_path, packets))
    cut = load_take(cut_off(tmp_path, packets))
    np.testing.assert_array_equal(cut.poses, whole.poses)
    assert cut.header.info == INFO


def test_recovering_gives_the_same_bytes_as_finishing(tmp_path):
    packets = moving_packets(5)
    finished = record(tmp_path / "finished", packets)
    cut_off(tmp_path / "cut", packets)
    (recovery,) = recover_takes(tmp_path / "cut")
    assert (recovery.folder / "take.npz").read_bytes() == (finished / "take.npz").read_bytes()


def test_a_log_cut_at_any_byte_gives_a_beginning_of_the_take(log_bytes):
    lengths = []
    for cut in range(0, len(log_bytes) + 1, 7):
        numbers = frame_numbers(log_bytes[:cut])
        if numbers is not None:
            assert numbers == list(range(len(numbers)))
            lengths.append(len(numbers))
    assert lengths == sorted(lengths)
    assert frame_numbers(log_bytes) == list(range(9))


@settings(max_examples=200, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_loses_at_most_one_frame_and_invents_none(log_bytes, position, bit):
    damaged = bytearray(log_bytes)
    damaged[int(position * len(damaged))] ^= 1 << bit
    numbers = frame_numbers(bytes(damaged))
    assert len(numbers) >= 8
    assert set(numbers) <= set(range(9))
    assert numbers == sorted(numbers)


def test_a_log_that_cannot_be_understood_is_reported_and_left(tmp_path):
    folder = cut_off(tmp_path, moving_packets(2))
    damaged = b"\0" * 3000
    (folder / "take.log").write_bytes(damaged)
    (recovery,) = recover_takes(tmp_path)
    assert "no frame in it can be read" in recovery.problem
    assert (folder / "take.log").read_bytes() == damaged


def test_a_recording_cut_off_before_its_first_frame_leaves_nothing(tmp_path):
    cut_off(tmp_path, [])
    (recovery,) = recover_takes(tmp_path)
    assert recovery.frames == 0
    assert recovery.problem is None
    assert list(tmp_path.iterdir()) == []


def test_a_kill_between_the_files_and_the_end_of_the_log_does_no_harm(tmp_path):
    packets = moving_packets(3)
    cut = cut_off(tmp_path / "a", packets)
    done = record(tmp_path / "b", packets)
    shutil.copy(done / "take.npz", cut / "take.npz")
    (recovery,) = recover_takes(tmp_path / "a")
    assert recovery.frames == 3
    assert not (cut / "take.log").exists()
    assert len(load_take(cut)) == 3


def test_no_folder_means_nothing_to_recover(tmp_path):
    assert recover_takes(tmp_path / "nowhere") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed on Windows")
def test_a_folder_removed_while_recording_comes_back_with_its_log(tmp_path):
    writer = TakeWriter(tmp_path, INFO)
    for packet in moving_packets(3):
        writer.append(packet)
    shutil.rmtree(writer.folder)
    with pytest.raises(TakeError, match="removed while recording"):
        writer.finish()
    writer.close()
    (recovery,) = recover_takes(tmp_path)
    assert recovery.frames == 3


class FullDisk(io.FileIO):
    """A file on a disk with room for some bytes more."""

    room = 0

    def write(self, data):
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = super().write(bytes(data[: self.room]))
        FullDisk.room -= written
        return written


def test_a_full_disk_stops_the_recording_and_keeps_what_was_written(tmp_path):
    writer = TakeWriter(tmp_path, INFO)
    packets = moving_packets(6)
    for packet in packets[:3]:
        writer.append(packet)
    writer._log.file.close()
    writer._log.file = FullDisk(writer.folder / "take.log", "r+b")
    writer._log.file.seek(0, os.SEEK_END)
    FullDisk.room = 5000
    for packet in packets[3:5]:
        writer.append(packet)
    with pytest.raises(TakeError, match=r"No space left on device.*5 frames are kept") as caught:
        writer.append(packets[5])
    assert "\n" not in str(caught.value)
    writer.close()
    (recovery,) = recover_takes(tmp_path)
    assert recovery.frames == 5


def test_no_room_for_the_take_keeps_the_log(tmp_path):
    """The log fits, take.npz does not: a limit on file sizes stands for the full disk."""
    resource = pytest.importorskip("resource", reason="Windows has no limit on file sizes")
    writer = TakeWriter(tmp_path, INFO)
    for packet in moving_packets(30):
        writer.append(packet)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(TakeError, match=r"30 frames are kept in take\.log"):
            writer.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    writer.close()
    names = sorted(path.name for path in writer.folder.iterdir())
    assert "take.log" in names
    assert "take.npz" not in names
    assert not [name for name in names if name.endswith(".part")]
    (recovery,) = recover_takes(tmp_path)
    assert recovery.frames == 30
