"""When an engine fails, the next takes over; when a better one is ready, it takes over."""

import threading

import pytest

from app.inference.standby import Candidate, EngineChange, StandbyRegressor
from engines.errors import EngineUnavailable, SkipFrame, StageError

SOON_S = 30
"""For waits that end by an event; only a defect lets one run out."""


class Device:
    """An engine on a device that can be lost; says in which threads it was used."""

    def __init__(self, name):
        self.name = name
        self.opens = self.open_error = self.error = None
        self.hangs = None
        self.is_open = threading.Event()
        self.threads = set()
        self.closed = threading.Event()

    def open(self):
        self.threads.add(threading.get_ident())
        if self.opens is not None:
            assert self.opens.wait(SOON_S)
        if self.open_error is not None:
            raise self.open_error
        self.is_open.set()

    def regress(self, frame, detections):
        self.threads.add(threading.get_ident())
        if self.hangs is not None:
            assert self.hangs.wait(SOON_S)
        if self.error is not None:
            raise self.error
        return (self.name, frame)

    def close(self):
        self.threads.add(threading.get_ident())
        self.closed.set()


@pytest.fixture
def row():
    """Makes a regressor of devices; all is closed in the end."""
    made = []

    def make(*devices, hang_s=SOON_S, slow=()):
        changes = []
        candidates = [
            Candidate(
                device.name,
                lambda device=device: device,
                hang_s if device is not devices[-1] else None,
                patience_s=0 if device in slow else None,
            )
            for device in devices
        ]
        regressor = StandbyRegressor(candidates, changes.append)
        made.append(regressor)
        return regressor, changes

    yield make
    for regressor in made:
        regressor.close()


@pytest.fixture
def gpu():
    return Device("gpu")


@pytest.fixture
def cpu():
    return Device("cpu")


def test_the_best_one_runs(row, gpu, cpu):
    regressor, changes = row(gpu, cpu)
    regressor.open()
    assert regressor.regress(1, ()) == ("gpu", 1)
    assert regressor.current == "gpu"
    assert changes == [EngineChange("gpu", "")]


def test_the_next_one_is_open_before_it_is_needed(row, gpu, cpu):
    regressor, _ = row(gpu, cpu)
    regressor.open()
    assert cpu.is_open.wait(SOON_S)


@pytest.mark.parametrize(
    "error",
    [
        StageError("CUDA_ERROR_DEVICE_LOST"),
        StageError("out of memory"),
        RuntimeError("a defect"),
    ],
)
def test_a_failure_is_answered_by_the_next_one_in_the_same_call(row, gpu, cpu, error):
    regressor, changes = row(gpu, cpu)
    regressor.open()
    gpu.error = error
    assert regressor.regress(1, ()) == ("cpu", 1)
    assert changes[-1].name == "cpu"
    assert str(error) in changes[-1].reason
    assert gpu.closed.wait(SOON_S)
    assert regressor.regress(2, ()) == ("cpu", 2)
    assert len(changes) == 2


def test_one_that_hangs_is_left_behind(row, gpu, cpu):
    regressor, changes = row(gpu, cpu, hang_s=0.05)
    regressor.open()
    assert cpu.is_open.wait(SOON_S)
    gpu.hangs = threading.Event()
    assert regressor.regress(1, ()) == ("cpu", 1)
    assert changes[-1] == EngineChange("cpu", "gpu: no answer in 0.05 s", is_failure=True)
    gpu.hangs.set()
    assert gpu.closed.wait(SOON_S)  # by its own thread, once it answers


def test_one_that_cannot_be_opened_is_passed_over_and_told_of_once(row, gpu, cpu):
    gpu.open_error = EngineUnavailable("no driver")
    regressor, changes = row(gpu, cpu)
    regressor.open()
    assert regressor.regress(1, ()) == ("cpu", 1)
    assert changes == [
        EngineChange("cpu", ""),
        EngineChange("cpu", "gpu: no driver", is_failure=True),
    ]


def test_all_reasons_are_given_where_none_can_be_opened(row, gpu, cpu):
    gpu.open_error = EngineUnavailable("no driver")
    cpu.open_error = ValueError("defect")
    regressor, _ = row(gpu, cpu)
    with pytest.raises(EngineUnavailable, match=r"gpu: no driver; cpu: .*ValueError: defect"):
        regressor.open()


