"""Writes pictures with their own time stamps into a video file."""

import logging
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np
from jaxtyping import UInt8

from app.render.planes import data_from_bgr
from app.takes.video import START_TAG
from engines.errors import TakeError

logger = logging.getLogger(__name__)

_TICKS_HZ: Final = 90_000
_SHORTEST_TICKS: Final = _TICKS_HZ // 1000
"""Matroska keeps whole milliseconds."""
_USUAL_RATE_HZ: Final = 30
"""Told to the encoder for its rate control only."""
_ENCODER_THREADS: Final = 2
_X264_OPTIONS: Final = {"preset": "veryfast", "crf": "20", "g": "60", "rc-lookahead": "10"}
_FILM_OPTIONS: Final = {"tune": "fastdecode"}
_FAST_OPTIONS: Final = {"preset": "ultrafast", "qp": "26"}
_KEY_FRAME_EVERY: Final = 60
_MP4_OPTIONS: Final = {"movflags": "+faststart"}
_MKV_OPTIONS: Final = {"flush_packets": "1", "cluster_time_limit": "500"}
_FORMATS: Final = {".mp4": "mp4", ".mkv": "matroska"}


Effort = Literal["small", "fast"]
"""What the encoder is after: a small file, or little work."""


class VideoWriter:
    """An H.264 video (MPEG-4 part 2 where there is no x264) with a variable frame rate.

    `.mkv` is written in place and can be played up to the last second even if the program dies; it is read in half the
    time that an .mp4 takes, for a sixth more bytes. `.mp4` is written beside its place and moved there by `close`, its
    index at the front, ready for the web. Times count from the first
    picture; odd sizes lose their last row or column. Use it on one thread.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        *,
        start_ns: int | None = None,
        effort: Effort = "small",
    ) -> None:
        """Open the file.

        Args:
            path: Where to.
            width: Of the pictures.
            height: Of the pictures.
            start_ns: The time stamp of the first picture, to be kept in an .mkv under `START_TAG`.
            effort: `fast` takes a fifth of the work for twice the bytes, and has no pictures out of order.

        Raises:
            TakeError: the file cannot be written there, or its name ends in neither .mp4 nor .mkv.
        """
        if path.suffix.lower() not in _FORMATS:
            raise TakeError(f"{path}: videos are .mp4 or .mkv; choose one of these endings")
        self._path = path
        self._size = (width // 2 * 2, height // 2 * 2)
        is_mp4 = path.suffix.lower() == ".mp4"
        self._written_path = path.with_name(f"{path.name}.part") if is_mp4 else path
        self._first_ns: int | None = None
        self._last_ticks = -_SHORTEST_TICKS
        self._is_open = True
        try:
            self._written_path.open("wb").close()  # av opens it with the first picture: too late
            self._container = av.open(
                str(self._written_path),
                "w",
                format=_FORMATS[path.suffix.lower()],
                options=_MP4_OPTIONS if is_mp4 else _MKV_OPTIONS,
            )
            if start_ns is not None:
                self._container.metadata[START_TAG] = str(start_ns)
            self._stream = _add_stream(self._container, *self._size, effort, is_film=not is_mp4)
        except (av.FFmpegError, OSError) as error:
            raise TakeError(self._explain(error)) from error

    def write(self, image: UInt8[np.ndarray, "height width 3"], timestamp_ns: int) -> None:
        """Add a BGR picture; time stamps rise by a millisecond at least, smaller steps are stretched.

        Raises:
            TakeError: the disk is full or gone; the writer is then closed, and what an .mkv holds is kept.
        """
        width, height = self._size
        self.write_planes(data_from_bgr(image[:height, :width]), timestamp_ns)

    def write_planes(self, planes: UInt8[np.ndarray, "rows width"], timestamp_ns: int) -> None:
        """Add a picture as `Planes.data` has it; otherwise like `write`. It may be drawn in again afterwards."""
        if self._first_ns is None:
            self._first_ns = timestamp_ns
        ticks = (timestamp_ns - self._first_ns) * _TICKS_HZ // 1_000_000_000
        self._last_ticks = max(ticks, self._last_ticks + _SHORTEST_TICKS)
        picture = av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")  # no copy
        picture.pts = self._last_ticks
        picture.time_base = Fraction(1, _TICKS_HZ)
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            self._abandon()
            raise TakeError(self._explain(error)) from error

    def close(self) -> None:
        """Finish the file; may be called twice. A video without a picture is not kept.

        Raises:
            TakeError: the end of the video could not be written.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._first_ns is not None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if self._first_ns is None:
                self._written_path.unlink()
            elif self._written_path != self._path:
                self._written_path.replace(self._path)
        except (av.FFmpegError, OSError) as error:
            self._abandon()
            raise TakeError(self._explain(error)) from error

    def _abandon(self) -> None:
        """Let go of a file that cannot be finished; an unfinished .mp4 cannot be played and is removed."""
        self._is_open = False
        try:
            self._container.close()
            if self._written_path != self._path:
                self._written_path.unlink(missing_ok=True)
        except (av.FFmpegError, OSError) as error:
            logger.debug(
                "%s: %s", self._written_path, error
            )  # the first error is the one to report

    def _explain(self, error: Exception) -> str:
        reason = getattr(error, "strerror", None) or str(error)
        return f"{self._path}: cannot write the video ({reason}); check free space and permissions"


def _add_stream(
    container: av.container.OutputContainer,
    width: int,
    height: int,
    effort: Effort,
    *,
    is_film: bool,
) -> av.video.stream.VideoStream:
    if "libx264" in av.codecs_available:
        options = _X264_OPTIONS if effort == "small" else _FAST_OPTIONS
        if is_film:
            options = options | _FILM_OPTIONS
        stream = container.add_stream("libx264", rate=_USUAL_RATE_HZ, options=options)
    else:
        stream = container.add_stream("mpeg4", rate=_USUAL_RATE_HZ)
        stream.bit_rate = 6 * width * height
    stream.width, stream.height = width, height
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, _TICKS_HZ)
    context.gop_size = _KEY_FRAME_EVERY
    context.thread_count = _ENCODER_THREADS if effort == "small" else 1
    context.color_primaries = context.color_trc = 1  # BT.709
    context.colorspace = (
        6  # the matrix of BT.601: OpenCV's conversion takes an eighth of FFmpeg's time
    )
    context.color_range = 1  # video levels
    return stream
