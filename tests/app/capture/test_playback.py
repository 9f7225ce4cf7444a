import dataclasses
import threading

import numpy as np
import pytest

from app.capture.playback import LoopedSource, PacedSource, Pacer
from engines.types import Camera, Frame

MS = 1_000_000
CAMERA = Camera.guess(2, 2)
IMAGE = np.zeros((2, 2, 3), np.uint8)


class Recording:
    """Frames with given time stamps; each read lets the clock go on by `decoding_ms`."""

    is_live = False
    name = "recording"

    def __init__(self, stamps_ms: list[int], clock: "Clock | None" = None, decoding_ms: int = 0):
        self.stamps_ms = stamps_ms
        self.clock = clock
        self.decoding_ms = decoding_ms
        self.frame_count = len(stamps_ms)
        self.next = 0
        self.opens = 0
        self.closes = 0

    def open(self) -> None:
        self.next = 0
        self.opens += 1

    def read(self) -> Frame | None:
        if self.clock is not None:
            self.clock.now_ns += self.decoding_ms * MS
        if self.opens == self.closes or self.next == len(self.stamps_ms):
            return None
        self.next += 1
        return Frame(self.next - 1, 0, self.stamps_ms[self.next - 1] * MS, IMAGE, CAMERA)

    def close(self) -> None:
        self.closes = self.opens


class Clock:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now_ns = 5_000 * MS

    def __call__(self) -> int:
        return self.now_ns


class WaitingEvent(threading.Event):
    """Waiting for it moves the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now_ns += round((timeout or 0) * 1e9)
        return self.is_set()


def paced(recording: Recording, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> PacedSource:
    monkeypatch.setattr("app.capture.playback.threading.Event", lambda: WaitingEvent(clock))
    source = PacedSource(recording, clock_ns=clock)
    source.open()
    return source


def test_frames_come_when_they_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    source = paced(Recording([0, 33, 100, 500], clock, decoding_ms=5), clock, monkeypatch)
    frames = [source.read() for _ in range(4)]
    first_ns = frames[0].captured_ns
    assert [(f.captured_ns - first_ns) // MS for f in frames] == [0, 33, 100, 500]
    assert [f.timestamp_ns // MS for f in frames] == [0, 33, 100, 500]
    assert source.read() is None
    assert source.is_live


def test_a_slow_reader_misses_frames_and_is_never_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    source = paced(Recording(list(range(0, 2000, 20)), clock), clock, monkeypatch)
    lags_ms, indices = [], []
    start_ns = None
    while (frame := source.read()) is not None:
        start_ns = frame.captured_ns if start_ns is None else start_ns
        lags_ms.append((frame.captured_ns - start_ns - frame.timestamp_ns) // MS)
        indices.append(frame.index)
        clock.now_ns += 200 * MS
    assert max(lags_ms) <= 50
    assert 8 <= len(indices) <= 12
    assert indices == sorted(set(indices))


def test_decoding_that_cannot_keep_up_plays_slower_and_drops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    recording = Recording(list(range(0, 2000, 20)), clock, decoding_ms=40)
    source = paced(recording, clock, monkeypatch)
    indices = []
    while (frame := source.read()) is not None:
        indices.append(frame.index)
    assert indices == list(range(100))


def test_a_short_hitch_is_made_up_for() -> None:
    pacer = Pacer()
    assert pacer.wait_s(0, 1000 * MS) == 0
    assert pacer.wait_s(20 * MS, 1060 * MS) == 0  # 40 ms late
    assert pacer.wait_s(100 * MS, 1070 * MS) == pytest.approx(0.030)


def test_a_long_hitch_sets_the_clock_back() -> None:
    pacer = Pacer()
    pacer.wait_s(0, 1000 * MS)
    assert pacer.wait_s(20 * MS, 2020 * MS) == 0  # 1 s late
    assert pacer.wait_s(40 * MS, 2030 * MS) == pytest.approx(0.010)


def test_closing_ends_a_read_that_waits() -> None:
    recording = Recording([0, 3_600_000])
    source = PacedSource(recording)
    source.open()
    assert source.read() is not None
    answers: list[Frame | None] = []
    reader = threading.Thread(target=lambda: answers.append(source.read()))
    reader.start()
    source.close()
    reader.join(10)
    assert not reader.is_alive()
    assert answers == [None]


def test_a_loop_goes_on_counting() -> None:
    source = LoopedSource(Recording([0, 30, 70]))
    source.open()
    frames = [source.read() for _ in range(8)]
    assert [f.index for f in frames] == list(range(8))
    assert [f.timestamp_ns // MS for f in frames] == [0, 30, 70, 110, 140, 180, 220, 250]
    assert source.frame_count is None


def test_a_loop_of_one_picture_has_rising_times() -> None:
    source = LoopedSource(Recording([0]))
    source.open()
    stamps = [source.read().timestamp_ns for _ in range(3)]
    assert stamps == sorted(set(stamps))


def test_a_closed_loop_is_not_opened_again() -> None:
    recording = Recording([0, 30])
    source = LoopedSource(recording)
    source.open()
    source.read()
    source.close()
    assert source.read() is None
    assert recording.opens == 1


def test_a_loop_of_nothing_ends() -> None:
    source = LoopedSource(Recording([]))
    source.open()
    assert source.read() is None


def test_pacing_changes_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    recording = Recording([0, 10], clock)
    source = paced(recording, clock, monkeypatch)
    plain = Recording([0, 10])
    plain.open()
    assert source.name == plain.name
    assert source.frame_count == 2
    mine, other = source.read(), plain.read()
    assert dataclasses.replace(mine, captured_ns=0).image is other.image
