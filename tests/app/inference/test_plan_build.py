"""Plans are built in another process: progress, errors, crashes, cancelling, and two instances at once."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.inference.plan_build import WAITING, BuildStep, PlanBuilder
from engines.errors import EngineUnavailable
from engines.runtime.plan_cache import PlanCache, PlanKey
from engines.runtime.plans import PlanJob
from tests.app.inference import work

has_named_pipes = pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")


@pytest.fixture
def job(tmp_path):
    key = PlanKey("tensorrt", "11.4", "float16", "ab" * 32)
    return PlanJob("tensorrt", tmp_path / "body.onnx", tmp_path / "plans", key)


def test_a_plan_is_built_and_progress_is_told(job):
    told = []
    builder = PlanBuilder(lambda *step: told.append((*step, builder.step)), work.build)
    assert builder.step is None
    builder.build(job)
    assert PlanCache(job.folder).read(job.key) == b"plan"
    assert told == [("tactics", 0.5, BuildStep("body", 0.5))]
    assert builder.step is None


def test_an_error_of_the_build_is_raised_here(job):
    with pytest.raises(EngineUnavailable, match="the disk is full"):
        PlanBuilder(lambda *_step: None, work.fail).build(job)


def test_a_crash_is_an_error_and_not_ours(job):
    with pytest.raises(EngineUnavailable, match=r"body\.onnx: .* crashed \(exit code 42\)"):
        PlanBuilder(lambda *_step: None, work.crash).build(job)


def test_a_folder_in_the_way_is_named(job):
    job.folder.write_bytes(b"a file")
    with pytest.raises(EngineUnavailable, match="plans cannot be kept there"):
        PlanBuilder(lambda *_step: None, work.build).build(job)


@has_named_pipes
def test_a_build_can_be_cancelled(job):
    job.folder.mkdir()
    os.mkfifo(job.folder / "never")
    builder = PlanBuilder(lambda _what, _share: builder.cancel(), work.hang)
    with pytest.raises(EngineUnavailable, match="was cancelled"):
        builder.build(job)
    assert not PlanCache(job.folder).has(job.key)


@has_named_pipes
def test_two_instances_build_a_plan_once(job):
    """The second one waits for the lock; the first ends only when that was seen."""
    job.folder.mkdir()
    go = job.folder / "go"
    os.mkfifo(go)
    told = threading.Condition()
    steps = []

    def tell(what, _share):
        with told:
            steps.append(what)
            told.notify_all()

    with ThreadPoolExecutor(2) as threads:
        builds = [
            threads.submit(PlanBuilder(tell, work.build_with_another).build, job) for _ in range(2)
        ]
        with told:
            assert told.wait_for(lambda: {"has the lock", WAITING} <= set(steps), timeout=60)
        go.write_text("go")  # to the first
        with told:
            assert told.wait_for(lambda: steps.count("has the lock") == 2, timeout=60)
        go.write_text("go")  # to the second
        for build in builds:
            build.result(timeout=60)
    assert (job.folder / "builds").read_text() == "x"
    assert PlanCache(job.folder).read(job.key) == b"plan"
