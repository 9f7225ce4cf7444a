"""From an ONNX file to files for ncnn: the image network in ncnn's own format, the rest as a small ONNX file.

ncnn's format: a text with one line a layer (kind, name, inputs, outputs, numbered settings), and a file of weights.
Only the operators of the networks of `engines.expose` are known. Needs the package onnx.
"""

from collections import Counter
from typing import Any, BinaryIO, Final

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # has no types
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from engines.errors import EngineUnavailable, ModelError
from engines.runtime.ncnn_files import LAST, NcnnFiles
from engines.runtime.session import FEATURES
from engines.whole_files import renamed_when_done

_MAGIC: Final = 7767517
_RAW_FLOATS: Final = bytes(4)


def convert(files: NcnnFiles) -> bool:
    """Write the files of a network, and return True; False for one that has no image network.

    Raises:
        ModelError: the network is missing or damaged.
        EngineUnavailable: it has an operator that is not known here, or the files cannot be written.
    """
    try:
        model = onnx.load(files.network, load_external_data=False)
    except (OSError, DecodeError) as error:
        raise ModelError(f"{files.network}: cannot be loaded ({error}); build it again") from error
    nodes = list(model.graph.node)
    end = next((k for k, node in enumerate(nodes) if FEATURES in node.output), None)
    if end is None:
        return False
    image, others = _split(nodes[:end], nodes[end].input[0])
    try:
        with renamed_when_done(files.rest) as path:
            onnx.save(_rest(model, [*others, *nodes[end + 1 :]]), path)
        with (
            renamed_when_done(files.layers) as path,
            renamed_when_done(files.weights) as weights,
        ):
            with weights.open("wb") as file:
                lines = _ImageNetwork(model, image, nodes[end].input[0], file).lines()
            path.write_text("\n".join(lines) + "\n", encoding="ascii")
    except OSError as error:
        raise EngineUnavailable(
            f"{files.layers}: cannot be written ({error.strerror}); free the disk, or make the folder writable"
        ) from error
    return True


def _split(nodes: list[Any], last: str) -> tuple[list[Any], list[Any]]:
    """Return the nodes that a tensor depends on, and the others but for constants: tools may mix their order."""
    needed, image, others = {last}, [], []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input)
            image.append(node)
        elif node.op_type != "Constant":
            others.append(node)
    return image[::-1], others[::-1]


def _rest(model: Any, nodes: list[Any]) -> Any:
    """Return the part of a model after its features, which become an input."""
    graph = model.graph
    read = {name for node in nodes for name in node.input} | {each.name for each in graph.output}
    made = {name for node in nodes for name in node.output}
    constants = [
        node for node in graph.node if node.op_type == "Constant" and node.output[0] in read - made
    ]
    inputs = [each for each in graph.input if each.name in read]
    inputs.append(helper.make_tensor_value_info(FEATURES, onnx.TensorProto.FLOAT, None))
    weights = [each for each in graph.initializer if each.name in read]
    rest = helper.make_graph([*constants, *nodes], "rest", inputs, graph.output, weights)
    return helper.make_model(
        rest,
        opset_imports=model.opset_import,
        ir_version=model.ir_version,
        functions=model.functions,
    )


