import av
import numpy as np
import pytest

from app.render.video_writer import VideoWriter
from app.takes.pictures import TakePictures
from app.takes.video import picture_times
from engines.errors import TakeError

_START_NS = 7_000_000_000


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Pictures every 100 ms for 6 s; picture k has a brightness of 10 + 4 k."""
    path = tmp_path_factory.mktemp("video") / "video.mkv"
    writer = VideoWriter(path, 64, 48, start_ns=_START_NS)
    for number in range(60):
        shade = np.full((48, 64, 3), 10 + 4 * number, np.uint8)
        writer.write(shade, _START_NS + number * 100_000_000)
    writer.close()
    return path


def _number(picture):
    return round((float(picture.mean()) - 10) / 4)


def test_the_picture_nearest_to_a_time_comes_in_any_order(video):
    pictures = TakePictures(video, default_start_ns=0)
    for wanted in (0, 1, 2, 40, 3, 59, 0, 30, 29):
        near_ns = _START_NS + wanted * 100_000_000 + 30_000_000
        picture = pictures.at(near_ns)
        assert abs(_number(picture) - wanted) <= 1
        assert not picture.flags.writeable
    pictures.close()
    pictures.close()


def test_beyond_its_ends_the_first_and_the_last_picture_are_shown(video):
    pictures = TakePictures(video, default_start_ns=0)
    assert _number(pictures.at(_START_NS + 60_000_000_000)) == 59
    assert _number(pictures.at(0)) == 0
    assert _number(pictures.at(1)) == 0
    pictures.close()


def test_a_file_that_is_no_video_is_said(tmp_path):
    path = tmp_path / "video.mkv"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(TakeError, match="cannot be read"):
        TakePictures(path, default_start_ns=0)


def test_pictures_that_no_other_is_made_from_are_known_before_decoding(tmp_path):
    path = tmp_path / "video.mkv"
    writer = VideoWriter(path, 64, 48, start_ns=_START_NS)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 60, (48, 64, 3), np.uint8)
    for k in range(40):
        writer.write(np.roll(noise, k, axis=1) + 60, _START_NS + k * 20_000_000)
    writer.close()
    told = picture_times(path, default_start_ns=0)
    with av.open(str(path)) as video:
        video.streams.video[0].codec_context.skip_frame = "NONREF"
        needed = [frame.pts * 1_000_000 + _START_NS for frame in video.decode(video=0)]
    assert len(told.times_ns) == 40
    assert 10 < len(needed) < 40
    assert told.times_ns[told.is_reference].tolist() == needed
    rough = TakePictures(path, default_start_ns=0, is_rough=True)
    for time_ns in needed:
        assert rough.frame_at(time_ns).pts * 1_000_000 + _START_NS == time_ns
    rough.close()
