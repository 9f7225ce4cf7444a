"""Building, loading and binding, with a TensorRT that needs no GPU."""

import sys
import types

import numpy as np
import pytest

from engines.errors import EngineUnavailable, ModelError, StageError
from engines.runtime.tensorrt_build import build_plan
from engines.runtime.tensorrt_library import TENSORRT, TENSORRT_RTX
from engines.runtime.tensorrt_network import load_plan
from tests.engines.runtime.fake_tensorrt import SHAPES, fake_tensorrt

STREAM = types.SimpleNamespace(handle=77)


@pytest.fixture
def install(monkeypatch):
    """Gives one of the two libraries a module."""
    monkeypatch.setattr("engines.runtime.tensorrt_library.find_spec", lambda name: name)

    def put(library, module):
        monkeypatch.setitem(sys.modules, library.package, module)
        return module

    return put


@pytest.fixture(params=[TENSORRT, TENSORRT_RTX], ids=lambda library: library.name)
def library(request):
    return request.param


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "body.onnx"
    path.write_bytes(b"graph")
    return path


def test_a_build_is_strongly_typed_and_tells_how_far_it_is(install, library, network):
    trt = install(library, fake_tensorrt())
    told = []
    plan = build_plan(library, network, progress=lambda *step: told.append(step) is None)
    assert plan == b"plan of graph"
    assert ("network", 1 << 1) in trt.calls
    assert told == [("outer", 0.5), ("outer", 1.0)]  # inner phases are the library's own matter
    assert (("flag", "user allocation") in trt.calls) == (library is TENSORRT_RTX)


def test_a_library_without_the_flag_is_strongly_typed_by_itself(install, library, network):
    trt = install(library, fake_tensorrt(NetworkDefinitionCreationFlag=types.SimpleNamespace()))
    build_plan(library, network)
    assert ("network", 0) in trt.calls


def test_open_sizes_are_set(install, library, network):
    trt = install(library, fake_tensorrt())
    build_plan(library, network, shapes={"frame": (720, 1280, 3)})
    size = (720, 1280, 3)
    assert ("shape", "frame", size, size, size) in trt.calls
    assert ("profile",) in trt.calls


def test_a_build_can_be_ended(install, library, network):
    install(library, fake_tensorrt())
    with pytest.raises(EngineUnavailable, match=r"body\.onnx was not built"):
        build_plan(library, network, progress=lambda _phase, _share: False)


def test_a_graph_that_is_not_understood_is_named_with_all_reasons(install, library, network):
    install(library, fake_tensorrt())
    network.write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"body\.onnx: .*node0 is wrong; node1 is wrong"):
        build_plan(library, network)
    with pytest.raises(ModelError, match=r"gone\.onnx: no such file"):
        build_plan(library, network.with_name("gone.onnx"))


def test_no_gpu_to_build_on_is_said(install, library, network):
    install(library, fake_tensorrt(Builder=lambda _logger: None))
    with pytest.raises(EngineUnavailable, match="finds no usable GPU"):
        build_plan(library, network)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (fake_tensorrt("10.11.0"), r"10\.11\.0 is too old; 10\.12 is needed"),
        (types.ModuleType("tensorrt"), "cannot be loaded"),  # a package without its libraries
    ],
)
def test_what_keeps_a_library_from_use_is_said(install, module, reason):
    install(TENSORRT, module)
    with pytest.raises(EngineUnavailable, match=reason):
        TENSORRT.load()
    assert TENSORRT.why_not is not None


def test_a_missing_library_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setattr("engines.runtime.tensorrt_library.find_spec", lambda _name: None)
    assert "pip install '.[gpu]'" in TENSORRT_RTX.why_not


def test_tensors_are_bound_by_name_in_any_order(install, library):
    trt = install(library, fake_tensorrt())
    network = load_plan(library, b"plan")
    assert [tensor.name for tensor in network.inputs()] == ["crop", "start"]
    assert [tensor.name for tensor in network.outputs()] == ["vectors"]
    assert network.inputs()[0].shape == SHAPES["crop"]
    assert network.inputs()[0].dtype == np.float32
    addresses = {"vectors": 3, "start": 2, "crop": 1}
    for name, address in addresses.items():
        network.bind(name, address)
    network.enqueue(STREAM)
    assert trt.calls[-1] == ("enqueue", 77, addresses)
    network.close()
    network.close()


def test_what_the_library_refuses_is_an_error(install, library):
    install(library, fake_tensorrt())
    network = load_plan(library, b"plan")
    with pytest.raises(StageError, match="could not be started"):
        network.enqueue(STREAM)  # nothing is bound
    with pytest.raises(StageError, match="no tensor crops"):
        network.bind("crops", 1)
    with pytest.raises(StageError, match=r"start cannot have the shape \(1,\)"):
        network.set_shape("start", (1,))
    network.set_shape("start", (2, 5))
    assert network.inputs()[1].shape == (2, 5)
    network.close()
    with pytest.raises(StageError, match="after close"):
        network.enqueue(STREAM)


def test_a_refused_plan_gives_none(install, library):
    install(library, fake_tensorrt()).refused.add(b"of another GPU")
    assert load_plan(library, b"of another GPU") is None


def test_no_memory_for_a_context_is_said(install, monkeypatch):
    trt = install(TENSORRT, fake_tensorrt())
    engine = types.SimpleNamespace(create_execution_context=lambda: None)
    trt.Runtime = lambda _logger: types.SimpleNamespace(
        deserialize_cuda_engine=lambda _plan: engine
    )
    with pytest.raises(EngineUnavailable, match="no room on the GPU"):
        load_plan(TENSORRT, b"plan")


def test_compiled_kernels_are_kept_for_the_next_start(install, tmp_path):
    trt = install(TENSORRT_RTX, fake_tensorrt())
    kernels = tmp_path / "gpu.kernels"
    for content in (b"k", b"kk"):
        load_plan(TENSORRT_RTX, b"plan", kernels=kernels).close()
        assert kernels.read_bytes() == content
    assert ("kernels", b"k") in trt.calls
    load_plan(TENSORRT_RTX, b"plan", kernels=tmp_path / "gone" / "gpu.kernels").close()
    assert [path.name for path in tmp_path.iterdir()] == [kernels.name]
