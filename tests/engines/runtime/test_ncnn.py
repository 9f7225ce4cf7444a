"""Networks converted for ncnn answer as in ONNX Runtime."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engines.errors import EngineUnavailable, ModelError, StageError
from engines.runtime.ncnn_files import NcnnFiles
from engines.runtime.onnxruntime_session import OnnxRuntimeSession
from engines.runtime.session import FEATURES

ncnn_session = pytest.importorskip("engines.runtime.ncnn_session", reason="no ncnn")
NcnnSession = ncnn_session.NcnnSession

NODES = [
    ("Conv", ["crops", "stem", "stem_bias"], "a", {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("Relu", ["a"], "b", {}),  # the only reader: becomes part of the convolution
    ("MaxPool", ["b"], "pooled", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("Conv", ["pooled", "block"], "c", {"strides": [1, 1], "pads": [1, 1, 1, 1]}),
    ("Add", ["c", "pooled"], "sum", {}),
    ("Relu", ["sum"], "d", {}),  # of no convolution, and with three readers
    ("Conv", ["d", "narrow"], "e", {"strides": [2, 2], "pads": [0, 0, 0, 0]}),
    ("Resize", ["e", "", "twice"], "f", {
        "mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric",
    }),
    ("Concat", ["d", "f", "d"], "g", {"axis": 1}),
    ("ReduceMean", ["g", "axes"], FEATURES, {"keepdims": 0}),
    ("Concat", [FEATURES, "start"], "h", {"axis": 1}),
    ("MatMul", ["h", "last"], "vectors", {}),
]  # fmt: skip
"""Every operator of ExPose's networks, with maps that several nodes read."""


def write_network(path, nodes=NODES):
    rng = np.random.default_rng(3)
    arrays = {
        "stem": rng.normal(size=(8, 3, 3, 3)) / 3,
        "stem_bias": rng.normal(size=8),
        "block": rng.normal(size=(8, 8, 3, 3)) / 8,
        "narrow": rng.normal(size=(4, 8, 1, 1)) / 3,
        "twice": np.array([1, 1, 2, 2]),
        "last": rng.normal(size=(22, 5)) / 5,
    }
    weights = [
        numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()
    ]
    weights.append(numpy_helper.from_array(np.array([2, 3]), "axes"))
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node(kind, given, [out], **settings) for kind, given, out, settings in nodes],
        "small",
        [
            value("crops", TensorProto.FLOAT, [2, 3, 32, 32]),
            value("start", TensorProto.FLOAT, [2, 2]),
        ],
        [value("vectors", TensorProto.FLOAT, [2, 5])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, path)
    return path


@pytest.fixture
def network(tmp_path):
    return write_network(tmp_path / "hands.onnx")


def inputs():
    rng = np.random.default_rng(4)
    return {
        "crops": rng.normal(size=(2, 3, 32, 32)).astype(np.float32),
        "start": rng.normal(size=(2, 2)).astype(np.float32),
    }


def answer_of(session):
    vectors = session.run(inputs())["vectors"]
    session.close()
    return vectors


def test_it_answers_as_onnx_runtime_does(network):
    want = answer_of(OnnxRuntimeSession(network, threads=1))
    assert np.abs(want).max() > 0.1
    assert np.allclose(answer_of(NcnnSession(network, threads=1)), want, atol=1e-5)


def test_a_network_is_converted_once(network, monkeypatch):
    first = answer_of(NcnnSession(network, threads=1))
    monkeypatch.setattr(ncnn_session, "_convert", None)
    assert np.array_equal(answer_of(NcnnSession(network, threads=1)), first)
    assert not list(network.parent.glob("unfinished*"))


@pytest.mark.parametrize("size", [0, 100, -100])
def test_weights_cut_off_are_made_anew(network, size):
    first = answer_of(NcnnSession(network, threads=1))
    weights = NcnnFiles(network).weights
    whole = weights.read_bytes()
    weights.write_bytes(whole[:size])
    assert np.array_equal(answer_of(NcnnSession(network, threads=1)), first)
    assert weights.read_bytes() == whole


def test_weights_that_stay_damaged_are_named(network, monkeypatch):
    monkeypatch.setattr(ncnn_session, "_load", lambda _files, _threads: None)
    with pytest.raises(ModelError, match=r"hands\.ncnn\.bin: damaged"):
        NcnnSession(network)


def test_an_operator_that_is_not_known_is_named(tmp_path):
    nodes = [("Tanh", ["d"], "t", {}) if node[2] == "e" else node for node in NODES]
    nodes = [("Concat", ["d", "t", "d"], "g", {"axis": 1}) if n[2] == "g" else n for n in nodes]
    path = write_network(tmp_path / "hands.onnx", [node for node in nodes if node[2] != "f"])
    with pytest.raises(EngineUnavailable, match="the operator Tanh is not known"):
        NcnnSession(path)
    assert [each.name for each in tmp_path.glob("*ncnn*")] == []


def test_files_that_cannot_be_written_are_named(network):
    NcnnFiles(network).weights.mkdir()
    with pytest.raises(EngineUnavailable, match=r"hands\.ncnn.* cannot be written"):
        NcnnSession(network)


def test_without_what_converts_it_is_said(network, monkeypatch):
    monkeypatch.setattr(ncnn_session, "find_spec", lambda _name: None)
    with pytest.raises(EngineUnavailable, match="the package onnx is missing"):
        NcnnSession(network)


def test_wrong_pictures_are_an_error(network):
    session = NcnnSession(network, threads=1)
    with pytest.raises(StageError, match=r"hands\.onnx: cannot be run"):
        session.run({"start": inputs()["start"]})
    with pytest.raises(StageError, match=r"hands\.onnx: cannot be run"):
        session.run(inputs() | {"crops": np.zeros((3, 32, 32), np.float32)})
    session.close()
    with pytest.raises(StageError, match="after close"):
        session.run(inputs())
