"""Runtimes side by side: the same persons, every step, one after the other."""

import numpy as np
import pytest

from engines.errors import UsageError
from engines.expose.comparison import BASELINE, compare_runtimes, find_persons
from engines.expose.stage_costs import STEPS, Boxed, measure_steps
from engines.expose.stagewise import Stagewise
from engines.runtime.catalog import usable_runtimes
from engines.types import Camera, Detection, Frame
from tests.engines.expose.small import small_config
from tests.engines.expose.test_agreement import Networks

PERSON = Boxed(np.zeros((200, 150, 3), np.uint8), np.array([10.5, 20.5, 100.5, 180.5]))


class Counted(Networks):
    def __init__(self, log, name):
        super().__init__()
        self.log, self.name = log, name

    def body(self, crop, image_from_crop, side):
        self.log.append(self.name)
        return super().body(crop, image_from_crop, side)


def test_runtimes_take_turns_on_the_same_persons():
    log = []
    stages = {name: Stagewise(Counted(log, name), small_config()) for name in ("x", "y")}
    costs = measure_steps(stages, [PERSON, PERSON])
    assert log == ["x", "y"] * (len(log) // 2)
    assert {name: tuple(steps) for name, steps in costs.items()} == {"x": STEPS, "y": STEPS}
    for steps in costs.values():
        assert all(0 < cost.median_ms <= cost.p95_ms for cost in steps.values())


@pytest.mark.slow
def test_every_installed_runtime_is_compared(folder_a, built_a):
    told = []
    rows = compare_runtimes(folder_a, built_a.folder.parent, "cpu", [PERSON], told.append)
    titles = [runtime.title for runtime in usable_runtimes("cpu")]
    assert [row.name for row in rows] == [BASELINE, *titles]
    assert all(row.name.split()[0].lower() in row.provider.lower() for row in rows)
    assert all(row.steps["body"].cpu_ms > row.steps["merge"].cpu_ms for row in rows)
    assert "1 persons in" in told[-1]


class Detector:
    def __init__(self, *persons):
        self.persons, self.closed = persons, False

    def open(self):
        pass

    def detect(self, frame):
        return self.persons

    def close(self):
        self.closed = True


def test_persons_are_found_with_the_engine_s_boxes():
    frames = [Frame(k, k, k, PERSON.image, Camera.guess(150, 200)) for k in range(3)]
    detector = Detector(Detection(0, np.array([1, 2, 30, 40], np.float32), 0.9))
    persons = find_persons(detector, frames, 2)
    assert len(persons) == 2
    assert persons[0].box.tolist() == [1, 2, 30, 40]
    assert detector.closed
    with pytest.raises(UsageError, match="shows nobody"):
        find_persons(Detector(), frames, 2)
