"""Weights straight from ONNX files."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engines.errors import ModelError
from engines.landmarks.lifter import MODEL, Lifter
from engines.model_store import model_path
from engines.runtime.onnx_weights import HALF, read_weights


def test_reads_what_the_library_reads() -> None:
    path = model_path(MODEL)
    wanted = {
        tensor.name.removesuffix(HALF): numpy_helper.to_array(tensor)
        for tensor in onnx.load(path).graph.initializer
        if tensor.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16)
    }
    found = read_weights(path)
    assert found.keys() == wanted.keys()
    assert all(np.array_equal(found[name], wanted[name].astype(np.float32)) for name in wanted)


@pytest.mark.parametrize("kept", [10, 1_000, 100_000, 2_000_000])
def test_a_file_cut_short_is_damaged(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "lifter.onnx"
    path.write_bytes(model_path(MODEL).read_bytes()[:kept])
    with pytest.raises(ModelError, match="get it again"):
        read_weights(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        read_weights(tmp_path / "nowhere.onnx")


def test_another_network_is_no_lifter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.onnx"
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "other", [], [])
    graph.initializer.append(numpy_helper.from_array(np.eye(3, dtype=np.float32), "x"))
    onnx.save(helper.make_model(graph), path)
    monkeypatch.setattr("engines.landmarks.lifter.model_path", lambda name: path)
    with pytest.raises(ModelError, match="not a lifter"):
        Lifter().open()
