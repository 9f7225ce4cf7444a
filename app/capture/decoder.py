"""Decodes a video, from a file or a network address, with FFmpeg through PyAV. The only door to PyAV in capture.

PyAV and not OpenCV, because it gives exact presentation times, says what is wrong, and loses no frame: measured, the
two take the same time for a picture.
"""

from collections import deque
from collections.abc import Mapping
from typing import Literal

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from jaxtyping import UInt8

from app.capture.frames import turn_clockwise
from engines.errors import CaptureError

# FFmpeg reads any text as a drawing of coloured letters; a text file is no video for us.
_TEXT_FORMATS = frozenset({"tty", "bin", "xbin", "adf", "idf"})
# AVI stores no presentation times: its time stamps say in which order pictures were written.
_FORMATS_WITHOUT_PTS = frozenset({"avi"})


class VideoDecoder:
    """An open video and its pictures in order; used on one thread."""

    def __init__(
        self,
        location: str,
        *,
        options: Mapping[str, str] | None = None,
        timeout_s: tuple[float, float] | None = None,
        threads: Literal["AUTO", "SLICE"] = "AUTO",
    ) -> None:
        """Open it.

        Args:
            location: A path or an address.
            options: FFmpeg's options of the format and protocol.
            timeout_s: How long each step of opening, and one read, may take; None for ever.
            threads: `AUTO` decodes several frames at once and is the fastest; `SLICE` holds no frame back.

        Raises:
            CaptureError: it cannot be opened or holds no moving picture; the message is only the reason.
        """
        try:
            self._container = av.open(location, options=dict(options or {}), timeout=timeout_s)
        except av.FFmpegError as error:
            raise CaptureError(_reason(error)) from error
        try:
            self._stream = self._find_stream()
        except CaptureError:
            self._container.close()
            raise
        self._stream.thread_type = threads
        self._packets = self._container.demux(self._stream)
        self._decoded: deque[VideoFrame] = deque()
        self._reformatter = VideoReformatter()  # ours, kept: a new one for each frame costs more
        self._has_pts = self._container.format.name not in _FORMATS_WITHOUT_PTS
        self.damaged_packets = 0
        """Parts that could not be decoded, or were cut short."""

    @property
    def frame_count(self) -> int | None:
        """Number of frames that the header tells; None where it tells none."""
        return self._stream.frames or None

    @property
    def duration_ns(self) -> int | None:
        """Length that the header tells, when it is surely the picture's; None where unknown."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return int(self._stream.duration * self._stream.time_base * 10**9)
        if self._container.duration is None or len(self._container.streams) > 1:
            return None
        return self._container.duration * 1000

    @property
    def has_an_end(self) -> bool:
        """The header tells a length, so that this is a recording and not a live stream."""
        return self._container.duration is not None

    @property
    def period_ns(self) -> int:
        """Usual time from one frame to the next."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return int(10**9 / rate) if rate else 33_333_333

    @property
    def mode(self) -> str:
        """Size and codec, such as '1280x720 h264'; a live stream does not tell its rate."""
        codec = self._stream.codec_context
        return f"{codec.width}x{codec.height} {codec.name}"

    def next_frame(self) -> VideoFrame | None:
        """Return the next frame; None at the end. What cannot be decoded is counted and left out.

        Raises:
            CaptureError: no more can be read, though it is not the end.
        """
        while not self._decoded:
            try:
                packet = next(self._packets, None)
            except av.FFmpegError as error:
                raise CaptureError(_reason(error)) from error
            if packet is None:
                return None
            self.damaged_packets += packet.is_corrupt
            try:
                self._decoded.extend(packet.decode())
            except av.FFmpegError:
                self.damaged_packets += 1
        return self._decoded.popleft()

    def presented_ns(self, frame: VideoFrame) -> int | None:
        """Return when a frame is due, in nanoseconds on the video's own axis; None where it does not tell."""
        ticks = frame.pts if self._has_pts else frame.dts
        if ticks is None or frame.time_base is None:
            return None
        return ticks * frame.time_base.numerator * 10**9 // frame.time_base.denominator

    def picture(self, frame: VideoFrame) -> UInt8[np.ndarray, "height width 3"]:
        """Return a frame in BGR, upright: turned as the file says. Nobody else holds it."""
        converted = self._reformatter.reformat(frame, format="bgr24", threads=1)
        # PyAV gives the turn counter-clockwise.
        return turn_clockwise(converted.to_ndarray(), -round(frame.rotation / 90) * 90)

    def close(self) -> None:
        """Free the file or connection."""
        self._decoded.clear()
        self._container.close()

    def _find_stream(self) -> VideoStream:
        if self._container.format.name in _TEXT_FORMATS:
            raise CaptureError("it is a text")
        cover = av.stream.Disposition.attached_pic
        streams = [s for s in self._container.streams.video if not s.disposition & cover]
        if not streams:
            raise CaptureError("it holds no moving picture")
        if streams[0].codec_context is None:
            raise CaptureError("its codec is unknown")
        return streams[0]


def _reason(error: av.FFmpegError) -> str:
    if isinstance(error, av.error.ExitError):  # the time-out interrupted FFmpeg
        return "it does not answer"
    return error.strerror or type(error).__name__
