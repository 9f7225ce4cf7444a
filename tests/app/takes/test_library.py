"""Listing, renaming and trimming takes."""

import dataclasses
import json

import av
import numpy as np
import pytest

from app.render import film_writer
from app.sinks.recorder import TakeRecorder
from app.sinks.video import camera_video
from app.takes.header import Clock
from app.takes.library import list_takes, rename_take, summarise
from app.takes.load import load_take
from app.takes.recover import recover_takes
from app.takes.replay import packets as take_packets
from app.takes.trim import trim_take
from app.takes.writer import TakeWriter
from engines.errors import TakeError, TakeUnreadable, UsageError
from tests.app.packets import make_estimate, make_packet, moving_packets
from tests.app.recordings import INFO, record

LATER = Clock(perf_counter_ns=5, time_ns=1_790_000_100_000_000_000)


@pytest.fixture
def folder(tmp_path):
    return record(tmp_path, moving_packets(10))


def two_persons():
    """Ten frames: the first person in all of them, the second from the third to the fifth."""
    rng = np.random.default_rng(1)
    for k in range(10):
        persons = [make_estimate(rng, track_id=1)]
        if 3 <= k <= 5:
            persons.append(make_estimate(rng, track_id=2))
        yield make_packet(k, persons)


def test_a_list_tells_of_each_take_the_newest_first(tmp_path, folder):
    newer = record(tmp_path, two_persons(), clock=LATER)
    (tmp_path / "no take").mkdir()
    first, second = list_takes(tmp_path)
    assert (first.folder, second.folder) == (newer, folder)
    assert (first.persons, second.persons) == (2, 1)
    assert second.state == "whole"
    assert (second.name, second.engine, second.source) == ("first try", INFO.engine, INFO.source)
    assert second.frames == 10
    assert second.fps == pytest.approx(30)
    assert second.duration_s == pytest.approx(1 / 3, abs=1e-3)
    assert second.started.startswith("20")
    assert second.size_bytes == sum(path.stat().st_size for path in folder.iterdir())
    assert not second.has_video
    assert not second.is_refined


def test_a_list_reads_no_frames(folder):
    """A take whose frames are unreadable is listed as any other: they are not looked at."""
    told = summarise(folder)
    path = folder / "take.npz"
    path.write_bytes(bytes(path.stat().st_size))
    assert summarise(folder) == told


def test_a_folder_that_is_not_there_holds_no_takes(tmp_path):
    assert list_takes(tmp_path / "nowhere") == ()


def test_a_take_without_its_summary_is_counted(folder):
    (folder / "take.json").unlink()
    told = summarise(folder)
    assert (told.state, told.frames, told.persons) == ("whole", 10, 1)
    assert told.duration_s == pytest.approx(1 / 3, abs=1e-3)


def test_recordings_on_their_way_and_cut_off_are_told_apart(tmp_path):
    writer = TakeWriter(tmp_path, INFO)
    assert list_takes(tmp_path) == (), "nothing is recorded yet"
    writer.append(next(iter(moving_packets(1))))
    (told,) = list_takes(tmp_path)
    assert (told.state, told.name) == ("recording", "first try")
    with pytest.raises(TakeError, match="is being recorded; stop the recording first"):
        rename_take(told.folder, "other")
    writer.close()
    (told,) = list_takes(tmp_path)
    assert told.state == "cut off"
    with pytest.raises(TakeError, match="was cut off"):
        trim_take(told.folder)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "take.npz").unlink(), "take.npz is missing; put it back"),
        (lambda folder: (folder / "take.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "take.json").write_text("[]"), "no table"),
    ],
)
def test_a_damaged_take_says_in_one_line_what_is_wrong(folder, damage, said):
    damage(folder)
    told = summarise(folder)
    assert told.state == "damaged"
    assert said in told.problem
    assert "\n" not in told.problem


def test_a_take_gets_another_name(folder):
    renamed = rename_take(folder, "knee/bends: 2nd")
    assert not folder.exists()
    assert renamed.name == folder.name.replace("first-try", "knee-bends-2nd")
    assert summarise(renamed).name == "knee/bends: 2nd"
    assert len(load_take(renamed)) == 10


def test_a_name_that_is_taken_gets_a_number(tmp_path, folder):
    other = record(tmp_path, moving_packets(2))
    assert other.name == f"{folder.name}_2"
    third = rename_take(other, "wave")
    assert rename_take(folder, "wave").name == f"{third.name}_2"
    assert rename_take(third, "wave") == third, "its own name is not taken"


