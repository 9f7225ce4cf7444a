"""A runtime whose answers are off is refused, with the figure; the next one is used and that is said."""

import logging
import re

import numpy as np
import pytest

from engines.errors import EngineUnavailable
from engines.expose import engine
from engines.expose.agreement import (
    MOST_DEGREES,
    Agreement,
    angles_between,
    measure_agreement,
)
from engines.expose.backend import BodyAnswer, WholeBody
from engines.expose.build_files import STAGES, Build
from engines.expose.options import ExposeOptions
from engines.expose.verdicts import VERDICTS, agreement_of
from engines.runtime.catalog import REFERENCE, RUNTIMES
from tests.engines.expose.small import small_config

OPENVINO = next(runtime for runtime in RUNTIMES if runtime.name == "openvino")


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
        angle = 10 * (hands[0, 0] + vector[0]) + self.off.get("turn", 0)
        rotations = np.tile(turned(angle), (55, 1, 1))
        shape = np.full(10, self.off.get("shape", 0), np.float32)
        return WholeBody(rotations, shape, shape, 1.0, np.zeros(2, np.float32))

    def close(self):
        self.closed += 1


def turned(degrees):
    """How far an answer must be off for a rotation about z."""
    radians = np.radians(degrees)
    return np.array(
        [[np.cos(radians), -np.sin(radians), 0], [np.sin(radians), np.cos(radians), 0], [0, 0, 1]],
        np.float32,
    )


def measure(**off):
    return measure_agreement(Networks(**off), Networks(), small_config())


def test_equal_answers_agree():
    assert measure() == Agreement(0, 0, 0)
    assert measure().is_good


def test_angles_are_exact_where_they_are_small():
    for degrees in (1e-3, 0.3, 20.0, 179.0):
        pair = np.stack([turned(degrees)]), np.stack([np.eye(3)])
        assert np.degrees(angles_between(*pair)) == pytest.approx(degrees, rel=1e-3)


@pytest.mark.parametrize("step", ["body", "hands"])
def test_what_a_step_s_error_does_to_the_rotations_is_measured(step):
    """The error goes on its way through the steps behind it."""
    assert measure(**{step: 1e-4}).is_good
    agreement = measure(**{step: 0.3})
    assert agreement.degrees > MOST_DEGREES
    assert not agreement.is_good


def test_the_figures_are_the_errors():
    assert measure(turn=0.3).degrees == pytest.approx(0.3, rel=1e-3)
    assert measure(turn=0.3).is_good
    assert not measure(turn=0.6).is_good
    assert measure(boxes=1.5).pixels == pytest.approx(1.5, rel=1e-3)
    assert measure(boxes=1.5).is_good
    assert not measure(boxes=2.5).is_good
    assert measure(shape=0.04).coefficients == pytest.approx(0.04, rel=1e-3)
    assert not measure(shape=0.06).is_good


@pytest.mark.parametrize("step", ["body", "turn", "boxes", "shape"])
def test_what_is_not_a_number_is_refused(step):
    assert not measure(**{step: np.nan}).is_good


@pytest.fixture
def opened(monkeypatch):
    """Backends that `open_runtime` makes, by the title of their runtime; those of OpenVINO are off."""
    made = {}

    def make(_build, open_session):
        title = open_session.__self__.title
        backend = Networks(turn=0 if title == REFERENCE.title else 1.0)
        backend.provider = title
        made.setdefault(title, []).append(backend)
        return backend

    monkeypatch.setattr(engine, "SessionBackend", make)
    return made


@pytest.fixture
def build(tmp_path):
    for graph in STAGES:
        (tmp_path / graph.file).write_bytes(graph.name.encode())
    return Build(tmp_path)


needs_openvino = pytest.mark.skipif(OPENVINO.why_not is not None, reason="no OpenVINO")


@needs_openvino
def test_the_next_runtime_is_used_and_it_is_said(opened, build, caplog):
    with caplog.at_level(logging.INFO):
        backend = engine.open_runtime(build, small_config())
    assert backend.provider == REFERENCE.title
    assert backend.closed == 0
    assert [each.closed for each in opened["OpenVINO"]] == [1]
    text = r"not using OpenVINO: its answers to one frame are off those of ONNX Runtime by 1\D.*limits are 0\.5"
    assert re.search(text, caplog.text)


@needs_openvino
def test_a_runtime_asked_for_by_name_is_not_replaced(opened, build):
    with pytest.raises(
        EngineUnavailable, match=r"OpenVINO: .*off those of ONNX Runtime .*runtime=auto"
    ):
        engine.open_runtime(build, small_config(), "openvino")
    assert engine.open_runtime(build, small_config(), "onnxruntime").provider == "ONNX Runtime"


@needs_openvino
def test_the_verdict_is_kept_until_a_file_changes(opened, build):
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            engine.open_runtime(build, small_config(), "openvino")
    assert len(opened["OpenVINO"]) == len(opened[REFERENCE.title]) == 1
    build.path(STAGES[0]).write_bytes(b"another network")
    with pytest.raises(EngineUnavailable):
        engine.open_runtime(build, small_config(), "openvino")
    assert len(opened["OpenVINO"]) == 2


GOOD, BAD = Agreement(0.1, 0.1, 0.01), Agreement(9, 9, 9)


@pytest.mark.parametrize("damage", [b"", b"[1, 2]", b'{"x": {"degrees": 1}}', b"\xff\xfe"])
def test_a_damaged_file_of_verdicts_is_replaced(build, damage):
    (build.folder / VERDICTS).write_bytes(damage)
    assert agreement_of(build, REFERENCE, lambda: GOOD) == GOOD
    assert agreement_of(build, REFERENCE, lambda: BAD) == GOOD


def test_a_verdict_is_given_though_it_cannot_be_kept(build):
    (build.folder / VERDICTS).mkdir()
    assert agreement_of(build, REFERENCE, lambda: GOOD) == GOOD
    assert agreement_of(build, REFERENCE, lambda: BAD) == BAD
    assert sorted(path.name for path in build.folder.glob("unfinished*")) == []


def test_settings_know_every_runtime():
    known = ExposeOptions.__annotations__["runtime"].__args__
    assert set(known) == {
        "auto",
        *(runtime.name for runtime in RUNTIMES if runtime.device == "cpu"),
    }
