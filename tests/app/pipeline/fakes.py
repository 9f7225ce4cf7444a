"""Sources, stages and sinks that tests hold by a string: no time passes, nothing sleeps."""

import threading
from dataclasses import replace

import numpy as np

from engines.errors import SkipFrame
from engines.types import Camera, Detection, Frame

TIMEOUT_S = 10.0
"""After this long a test that waits has failed."""

CAMERA = Camera.guess(8, 6)


def frame(index: int, captured_ns: int = 0) -> Frame:
    image = np.full((6, 8, 3), index % 256, np.uint8)
    return Frame(index, captured_ns, index * 33_000_000, image, CAMERA)


def wait_for(event: threading.Event) -> None:
    assert event.wait(TIMEOUT_S), "nothing happened in time"


class Clock:
    """Nanoseconds that pass only when told; never back, from any thread."""

    def __init__(self):
        self.now_ns = 0

    def __call__(self):
        return self.now_ns


class Recorded:
    """Notes on which threads it was opened, used and closed."""

    def __init__(self, name="fake", *, fail_open=None, fail_close=None):
        self.name = name
        self.calls = []
        self.threads = set()
        self.fail_open = fail_open
        self.fail_close = fail_close

    def note(self, call):
        self.calls.append(call)
        self.threads.add(threading.get_ident())

    def open(self):
        self.note("open")
        if self.fail_open:
            raise self.fail_open

    def close(self):
        self.note("close")
        if self.fail_close:
            raise self.fail_close


class Source(Recorded):
    """`count` frames, then the end. `read_hook(index)` runs first: it may wait, fail or skip."""

    is_live = False

    def __init__(self, count, *, read_hook=None, clock=None, indices=None, **kwargs):
        super().__init__(kwargs.pop("name", "fake source"), **kwargs)
        self.indices = list(range(count)) if indices is None else indices
        self.read_hook = read_hook
        self.clock = clock or (lambda: 0)
        self.position = 0

    @property
    def frame_count(self):
        return len(self.indices)

    def read(self):
        self.threads.add(threading.get_ident())
        if self.position == len(self.indices):
            return None
        index = self.indices[self.position]
        self.position += 1
        if self.read_hook:
            self.read_hook(index)
        return frame(index, self.clock())


class BlockedSource(Recorded):
    """A read that returns only when the source is closed, or never."""

    is_live = True
    frame_count = None

    def __init__(self, *, heeds_close=True):
        super().__init__("blocked source")
        self.reading = threading.Event()
        self.released = threading.Event()
        self.heeds_close = heeds_close

    def read(self):
        self.reading.set()
        self.released.wait()
        raise OSError("the device is gone")

    def close(self):
        super().close()
        if self.heeds_close:
            self.released.set()


class Stage(Recorded):
    """Adds one detection; `hook(index)` runs first: it may wait, fail or skip."""

    def __init__(self, name="stage", *, hook=None, **kwargs):
        super().__init__(name, **kwargs)
        self.hook = hook
        self.seen = []

    def process(self, packet):
        self.threads.add(threading.get_ident())
        index = packet.frame.index
        if self.hook:
            self.hook(index)
        self.seen.append(index)
        box = np.full(4, 10.0 * len(packet.detections) + index, np.float32)
        return replace(packet, detections=(*packet.detections, Detection(index, box, 1.0)))


class Sink(Recorded):
    """Keeps packets; `hook(index)` runs first."""

    def __init__(self, name="sink", *, delivery="every", hook=None, **kwargs):
        super().__init__(name, **kwargs)
        self.delivery = delivery
        self.hook = hook
        self.packets = []
        self.got = threading.Condition()
        self.is_closed = threading.Event()

    def consume(self, packet):
        self.threads.add(threading.get_ident())
        if self.hook:
            self.hook(packet.frame.index)
        with self.got:
            self.packets.append(packet)
            self.got.notify_all()

    @property
    def indices(self):
        return [packet.frame.index for packet in self.packets]

    def close(self):
        super().close()
        self.is_closed.set()

    def wait_for_index(self, index):
        with self.got:
            assert self.got.wait_for(lambda: index in self.indices, TIMEOUT_S)


class Gate:
    """Holds threads that pass by until it is opened; `reached` is set when the first is there."""

    def __init__(self, at=None):
        self.at = at
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, index):
        if self.at is None or index == self.at:
            self.reached.set()
            wait_for(self.opened)


def skip_odd(index):
    if index % 2:
        raise SkipFrame