def test_a_take_may_lose_its_name_and_its_date(tmp_path, folder):
    bare = rename_take(folder, "")
    assert bare.name == folder.name.removesuffix("_first-try")
    by_hand = bare.rename(tmp_path / "by hand")
    assert rename_take(by_hand, "").name == "take"


def test_no_take_is_neither_renamed_nor_trimmed(tmp_path):
    for change in (lambda: rename_take(tmp_path, "a"), lambda: trim_take(tmp_path)):
        with pytest.raises(
            TakeUnreadable, match=r"no take there; give a folder that holds take\.npz"
        ):
            change()


def test_a_part_is_a_take_of_its_own(tmp_path):
    writer = TakeWriter(tmp_path, INFO)
    for k, packet in enumerate(two_persons()):
        if k in (1, 5):
            writer.mark(f"at {k}")
        writer.append(packet)
    folder = writer.finish()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    part_folder = trim_take(folder, 0.1, 0.2)
    whole, part = load_take(folder), load_take(part_folder)
    rows = slice(3, 7)
    for name in ("poses", "trans", "joints", "confidence", "frame_index", "source_timestamps_ns"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[rows])
    np.testing.assert_array_equal(part.timestamps_ns, whole.timestamps_ns[rows] - 100_000_000)
    assert [(each.time_ns, each.text) for each in part.markers] == [(66_666_667, "at 5")]
    assert part.header.info.name == "first try part"
    told = summarise(part_folder)
    assert (told.frames, told.persons, told.markers) == (4, 2, 1)
    second = load_take(part_folder / "take_person2.npz")
    np.testing.assert_array_equal(
        second.joints, load_take(folder / "take_person2.npz").joints[second.seen]
    )
    assert second.timestamps_ns[0] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [len(packet.estimates) for packet in take_packets(part)] == [1] * 4


def test_a_part_leaves_out_who_is_not_in_it(tmp_path):
    folder = record(tmp_path, two_persons())
    part = trim_take(folder, 0.25, name="late")
    assert summarise(part).persons == 1
    assert not (part / "take_person2.npz").exists()
    assert json.loads((part / "take.json").read_text())["trimmed_from"] == folder.name


def test_a_part_of_nothing_says_how_long_the_take_is(folder, tmp_path):
    with pytest.raises(UsageError, match=r"no frame from 5 s to the end; the take goes to 0\.30 s"):
        trim_take(folder, 5)
    assert [path for path in tmp_path.iterdir() if path != folder] == []


def test_a_part_that_cannot_be_written_leaves_nothing(folder, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.takes.trim.write_summary", full)
    with pytest.raises(TakeError, match="No space left"):
        trim_take(folder, 0.1)
    assert list(tmp_path.iterdir()) == [folder]


def test_the_video_of_a_part_and_its_small_copy_stay_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(film_writer, "SMALL_SIDE", 24)
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    video = camera_video(lambda: recorder.folder / "video.mkv")
    for k, packet in enumerate(moving_packets(150)):
        image = np.full((48, 64, 3), 40 + k, np.uint8)
        gray = dataclasses.replace(packet, frame=dataclasses.replace(packet.frame, image=image))
        for sink in (recorder, video):
            sink.consume(gray)
    recorder.close()
    video.close()
    part = trim_take(recorder.folder, 2.5, 3.0)
    for name in ("video.mkv", "video_small.mkv"):
        whole, cut = (pictures_by_time(each / name) for each in (recorder.folder, part))
        assert len(cut) < len(whole) / 2, "it begins with a key frame, and ends where the part ends"
        for time_ms, picture in cut.items():
            np.testing.assert_array_equal(picture, whole[time_ms])
        wanted = load_take(part).source_timestamps_ns / 1e6
        assert set(wanted.round().astype(int)) <= set(cut)


def pictures_by_time(path):
    """Pictures of a take's video by their time on the source's axis, in milliseconds."""
    with av.open(str(path)) as container:
        start_ms = int(container.metadata["SOURCE_START_NS"]) // 1_000_000
        return {
            start_ms + frame.pts: frame.to_ndarray(format="bgr24")
            for frame in container.decode(video=0)
        }


def test_missing_frames_and_recoveries_are_told(tmp_path):
    packets = moving_packets(6)
    writer = TakeWriter(tmp_path, INFO)
    for packet in (*packets[:2], *packets[4:]):
        writer.append(packet)
    writer.close()
    recover_takes(tmp_path)
    (told,) = list_takes(tmp_path)
    assert (told.frames, told.dropped, told.is_recovered) == (4, 2, True)