class _ImageNetwork:
    """The nodes of an image network, as lines of ncnn's text."""

    def __init__(self, model: Any, nodes: list[Any], last: str, weights: BinaryIO) -> None:
        self._arrays: dict[str, Any] = {each.name: each for each in model.graph.initializer}
        self._arrays |= {
            node.output[0]: helper.get_attribute_value(node.attribute[0])
            for node in nodes
            if node.op_type == "Constant"
        }
        self._nodes = [node for node in nodes if node.op_type != "Constant"]
        self._weights = weights
        read = [name for node in self._nodes for name in node.input if name not in self._arrays]
        self._readers = Counter([*filter(None, read), last])
        made = {name for node in self._nodes for name in node.output}
        self._starts = sorted(set(self._readers) - made)
        self._renamed = {last: LAST}
        self._taken: Counter[str] = Counter()
        self._lines: list[str] = []
        self._blobs = 0

    def lines(self) -> list[str]:
        """Write the weights, and return the text."""
        for name in self._starts:
            self._add("Input", [], name, ())
        with_relu = self._convolutions_with_relu()
        for node in self._nodes:
            if node.op_type == "Relu" and node.input[0] in with_relu:
                continue
            output = with_relu.get(node.output[0], node.output[0])
            inputs = [name for name in node.input if name and name not in self._arrays]
            settings = self._settings(node)
            if output != node.output[0]:
                settings = (*settings, "9=1")
            self._add(_KINDS[node.op_type], inputs, output, settings)
        return [str(_MAGIC), f"{len(self._lines)} {self._blobs}", *self._lines]

    def _convolutions_with_relu(self) -> dict[str, str]:
        """Return output of a convolution -> output of the ReLU that alone reads it."""
        convolutions = {node.output[0] for node in self._nodes if node.op_type == "Conv"}
        return {
            node.input[0]: node.output[0]
            for node in self._nodes
            if node.op_type == "Relu"
            and node.input[0] in convolutions
            and self._readers[node.input[0]] == 1
        }

    def _add(self, kind: str, inputs: list[str], output: str, settings: tuple[str, ...]) -> None:
        """Add a layer; what several read is split after it, as ncnn wants it."""
        self._line(kind, output, [self._part(name) for name in inputs], [output], settings)
        count = self._readers[output]
        if count > 1:
            parts = [f"{output}.{k}" for k in range(count)]
            self._line("Split", f"{output}.split", [output], parts, ())

    def _part(self, name: str) -> str:
        """Return the next part of a map that several read, or the map."""
        if self._readers[name] == 1:
            return name
        self._taken[name] += 1
        return f"{name}.{self._taken[name] - 1}"

    def _line(
        self, kind: str, name: str, inputs: list[str], outputs: list[str], settings: tuple[str, ...]
    ) -> None:
        outputs = [self._renamed.get(each, each) for each in outputs]
        counts = (str(len(inputs)), str(len(outputs)))
        self._lines.append(
            " ".join([kind, f"{kind}_{name}", *counts, *inputs, *outputs, *settings])
        )
        self._blobs += len(outputs)

    def _settings(self, node: Any) -> tuple[str, ...]:
        """Return the numbered settings of a node's layer, and write its weights."""
        if node.op_type == "Conv":
            return self._convolution(node)
        if node.op_type == "Resize":
            rows, columns = self._array(node.input[2])[2:]
            return ("0=1", f"1={rows:g}", f"2={columns:g}")  # nearest
        if node.op_type == "MaxPool":
            given = _attributes(node)
            size, stride, pads = given["kernel_shape"], given["strides"], given["pads"]
            # 5: padded by as much as is said, and not to full windows
            return ("0=0", f"1={size[1]}", f"11={size[0]}", f"2={stride[1]}", f"12={stride[0]}",
                    f"3={pads[1]}", f"13={pads[0]}", f"14={pads[3]}", f"15={pads[2]}", "5=1")  # fmt: skip
        if node.op_type not in _KINDS:
            raise EngineUnavailable(f"ncnn: the operator {node.op_type} is not known here")
        return ("0=0",) if node.op_type in ("Add", "Concat") else ()

    def _convolution(self, node: Any) -> tuple[str, ...]:
        given = _attributes(node)
        if given.get("group", 1) != 1:
            raise EngineUnavailable("ncnn: convolutions in groups are not known here")
        kernel = self._array(node.input[1])
        self._weights.write(_RAW_FLOATS + kernel.astype("<f4").tobytes())
        has_bias = len(node.input) > 2
        if has_bias:
            self._weights.write(self._array(node.input[2]).astype("<f4").tobytes())
        (stride, stride_x), pads = given["strides"], given["pads"]
        return (
            f"0={len(kernel)}", f"1={kernel.shape[3]}", f"11={kernel.shape[2]}",
            f"3={stride_x}", f"13={stride}",
            f"4={pads[1]}", f"14={pads[0]}", f"15={pads[3]}", f"16={pads[2]}",
            f"5={int(has_bias)}", f"6={kernel.size}",
        )  # fmt: skip

    def _array(self, name: str) -> NDArray[np.generic]:
        given = self._arrays[name]
        is_tensor = isinstance(given, onnx.TensorProto)
        return np.asarray(numpy_helper.to_array(given) if is_tensor else given)


_KINDS: Final = {
    "Conv": "Convolution",
    "Relu": "ReLU",
    "Add": "BinaryOp",
    "Concat": "Concat",
    "Resize": "Interp",
    "MaxPool": "Pooling",
}


def _attributes(node: Any) -> dict[str, Any]:
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}