def test_all_reasons_are_given_when_the_last_one_fails(row, gpu, cpu):
    regressor, changes = row(gpu, cpu)
    regressor.open()
    gpu.error, cpu.error = StageError("lost"), StageError("broken")
    with pytest.raises(StageError, match="gpu: lost; cpu: broken"):
        regressor.regress(1, ())
    assert changes[-1].name == ""


def test_frames_are_skipped_while_the_next_one_opens(row, gpu, cpu, monkeypatch):
    monkeypatch.setattr("app.inference.standby.SWITCH_WITHIN_S", 0.05)
    cpu.opens = threading.Event()
    regressor, changes = row(gpu, cpu)
    regressor.open()
    gpu.error = StageError("lost")
    with pytest.raises(SkipFrame):
        regressor.regress(1, ())
    assert changes[-1].name == ""
    with pytest.raises(SkipFrame):
        regressor.regress(2, ())
    cpu.opens.set()
    assert cpu.is_open.wait(SOON_S)
    assert until_answered(regressor)[0] == "cpu"
    assert changes[-1] == EngineChange("cpu", "it is ready")


def until_answered(regressor, name=None):
    """Call until a candidate answers: its thread may need a moment from `is_open` to be chosen."""
    while True:
        try:
            answer = regressor.regress(0, ())
        except SkipFrame:
            continue
        if name is None or answer[0] == name:
            return answer


def test_the_next_best_runs_while_the_best_is_built(row, gpu, cpu):
    gpu.opens = threading.Event()
    regressor, changes = row(gpu, cpu, slow=(gpu,))
    regressor.open()
    assert regressor.regress(1, ()) == ("cpu", 1)
    gpu.opens.set()
    assert until_answered(regressor, "gpu")
    assert [change.name for change in changes] == ["cpu", "gpu"]


def test_a_build_that_fails_leaves_the_next_best(row, gpu, cpu):
    gpu.opens = threading.Event()
    gpu.open_error = EngineUnavailable("the disk is full")
    regressor, changes = row(gpu, cpu, slow=(gpu,))
    regressor.open()
    assert not regressor.can_retry  # it is being built
    gpu.opens.set()
    while len(changes) < 2:
        assert regressor.regress(1, ()) == ("cpu", 1)
    assert changes == [
        EngineChange("cpu", ""),
        EngineChange("cpu", "gpu: the disk is full", is_failure=True),
    ]
    assert regressor.can_retry


def test_what_failed_is_tried_again_on_request(row, gpu, cpu):
    regressor, changes = row(gpu, cpu)
    regressor.open()
    assert not regressor.can_retry
    gpu.error = StageError("lost")
    assert regressor.regress(1, ()) == ("cpu", 1)
    assert regressor.can_retry
    gpu.error = None
    assert regressor.regress(2, ()) == ("cpu", 2)  # not by itself
    regressor.retry()
    assert not regressor.can_retry
    assert until_answered(regressor, "gpu")
    assert not regressor.can_retry
    assert [change.name for change in changes] == ["gpu", "cpu", "gpu"]


def test_a_retry_that_fails_too_is_told_and_can_be_asked_for_again(row, gpu, cpu):
    regressor, changes = row(gpu, cpu)
    regressor.open()
    gpu.error = StageError("lost")
    regressor.regress(1, ())
    gpu.open_error = EngineUnavailable("still lost")
    regressor.retry()
    while len(changes) < 3:
        assert regressor.regress(2, ()) == ("cpu", 2)
    assert changes[-1] == EngineChange("cpu", "gpu: still lost", is_failure=True)
    assert regressor.can_retry


def test_each_is_opened_used_and_closed_on_one_thread(row, gpu, cpu):
    regressor, _ = row(gpu, cpu)
    regressor.open()
    regressor.regress(1, ())
    assert cpu.is_open.wait(SOON_S)
    regressor.close()
    regressor.close()
    assert gpu.closed.is_set()
    assert cpu.closed.is_set()
    assert len(gpu.threads) == len(cpu.threads) == 1
    assert gpu.threads != cpu.threads


def test_closing_ends_a_build(gpu, cpu):
    gpu.opens = threading.Event()
    best = Candidate("gpu", lambda: gpu, patience_s=0, cancel=gpu.opens.set)
    regressor = StandbyRegressor([best, Candidate("cpu", lambda: cpu)], lambda _change: None)
    regressor.open()
    regressor.close()
    assert gpu.closed.is_set()
    assert cpu.closed.is_set()
