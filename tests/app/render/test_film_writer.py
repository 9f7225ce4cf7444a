"""Films and their small copies, read back with PyAV."""

import av
import numpy as np
import pytest

from app.render.film_writer import FilmWriter
from engines.errors import TakeError

START_NS = 5_000_000_000
SIZE = (1280, 720)


def brightness(k):
    return 40 + 10 * (k % 15)


def write(path, count, fps, size=SIZE):
    """Write pictures that tell their numbers by their brightness; the writer stays open."""
    width, height = size
    writer = FilmWriter(path, width, height, start_ns=START_NS)
    for k in range(count):
        image = np.full((height, width, 3), brightness(k), np.uint8)
        writer.write(image, START_NS + round(k * 1e9 / fps))
    return writer


def read(path):
    """Times since the start, ms, and brightness of each picture; the size of the last; the start."""
    with av.open(str(path)) as video:
        frames = list(video.decode(video=0))
        told = [(frame.pts, frame.to_ndarray(format="bgr24").mean()) for frame in frames]
        size = frames[-1].width, frames[-1].height
        return told, size, int(video.metadata["SOURCE_START_NS"])


@pytest.mark.parametrize(("fps", "step"), [(60, 2), (30, 1), (24, 1)])
def test_beside_a_large_film_lie_thirty_small_pictures_a_second(tmp_path, fps, step):
    write(tmp_path / "video.mkv", 20, fps).close()
    whole, size, start_ns = read(tmp_path / "video.mkv")
    assert (len(whole), size, start_ns) == (20, SIZE, START_NS)
    small, size, start_ns = read(tmp_path / "video_small.mkv")
    assert (size, start_ns) == ((640, 360), START_NS)
    assert [time_ms for time_ms, _ in small] == [time_ms for time_ms, _ in whole[::step]]
    for k, (_, mean) in enumerate(small):
        assert mean == pytest.approx(brightness(step * k), abs=3)


def test_the_shape_of_the_pictures_is_kept(tmp_path):
    write(tmp_path / "video.mkv", 3, 30, (721, 1281)).close()
    assert read(tmp_path / "video_small.mkv")[1] == (360, 638)


def test_a_film_that_is_not_large_has_no_copy(tmp_path):
    write(tmp_path / "video.mkv", 3, 30, (640, 480)).close()
    assert [path.name for path in tmp_path.iterdir()] == ["video.mkv"]


def test_both_can_be_read_to_the_last_second_where_nobody_closes_them(tmp_path):
    writer = write(tmp_path / "video.mkv", 150, 30)
    for name in ("video.mkv", "video_small.mkv"):
        assert read(tmp_path / name)[0][-1][0] >= 4000
    writer.close()
    writer.close()


def test_where_the_copy_cannot_be_written_there_is_no_film(tmp_path):
    (tmp_path / "video_small.mkv").mkdir()
    with pytest.raises(TakeError, match=r"video_small\.mkv: cannot write the video"):
        write(tmp_path / "video.mkv", 3, 30)
    assert not (tmp_path / "video.mkv").exists()


def test_larger_pictures_are_cut_to_the_size_of_the_first(tmp_path):
    writer = write(tmp_path / "video.mkv", 2, 30)
    writer.write(np.full((1080, 1920, 3), brightness(2), np.uint8), START_NS + 66_000_000)
    writer.close()
    for name, size in (("video.mkv", SIZE), ("video_small.mkv", (640, 360))):
        told, read_size, _ = read(tmp_path / name)
        assert read_size == size
        assert told[2][1] == pytest.approx(brightness(2), abs=3)
