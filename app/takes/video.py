"""The camera's video of a take: where it is, when it begins, and copies of it without a loss."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import av
import numpy as np
from jaxtyping import Bool, Int64

from engines.errors import TakeError

START_TAG: Final = "SOURCE_START_NS"
"""Tag of a take's video: the time stamp of its first picture, in nanoseconds on the source's axis."""

_MP4_OPTIONS: Final = {"movflags": "+faststart"}


def copy_video(source: Path, target: Path) -> None:
    """Copy a video into another container, bit for bit; an .mp4 has its index first, ready for the web.

    Raises:
        TakeError: it cannot be read or written.
    """
    options = _MP4_OPTIONS if target.suffix == ".mp4" else {}
    try:
        shown = _shown(source)
        _copy_packets(source, target, range(len(shown.times)), shown, options)
    except (av.FFmpegError, OSError) as error:
        raise _not_copied(source, error) from error


def join_videos(parts: Sequence[Path], target: Path, starts_s: Sequence[float]) -> None:
    """Copy videos that one encoder made into one .mp4, bit for bit.

    Args:
        parts: The videos, each beginning at time 0 with a key frame, none with pictures out of order.
        target: Where to.
        starts_s: When each begins.

    Raises:
        TakeError: one cannot be read, or the target not be written.
    """
    try:
        with av.open(str(target), "w", options=_MP4_OPTIONS) as joined:
            copied: av.video.stream.VideoStream | None = None
            for part, start_s in zip(parts, starts_s, strict=True):
                with av.open(str(part)) as video:
                    stream = video.streams.video[0]
                    copied = copied or joined.add_stream_from_template(stream)
                    shift = round(start_s / (stream.time_base or Fraction(1)))
                    for packet in video.demux(stream):
                        if packet.size:
                            packet.pts = packet.dts = (packet.pts or 0) + shift
                            packet.stream = copied
                            joined.mux(packet)
    except (av.FFmpegError, OSError) as error:
        raise _not_copied(target, error) from error


def cut_video(
    source: Path, target: Path, *, first_ns: int, last_ns: int, default_start_ns: int
) -> None:
    """Copy the part of a take's video between two times, and up to two seconds before: from a key frame on.

    Args:
        source: The video of a take.
        target: Where to, an .mkv; its `START_TAG` keeps it in time with the take.
        first_ns: Time of the first picture that must be there, on the source's axis.
        last_ns: Time of the last one.
        default_start_ns: Time of the video's first picture, where it is not told in its tag.

    Raises:
        TakeError: it cannot be read or written.
    """
    try:
        shown = _shown(source)
        start_ns = default_start_ns if shown.start_ns is None else shown.start_ns
        at_ns = [start_ns + int(time * shown.tick_s * 1_000_000_000) for time in shown.times]
        wanted = [k for k, time_ns in enumerate(at_ns) if first_ns <= time_ns <= last_ns]
        if not wanted:
            wanted = [min(range(len(at_ns)), key=lambda k: abs(at_ns[k] - first_ns))]
        begin = max(k for k in (*shown.key_packets, 0) if k <= wanted[0])
        tags = {START_TAG: str(at_ns[begin])}
        _copy_packets(source, target, range(begin, wanted[-1] + 1), shown, {}, tags)
    except (av.FFmpegError, OSError) as error:
        raise _not_copied(source, error) from error


class PictureTimes(NamedTuple):
    """When the pictures of a take's video were taken, and how large they are; K is their number."""

    times_ns: Int64[np.ndarray, "K"]
    """Rising, on the source's axis."""
    is_reference: Bool[np.ndarray, "K"]
    """Others are made from it; True where that is not known."""
    size: tuple[int, int]
    """Width and height."""


