"""Weights of ONNX files in fewer bits: each is turned back to single precision once, when a runtime loads the file."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_SMALL: Final = 256
"""Constants of fewer numbers stay in single precision: they are shapes and factors, not weights."""
_LEVELS: Final = 127


def halve(model: onnx.ModelProto, wanted: Callable[[str], bool] = lambda _name: True) -> None:
    """Store wanted weights in float16, each turned back by a Cast of its own."""
    nodes = []
    for weight in _weights(model, wanted):
        numbers = numpy_helper.to_array(weight)
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(numbers.astype(np.float16), f"{name}_half"))
        nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    _put_first(model, nodes)


def quantise(model: onnx.ModelProto, wanted: Callable[[str], bool]) -> None:
    """Store wanted weights in int8 with a scale for each output channel (the first axis), zero in the middle."""
    nodes = []
    for weight in _weights(model, wanted):
        name = weight.name
        levels, scale = _quantised(numpy_helper.to_array(weight))
        weight.CopyFrom(numpy_helper.from_array(levels, f"{name}_int8"))
        model.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        nodes += [
            helper.make_node("Cast", [f"{name}_int8"], [f"{name}_levels"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_levels", f"{name}_scale"], [name]),
        ]
    _put_first(model, nodes)


def weights_of(model: onnx.ModelProto, operators: Iterable[str]) -> frozenset[str]:
    """Return the names of constants that such operators take as weights."""
    kinds = frozenset(operators)
    return frozenset(node.input[1] for node in model.graph.node if node.op_type in kinds)


def _quantised(numbers: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    axes = tuple(range(1, numbers.ndim))
    largest = np.abs(numbers).max(axis=axes, keepdims=True)
    scale = np.maximum(largest, np.finfo(np.float32).tiny * _LEVELS) / _LEVELS
    return np.round(numbers / scale).astype(np.int8), scale.astype(np.float32)


def _weights(model: onnx.ModelProto, wanted: Callable[[str], bool]) -> list[Any]:
    return [
        weight
        for weight in model.graph.initializer
        if weight.data_type == TensorProto.FLOAT
        and np.prod(weight.dims) >= _SMALL
        and wanted(weight.name)
    ]


def _put_first(model: onnx.ModelProto, nodes: list[Any]) -> None:
    for node in reversed(nodes):
        model.graph.node.insert(0, node)
