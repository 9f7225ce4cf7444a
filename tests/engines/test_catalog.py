"""An engine on a GPU comes with one on the CPU to stand in, and with a place where its plans are built."""

from pathlib import Path

import pytest

from engines import catalog
from engines.catalog import EngineOptions, create_engine
from engines.errors import EngineUnavailable
from engines.expose import engine, gpu, usable
from engines.expose.options import ExposeOptions


@pytest.fixture
def created(monkeypatch, open_body):
    """What was asked of ExPose's factories, on a computer with a GPU."""
    calls = []

    def factory(device):
        def create(*arguments):
            calls.append((device, arguments))
            return open_body, f"regressor on {device}"

        return create

    monkeypatch.setattr(engine, "create_on_gpu", factory("cuda"))
    monkeypatch.setattr(engine, "create_on_cpu", factory("cpu"))
    monkeypatch.setattr(usable, "why_not", lambda _device, _options: None)
    return calls


def options(**changes):
    return EngineOptions(expose=ExposeOptions(checkpoint="data"), cache=Path("cache"), **changes)


def test_the_cpu_stands_in_for_the_gpu_and_is_made_when_it_is_needed(created):
    made = create_engine("expose", "cuda", options())
    assert made.regressor == "regressor on cuda"
    assert [device for device, _ in created] == ["cuda"]
    (spare,) = made.spares
    assert spare.device == "cpu"
    assert spare.create() == "regressor on cpu"


def test_nothing_stands_in_for_the_cpu(created):
    assert create_engine("expose", "cpu", options()).spares == ()


def test_plans_are_built_where_the_app_says(created):
    def build(_job):
        raise AssertionError

    create_engine("expose", "cuda", options(build_plan=build))
    create_engine("expose", "cuda", options())
    assert [arguments[-1] for _, arguments in created] == [build, gpu.build_here]


def test_all_reasons_are_given_where_nothing_can_be_used(monkeypatch):
    monkeypatch.setattr(catalog, "find_spec", lambda _name: None)
    with pytest.raises(
        EngineUnavailable, match=r"landmarks on cpu: the package mediapipe is missing"
    ):
        create_engine("landmarks", "auto", options())
    with pytest.raises(
        EngineUnavailable,
        match="engine magic: unknown; known are auto, expose, landmarks, expose-open",
    ):
        create_engine("magic", "auto", options())