def picture_times(source: Path, *, default_start_ns: int) -> PictureTimes:
    """Return the times and the size of a video's pictures, without decoding any.

    Args:
        source: The video of a take.
        default_start_ns: Time of its first picture, where it is not told in its tag.

    Raises:
        TakeError: it cannot be read.
    """
    try:
        with av.open(str(source)) as video:
            stream = video.streams.video[0]
            start_ns = int(video.metadata.get(START_TAG, default_start_ns))
            size = stream.width, stream.height
            tick_ns = (stream.time_base or Fraction(1, 1000)) * 1_000_000_000
            length_bytes = _nal_length_bytes(stream.codec_context)
            found = sorted(
                (
                    start_ns + int((packet.pts or 0) * tick_ns),
                    _is_reference(memoryview(packet), length_bytes),
                )
                for packet in video.demux(stream)
                if packet.size
            )
    except (av.FFmpegError, OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TakeError(f"{source}: cannot be read ({reason}); choose --view turntable") from error
    return PictureTimes(
        np.array([time_ns for time_ns, _ in found], np.int64),
        np.array([is_reference for _, is_reference in found], np.bool_),
        size,
    )


def _nal_length_bytes(codec: av.codec.context.CodecContext) -> int | None:
    """Return how many bytes tell the length of a unit of H.264 (ISO/IEC 14496-15, 5.2.4.1); None for other codecs."""
    settings = codec.extradata
    if codec.name != "h264" or settings is None or len(settings) < 5 or settings[0] != 1:
        return None
    return (settings[4] & 3) + 1


def _is_reference(content: memoryview, length_bytes: int | None) -> bool:
    """Return False for a picture that no other is made from (H.264, 7.4.1: nal_ref_idc is 0)."""
    if length_bytes is None:
        return True
    at = 0
    while at + length_bytes < len(content):
        length = int.from_bytes(content[at : at + length_bytes], "big")
        head = content[at + length_bytes]
        if 1 <= head & 31 <= 5:  # a piece of a picture
            return head & 0x60 != 0
        at += length_bytes + length
    return True


class _Shown(NamedTuple):
    """When the pictures of a video are shown, packet by packet."""

    times: list[int]
    """In ticks, in the order of decoding."""
    key_packets: list[int]
    """Numbers of the packets that need none before them."""
    tick_s: Fraction
    """Seconds in a tick."""
    start_ns: int | None
    """Its `START_TAG`."""


def _shown(source: Path) -> _Shown:
    with av.open(str(source)) as video:
        stream = video.streams.video[0]
        packets = [(each.pts or 0, each.is_keyframe) for each in video.demux(stream) if each.size]
        start = video.metadata.get(START_TAG)
        return _Shown(
            times=[time for time, _ in packets],
            key_packets=[k for k, (_, is_key) in enumerate(packets) if is_key],
            tick_s=stream.time_base or Fraction(1, 1000),
            start_ns=None if start is None else int(start),
        )


def _copy_packets(
    source: Path,
    target: Path,
    rows: range,
    shown: _Shown,
    options: dict[str, str],
    tags: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Copy some packets, the first at time 0, each to be decoded in its order and not after it is shown.

    Matroska does not tell when to decode a packet, and other containers must.
    """
    times = shown.times[rows.start : rows.stop]
    in_order = sorted(times)
    ahead = max((a - b for a, b in zip(in_order, times, strict=True)), default=0)
    with av.open(str(source)) as video, av.open(str(target), "w", options=options) as copy:
        copy.metadata.update(tags)
        copied = copy.add_stream_from_template(video.streams.video[0])
        content = (each for each in video.demux(video.streams.video[0]) if each.size)
        for packet, time in zip(islice(content, rows.start, rows.stop), in_order, strict=True):
            packet.pts = (packet.pts or 0) - times[0]
            packet.dts = time - ahead - times[0]
            packet.stream = copied
            copy.mux(packet)


def _not_copied(source: Path, error: av.FFmpegError | OSError) -> TakeError:
    reason = error.strerror or error
    return TakeError(
        f"{source}: cannot be copied ({reason}); check free space, or remove the video"
    )
