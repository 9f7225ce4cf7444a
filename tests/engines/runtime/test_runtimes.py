"""What every runtime in the catalog has to do."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engines.errors import EngineUnavailable, ModelError, StageError
from engines.runtime import catalog
from engines.runtime.catalog import REFERENCE, RUNTIMES, usable_runtimes
from engines.runtime.session import FEATURES
from engines.runtime.threads import thread_count

ON_CPU = [runtime for runtime in RUNTIMES if runtime.device == "cpu"]


@pytest.fixture(params=ON_CPU, ids=lambda runtime: runtime.name)
def runtime(request):
    if request.param.why_not is not None:
        pytest.skip(request.param.why_not)
    return request.param


@pytest.fixture
def network(tmp_path):
    """product = a @ b; chosen = a where `use`, else 0."""
    nodes = [
        helper.make_node("MatMul", ["a", "b"], ["product"]),
        helper.make_node("Where", ["use", "a", "nothing"], ["chosen"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [
            helper.make_tensor_value_info("a", TensorProto.FLOAT, [2, 3]),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, [3, 2]),
            helper.make_tensor_value_info("use", TensorProto.BOOL, [2, 1]),
        ],
        [
            helper.make_tensor_value_info("product", TensorProto.FLOAT, [2, 2]),
            helper.make_tensor_value_info("chosen", TensorProto.FLOAT, [2, 3]),
        ],
        [helper.make_tensor("nothing", TensorProto.FLOAT, [], [0.0])],
    )
    path = tmp_path / "small.onnx"
    # the file format's version that goes with the operator set: the newest is too new for ONNX Runtime
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)
    return path


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "a": rng.normal(size=(2, 3)).astype(np.float32),
        "b": rng.normal(size=(3, 2)).astype(np.float32),
        "use": np.array([[True], [False]]),
    }


def test_outputs_have_their_names(runtime, network):
    session = runtime.open(network, threads=1)
    given = inputs()
    outputs = session.run(given)
    assert np.allclose(outputs["product"], given["a"] @ given["b"], atol=1e-6)
    assert np.array_equal(outputs["chosen"], given["a"] * given["use"])
    session.close()


def test_the_caller_may_keep_the_outputs(runtime, network):
    session = runtime.open(network, threads=1)
    first = session.run(inputs(1))
    kept = first["product"].copy()
    session.run(inputs(2))
    assert np.array_equal(first["product"], kept)
    session.close()


def test_library_precision_and_threads_are_said(runtime, network):
    session = runtime.open(network, threads=2)
    assert runtime.title.removesuffix(" bfloat16") in session.provider
    assert f"{runtime.precision}, threads: 2" in session.provider
    session.close()
    default = runtime.open(network)
    assert f"threads: {thread_count()}" in default.provider
    default.close()


def test_wrong_inputs_are_named(runtime, network):
    session = runtime.open(network, threads=1)
    with pytest.raises(StageError, match=r"small\.onnx: cannot be run"):
        session.run(inputs() | {"a": np.zeros((5, 7), np.float32)})
    with pytest.raises(StageError, match=r"small\.onnx: cannot be run"):
        session.run({"x": np.zeros((2, 3), np.float32)})
    session.close()


def test_a_closed_session_says_so(runtime, network):
    session = runtime.open(network, threads=1)
    session.close()
    session.close()
    with pytest.raises(StageError, match="after close"):
        session.run(inputs())


def test_files_that_are_no_network_are_named(runtime, tmp_path):
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"not a network")
    for path in (damaged, tmp_path / "gone.onnx"):
        with pytest.raises(
            ModelError, match=rf"{path.name}: cannot be loaded \(.+\); build"
        ) as error:
            runtime.open(path)
        assert "\n" not in str(error.value)


def test_the_reference_is_always_usable():
    assert REFERENCE.why_not is None
    assert usable_runtimes("cpu")[-1] is REFERENCE
    assert usable_runtimes("toaster") == ()


def test_what_is_missing_is_named(monkeypatch):
    always_there = REFERENCE.package
    monkeypatch.setattr(catalog, "find_spec", lambda name: name if name == always_there else None)
    assert usable_runtimes("cpu") == (REFERENCE,)
    assert "pip install '.[openvino]'" in RUNTIMES[0].why_not


@pytest.fixture
def image_network(tmp_path):
    """features = a @ a; product = features @ b: as in the files of ExPose, `features` ends the image network."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["a", "a"], [FEATURES]),
            helper.make_node("MatMul", [FEATURES, "b"], ["product"]),
        ],
        "image network",
        [value("a", TensorProto.FLOAT, [8, 8]), value("b", TensorProto.FLOAT, [8, 8])],
        [value("product", TensorProto.FLOAT, [8, 8])],
    )
    path = tmp_path / "image_network.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), path
    )
    return path


def test_bfloat16_ends_at_the_features(image_network):
    """`b` keeps its last digits: 1 + 2^-12 is 1 in bfloat16."""
    runtime = next(each for each in RUNTIMES if each.precision == "bfloat16")
    if runtime.why_not is not None:
        pytest.skip(runtime.why_not)
    session = runtime.open(image_network, threads=1)
    fine = np.float32(1 + 2**-12)
    given = {"a": np.eye(8, dtype=np.float32), "b": np.full((8, 8), fine)}
    assert np.array_equal(session.run(given)["product"], given["b"])
    given = {"a": np.eye(8, dtype=np.float32) * fine, "b": np.eye(8, dtype=np.float32)}
    coarse = session.run(given)["product"]
    session.close()
    assert np.diag(coarse) == pytest.approx(1, abs=1e-2)
    assert not np.array_equal(coarse, given["a"] @ given["a"])


def test_a_processor_without_bfloat16_says_so(network, monkeypatch):
    openvino_session = pytest.importorskip("engines.runtime.openvino_session")
    monkeypatch.setattr(openvino_session, "_has_bfloat16", lambda _core: False)
    runtime = next(each for each in RUNTIMES if each.precision == "bfloat16")
    assert "no bfloat16" in runtime.why_not
    assert runtime not in usable_runtimes("cpu")
    with pytest.raises(EngineUnavailable, match="no bfloat16"):
        runtime.open(network)
