import os
from pathlib import Path

import av
import numpy as np
import pytest

from app.render.video_writer import VideoWriter
from engines.errors import TakeError

endings = pytest.mark.parametrize("ending", [".mp4", ".mkv", ".MP4"])


def picture(brightness, width=64, height=48):
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2] = brightness
    image[:, width // 2 :, 2] = 200  # red
    return image


def written(path, times_ms, **size):
    width, height = size.get("width", 64), size.get("height", 48)
    writer = VideoWriter(path, width, height)
    for k, time_ms in enumerate(times_ms):
        writer.write(picture(40 + 5 * k, width, height), round(time_ms * 1e6))
    writer.close()
    return path


def read(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [
            (frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(stream)
        ]
        return stream.codec_context, [t for t, _ in frames], [image for _, image in frames]


@endings
def test_pictures_and_their_own_times_come_back(tmp_path, ending):
    times_ms = [1000, 1033, 1100, 1101, 1400, 2500]
    codec, times, images = read(written(tmp_path / f"a{ending}", times_ms))
    assert codec.name == "h264"
    assert codec.pix_fmt == "yuv420p"
    np.testing.assert_allclose(times, (np.array(times_ms) - 1000) / 1000, atol=1.1e-3)
    for k, image in enumerate(images):
        np.testing.assert_allclose(image[8:40, 4:24], 40 + 5 * k, atol=6)


def test_colours_come_back(tmp_path):
    codec, _, images = read(written(tmp_path / "a.mp4", [0, 33, 66]))
    assert codec.colorspace == 6, "the matrix of BT.601, so that players need not guess"
    blue, green, red = images[1][24, 52].astype(int)
    assert red > 180
    assert max(blue, green) < 25


def test_times_that_stand_still_are_pulled_apart(tmp_path):
    _, times, _ = read(written(tmp_path / "a.mkv", [5, 5, 4, 100]))
    assert (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(0.095, abs=2e-3)


def test_odd_sizes_lose_a_row_and_a_column(tmp_path):
    _, _, images = read(written(tmp_path / "a.mp4", [0, 33], width=65, height=49))
    assert images[0].shape == (48, 64, 3)


def test_a_picture_that_is_read_only_or_part_of_another(tmp_path):
    large = np.repeat(picture(90), 2, axis=1)
    large.flags.writeable = False
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48)
    writer.write(large[:, 10:74], 0)
    writer.close()
    np.testing.assert_allclose(read(tmp_path / "a.mkv")[2][0][8:40, 4:40], 90, atol=6)


def test_closing_twice_is_closing_once(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4", 64, 48)
    writer.write(picture(50), 0)
    writer.close()
    writer.close()
    assert len(read(tmp_path / "a.mp4")[1]) == 1


def test_an_mp4_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"the one before")
    writer = VideoWriter(path, 64, 48)
    for k in range(5):
        writer.write(picture(50), k * 33_000_000)
    assert path.read_bytes() == b"the one before"
    writer.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.mp4"]
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "the index comes first"


def test_an_mkv_can_be_read_while_it_grows(tmp_path):
    writer = VideoWriter(tmp_path / "a.mkv", 64, 48)
    for k in range(120):
        writer.write(picture(50), k * 33_333_333)
    copy = tmp_path / "after_a_crash.mkv"
    copy.write_bytes((tmp_path / "a.mkv").read_bytes())
    assert len(read(copy)[1]) >= 90, "all but about the last second"
    writer.close()


@endings
def test_no_picture_no_file(tmp_path, ending):
    VideoWriter(tmp_path / f"a{ending}", 64, 48).close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.avi", "a", "a.mp4.txt"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(TakeError, match=r"videos are \.mp4 or \.mkv"):
        VideoWriter(tmp_path / name, 64, 48)


@endings
def test_a_folder_that_is_not_there(tmp_path, ending):
    path = tmp_path / "gone" / f"a{ending}"
    with pytest.raises(TakeError, match="No such file or directory") as refusal:
        VideoWriter(path, 64, 48)
    assert str(refusal.value).startswith(str(path))


def write_noise(writer):
    rng = np.random.default_rng(0)
    for k in range(2000):
        writer.write(rng.integers(0, 255, (48, 64, 3), np.uint8), k * 33_000_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_clear_line(tmp_path):
    path = tmp_path / "a.mkv"
    path.symlink_to("/dev/full")
    writer = VideoWriter(path, 64, 48)
    with pytest.raises(TakeError, match="No space left on device") as refusal:
        write_noise(writer)
    assert "\n" not in str(refusal.value)
    writer.close()
    writer.close()


def test_a_folder_that_goes_away(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    writer = VideoWriter(folder / "a.mp4", 64, 48)
    writer.write(picture(50), 0)
    for entry in folder.iterdir():
        os.unlink(entry)  # noqa: PTH108
    folder.rmdir()
    with pytest.raises(TakeError, match="cannot write the video"):
        writer.close()
    writer.close()
