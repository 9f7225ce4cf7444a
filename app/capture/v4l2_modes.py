"""The modes a Linux camera offers, asked of its driver: three questions of the V4L2 interface.

Layouts and numbers are those of `linux/videodev2.h`. The questions are answered while another program uses the camera,
and do not start it. (The ready-made packages for this are GPL or need a compiler.)
"""

import ctypes
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from app.capture.camera_info import CameraMode

logger = logging.getLogger(__name__)

Ioctl = Callable[[int, int, ctypes.Structure], object]
"""`fcntl.ioctl`: fills the structure, or raises `OSError` when there are no more answers."""

VIDIOC_ENUM_FMT: Final = 0xC0405602
VIDIOC_ENUM_FRAMESIZES: Final = 0xC02C564A
VIDIOC_ENUM_FRAMEINTERVALS: Final = 0xC034564B

_BUF_TYPE_VIDEO_CAPTURE = 1
_DISCRETE = 1
_MAX_ANSWERS = 64
_RANGE_SIZES = ((640, 480), (1280, 720), (1920, 1080))


class FormatAnswer(ctypes.Structure):
    """`struct v4l2_fmtdesc`."""

    _fields_: ClassVar = [
        ("index", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("description", ctypes.c_char * 32),
        ("pixelformat", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 4),
    ]


class SizeAnswer(ctypes.Structure):
    """`struct v4l2_frmsizeenum`; `values` is width, height, or min, max, step of width and of height."""

    _fields_: ClassVar = [
        ("index", ctypes.c_uint32),
        ("pixel_format", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("values", ctypes.c_uint32 * 6),
        ("reserved", ctypes.c_uint32 * 2),
    ]


class IntervalAnswer(ctypes.Structure):
    """`struct v4l2_frmivalenum`; `values` is a fraction of seconds, or three of them: min, max, step."""

    _fields_: ClassVar = [
        ("index", ctypes.c_uint32),
        ("pixel_format", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("values", ctypes.c_uint32 * 6),
        ("reserved", ctypes.c_uint32 * 2),
    ]


def read_modes(device: str) -> tuple[CameraMode, ...]:
    """Return the modes of a device file, largest and fastest first; none when it cannot be asked."""
    from fcntl import ioctl  # this system only

    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        logger.debug("%s: its modes cannot be asked (%s)", device, error)
        return ()
    try:
        return query_modes(descriptor, ioctl)
    finally:
        os.close(descriptor)


def query_modes(descriptor: int, ioctl: Ioctl) -> tuple[CameraMode, ...]:
    """Return the modes of an open device, largest and fastest first."""
    modes = {
        CameraMode(width, height, fps_hz, _letters(pixel_format))
        for pixel_format in _pixel_formats(descriptor, ioctl)
        for width, height in _sizes(descriptor, ioctl, pixel_format)
        for fps_hz in _rates(descriptor, ioctl, pixel_format, width, height)
    }
    return tuple(sorted(modes, reverse=True))


def _pixel_formats(descriptor: int, ioctl: Ioctl) -> list[int]:
    answers = _ask(descriptor, ioctl, VIDIOC_ENUM_FMT, FormatAnswer, type=_BUF_TYPE_VIDEO_CAPTURE)
    return [answer.pixelformat for answer in answers]


def _sizes(descriptor: int, ioctl: Ioctl, pixel_format: int) -> Iterator[tuple[int, int]]:
    for answer in _ask(
        descriptor, ioctl, VIDIOC_ENUM_FRAMESIZES, SizeAnswer, pixel_format=pixel_format
    ):
        if answer.type == _DISCRETE:
            yield answer.values[0], answer.values[1]
            continue
        min_width, max_width, _, min_height, max_height, _ = answer.values
        for width, height in (*_RANGE_SIZES, (max_width, max_height)):
            if min_width <= width <= max_width and min_height <= height <= max_height:
                yield width, height
        return  # a range is the only answer


def _rates(
    descriptor: int, ioctl: Ioctl, pixel_format: int, width: int, height: int
) -> Iterator[float]:
    size = {"pixel_format": pixel_format, "width": width, "height": height}
    told = False
    for answer in _ask(descriptor, ioctl, VIDIOC_ENUM_FRAMEINTERVALS, IntervalAnswer, **size):
        numerator, denominator = answer.values[0], answer.values[1]  # of a range: the shortest
        if numerator:
            told = True
            yield round(denominator / numerator, 3)
        if answer.type != _DISCRETE:
            break
    if not told:
        yield 0.0


def _ask(
    descriptor: int, ioctl: Ioctl, request: int, structure: type[Any], **fields: int
) -> Iterator[Any]:
    """Yield the answers with index 0, 1, 2 … until the driver has no more, or far too many."""
    for index in range(_MAX_ANSWERS):
        answer = structure(index=index, **fields)
        try:
            ioctl(descriptor, request, answer)
        except OSError:
            return
        yield answer


def _letters(pixel_format: int) -> str:
    return (pixel_format & 0x7FFFFFFF).to_bytes(4, "little").decode("ascii", "replace").rstrip()
