"""The pictures of a take's video at any time, for those who jump about in it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import av
import numpy as np
from jaxtyping import UInt8

from app.takes.video import START_TAG
from engines.errors import TakeError

_DECODE_ON_S: Final = 2.0
"""A time so little ahead is reached by decoding on; any other by way of a key frame."""


class _Shown(NamedTuple):
    """One picture, not yet converted."""

    frame: av.VideoFrame
    time_ns: int


class TakePictures:
    """Gives the picture nearest to a time. Belongs to one thread at a time."""

    def __init__(self, path: Path, *, default_start_ns: int, is_rough: bool = False) -> None:
        """Open a video.

        Args:
            path: The video of a take.
            default_start_ns: Time of its first picture on the source's axis, where it is not told in its tag.
            is_rough: Pictures are shown small, and those that no other is made from are left out; blocks' edges are
                not smoothed. That is half the work.

        Raises:
            TakeError: it cannot be read.
        """
        self._path = path
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
            if is_rough:
                self._stream.codec_context.thread_count = 1
                self._stream.codec_context.skip_frame = "NONREF"
                self._stream.codec_context.options = {"skip_loop_filter": "all"}
        except (av.FFmpegError, OSError, IndexError) as error:
            raise self._unreadable(error) from error
        self._start_ns = int(self._container.metadata.get(START_TAG, default_start_ns))
        self._tick_s = self._stream.time_base or Fraction(1, 1000)
        self._frames: Iterator[av.VideoFrame] = self._container.decode(self._stream)
        self._current: _Shown | None = None
        self._following: _Shown | None = None

    def at(self, time_ns: int) -> UInt8[np.ndarray, "height width 3"] | None:
        """Return the picture (BGR, read-only) nearest to a time on the source's axis; None in an empty video.

        Raises:
            TakeError: it cannot be read.
        """
        frame = self.frame_at(time_ns)
        if frame is None:
            return None
        image: UInt8[np.ndarray, "height width 3"] = frame.to_ndarray(format="bgr24")
        image.flags.writeable = False
        return image

    def frame_at(self, time_ns: int) -> av.VideoFrame | None:
        """Return what `at` does as it was decoded."""
        try:
            self._go_to(time_ns)
        except (av.FFmpegError, OSError) as error:
            raise self._unreadable(error) from error
        return None if self._current is None else self._current.frame

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._container.close()

    def _go_to(self, time_ns: int) -> None:
        if self._current is None:
            self._restart()
        current = self._current
        if current is not None:
            ahead_s = (time_ns - current.time_ns) / 1e9
            is_before_first = time_ns < self._start_ns
            if ahead_s > _DECODE_ON_S or (ahead_s < 0 and not is_before_first):
                self._seek(time_ns)
            elif is_before_first and current.time_ns > self._start_ns:
                self._seek(self._start_ns)
        while self._current is not None and self._following is not None:
            if abs(self._following.time_ns - time_ns) > abs(self._current.time_ns - time_ns):
                break
            self._current, self._following = self._following, self._next()

    def _seek(self, time_ns: int) -> None:
        ticks = int((time_ns - self._start_ns) / 1e9 / self._tick_s)
        self._container.seek(max(ticks, 0), stream=self._stream, backward=True)
        self._frames = self._container.decode(self._stream)
        self._restart()

    def _restart(self) -> None:
        self._current = self._next()
        self._following = self._next()

    def _next(self) -> _Shown | None:
        for frame in self._frames:
            if frame.pts is not None:
                ns = int(frame.pts * self._tick_s * 1_000_000_000)
                return _Shown(frame, self._start_ns + ns)
        return None

    def _unreadable(self, error: Exception) -> TakeError:
        reason = getattr(error, "strerror", None) or error
        return TakeError(f"{self._path}: cannot be read ({reason}); the take itself can be used")
