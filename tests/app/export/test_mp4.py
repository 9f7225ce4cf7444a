"""Videos of takes, read back with PyAV."""

import dataclasses

import av
import numpy as np
import pytest

from app.export.catalog import export_take
from app.export.options import ExportOptions
from app.sinks.recorder import TakeRecorder
from app.sinks.video import camera_video
from app.takes.load import load_take
from engines.errors import UsageError
from tests.app.packets import moving_packets
from tests.app.recordings import INFO


def gray_packet(packet, k):
    """A packet whose picture tells its number by its brightness."""
    image = np.full((48, 64, 3), 40 + 10 * k, np.uint8)
    return dataclasses.replace(packet, frame=dataclasses.replace(packet.frame, image=image))


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
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.open()
    video = camera_video(lambda: recorder.folder / "video.mkv")
    for k, packet in enumerate(moving_packets(6, betas=np.zeros(10))):
        for sink in (recorder, video):
            sink.consume(gray_packet(packet, k))
    recorder.close()
    video.close()
    take = load_take(recorder.folder)
    path = export_take(take, "mp4", ExportOptions(view="camera"))
    shown = pictures(path)
    assert [time for time, _ in shown] == pytest.approx([k / 30 for k in range(6)], abs=2e-3)
    copied, original = (pictures(each) for each in (path, recorder.folder / "video.mkv"))
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


def test_a_turntable_needs_no_video_and_shows_a_body_that_turns(filmed, tmp_path):
    still = dataclasses.replace(
        filmed,
        timestamps_ns=np.arange(8) * 1_000_000_000,
        **{
            name: np.repeat(getattr(filmed, name)[:1], 8, axis=0)
            for name in ("poses", "joints", "global_orient_camera", "transl_camera")
        },
    )
    options = ExportOptions(view="turntable")
    shown = pictures(export_take(still, "mp4", options, output=tmp_path / "a.mp4"))
    assert shown[0][1].shape == (720, 1280, 3)
    bodies = [np.ptp(picture, axis=2) > 25 for _, picture in shown]
    assert all(body.sum() > 5000 for body in bodies)
    assert (bodies[0] ^ bodies[2]).sum() > 2000


def test_an_even_rate_repeats_or_leaves_out_frames(filmed, tmp_path):
    options = ExportOptions(view="camera", fps=60)
    shown = pictures(export_take(filmed, "mp4", options, output=tmp_path / "a.mp4"))
    assert [time for time, _ in shown] == pytest.approx([k / 60 for k in range(15)], abs=2e-3)


def test_an_overlay_without_a_video_says_what_to_do(filmed, tmp_path):
    alone = dataclasses.replace(filmed, path=tmp_path / "take.npz")
    with pytest.raises(UsageError, match="record with --video, or choose --view turntable"):
        export_take(alone, "mp4", ExportOptions(view="overlay"), output=tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
