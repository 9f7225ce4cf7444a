import ctypes
import errno
import struct
import sys

import pytest

from app.capture.camera_info import CameraMode
from app.capture.v4l2_modes import (
    VIDIOC_ENUM_FMT,
    VIDIOC_ENUM_FRAMEINTERVALS,
    VIDIOC_ENUM_FRAMESIZES,
    FormatAnswer,
    IntervalAnswer,
    SizeAnswer,
    query_modes,
    read_modes,
)

MJPG, YUYV = (int.from_bytes(letters, "little") for letters in (b"MJPG", b"YUYV"))
DISCRETE, CONTINUOUS, STEPWISE = 1, 2, 3


class Driver:
    """Answers as a kernel does: raw bytes at the offsets of `linux/videodev2.h`."""

    def __init__(
        self,
        formats: list[int],
        sizes: dict[int, list[bytes]],
        intervals: dict[tuple[int, int, int], list[bytes]],
    ) -> None:
        self.formats = formats
        self.sizes = sizes
        self.intervals = intervals

    def __call__(self, descriptor: int, request: int, answer: ctypes.Structure) -> int:
        asked = struct.unpack_from("5I", bytes(answer))
        index = asked[0]
        if request == VIDIOC_ENUM_FMT:
            assert asked[1] == 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE
            self._put(answer, 44, [struct.pack("I", f) for f in self.formats], index)
        elif request == VIDIOC_ENUM_FRAMESIZES:
            self._put(answer, 8, self.sizes.get(asked[1], []), index)
        elif request == VIDIOC_ENUM_FRAMEINTERVALS:
            self._put(answer, 16, self.intervals.get(asked[1:4], []), index)
        return 0

    def _put(self, answer: ctypes.Structure, at: int, answers: list[bytes], index: int) -> None:
        if index >= len(answers):
            raise OSError(errno.EINVAL, "no more")
        ctypes.memmove(ctypes.addressof(answer) + at, answers[index], len(answers[index]))


def size(width: int, height: int) -> bytes:
    return struct.pack("3I", DISCRETE, width, height)


def interval(numerator: int, denominator: int) -> bytes:
    return struct.pack("3I", DISCRETE, numerator, denominator)


def test_the_layouts_are_the_kernels() -> None:
    assert ctypes.sizeof(FormatAnswer) == 64
    assert ctypes.sizeof(SizeAnswer) == 44
    assert ctypes.sizeof(IntervalAnswer) == 52


@pytest.mark.parametrize(
    ("request_number", "number", "structure"),
    [
        (VIDIOC_ENUM_FMT, 2, FormatAnswer),
        (VIDIOC_ENUM_FRAMESIZES, 74, SizeAnswer),
        (VIDIOC_ENUM_FRAMEINTERVALS, 75, IntervalAnswer),
    ],
)
def test_the_requests_are_the_kernels(
    request_number: int, number: int, structure: type[ctypes.Structure]
) -> None:
    """`_IOWR('V', number, structure)`: direction, size, letter, number."""
    assert request_number == 3 << 30 | ctypes.sizeof(structure) << 16 | ord("V") << 8 | number


def test_lists_every_mode_largest_and_fastest_first() -> None:
    driver = Driver(
        [YUYV, MJPG],
        {YUYV: [size(640, 480)], MJPG: [size(640, 480), size(1280, 720)]},
        {
            (YUYV, 640, 480): [interval(1, 30), interval(1, 15)],
            (MJPG, 640, 480): [interval(1, 30)],
            (MJPG, 1280, 720): [interval(1001, 30000), interval(1, 60)],
        },
    )
    assert query_modes(0, driver) == (
        CameraMode(1280, 720, 60.0, "MJPG"),
        CameraMode(1280, 720, 29.97, "MJPG"),
        CameraMode(640, 480, 30.0, "YUYV"),
        CameraMode(640, 480, 30.0, "MJPG"),
        CameraMode(640, 480, 15.0, "YUYV"),
    )


@pytest.mark.parametrize("kind", [CONTINUOUS, STEPWISE])
def test_ranges_give_the_usual_sizes_within_and_the_highest_rate(kind: int) -> None:
    size_range = struct.pack("7I", kind, 320, 1600, 2, 240, 1200, 2)
    rate_range = struct.pack("7I", kind, 1, 60, 1, 5, 1, 1)
    sizes = [(640, 480), (1280, 720), (1600, 1200)]
    driver = Driver([YUYV], {YUYV: [size_range]}, {(YUYV, *s): [rate_range] for s in sizes})
    assert query_modes(0, driver) == tuple(CameraMode(*s, 60.0, "YUYV") for s in reversed(sizes))


def test_a_driver_that_tells_no_rates_still_lists_its_sizes() -> None:
    driver = Driver([MJPG], {MJPG: [size(640, 480)]}, {})
    assert query_modes(0, driver) == (CameraMode(640, 480, 0.0, "MJPG"),)


def test_a_driver_that_never_ends_its_list_is_stopped() -> None:
    assert len(query_modes(0, Driver([MJPG], {MJPG: [size(8, 8)] * 100_000}, {}))) == 1


def test_a_driver_that_answers_nothing_has_no_modes() -> None:
    assert query_modes(0, Driver([], {}, {})) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_what_is_no_camera_has_no_modes() -> None:
    assert read_modes("/dev/null") == ()
    assert read_modes("/dev/video-that-is-not-there") == ()
