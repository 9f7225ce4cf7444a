import threading

import numpy as np
import pytest

from app.calibrate.frames import Reading
from app.calibrate.watched import StepCancelled, WatchedSource
from engines.errors import CaptureError
from engines.types import Camera, Frame

WAIT_S = 10


def frame(index):
    return Frame(index, 0, index * 10**8, np.zeros((4, 4, 3), np.uint8), Camera.guess(4, 4))


class Stuck:
    """A live source that gives so many pictures and then none, until it is closed."""

    is_live = True
    name = "camera:9"
    frame_count = None

    def __init__(self, count, error=None):
        self.count = count
        self.error = error
        self.waits = threading.Event()
        self.closed = threading.Event()

    def open(self):
        pass

    def read(self):
        if self.count:
            self.count -= 1
            return frame(self.count)
        self.waits.set()
        assert self.closed.wait(WAIT_S)
        if self.error is not None:
            raise self.error
        return None

    def close(self):
        self.closed.set()


class Clip(Stuck):
    is_live = False

    def read(self):
        self.count -= 1
        return frame(self.count) if self.count >= 0 else None


def told(_progress):
    pass


def read_in_thread(watched):
    """Return the thread that reads a source to its end, and what will be in it: pictures, or the error."""
    result = []

    def work():
        try:
            result.extend(Reading(watched, told).frames())
        except (StepCancelled, CaptureError) as error:
            result.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, result


@pytest.mark.parametrize("error", [None, CaptureError("camera:9: closed")])
def test_a_read_that_waits_for_ever_is_ended_from_another_thread(error):
    shown = []
    source = Stuck(3, error)
    watched = WatchedSource(source, shown.append)
    thread, result = read_in_thread(watched)
    assert source.waits.wait(WAIT_S)
    watched.cancel()
    thread.join(WAIT_S)
    assert not thread.is_alive()
    assert isinstance(result[-1], StepCancelled)
    assert "nothing was changed" in str(result[-1])
    assert len(shown) == 3
    assert source.closed.is_set()


@pytest.mark.parametrize("error", [None, CaptureError("camera:9: closed")])
def test_what_has_been_seen_is_kept_when_it_is_enough(error):
    source = Stuck(3, error)
    watched = WatchedSource(source, lambda _frame: None)
    thread, result = read_in_thread(watched)
    assert source.waits.wait(WAIT_S)
    watched.finish()
    thread.join(WAIT_S)
    assert [each.index for each in result] == [2, 1, 0]


def test_a_clip_ends_at_the_next_picture():
    watched = WatchedSource(Clip(9), lambda shown: watched.finish() if shown.index == 6 else None)
    assert [each.index for each in Reading(watched, told).frames()] == [8, 7, 6]
    watched = WatchedSource(Clip(9), lambda _frame: watched.cancel())
    with pytest.raises(StepCancelled):
        list(Reading(watched, told).frames())


def test_a_step_that_is_cancelled_first_opens_nothing():
    watched = WatchedSource(Stuck(1), lambda _frame: None)
    watched.cancel()
    watched.finish()  # too late: it stays cancelled
    with pytest.raises(StepCancelled):
        watched.open()
    with pytest.raises(StepCancelled):
        watched.check()


def test_a_camera_that_fails_by_itself_is_no_cancellation():
    source = Stuck(0, CaptureError("camera:9: unplugged"))
    source.closed.set()
    with pytest.raises(CaptureError, match="unplugged"):
        list(Reading(WatchedSource(source, lambda _frame: None), told).frames())
