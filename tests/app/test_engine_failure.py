"""A session whose engine fails goes on with the next one, and says so."""

import numpy as np
import pytest

from app.config import AppConfig
from app.session import SessionPlan, create_session
from engines.catalog import Engine, Spare
from engines.errors import StageError


class Nobody:
    """A detector that finds nobody."""

    def open(self):
        pass

    def detect(self, frame):
        return ()

    def close(self):
        pass


class Regressor(Nobody):
    """One that works, up to a frame."""

    def __init__(self, fails_at=None):
        self.frames = []
        self.fails_at = fails_at

    def regress(self, frame, detections):
        if frame.index == self.fails_at:
            raise StageError("CUDA_ERROR_LAUNCH_FAILED")
        self.frames.append(frame.index)
        return ()


@pytest.fixture
def session_of(monkeypatch, open_body, tmp_path):
    """Makes a session of four pictures with an engine on a GPU, and lists the events."""
    import cv2

    for index in range(4):
        cv2.imwrite(str(tmp_path / f"{index}.png"), np.zeros((48, 64, 3), np.uint8))

    def make(regressor, *spares):
        rows = tuple(Spare("cpu", lambda spare=spare: spare) for spare in spares)
        engine = Engine("expose", "cuda", open_body, Nobody(), None, regressor, rows)
        monkeypatch.setattr("app.session.create_engine", lambda *_arguments: engine)
        events = []
        plan = SessionPlan(source=str(tmp_path), engine="expose", device="cuda")
        return create_session(plan, AppConfig(), events.append), events

    return make


def test_no_frame_is_lost_when_the_gpu_is(session_of):
    gpu, cpu = Regressor(fails_at=2), Regressor()
    session, events = session_of(gpu, cpu)
    with session.pipeline as pipeline:
        assert pipeline.wait(30)
    assert gpu.frames == [0, 1]
    assert cpu.frames == [2, 3]
    change = next(event for event in events if event.kind == "engine_changed")
    assert change.name == "expose on cpu"
    assert str(change.error) == "expose on cuda: CUDA_ERROR_LAUNCH_FAILED"


def test_an_engine_without_spares_ends_the_session(session_of):
    session, events = session_of(Regressor(fails_at=1))
    assert session.standby is None
    with pytest.raises(StageError, match="LAUNCH_FAILED"), session.pipeline as pipeline:
        pipeline.wait(30)
    assert [event.kind for event in events] == ["ended"]


def test_the_first_choice_is_no_event(session_of):
    session, events = session_of(Regressor(), Regressor())
    with session.pipeline as pipeline:
        assert pipeline.wait(30)
    assert [event.kind for event in events] == ["ended"]
