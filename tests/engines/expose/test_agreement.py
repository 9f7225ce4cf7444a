"""A runtime whose answers are off is refused, with the figure; the next one is used and that is said."""

import logging

import numpy as np
import pytest

from engines.errors import EngineUnavailable
from engines.expose import engine
from engines.expose.agreement import check_agreement
from engines.expose.backend import BodyAnswer, WholeBody
from engines.expose.build_files import Build
from engines.expose.options import ExposeOptions
from engines.runtime.catalog import REFERENCE, RUNTIMES
from tests.engines.expose.small import small_config


class Networks:
    """Answers that depend on the inputs, and are off by a given amount in one step."""

    def __init__(self, **off):
        self.off = off
        self.provider = "a test"
        self.closed = 0

    def body(self, crop, image_from_crop, side):
        vector = np.full(341, crop.mean(), np.float32) + np.float32(self.off.get("body", 0))
        boxes = np.array([[60, 90, 20], [70, 90, 20], [64, 30, 30]], np.float32)
        boxes[0, 0] += self.off.get("boxes", 0)
        return BodyAnswer(vector, boxes, np.zeros((2, 109), np.float32), np.zeros(39, np.float32))

    def hands(self, crops, start):
        return start + crops.mean() + np.float32(self.off.get("hands", 0))

    def head(self, crop, start):
        return start + crop.mean() + np.float32(self.off.get("head", 0))

    def merge(self, vector, hands, head, use):
        rotations = np.tile(np.eye(3, dtype=np.float32), (55, 1, 1)) + hands[0, 0]
        rotations += np.float32(self.off.get("merge", 0))
        zero = np.zeros(10, np.float32)
        return WholeBody(rotations, zero, zero, 1.0, np.zeros(2, np.float32))

    def close(self):
        self.closed += 1


def test_equal_answers_agree():
    assert check_agreement(Networks(), Networks(), small_config()) == 0


def test_each_step_s_figure_is_its_own():
    assert check_agreement(Networks(hands=5e-4), Networks(), small_config()) == pytest.approx(
        5e-4, rel=0.1
    )


@pytest.mark.parametrize("step", ["body", "hands", "head", "merge"])
def test_a_step_that_is_off_is_refused_with_the_figure(step):
    with pytest.raises(
        EngineUnavailable, match=r"answers are \d\.\de-0[23] off .* 0\.001 is the limit"
    ):
        check_agreement(Networks(**{step: 0.01}), Networks(), small_config())
    with pytest.raises(EngineUnavailable, match="answers are nan off"):
        check_agreement(Networks(**{step: np.nan}), Networks(), small_config())


def test_pixels_are_measured_against_their_size():
    assert check_agreement(Networks(boxes=0.05), Networks(), small_config()) < 1e-3
    with pytest.raises(EngineUnavailable):
        check_agreement(Networks(boxes=0.5), Networks(), small_config())


@pytest.fixture
def opened(monkeypatch):
    """Backends that `open_runtime` makes, by the title of their runtime; OpenVINO's are off."""
    made = {}

    def make(_build, open_session):
        title = open_session.__self__.title
        made[title] = Networks(body=0 if title == REFERENCE.title else 0.02)
        made[title].provider = title
        return made[title]

    monkeypatch.setattr(engine, "SessionBackend", make)
    return made


def test_the_next_runtime_is_used_and_it_is_said(opened, tmp_path, caplog):
    with caplog.at_level(logging.INFO):
        backend = engine.open_runtime(Build(tmp_path), small_config())
    assert backend.provider == REFERENCE.title
    if RUNTIMES[0].why_not is None:
        assert opened["OpenVINO"].closed == 1
        assert "not using OpenVINO: OpenVINO: its answers are 2.0e-02 off" in caplog.text


def test_a_runtime_asked_for_by_name_is_not_replaced(opened, tmp_path):
    with pytest.raises(EngineUnavailable):
        engine.open_runtime(Build(tmp_path), small_config(), "openvino")
    assert (
        engine.open_runtime(Build(tmp_path), small_config(), "onnxruntime").provider
        == "ONNX Runtime"
    )


def test_settings_know_every_runtime():
    known = ExposeOptions.__annotations__["runtime"].__args__
    assert set(known) == {"auto", *(runtime.name for runtime in RUNTIMES)}
