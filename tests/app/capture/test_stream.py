import dataclasses
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.capture.options import CaptureOptions
from app.capture.stream import StreamSource, without_password
from engines.errors import CaptureError, SourceNotFound
from engines.types import Frame
from tests.app.capture.mjpeg_server import MjpegServer, number_of
from tests.app.capture.videos import grey_steps, write_video

OPTIONS = CaptureOptions(
    open_timeout_s=6.0, read_timeout_s=0.3, retry_first_s=0.01, retry_longest_s=0.05
)


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    with MjpegServer() as server:
        yield server


@pytest.fixture
def source(server: MjpegServer) -> Iterator[StreamSource]:
    source = StreamSource(server.url, OPTIONS)
    source.open()
    yield source
    source.close()


def grabbers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("grab ")]


def read_number(source: StreamSource) -> int:
    frame = source.read()
    assert frame is not None
    return number_of(frame.image)


def test_gives_newer_and_newer_pictures_as_live_frames(source: StreamSource) -> None:
    frames = [source.read() for _ in range(10)]
    numbers = [number_of(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert all(frame.timestamp_ns == frame.captured_ns for frame in frames)
    assert [f.index for f in frames] == sorted({f.index for f in frames})
    assert frames[0].image.shape == (64, 256, 3)
    assert source.is_live
    assert source.status.state == "running"
    assert source.status.mode == "256x64 mjpeg"


def test_a_slow_reader_gets_the_newest_and_no_backlog(
    server: MjpegServer, source: StreamSource
) -> None:
    read_number(source)
    server.wait_for_number(server.newest + 100)
    oldest_wanted = server.newest - 10
    read_number(source)  # may have lain there since before
    assert read_number(source) >= oldest_wanted


def test_after_a_stall_it_connects_again_and_gives_what_is_new(
    server: MjpegServer, source: StreamSource
) -> None:
    before = source.read()
    server.stall()
    stalled_at = server.newest
    server.resume_at_connection(2)
    numbers = [number_of(before.image)]
    while numbers[-1] <= stalled_at:
        frame = source.read()
        numbers.append(number_of(frame.image))
    assert server.connections == 2
    assert frame.index > before.index
    assert source.status.reconnects == 1
    assert source.status.state == "running"


def test_a_cut_connection_is_made_again(server: MjpegServer, source: StreamSource) -> None:
    for expected in (2, 3):
        server.cut()
        cut_at = server.newest
        while read_number(source) <= cut_at:
            pass
        assert server.connections == expected
    assert source.status.reconnects == 2


def test_a_sender_that_goes_away_is_waited_for(
    server: MjpegServer, source: StreamSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.go_away()
    answers: list[Frame | None] = []
    gone_at = server.newest

    def read_on() -> None:
        while not answers or number_of(answers[-1].image) <= gone_at:
            answers.append(source.read())

    reader = threading.Thread(target=read_on)
    reader.start()
    server.come_back()
    reader.join(10)
    assert not reader.is_alive()
    assert source.status.reconnects >= 1


def test_closing_while_the_stream_stalls_ends_the_read_at_once(
    server: MjpegServer, source: StreamSource
) -> None:
    source.read()
    server.stall()
    answers: list[Frame | None] = []

    def read_on() -> None:
        while not answers or answers[-1] is not None:
            answers.append(source.read())

    reader = threading.Thread(target=read_on)
    reader.start()
    (grabber,) = grabbers()
    source.close()
    reader.join(10)
    assert answers[-1] is None
    grabber.join(10)
    assert grabbers() == []


def test_nobody_there_is_said_at_once_with_the_address(server: MjpegServer) -> None:
    server.go_away()
    with pytest.raises(
        CaptureError, match=r"http://127.0.0.1:\d+/stream: cannot be opened"
    ) as caught:
        StreamSource(server.url, OPTIONS).open()
    assert "Connection refused" in str(caught.value)
    assert "check the address" in str(caught.value)
    assert not isinstance(caught.value, SourceNotFound)
    assert caught.value.exit_code == 1
    assert grabbers() == []


def test_a_sender_that_says_nothing_is_given_up(server: MjpegServer) -> None:
    server.stall()
    options = dataclasses.replace(OPTIONS, open_timeout_s=0.2)
    source = StreamSource(server.url, options)
    with pytest.raises(CaptureError, match=r"does not answer|gave no picture for"):
        source.open()
    for grabber in grabbers():
        grabber.join(10)
    assert grabbers() == []


@pytest.fixture
def web_folder(tmp_path: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listener.server_address[1]}"
        listener.shutdown()
        thread.join()


def test_a_recording_on_a_web_server_ends_at_its_end(tmp_path: Path, web_folder: str) -> None:
    write_video(
        tmp_path / "clip.mp4",
        grey_steps(8),
        pts_ms=[10 * i for i in range(8)],
        container_options={"movflags": "faststart"},
    )
    source = StreamSource(f"{web_folder}/clip.mp4", OPTIONS)
    source.open()
    levels = []
    while (frame := source.read()) is not None:
        levels.append(round((float(frame.image.mean()) - 16) / 8))
    assert levels[-1] == 7
    assert levels == sorted(set(levels))
    assert source.status.state == "ended"
    assert source.status.reconnects == 0
    assert source.read() is None
    source.close()


def test_a_missing_page_is_said(web_folder: str) -> None:
    source = StreamSource(f"{web_folder}/none.mp4", OPTIONS)
    with pytest.raises(CaptureError, match="404 Not Found"):
        source.open()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://me:secret@cam:554/a?b=1", "rtsp://me:***@cam:554/a?b=1"),
        ("rtsp://me@cam/a", "rtsp://me@cam/a"),
        ("udp://127.0.0.1:5000", "udp://127.0.0.1:5000"),
    ],
)
def test_passwords_are_not_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
    assert StreamSource(url, OPTIONS).name == shown


def test_a_garbled_address_is_refused() -> None:
    with pytest.raises(SourceNotFound, match=r"http://\[bad/x: not an address .* check"):
        StreamSource("http://[bad/x", OPTIONS)
