import numpy as np

from engines.expose.sparing_detector import SparingDetector
from engines.types import Camera, Detection, Frame


class Counted:
    def __init__(self):
        self.asked = []
        self.persons = ()
        self.opened = self.closed = 0

    def open(self):
        self.opened += 1

    def detect(self, frame):
        self.asked.append(frame.index)
        return self.persons

    def close(self):
        self.closed += 1


def frame(index):
    return Frame(index, index, index, np.zeros((4, 4, 3), np.uint8), Camera.guess(4, 4))


PERSON = Detection(3, np.array([0, 0, 2, 2], np.float32), 0.5)


def test_persons_are_looked_for_on_every_third_frame():
    inner = Counted()
    detector = SparingDetector(inner, 3)
    detector.open()
    inner.persons = (PERSON,)
    held = [detector.detect(frame(k))[0].held for k in range(7)]
    assert inner.asked == [0, 3, 6]
    assert held == [False, True, True, False, True, True, False]
    detector.close()
    assert (inner.opened, inner.closed) == (1, 1)


def test_while_nobody_is_there_every_frame_is_searched():
    inner = Counted()
    detector = SparingDetector(inner, 3)
    for k in range(4):
        assert detector.detect(frame(k)) == ()
    inner.persons = (PERSON,)
    assert detector.detect(frame(4)) == (PERSON,)
    inner.persons = ()
    assert detector.detect(frame(5))[0].held
    assert detector.detect(frame(6))[0].held
    assert detector.detect(frame(7)) == ()
    assert inner.asked == [0, 1, 2, 3, 4, 7]


def test_every_frame_is_the_rule():
    inner = Counted()
    inner.persons = (PERSON,)
    detector = SparingDetector(inner, 1)
    assert [detector.detect(frame(k))[0].held for k in range(3)] == [False] * 3
