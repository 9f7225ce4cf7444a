"""Plans in the cache: what they are for, that they are whole, and what happens to those that are not."""

import dataclasses
import errno
import os
import sys

import pytest

from engines.errors import EngineUnavailable
from engines.runtime.plan_cache import PlanCache, PlanKey, digest_of
from engines.runtime.plans import open_plan, plan_job, run_plan_job
from engines.runtime.tensorrt_library import TENSORRT, TENSORRT_RTX
from tests.engines.runtime.fake_tensorrt import fake_tensorrt

KEY = PlanKey("tensorrt", "11.4.0.106", "float16", "ab" * 32, gpu="NVIDIA H200 sm90")


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "body.onnx"
    path.write_bytes(b"graph")
    return path


@pytest.fixture
def job(network, tmp_path, monkeypatch):
    monkeypatch.setattr("engines.runtime.tensorrt_library.find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt())
    return plan_job(TENSORRT, network, tmp_path / "plans", precision="float16", gpu="H200")


class Library:
    """Loads plans, but for those it refuses; builds fresh ones."""

    def __init__(self, *refused):
        self.refused = refused
        self.built = 0

    def build(self, job):
        self.built += 1
        PlanCache(job.folder).write(job.key, b"fresh %d" % self.built)

    def load(self, plan):
        return None if plan in self.refused else plan


@pytest.mark.parametrize(
    "change",
    [
        {"library": "tensorrt-rtx"},
        {"version": "11.4.0.107"},
        {"precision": "float32"},
        {"network": "cd" * 32},
        {"gpu": "NVIDIA RTX 4090 sm89"},
        {"shapes": {"frame": (720, 1280, 3)}},
        {"system": "Other"},
        {"machine": "other"},
    ],
)
def test_whatever_a_plan_depends_on_is_in_its_name(change):
    assert dataclasses.replace(KEY, **change).name != KEY.name


def test_names_are_good_for_every_file_system():
    name = dataclasses.replace(KEY, gpu="NVIDIA/RTX: 4090 (8 GB)*").name
    assert not set(name) & set('/\\:*?"<>| ()')
    assert len(name) < 200


def test_only_tensorrt_plans_are_for_one_gpu(network, tmp_path, monkeypatch):
    monkeypatch.setattr("engines.runtime.tensorrt_library.find_spec", lambda name: name)
    for library in (TENSORRT, TENSORRT_RTX):
        monkeypatch.setitem(sys.modules, library.package, fake_tensorrt())
        job = plan_job(library, network, tmp_path, precision="float16", gpu="H200")
        assert ("H200" in job.key.name) == (library is TENSORRT)
        assert digest_of(network)[:16] in job.key.name


def test_a_plan_comes_back_whole(tmp_path):
    cache = PlanCache(tmp_path / "new" / "folder")
    assert cache.read(KEY) is None
    cache.write(KEY, b"plan" * 1000)
    assert cache.read(KEY) == b"plan" * 1000
    assert [path.name for path in cache.folder.iterdir()] == [cache.path(KEY).name]


@pytest.mark.parametrize("keep", [0, 10, 32, 2000])
def test_a_plan_cut_off_is_deleted(tmp_path, keep):
    cache = PlanCache(tmp_path)
    cache.write(KEY, b"plan" * 1000)
    path = cache.path(KEY)
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.read(KEY) is None
    assert not path.exists()


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineUnavailable, match="No space left on device"):
        PlanCache(tmp_path).write(KEY, b"plan")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "plans").write_bytes(b"a file in the way")
    with pytest.raises(
        EngineUnavailable, match=r"plans.* cannot be kept .*make the folder writable"
    ):
        PlanCache(tmp_path / "plans").write(KEY, b"plan")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="may write everywhere")
def test_a_folder_without_permission_is_said(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(EngineUnavailable, match="Permission denied"):
            PlanCache(tmp_path).write(KEY, b"plan")
    finally:
        tmp_path.chmod(0o700)


def test_a_plan_that_cannot_be_read_is_said(tmp_path):
    cache = PlanCache(tmp_path)
    cache.path(KEY).mkdir()
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        cache.read(KEY)


def test_a_job_is_done_once(job):
    told = []
    run_plan_job(job, lambda *step: told.append(step) is None)
    assert PlanCache(job.folder).read(job.key) == b"plan of graph"
    steps = len(told)
    run_plan_job(job, lambda *step: told.append(step) is None)
    assert len(told) == steps > 0


def test_what_is_in_the_cache_is_not_built(job):
    PlanCache(job.folder).write(job.key, b"kept")
    library = Library()
    assert open_plan(job, library.build, library.load) == b"kept"
    assert library.built == 0


def test_a_missing_plan_is_built(job):
    library = Library()
    assert open_plan(job, library.build, library.load) == b"fresh 1"


def test_a_refused_plan_is_built_once_more(job):
    PlanCache(job.folder).write(job.key, b"of another GPU")
    library = Library(b"of another GPU")
    assert open_plan(job, library.build, library.load) == b"fresh 1"
    assert library.built == 1
    assert PlanCache(job.folder).read(job.key) == b"fresh 1"


def test_a_damaged_plan_is_built_once_more(job):
    cache = PlanCache(job.folder)
    cache.write(job.key, b"kept")
    path = cache.path(job.key)
    path.write_bytes(path.read_bytes()[:-2])
    library = Library()
    assert open_plan(job, library.build, library.load) == b"fresh 1"


def test_a_fresh_plan_that_is_refused_is_not_built_again_and_again(job):
    library = Library(b"fresh 1", b"fresh 2")
    with pytest.raises(EngineUnavailable, match="a fresh plan of tensorrt is refused"):
        open_plan(job, library.build, library.load)
    assert library.built == 1
