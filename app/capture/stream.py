"""Network streams: an address that FFmpeg can read, opened again when it stalls or is cut.

A stream whose header tells a length (a file on a web server) is a recording: it plays at its own speed and ends at its
end. Any other stream is live, and its end is a loss: it is opened again until it is back.
"""

import functools
import threading
import time
from urllib.parse import urlsplit

from app.capture.decoder import VideoDecoder
from app.capture.grabber import Shot
from app.capture.live import LiveSource
from app.capture.options import CaptureOptions
from app.capture.playback import Pacer
from engines.errors import CaptureError, SourceNotFound

_SCHEME_OPTIONS = {
    "rtsp": {"rtsp_flags": "prefer_tcp"},  # over UDP packets get lost, and the picture smears
}


class StreamSource(LiveSource):
    """Frames of a network stream."""

    def __init__(self, url: str, options: CaptureOptions) -> None:
        name = without_password(url)
        super().__init__(name, functools.partial(_connect, url, name, options), options)


def without_password(url: str) -> str:
    """Return an address that may be shown and logged. Raises `SourceNotFound` when it is none."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SourceNotFound(f"{url}: not an address ({error}); check its brackets") from error
    if parts.password is None:
        return url
    user_and_host = f"{parts.username}:***@{parts.netloc.rpartition('@')[2]}"
    return parts._replace(netloc=user_and_host).geturl()


def _connect(
    url: str, name: str, options: CaptureOptions, stopping: threading.Event
) -> "_StreamConnection":
    # FFmpeg opens in two steps, connecting and probing, and each may take as long.
    timeout_s = (options.open_timeout_s / 2, options.read_timeout_s)
    try:
        decoder = VideoDecoder(
            url,
            options=_SCHEME_OPTIONS.get(urlsplit(url).scheme.lower(), {}),
            timeout_s=timeout_s,
            threads="SLICE",
        )
    except CaptureError as error:
        raise CaptureError(
            f"{name}: cannot be opened, {error}; check the address, and that its sender is running"
        ) from error
    return _StreamConnection(name, decoder, stopping)


class _StreamConnection:
    """An open stream."""

    def __init__(self, name: str, decoder: VideoDecoder, stopping: threading.Event) -> None:
        self._name = name
        self._decoder = decoder
        self._stopping = stopping
        self._pacer = Pacer()

    @property
    def mode(self) -> str:
        return self._decoder.mode

    def read(self) -> Shot | None:
        try:
            frame = self._decoder.next_frame()
        except CaptureError as error:
            raise CaptureError(f"{self._name}: cut off, {error}") from error
        if frame is None and self._decoder.has_an_end:
            return None
        if frame is None:
            raise CaptureError(f"{self._name}: its sender ended it")
        presented_ns = self._decoder.presented_ns(frame)
        if self._decoder.has_an_end and presented_ns is not None:
            self._stopping.wait(self._pacer.wait_s(presented_ns, time.perf_counter_ns()))
        captured_ns = time.perf_counter_ns()
        return Shot(captured_ns, self._decoder.picture(frame))

    def close(self) -> None:
        self._decoder.close()
