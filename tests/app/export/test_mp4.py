"""Videos of takes, read back with PyAV."""

import dataclasses
import multiprocessing

import av
import numpy as np
import pytest

from app.export import body_video, video_parts
from app.export.catalog import export_take
from app.export.film import frames_at_rate, rough_film_of
from app.export.options import ExportOptions
from app.render import film_writer
from app.sinks.recorder import TakeRecorder
from app.sinks.video import camera_video
from app.takes.load import load_take
from app.takes.watch import Cancelled, Watch
from engines.errors import UsageError
from engines.types import Camera, Frame
from tests.app.packets import moving_packets
from tests.app.recordings import INFO


def gray_packet(packet, k):
    """A packet whose picture tells its number by its brightness."""
    image = np.full((48, 64, 3), 40 + 10 * k, np.uint8)
    return dataclasses.replace(packet, frame=dataclasses.replace(packet.frame, image=image))


def brightness(k):
    return 40 + 20 * (k % 10)


def record_film(directory, count, *, size, fps):
    """Record a take with its video, whose pictures tell their numbers by their brightness."""
    width, height = size
    recorder = TakeRecorder(directory, INFO)
    video = camera_video(lambda: recorder.folder / "video.mkv")
    camera = Camera(width, height, width, width, width / 2, height / 2)
    (packet,) = moving_packets(1, betas=np.zeros(10))
    for sink in (recorder, video):
        sink.open()
    for k in range(count):
        image = np.full((height, width, 3), brightness(k), np.uint8)
        frame = Frame(k, 0, round(k * 1e9 / fps), image, camera)
        for sink in (recorder, video):
            sink.consume(dataclasses.replace(packet, frame=frame))
    for sink in (recorder, video):
        sink.close()
    return load_take(recorder.folder)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A take of twelve frames with its video, paused from the fifth to the eighth."""
    recorder = TakeRecorder(tmp_path_factory.mktemp("takes"), INFO)
    recorder.open()
    video = camera_video(
        lambda: recorder.folder / "video.mkv", is_wanted=lambda: recorder.state != "paused"
    )
    video.open()
    wishes = {4: recorder.pause, 8: recorder.resume}
    for k, packet in enumerate(moving_packets(12, betas=np.zeros(10))):
        wishes.get(k, int)()
        for sink in (recorder, video):
            sink.consume(gray_packet(packet, k))
    recorder.close()
    video.close()
    return load_take(recorder.folder)


def pictures(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [
            (float(frame.pts * stream.time_base), frame.to_ndarray(format="bgr24"))
            for frame in container.decode(stream)
        ]


def test_the_cameras_view_has_the_takes_frames_at_the_takes_times(filmed, tmp_path):
    options = ExportOptions(view="camera")
    shown = pictures(export_take(filmed, "mp4", options, output=tmp_path / "a.mp4"))
    assert [time for time, _ in shown] == pytest.approx([k / 30 for k in range(8)], abs=2e-3)
    numbers = [round((picture.mean() - 40) / 10) for _, picture in shown]
    assert numbers == [0, 1, 2, 3, 8, 9, 10, 11]


def test_a_whole_video_is_copied_bit_for_bit(tmp_path):
    take = record_film(tmp_path, 6, size=(64, 48), fps=30)
    path = export_take(take, "mp4", ExportOptions(view="camera"))
    shown = pictures(path)
    assert [time for time, _ in shown] == pytest.approx([k / 30 for k in range(6)], abs=2e-3)
    copied, original = (pictures(each) for each in (path, take.path.with_name("video.mkv")))
    for (_, a), (_, b) in zip(copied, original, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_part_of_the_view_has_the_pictures_of_that_part(filmed, tmp_path):
    options = ExportOptions(view="camera", start_s=0.13)
    shown = pictures(export_take(filmed, "mp4", options, output=tmp_path / "a.mp4"))
    assert [round((picture.mean() - 40) / 10) for _, picture in shown] == [8, 9, 10, 11]


def test_the_overlay_is_the_usual_view_of_a_filmed_take(filmed, tmp_path):
    shown = pictures(export_take(filmed, "mp4", output=tmp_path / "a.mp4"))
    assert len(shown) == 8
    assert shown[0][1].shape[0] == 48
    assert shown[0][1].shape[1] > 64, "the view from the side stands beside it"


@pytest.fixture
def still(filmed):
    """Eight seconds of somebody who does not move."""
    return dataclasses.replace(
        filmed,
        timestamps_ns=np.arange(8) * 1_000_000_000,
        frame_rate=1.0,
        **{
            name: np.repeat(getattr(filmed, name)[:1], 8, axis=0)
            for name in ("poses", "trans", "joints", "confidence", "global_orient_camera")
        },
    )


def bodies(shown):
    """Which pixels are of the body: it alone has a colour."""
    return [np.ptp(picture.astype(int), axis=2) > 25 for _, picture in shown]


def test_a_turntable_needs_no_video_and_shows_a_body_that_turns(still, tmp_path):
    alone = dataclasses.replace(still, path=tmp_path / "take.npz")
    shown = pictures(export_take(alone, "mp4", output=tmp_path / "a.mp4"))
    assert [time for time, _ in shown] == pytest.approx(range(8), abs=2e-3)
    assert shown[0][1].shape == (360, 640, 3)
    seen = bodies(shown)
    assert all(body.sum() > 1000 for body in seen)
    assert (seen[0] ^ seen[2]).sum() > 500


def test_a_turntable_has_the_even_size_and_the_rate_asked_for(still, tmp_path):
    options = ExportOptions(view="turntable", size=(201, 101), fps=2)
    shown = pictures(export_take(still, "mp4", options, output=tmp_path / "a.mp4"))
    assert [time for time, _ in shown] == pytest.approx(np.arange(15) / 2, abs=2e-3)
    assert shown[0][1].shape == (100, 200, 3)


def test_the_cameras_own_pictures_have_no_other_size(filmed):
    with pytest.raises(UsageError, match="--size: the camera view is as large as"):
        export_take(filmed, "mp4", ExportOptions(view="camera", size=(200, 100)))


def test_who_is_not_seen_is_not_shown(still, tmp_path):
    joints = still.joints.copy()
    joints[3] = np.nan
    gone = dataclasses.replace(still, joints=joints)
    shown = pictures(
        export_take(gone, "mp4", ExportOptions(view="turntable"), output=tmp_path / "a.mp4")
    )
    assert [body.sum() > 1000 for body in bodies(shown)] == [k != 3 for k in range(8)]


def test_two_processes_make_the_video_that_one_makes(still, tmp_path, monkeypatch):
    options = ExportOptions(view="turntable", fps=2, size=(200, 100))
    one = pictures(export_take(still, "mp4", options, output=tmp_path / "one.mp4"))
    monkeypatch.setattr(video_parts, "TWO_PROCESSES_FROM", 2)
    monkeypatch.setattr(video_parts, "_PART", 4)
    two = pictures(export_take(still, "mp4", options, output=tmp_path / "two.mp4"))
    assert [time for time, _ in two] == pytest.approx([time for time, _ in one], abs=2e-3)
    for (_, a), (_, b) in zip(one, two, strict=True):
        assert np.abs(a.astype(int) - b).mean() < 4, "only the encoder's key frames differ"


def test_a_cancelled_video_ends_its_second_process(still, tmp_path, monkeypatch):
    monkeypatch.setattr(video_parts, "TWO_PROCESSES_FROM", 2)
    monkeypatch.setattr(video_parts, "_PART", 4)
    shares = []
    watch = Watch(report=shares.append, is_cancelled=lambda: bool(shares))
    options = ExportOptions(view="turntable", fps=30)
    with pytest.raises(Cancelled):
        export_take(still, "mp4", options, output=tmp_path / "a.mp4", watch=watch)
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == []


def test_a_long_take_is_shown_as_films_are(still):
    long = dataclasses.replace(still, timestamps_ns=still.timestamps_ns * 60, frame_rate=60.0)
    assert body_video._turntable_fps(long) == 24
    assert body_video._turntable_fps(dataclasses.replace(still, frame_rate=60.0)) == 30


@pytest.mark.parametrize("copy", ["whole", "damaged", None])
def test_a_long_overlay_is_drawn_small_by_two_processes(tmp_path, monkeypatch, caplog, copy):
    monkeypatch.setattr(film_writer, "SMALL_SIDE", 72)
    take = record_film(tmp_path, 121, size=(256, 144), fps=60)
    small = take.path.with_name("video_small.mkv")
    if copy == "damaged":
        small.write_bytes(small.read_bytes()[:20])
    elif copy is None:
        small.unlink()
    else:
        take.path.with_name("video.mkv").write_bytes(b"is not read")
    monkeypatch.setattr(body_video, "_LONG_S", 1)
    monkeypatch.setattr(video_parts, "TWO_PROCESSES_FROM", 2)
    monkeypatch.setattr(video_parts, "_PART", 20)
    shown = pictures(export_take(take, "mp4", output=tmp_path / "a.mp4"))
    assert ("the large one is read" in caplog.text) == (copy == "damaged")
    assert [time for time, _ in shown] == pytest.approx(np.arange(49) / 24, abs=2e-3)
    assert shown[0][1].shape == (72, 128, 3), "long ones do without the view from the side"
    for k, (_, picture) in enumerate(shown):
        near = [brightness(round(k * 60 / 24) + step) for step in range(-2, 3)]
        assert np.abs(picture[:12, :16].mean() - near).min() < 6, "a picture of another time"


def test_of_thirty_pictures_a_second_twenty_four_different_ones_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(film_writer, "SMALL_SIDE", 72)
    take = record_film(tmp_path, 121, size=(256, 144), fps=60)
    times_ns, rows = frames_at_rate(take, 24)
    film = rough_film_of(take, times_ns, (128, 72), is_long=True)
    assert film.path.name == "video_small.mkv"
    assert len(np.unique(film.times_ns)) == len(rows) == 49
    assert rough_film_of(take, take.timestamps_ns, (128, 72), is_long=True) is None, "too few"
    assert rough_film_of(take, times_ns, (130, 74), is_long=True) is None, "too small"


def test_an_overlay_fits_into_the_size_asked_for(filmed, tmp_path):
    options = ExportOptions(view="overlay", size=(1000, 24))
    shown = pictures(export_take(filmed, "mp4", options, output=tmp_path / "a.mp4"))
    assert len(shown) == 8
    assert shown[0][1].shape == (24, 32 + 18, 3)


def test_an_even_rate_repeats_or_leaves_out_frames(filmed, tmp_path):
    options = ExportOptions(view="camera", fps=60)
    shown = pictures(export_take(filmed, "mp4", options, output=tmp_path / "a.mp4"))
    assert [time for time, _ in shown] == pytest.approx([k / 60 for k in range(15)], abs=2e-3)


def test_an_overlay_without_a_video_says_what_to_do(filmed, tmp_path):
    alone = dataclasses.replace(filmed, path=tmp_path / "take.npz")
    with pytest.raises(UsageError, match="record with --video, or choose --view turntable"):
        export_take(alone, "mp4", ExportOptions(view="overlay"), output=tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("view", "size"), [("overlay", (100, 48)), ("turntable", (64, 48))])
def test_of_a_body_without_a_known_skin_the_bones_are_shown(filmed, tmp_path, view, size):
    other = dataclasses.replace(filmed, body_model="somebody's")
    options = ExportOptions(view=view, size=(64, 48), end_s=0.05)
    shown = pictures(export_take(other, "mp4", options, output=tmp_path / "a.mp4"))
    assert len(shown) == 2
    assert shown[0][1].shape[1::-1] == size
    skin = pictures(export_take(filmed, "mp4", options, output=tmp_path / "b.mp4"))
    assert np.abs(shown[0][1].astype(int) - skin[0][1]).max() > 30
