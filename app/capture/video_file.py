"""Video files: every frame, with its exact presentation time."""

import logging
import threading
import time
from pathlib import Path

from av.video.frame import VideoFrame

from app.capture.decoder import VideoDecoder
from app.capture.frames import FrameMaker
from app.capture.options import CaptureOptions
from engines.errors import CaptureError, SourceNotFound
from engines.types import Frame

logger = logging.getLogger(__name__)

_EARLY_END_NS = 500_000_000


class VideoFile:
    """Frames of a video file; `timestamp_ns` is the presentation time since the first frame.

    What is damaged is left out with a warning: a cut file gives its frames up to the damage.
    """

    is_live = False

    def __init__(self, path: Path, options: CaptureOptions) -> None:
        self._path = path
        self._frames = FrameMaker(options)
        self._decoding = threading.Lock()  # FFmpeg must not be closed while it decodes
        self._decoder: VideoDecoder | None = None
        self._first: VideoFrame | None = None
        self._frame_count: int | None = None
        self._next_index = 0
        self._first_presented_ns = 0
        self._last_timestamp_ns = 0

    @property
    def name(self) -> str:
        """The path as given."""
        return str(self._path)

    @property
    def frame_count(self) -> int | None:
        """Number of frames; known once open, for files that tell it."""
        return self._frame_count

    def open(self) -> None:
        """Open the file and decode its first frame.

        Raises:
            SourceNotFound: there is no such file, or it is not a video, or too damaged.
        """
        if not self._path.is_file():
            raise SourceNotFound(f"{self._path}: no such file; check the path")
        try:
            # A full path, because FFmpeg takes what stands before a colon for a protocol.
            decoder = VideoDecoder(str(self._path.resolve()))
            first = _first_frame(decoder)
        except CaptureError as error:
            raise SourceNotFound(
                f"{self._path}: not a usable video, {error}; give a video file, or a folder of pictures"
            ) from error
        self._decoder, self._first = decoder, first
        self._frame_count = decoder.frame_count
        self._next_index = 0
        self._first_presented_ns = decoder.presented_ns(first) or 0

    def read(self) -> Frame | None:
        """Return the next frame; None at the end or once closed."""
        with self._decoding:
            decoder = self._decoder
            if decoder is None:
                return None
            frame, self._first = self._first or self._next_frame(decoder), None
            if frame is None:
                return None
            captured_ns = time.perf_counter_ns()
            timestamp_ns = self._timestamp_ns(decoder, frame)
            image = decoder.picture(frame)
        index = self._next_index
        self._next_index += 1
        return self._frames.make(index, captured_ns, timestamp_ns, image)

    def close(self) -> None:
        """Close the file; waits for a frame that is being decoded."""
        with self._decoding:
            if self._decoder is not None:
                self._decoder.close()
            self._decoder = None
            self._first = None

    def _next_frame(self, decoder: VideoDecoder) -> VideoFrame | None:
        try:
            frame = decoder.next_frame()
        except CaptureError as error:
            self._warn(str(error))
            return None
        if frame is None:
            self._check_end(decoder)
        return frame

    def _check_end(self, decoder: VideoDecoder) -> None:
        duration_ns = decoder.duration_ns
        end_ns = self._last_timestamp_ns + decoder.period_ns
        if decoder.damaged_packets:
            self._warn(f"{decoder.damaged_packets} parts could not be decoded")
        elif duration_ns is not None and end_ns < duration_ns - _EARLY_END_NS:
            self._warn(f"it ends at {end_ns / 1e9:.1f} s of {duration_ns / 1e9:.1f} s")

    def _warn(self, reason: str) -> None:
        logger.warning(
            "%s: damaged or cut short (%s); %d frames came out of it",
            self._path,
            reason,
            self._next_index,
        )

    def _timestamp_ns(self, decoder: VideoDecoder, frame: VideoFrame) -> int:
        """Return the time since the first frame, always rising: where the file's does not, half a frame is added."""
        presented_ns = decoder.presented_ns(frame)
        if self._next_index == 0:
            timestamp_ns = 0
        elif presented_ns is None:
            timestamp_ns = self._last_timestamp_ns + decoder.period_ns
        else:
            timestamp_ns = presented_ns - self._first_presented_ns
            if timestamp_ns <= self._last_timestamp_ns:
                timestamp_ns = self._last_timestamp_ns + decoder.period_ns // 2
        self._last_timestamp_ns = timestamp_ns
        return timestamp_ns


def _first_frame(decoder: VideoDecoder) -> VideoFrame:
    try:
        frame = decoder.next_frame()
        if frame is None:
            raise CaptureError("no picture of it could be decoded")
    except CaptureError:
        decoder.close()
        raise
    return frame
