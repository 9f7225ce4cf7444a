"""Every exported network is parsed and built by the real TensorRT-RTX, which needs no GPU for that."""

import pytest

from engines.errors import EngineUnavailable
from engines.expose.build_files import GPU_ONE_GRAPH, GPU_STAGES, ONE_GRAPH, STAGES
from engines.expose.export import export_graph
from engines.runtime.plan_cache import PlanCache
from engines.runtime.plans import open_plan, plan_job, run_plan_job
from engines.runtime.tensorrt_library import TENSORRT_RTX
from engines.runtime.tensorrt_network import load_plan
from tests.engines.expose.small import small_release

GRAPHS = (*STAGES, ONE_GRAPH, *GPU_STAGES[:3], *GPU_ONE_GRAPH)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TENSORRT_RTX.why_not is not None, reason=str(TENSORRT_RTX.why_not)),
]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return small_release(tmp_path_factory.mktemp("release"))


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.file)
def test_exported_network_becomes_a_plan(release, tmp_path, graph):
    path = tmp_path / graph.file
    export_graph(release, graph, path)
    shapes = {"frame": (720, 1280, 3)} if "frame" in graph.inputs else None
    job = plan_job(TENSORRT_RTX, path, tmp_path, precision="float32", gpu="", shapes=shapes)
    told = []
    run_plan_job(job, lambda *step: told.append(step) is None)
    plan = PlanCache(tmp_path).read(job.key)
    assert len(plan) > 10_000
    assert told
    assert all(0 < share <= 1 for _, share in told)


def test_a_damaged_plan_is_refused_and_built_once_more(release, tmp_path):
    """Without a GPU the fresh one is refused as well: what is seen is that the real library is asked, once each."""
    path = tmp_path / "merge.onnx"
    export_graph(release, STAGES[-1], path)
    job = plan_job(TENSORRT_RTX, path, tmp_path, precision="float32", gpu="")
    PlanCache(tmp_path).write(job.key, b"no plan at all, but whole")
    built = []

    def build(job):
        built.append(job)
        run_plan_job(job, lambda _phase, _share: True)

    try:
        open_plan(job, build, lambda plan: load_plan(TENSORRT_RTX, plan)).close()
    except EngineUnavailable as error:
        assert "a fresh plan of tensorrt-rtx is refused" in str(error)  # noqa: PT017  # right without a GPU only
    assert len(built) == 1


def test_a_build_can_be_ended(release, tmp_path):
    path = tmp_path / "merge.onnx"
    export_graph(release, STAGES[-1], path)
    job = plan_job(TENSORRT_RTX, path, tmp_path, precision="float32", gpu="")
    with pytest.raises(EngineUnavailable, match=r"merge\.onnx was not built"):
        run_plan_job(job, lambda _phase, _share: False)
    assert not PlanCache(tmp_path).has(job.key)
